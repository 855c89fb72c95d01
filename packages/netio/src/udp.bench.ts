/**
 * What the native calls cost: µs a call, µs a packet, on loopback.
 *   node packages/netio/src/udp.bench.ts          (RMH_BENCH=small: a fraction of the time)
 * Each case runs three times, interleaved; the spread is printed, so that a busy machine shows.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type IpEndpoint, parseIp, present } from '@rmh/base';
import { allocateArena } from './arena.ts';
import { nowUs, wallUs } from './clock.ts';
import { ENDPOINT_BYTES, writeEndpoint } from './endpoint.ts';
import { Poller } from './poller.ts';
import { ReceiveBatch } from './udp-receive.ts';
import { SendBatch } from './udp-send.ts';
import { UdpSocket } from './udp-socket.ts';
import { Wake } from './wake.ts';

const SMALL = process.env['RMH_BENCH'] === 'small';
const CALLS = SMALL ? 2000 : 500_000;
const DATAGRAMS = SMALL ? 2000 : 500_000;
const ROUNDS = 3;
const SEGMENT_BYTES = 1400;
const TRAIN_SEGMENTS = 44;

const SLOTS = 8;
const SLOT_BYTES = 65_536;
const TO_AT = ReceiveBatch.regionBytes(SLOTS, SLOT_BYTES);
const DATA_AT = TO_AT + ENDPOINT_BYTES;
const arena = allocateArena(DATA_AT + SLOT_BYTES);

const wake = Wake.create();
const poller = new Poller();
poller.add(wake.fd);

type Case = readonly [name: string, run: () => number];
const cases: Case[] = [
  ['nowUs()', () => perCall(nowUs)],
  ['wallUs()', () => perCall(wallUs)],
  ['Poller.wait(0), one descriptor', () => perCall(() => poller.wait(0))],
  ['Wake.signal() + drain()', () => perCall(signalAndDrain)],
  ['receive on an empty socket', receiveNothing],
  ['add 64 + flush + receive, 1,400 B alone: a datagram', () => perDatagram(false, 1)],
  ['add + flush + receive, trains of 44: a datagram', () => perDatagram(true, TRAIN_SEGMENTS)],
];

const results = cases.map(([name]) => ({ name, us: [] as number[] }));
for (let round = 0; round < ROUNDS; round++) {
  for (const [i, [, run]] of cases.entries()) results[i]?.us.push(run());
}
for (const { name, us } of results) {
  const figures = us.map((value) => value.toFixed(3)).join('  ');
  process.stdout.write(`${name.padEnd(56)} ${figures} µs\n`);
}
wake.close();

test('every figure is a time above zero', () => {
  assert.ok(results.length > 0);
  for (const { us } of results) for (const figure of us) assert.ok(figure > 0);
});

function signalAndDrain(): void {
  wake.signal();
  wake.drain();
}

function receiveNothing(): number {
  const socket = open(true);
  const batch = new ReceiveBatch(arena, 0, SLOTS, SLOT_BYTES);
  const us = perCall(() => batch.receive(socket));
  socket.close();
  return us;
}

/** Sender and receiver in turns on one thread: the cost of both ends together. */
function perDatagram(gro: boolean, segments: number): number {
  const [from, to] = [open(gro), open(gro)];
  const slots = gro ? SLOTS : 64;
  const batch = new ReceiveBatch(arena, 0, slots, gro ? SLOT_BYTES : 2048);
  const sending = new SendBatch(arena);
  const address = present(parseIp('127.0.0.1'), 'an address');
  const endpoint: IpEndpoint = { address, port: to.local.port };
  writeEndpoint(arena, TO_AT, endpoint);
  let arrived = 0;
  let sent = 0;
  const startUs = nowUs();
  while (arrived < DATAGRAMS) {
    for (let i = 0; i < slots; i++) {
      sending.add(DATA_AT, segments * SEGMENT_BYTES, SEGMENT_BYTES, TO_AT);
    }
    sent += sending.flush(from) * segments;
    for (let n = batch.receive(to); n > 0; n = batch.receive(to)) {
      for (let i = 0; i < n; i++) arrived += Math.ceil(batch.length(i) / batch.segmentBytes(i));
    }
  }
  const us = (nowUs() - startUs) / arrived;
  if (sent !== arrived) process.stdout.write(`lost ${sent - arrived} of ${sent}\n`);
  from.close();
  to.close();
  return us;
}

function perCall(call: () => void): number {
  for (let i = 0; i < CALLS / 10; i++) call();
  const startUs = nowUs();
  for (let i = 0; i < CALLS; i++) call();
  return (nowUs() - startUs) / CALLS;
}

function open(gro: boolean): UdpSocket {
  const sizes = { receiveBufferBytes: 8 << 20, sendBufferBytes: 8 << 20 };
  return UdpSocket.open({ family: 4, port: 0, gro, ...sizes });
}
