/**
 * Long exchanges over a bad road, and symbols of any bytes: what is rebuilt is what was sent, or,
 * of a hostile symbol, at least a packet within its limits. RMH_FUZZ_RUNS=2000 takes 20 s of CPU;
 * RMH_FUZZ_SEED repeats a run.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { plainArena, Random } from '@rmh/base';
import { REPAIR_PARITY_BYTES_MAX, repairIsSound } from '@rmh/wire';
import { FecEncoder } from './fec.ts';
import { FecDecoder, FecRings } from './fec-decoder.ts';

const RUNS = Number(process.env['RMH_FUZZ_RUNS'] ?? 60);
const SEED = Number(process.env['RMH_FUZZ_SEED'] ?? Date.now());
const [SYMBOL_AT, INTO_AT, STREAM] = [4096, 8192, 0x40];
const MARK = 0xa5;

interface Frame {
  readonly number: number | null;
  readonly bytes: Uint8Array;
  readonly flags: number;
  readonly dueAt: number;
}

test(`what is rebuilt on a bad road is what was sent (seed ${SEED})`, () => {
  let rebuilt = 0;
  let lost = 0;
  for (let run = 0; run < RUNS; run++) {
    const random = new Random(SEED + run);
    const frames = sendAll(random);
    const sent = new Map(frames.map((frame) => [frame.number, frame]));
    const arriving = frames.filter(() => random.unit() > 0.05);
    arriving.sort((a, b) => a.dueAt - b.dueAt);
    const seen = new Set(arriving.map(({ number }) => number));
    lost += [...sent.keys()].filter((number) => number !== null && !seen.has(number)).length;
    const arena = plainArena(16_384);
    const decoder = new FecDecoder(new FecRings());
    for (const [i, frame] of arriving.entries()) {
      const length = receive(arena, decoder, frame, i);
      if (length === 0) continue;
      const original = sent.get(decoder.number);
      assert.deepEqual(arena.bytes.slice(INTO_AT, INTO_AT + length), original?.bytes);
      assert.equal(decoder.flags, original?.flags);
      if (!seen.has(decoder.number)) rebuilt++;
    }
  }
  assert.ok(rebuilt > lost / 3, `the control: ${rebuilt} of ${lost} lost ones were rebuilt`);
});

/** 400 packets in groups of any size, their symbols, and when each arrives. */
function sendAll(random: Random): Frame[] {
  const arena = plainArena(16_384);
  const encoder = new FecEncoder();
  const frames: Frame[] = [];
  const first = random.below(2) === 0 ? 2 ** 32 - 200 : random.u32();
  for (let i = 0; i < 400; i++) {
    const bytes = random.fill(new Uint8Array(1 + random.below(REPAIR_PARITY_BYTES_MAX)));
    const flags = random.below(4);
    arena.bytes.set(bytes, 0);
    const number = first + i;
    const full = encoder.add(arena, number, 0, bytes.length, flags, 8, 1000, i * 100);
    const dueAt = i + random.exponential(3);
    frames.push({ number: number % 2 ** 32, bytes, flags, dueAt });
    if (!full && random.below(20) > 0) continue;
    const length = encoder.write(arena, SYMBOL_AT, STREAM);
    const symbol = arena.bytes.slice(SYMBOL_AT, SYMBOL_AT + length);
    if (length > 0)
      frames.push({ number: null, bytes: symbol, flags: 0, dueAt: i + random.below(9) });
  }
  return frames;
}

function receive(
  arena: ReturnType<typeof plainArena>,
  decoder: FecDecoder,
  { number, bytes, flags }: Frame,
  nowUs: number,
): number {
  const at = number === null ? SYMBOL_AT : 0;
  arena.bytes.set(bytes, at);
  if (number === null) return decoder.symbol(arena, at, bytes.length, INTO_AT, nowUs);
  return decoder.keep(arena, number, at, bytes.length, flags, INTO_AT, nowUs);
}

test(`a hostile symbol rebuilds within its limits or not at all (seed ${SEED})`, () => {
  const random = new Random(SEED);
  const arena = plainArena(16_384);
  const decoder = new FecDecoder(new FecRings());
  let [sound, rebuilt] = [0, 0];
  for (let run = 0; run < RUNS * 50; run++) {
    const length = 21 + random.below(60);
    random.fill(arena.bytes.subarray(SYMBOL_AT, SYMBOL_AT + length));
    arena.view.setUint32(SYMBOL_AT + 12, random.below(20), true);
    const few = random.below(4) > 0;
    arena.view.setUint8(SYMBOL_AT + 16, few ? 1 + random.below(3) : random.below(36));
    arena.view.setUint8(SYMBOL_AT + 17, random.below(5));
    arena.view.setUint16(SYMBOL_AT + 18, random.below(80), true);
    if (random.below(2) === 0) arena.bytes.fill(0, SYMBOL_AT + 20, SYMBOL_AT + length);
    arena.bytes.fill(MARK, INTO_AT, INTO_AT + 2048);
    let made = 0;
    if (repairIsSound(arena.view, SYMBOL_AT, length)) {
      made = decoder.symbol(arena, SYMBOL_AT, length, INTO_AT, run);
      sound++;
    }
    if (made > 0) rebuilt++;
    assert.ok(made >= 0 && made <= REPAIR_PARITY_BYTES_MAX);
    random.fill(arena.bytes.subarray(0, 80));
    if (random.below(2) === 0) arena.bytes.fill(0, 0, 80);
    const number = random.below(20);
    made = decoder.keep(arena, number, 0, 1 + random.below(79), 0, INTO_AT, run);
    assert.ok(made <= 80);
    assert.ok(
      arena.bytes.subarray(INTO_AT + 81, INTO_AT + 2048).every((byte) => byte === MARK),
      'nothing is written behind the parity',
    );
  }
  assert.ok(sound > RUNS && rebuilt > 0, `the control: ${sound} sound, ${rebuilt} rebuilt`);
});
