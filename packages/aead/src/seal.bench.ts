/**
 * What one packet and one handshake cost. Prints medians over rounds and their spread; asserts
 * nothing about time. RMH_BENCH=small runs it briefly, so that it cannot rot.
 *
 *   node packages/aead/src/seal.bench.ts
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  consumeInitiation,
  createInitiation,
  createResponse,
  localIdentity,
  type RemoteIdentity,
  ReplayWindow,
  remoteIdentity,
} from '@rmh/handshake';
import { tai64nFromUnixUs } from '@rmh/wire';
import { handshakeCrypto as crypto } from './handshake.ts';
import { generatePrivateKey, randomBytes } from './keys.ts';
import { nativeArena } from './native-arena.ts';
import { nobleAead } from './noble.ts';
import { opensslAead } from './openssl.ts';

const SMALL = process.env['RMH_BENCH'] === 'small';
const ROUNDS = SMALL ? 3 : 15;
const PACKETS = SMALL ? 2_000 : 100_000;
const PACKET_BYTES = 1400;
const figures: number[] = [];
const SEALED_BYTES = PACKET_BYTES + 16;

const arena = nativeArena(4096);
for (const [name, aead, packets] of [
  ['openssl', opensslAead(arena), PACKETS],
  ['noble', nobleAead(arena), PACKETS / 50],
] as const) {
  const key = randomBytes(32);
  const seal = aead.importKey(key, 'seal');
  const open = aead.importKey(key, 'open');
  measure(`${name} seal ${PACKET_BYTES} B`, packets, (count) => {
    for (let counter = 0; counter < count; counter++) aead.seal(seal, counter, 0, PACKET_BYTES, 0);
  });
  aead.seal(seal, 7, 0, PACKET_BYTES, 0);
  const packet = arena.bytes.slice(0, SEALED_BYTES);
  measure(`${name} open ${PACKET_BYTES} B, with a copy of it`, packets, (count) => {
    let right = 0;
    for (let i = 0; i < count; i++) {
      arena.bytes.set(packet);
      if (aead.open(open, 7, 0, PACKET_BYTES)) right++;
    }
    assert.equal(right, count);
  });
  measure(`${name} refuse ${PACKET_BYTES} B`, packets, (count) => {
    let right = 0;
    for (let i = 0; i < count; i++) if (aead.open(open, 8, 0, PACKET_BYTES)) right++;
    assert.equal(right, 0);
  });
}

measure('replay window, check and accept', PACKETS * 10, (count) => {
  const window = new ReplayWindow();
  for (let counter = 0; counter < count; counter++) {
    if (window.check(counter) === 0) window.accept(counter);
  }
  assert.equal(window.highest, count - 1);
});

const unit = localIdentity(crypto, generatePrivateKey());
const gateway = localIdentity(crypto, generatePrivateKey());
const toGateway = remoteIdentity(crypto, unit, gateway.publicKey, null) as RemoteIdentity;
const toUnit = remoteIdentity(crypto, gateway, unit.publicKey, null) as RemoteIdentity;
const { message } = createInitiation(crypto, unit, toGateway, {
  ephemeralPrivate: randomBytes(32),
  senderIndex: 1,
  timestamp: tai64nFromUnixUs(1e15),
});
const forged = message.map((byte, i) => (i === 120 ? byte ^ 1 : byte));

measure('responder, initiation to response', PACKETS / 200, (count) => {
  for (let i = 0; i < count; i++) {
    const received = consumeInitiation(crypto, gateway, message, () => toUnit);
    if (typeof received === 'number') assert.fail('refused');
    const input = { ephemeralPrivate: randomBytes(32), senderIndex: i };
    createResponse(crypto, received.state, input);
  }
});
measure('responder refuses a wrong mac1', PACKETS / 20, (count) => {
  for (let i = 0; i < count; i++) consumeInitiation(crypto, gateway, forged, () => toUnit);
});

test('every figure is a time above zero', () => {
  assert.ok(figures.length > 0);
  for (const figure of figures) assert.ok(figure > 0);
});

function measure(name: string, count: number, run: (count: number) => void): void {
  run(Math.ceil(count / 10));
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = process.hrtime.bigint();
    run(count);
    times.push(Number(process.hrtime.bigint() - began) / count / 1000);
  }
  times.sort((a, b) => a - b);
  figures.push(...times);
  const [least, median, most] = [0, ROUNDS >> 1, ROUNDS - 1].map((i) => times[i]?.toFixed(3));
  process.stdout.write(`${name.padEnd(40)} ${median} µs  (${least} … ${most})\n`);
}
