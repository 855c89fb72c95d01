/**
 * ns per packet of each step, best and spread of nine rounds. RMH_BENCH=small runs it short.
 * Command: node packages/inner/src/inner.bench.ts
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePrefix, plainArena, present, Random } from '@rmh/base';
import { finishChecksum, sumBytes } from './checksum.ts';
import { Classifier, type ClassRule } from './classifier.ts';
import { type Craft, craft, vnetHeader } from './crafted.ts';
import { clampMss } from './mss.ts';
import { InnerPacket } from './packet.ts';
import { PrefixTable } from './prefix-table.ts';
import { Segmenter } from './segmenter.ts';
import { TrainBuilder } from './train-builder.ts';

const SMALL = process.env['RMH_BENCH'] === 'small';
const ROUNDS = SMALL ? 2 : 9;
const PACKETS = SMALL ? 2_000 : 400_000;
const PAYLOAD = 1328;
const SLOT = 2048;
// 45 × 1,328 = 59,760: a full train.
const TRAIN = 45;

const options = Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2);
const spec: Craft = { version: 4, protocol: 'tcp', payload: new Uint8Array(PAYLOAD), options };
const whole: Craft = { ...spec, payload: new Uint8Array(PAYLOAD * TRAIN), partial: true };

const arena = plainArena(70_000 + (TRAIN + 1) * SLOT);
const PACKET_AT = 64;
const SLOTS_AT = 70_000;
let sink = 0;
const figures: number[] = [];

/** `act` handles `each` packets a call. */
function measure(name: string, each: number, act: (i: number) => number): void {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const calls = Math.ceil(PACKETS / each);
    const start = process.hrtime.bigint();
    for (let i = 0; i < calls; i++) sink = (sink + act(i)) | 0;
    const ns = Number(process.hrtime.bigint() - start) / (calls * each);
    if (round > 0) rounds.push(ns); // the first one compiles
  }
  rounds.sort((a, b) => a - b);
  figures.push(...rounds);
  const at = (part: number, label: string): string =>
    `${(rounds[Math.floor(part * (ROUNDS - 1))] ?? 0).toFixed(1).padStart(8)} ${label}`;
  console.log(`${name.padEnd(46)} ${at(0, 'best')} ${at(0.5, 'median')} ${at(1, 'worst')}`);
}

function putPackets(): void {
  for (const [i, version] of ([4, 6] as const).entries()) {
    arena.bytes.set(craft({ ...spec, version }), SLOTS_AT + i * SLOT);
  }
}

const packet = new InnerPacket(7);
const bytes4 = craft(spec).length;
putPackets();
measure(
  'InnerPacket.read, IPv4 TCP',
  1,
  () => packet.read(arena, SLOTS_AT, bytes4) + packet.flowHash,
);
measure(
  'InnerPacket.read, IPv6 TCP',
  1,
  () => packet.read(arena, SLOTS_AT + SLOT, bytes4 + 20) + packet.flowHash,
);

const table = new PrefixTable<number>(8192);
const random = new Random(1);
for (let i = 0; i < 2048; i++) {
  table.add(present(parsePrefix(`10.${i >> 8}.${i & 255}.0/24`), 'a prefix'), i);
  table.add(present(parsePrefix(`fd00:0:${i.toString(16)}::/48`), 'a prefix'), i);
}
measure('PrefixTable.source, 4,096 prefixes, IPv4', 1, () => {
  arena.view.setUint16(SLOTS_AT + 13, random.below(2048));
  return table.source(arena, SLOTS_AT) ?? 0;
});
measure('PrefixTable.destination, 4,096 prefixes, IPv6', 1, () => {
  arena.view.setUint32(SLOTS_AT + SLOT + 24, 0xfd000000);
  arena.view.setUint16(SLOTS_AT + SLOT + 28, random.below(2048));
  return table.destination(arena, SLOTS_AT + SLOT) ?? 0;
});

for (const count of [0, 10, 256]) {
  const rule: ClassRule = { class: 'bulk', destinationPort: [1, 1], protocol: 'tcp' };
  const classifier = new Classifier(Array.from({ length: count }, () => rule));
  packet.read(arena, SLOTS_AT, bytes4);
  measure(`Classifier.classify, ${count} rules, all missed`, 1, () => classifier.classify(packet));
}

measure('sumBytes, 1,380 bytes', 1, () => sumBytes(arena, SLOTS_AT, 1380));
measure('finishChecksum, 1,380 bytes', 1, () => Number(finishChecksum(arena, SLOTS_AT, bytes4)));
measure('clampMss, no SYN', 1, () => Number(clampMss(arena, SLOTS_AT, bytes4, 1320, 1300)));

const segmenter = new Segmenter();
const builder = new TrainBuilder(true);
for (const version of [4, 6] as const) {
  const superPacket = craft({ ...whole, version });
  arena.bytes.set(vnetHeader({ ...whole, version }, PAYLOAD), 0);
  arena.bytes.set(superPacket, PACKET_AT);
  const segmentBytes = superPacket.length - PAYLOAD * (TRAIN - 1);
  measure(`Segmenter, train of ${TRAIN}, IPv${version}`, TRAIN, () => {
    segmenter.begin(arena, 0, PACKET_AT, superPacket.length, 1500);
    let bytes = 0;
    for (let i = 0; i < segmenter.count; i++) bytes += segmenter.write(i, SLOTS_AT + i * SLOT);
    return bytes;
  });
  measure(`TrainBuilder, train of ${TRAIN}, IPv${version}`, TRAIN, () => {
    // finish changes the first packet's headers: written again, as an arriving one would be.
    segmenter.write(0, SLOTS_AT);
    builder.begin(arena, SLOTS_AT, segmentBytes, true);
    for (let i = 1; i < TRAIN; i++) builder.append(SLOTS_AT + i * SLOT, segmentBytes, true);
    builder.finish(20);
    return builder.pieceCount;
  });
  if (builder.pieceCount !== TRAIN) throw new Error('the train did not join');
}

putPackets();
measure('TrainBuilder, one packet, partial', 1, () => {
  builder.begin(arena, SLOTS_AT, bytes4, true);
  builder.finish(20);
  return builder.pieceCount;
});
console.log(`(${sink})`);

test('every figure is a time above zero', () => {
  assert.ok(figures.length > 0);
  for (const figure of figures) assert.ok(figure > 0);
});
