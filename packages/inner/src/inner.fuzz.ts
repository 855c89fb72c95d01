/**
 * Random, mutated and truncated packets through every function. Claims: nothing throws, nothing
 * is written outside of the ranges given, nothing outside of them changes a result. The packet
 * ends where the arena ends, so a read past it throws; two arenas whose other bytes differ show
 * a read before it.
 * RMH_FUZZ_RUNS (20,000) and RMH_FUZZ_SEED choose the run; a failure prints its seed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { type Arena, parsePrefix, plainArena, present, Random } from '@rmh/base';
import { finishChecksum } from './checksum.ts';
import { Classifier } from './classifier.ts';
import { type Craft, craft, vnetHeader } from './crafted.ts';
import { VNET_HEADER_BYTES } from './layout.ts';
import { clampMss } from './mss.ts';
import { InnerPacket } from './packet.ts';
import { destinationIn, sourceIn } from './prefix.ts';
import { PrefixTable } from './prefix-table.ts';
import { Segmenter } from './segmenter.ts';
import { TOO_BIG_BYTES_MAX, writePacketTooBig } from './too-big.ts';
import { TrainBuilder } from './train-builder.ts';

const RUNS = Number(process.env['RMH_FUZZ_RUNS'] ?? 20_000);
const SEED = Number(process.env['RMH_FUZZ_SEED'] ?? Date.now() % 2 ** 32);

//  0 canary   64 virtio header (10)   128 output   4,096 first packet   … last packet  END
const VNET_AT = 64;
const OUT_AT = 128;
const SLOT_AT = 4096;
const PACKET_MAX = 3000;
const END = SLOT_AT + 2 * PACKET_MAX + 64;
const CANARIES = [0x00, 0xa5] as const;

const arenas = CANARIES.map(() => plainArena(END));
const before = plainArena(END);
const anywhere = present(parsePrefix('10.0.0.0/8'), 'a prefix');
const anywhere6 = present(parsePrefix('fd00::/8'), 'a prefix');
const table = new PrefixTable<number>(8);
table.add(anywhere, 1);
table.add(anywhere6, 2);
const classifier = new Classifier([
  { class: 'bulk', sourcePrefix: anywhere, destinationPort: [443, 443] },
  { class: 'critical', destinationPrefix: anywhere6, protocol: 'icmp' },
]);
const packet = new InnerPacket();
const segmenter = new Segmenter();
const builder = new TrainBuilder(true);

interface Case {
  readonly vnet: Uint8Array;
  readonly first: Uint8Array;
  readonly second: Uint8Array;
  readonly mtu: number;
  readonly partial: boolean;
}

test(`inner survives ${RUNS} hostile packets (seed ${SEED})`, () => {
  const random = new Random(SEED);
  let accepted = 0;
  let joined = 0;
  let trains = 0;
  for (let run = 0; run < RUNS; run++) {
    const hostile = makeCase(random);
    const results = arenas.map((arena, i) => exercise(arena, CANARIES[i] ?? 0, hostile));
    assert.ok(isDeepStrictEqual(results[0], results[1]), `run ${run}: surroundings were read`);
    if (results[0]?.[0] === 0) accepted++;
    if (results[0]?.includes('joined') === true) joined++;
    if (results[0]?.includes('train') === true) trains++;
  }
  // A fuzzer that only ever sees refusals proves nothing.
  for (const count of [accepted, joined, trains]) assert.ok(count > RUNS / 200, `only ${count}`);
});

function exercise(arena: Arena, canary: number, hostile: Case): (number | string | boolean)[] {
  const { first, second, mtu, partial } = hostile;
  const at = END - first.length;
  const results: (number | string | boolean)[] = [];
  /** One function over fresh bytes: it may write `allowed` (from, bytes) and what it reports. */
  const on = (act: () => number | boolean | string, ...allowed: [number, number][]): void => {
    arena.bytes.fill(canary);
    arena.bytes.set(hostile.vnet, VNET_AT);
    arena.bytes.set(second, SLOT_AT);
    arena.bytes.set(first, at);
    before.bytes.set(arena.bytes);
    results.push(act());
    for (const [from, bytes] of allowed) wrote(from, bytes);
    assert.ok(Buffer.compare(arena.bytes, before.bytes) === 0, 'wrote outside of its range');
  };
  const wrote = (from: number, bytes: number): void => {
    const written = arena.bytes.subarray(from, from + bytes);
    results.push(Buffer.from(written).toString('latin1'));
    before.bytes.set(written, from);
  };
  const source: [number, number] = [at, first.length];
  on(() => packet.read(arena, at, first.length));
  if (results[0] === 0) {
    on(() => packet.flowHash);
    on(() => classifier.classify(packet));
    on(() => sourceIn(arena, at, anywhere) || destinationIn(arena, at, anywhere6));
    on(() => table.source(arena, at) ?? table.destination(arena, at) ?? 0);
  }
  on(() => finishChecksum(arena, at, first.length), source);
  on(() => clampMss(arena, at, first.length, mtu, mtu, partial), source);
  on(() => {
    const bytes = writePacketTooBig(arena, at, first.length, mtu, OUT_AT);
    assert.ok(bytes <= TOO_BIG_BYTES_MAX);
    wrote(OUT_AT, bytes);
    return bytes;
  });
  let count = 0;
  on(() => {
    const fault = segmenter.begin(arena, VNET_AT, at, first.length, mtu);
    count = segmenter.count;
    return fault * 1e6 + count;
  }, source);
  if (count > 1) results.push('train');
  for (const index of new Set([0, 1, count - 1])) {
    if (index < 0 || index >= count) continue;
    on(() => {
      segmenter.begin(arena, VNET_AT, at, first.length, mtu);
      const bytes = segmenter.write(index, OUT_AT);
      assert.ok(bytes > 0 && bytes <= mtu, `${bytes} bytes for an MTU of ${mtu}`);
      wrote(OUT_AT, bytes);
      return bytes;
    }, source);
  }
  on(
    () => {
      const fault = builder.begin(arena, at, first.length, partial);
      if (fault === 0 && builder.append(SLOT_AT, second.length, partial)) results.push('joined');
      builder.finish(VNET_AT);
      return fault;
    },
    source,
    [VNET_AT, VNET_HEADER_BYTES],
  );
  return results;
}

function makeCase(random: Random): Case {
  const version = random.below(2) === 0 ? 4 : 6;
  const payload = randomBytes(random, random.below(random.below(8) === 0 ? 2000 : 100));
  const spec: Craft = {
    version,
    protocol: random.below(3) === 0 ? 'udp' : 'tcp',
    payload,
    options: randomBytes(random, 4 * random.below(11)),
    flags: random.below(2) === 0 ? 0x10 : random.below(256),
    seq: random.u32(),
    longHeader: random.below(4) === 0,
  };
  const gsoSize = 1 + random.below(200);
  const next: Craft = { ...spec, seq: ((spec.seq ?? 0) + payload.length) % 2 ** 32 };
  const isNoise = random.below(4) === 0;
  return {
    vnet: damage(random, Uint8Array.from(vnetHeader(spec, gsoSize)), 3),
    first: isNoise ? noise(random) : truncate(random, damage(random, craft(spec), 2)),
    second: truncate(random, damage(random, craft(next), 3)),
    mtu: 60 + random.below(1900),
    partial: random.below(4) !== 0,
  };
}

function randomBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

function noise(random: Random): Uint8Array {
  const bytes = randomBytes(random, random.below(120));
  if (bytes.length > 4) {
    bytes[0] = random.below(2) === 0 ? 0x45 : 0x60 | random.below(16);
    if (random.below(2) === 0) bytes.set([0, Math.max(0, bytes.length - 40)], 2);
  }
  return bytes;
}

/** One time in `rarity` up to four bytes, mostly in the headers, become others. */
function damage(random: Random, bytes: Uint8Array, rarity: number): Uint8Array {
  if (random.below(rarity) !== 0) return bytes;
  for (let count = 1 + random.below(4); count > 0; count--) {
    const at = random.below(random.below(4) === 0 ? bytes.length : Math.min(bytes.length, 64));
    bytes[at] = random.below(4) === 0 ? 255 * random.below(2) : random.below(256);
  }
  return bytes;
}

function truncate(random: Random, bytes: Uint8Array): Uint8Array {
  if (random.below(6) !== 0) return bytes;
  return bytes.slice(0, random.below(bytes.length + 1));
}
