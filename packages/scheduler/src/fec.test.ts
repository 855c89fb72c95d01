import assert from 'node:assert/strict';
import test from 'node:test';
import { plainArena, Random, TrafficClass } from '@rmh/base';
import { FLAG_JOINS_PREVIOUS, FLAG_REPAIR, REPAIR_HEADER_BYTES, repairIsSound } from '@rmh/wire';
import fc from 'fast-check';
import { FecEncoder, symbolWaitUs, wantsSymbols } from './fec.ts';
import { copyInto, xorInto } from './fec-bytes.ts';
import { FecDecoder, FecRings } from './fec-decoder.ts';
import { NATIONAL_POLICY } from './policy.ts';

const PACKET_AT = 0;
const SYMBOL_AT = 4096;
const INTO_AT = 8192;
const STREAM = 0x41;
const WAIT_US = 20_000;

interface Sent {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly flags: number;
}

/** A group of packets and its symbol, as they would leave. */
function group(random: Random, first: number, lengths: readonly number[]) {
  const arena = plainArena(16_384);
  const encoder = new FecEncoder();
  const sent: Sent[] = [];
  let full = false;
  for (const [i, length] of lengths.entries()) {
    const bytes = random.fill(new Uint8Array(length));
    const flags = random.below(4);
    arena.bytes.set(bytes, PACKET_AT);
    full = encoder.add(arena, first + i, PACKET_AT, length, flags, lengths.length, WAIT_US, 0);
    sent.push({ number: (first + i) % 2 ** 32, bytes, flags });
  }
  const symbolBytes = encoder.write(arena, SYMBOL_AT, STREAM);
  const symbol = arena.bytes.slice(SYMBOL_AT, SYMBOL_AT + symbolBytes);
  return { sent, symbol, full, encoder };
}

/** What a receiver rebuilds when these arrive in this order; a symbol arrives as null. */
function rebuiltFrom(arrivals: readonly (Sent | null)[], symbol: Uint8Array): Sent[] {
  const arena = plainArena(16_384);
  const decoder = new FecDecoder(new FecRings());
  const rebuilt: Sent[] = [];
  arena.bytes.set(symbol, SYMBOL_AT);
  // An old symbol of another group: from it on the stream is kept.
  const other = group(new Random(1), 5_000_000, [40, 40]).symbol;
  arena.bytes.set(other, INTO_AT);
  decoder.symbol(arena, INTO_AT, other.length, INTO_AT + 2048, 0);
  for (const arrival of arrivals) {
    let length: number;
    if (arrival === null) {
      length = decoder.symbol(arena, SYMBOL_AT, symbol.length, INTO_AT, 1);
    } else {
      arena.bytes.set(arrival.bytes, PACKET_AT);
      const { number, bytes, flags } = arrival;
      const withRepair = flags | FLAG_REPAIR;
      length = decoder.keep(arena, number, PACKET_AT, bytes.length, withRepair, INTO_AT, 1);
    }
    if (length === 0) continue;
    const bytes = arena.bytes.slice(INTO_AT, INTO_AT + length);
    rebuilt.push({ number: decoder.number, bytes, flags: decoder.flags });
  }
  return rebuilt;
}

function shuffled<T>(random: Random, values: readonly T[]): T[] {
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

const GROUP = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 }),
  first: fc.oneof(fc.integer({ min: 0, max: 2 ** 34 }), fc.constant(2 ** 32 - 3)),
  lengths: fc.array(fc.integer({ min: 1, max: 1420 }), { minLength: 2, maxLength: 32 }),
});

test('[RP-3] any single loss in a group is rebuilt byte for byte, in any order of arrival', () => {
  fc.assert(
    fc.property(GROUP, ({ seed, first, lengths }) => {
      const random = new Random(seed);
      const { sent, symbol } = group(random, first, lengths);
      const lost = sent[random.below(sent.length)] as Sent;
      const arrivals = shuffled(random, [...sent.filter((one) => one !== lost), null]);
      // With the symbol early, whichever is last is rebuilt instead: it is then not lost, but late.
      const rebuilt = rebuiltFrom([...arrivals], symbol);
      assert.equal(rebuilt.length, 1);
      assert.deepEqual(rebuilt[0], lost);
    }),
    { numRuns: 200 },
  );
});

test('[RP-3] of two losses none is rebuilt, and without a loss nothing is', () => {
  fc.assert(
    fc.property(GROUP, ({ seed, first, lengths }) => {
      const random = new Random(seed);
      const { sent, symbol } = group(random, first, lengths);
      const two = shuffled(random, sent).slice(2);
      assert.deepEqual(rebuiltFrom(shuffled(random, [...two, null]), symbol), []);
      assert.deepEqual(rebuiltFrom([...sent, null], symbol), []);
    }),
    { numRuns: 100 },
  );
});

test('[RP-3] a packet that the symbol overtook is rebuilt before it comes', () => {
  const { sent, symbol } = group(new Random(3), 10, [100, 200, 300]);
  const [a, b, c] = sent as [Sent, Sent, Sent];
  assert.deepEqual(rebuiltFrom([a, null, b, c], symbol), [c]);
});

test('the control: a symbol over other bytes rebuilds something else', () => {
  const { sent, symbol } = group(new Random(3), 10, [100, 100, 100]);
  symbol[REPAIR_HEADER_BYTES + 7] = (symbol[REPAIR_HEADER_BYTES + 7] ?? 0) ^ 1;
  const [rebuilt] = rebuiltFrom([...sent.slice(1), null], symbol);
  assert.notDeepEqual(rebuilt?.bytes, sent[0]?.bytes);
});

test('[RP-3] a symbol whose lengths do not fit its group rebuilds nothing', () => {
  const { sent, symbol } = group(new Random(3), 10, [100, 90, 80]);
  const [a, b, c] = sent as [Sent, Sent, Sent];
  symbol[18] = (symbol[18] ?? 0) ^ 1;
  assert.deepEqual(rebuiltFrom([b, c, null], symbol), [], '101 bytes of a parity of 100');
  symbol[18] = (symbol[18] ?? 0) ^ 65;
  assert.deepEqual(rebuiltFrom([a, c, null], symbol), [], '26 bytes, and behind them no zeros');
});

test('[FR-18] a group is full after so many packets, and its symbol is sound and no longer', () => {
  const { symbol, full, encoder } = group(new Random(1), 7, [50, 1420, 60]);
  assert.ok(full);
  assert.equal(symbol.length, REPAIR_HEADER_BYTES + 1420);
  assert.ok(repairIsSound(new DataView(symbol.buffer), 0, symbol.length));
  assert.equal(encoder.deadlineUs, null, 'the next group has not begun');
});

test('[RP-3] a group ends when its first packet has waited, a single one without symbol', () => {
  const arena = plainArena(16_384);
  const encoder = new FecEncoder();
  assert.equal(encoder.add(arena, 0, 0, 10, 0, 8, WAIT_US, 1000), false);
  assert.equal(encoder.deadlineUs, 21_000);
  assert.equal(encoder.write(arena, SYMBOL_AT, STREAM), 0);
  assert.equal(encoder.deadlineUs, null);
  encoder.add(arena, 1, 0, 10, 0, 8, WAIT_US, 30_000);
  encoder.add(arena, 2, 0, 10, 0, 8, WAIT_US, 40_000);
  assert.equal(encoder.deadlineUs, 50_000, 'the second does not put it off');
  assert.equal(encoder.write(arena, SYMBOL_AT, STREAM), REPAIR_HEADER_BYTES + 10);
});

test('[RP-3] a number that went without protection begins a new group', () => {
  const arena = plainArena(16_384);
  const encoder = new FecEncoder();
  arena.bytes.fill(7, 0, 10);
  encoder.add(arena, 0, 0, 10, FLAG_JOINS_PREVIOUS, 8, WAIT_US, 0);
  encoder.add(arena, 2, 0, 10, 0, 8, WAIT_US, 5);
  encoder.add(arena, 3, 0, 10, 0, 8, WAIT_US, 5);
  encoder.write(arena, SYMBOL_AT, STREAM);
  assert.equal(arena.view.getUint32(SYMBOL_AT + 12, true), 2);
  assert.equal(arena.view.getUint8(SYMBOL_AT + 16), 2);
  assert.equal(arena.view.getUint8(SYMBOL_AT + 17), 0, 'the flags of 2 and 3 only');
  assert.equal(arena.view.getUint8(SYMBOL_AT + REPAIR_HEADER_BYTES), 0, '7 ^ 7');
});

test('rings are bounded: with all in use a stream goes unprotected, an idle one is taken', () => {
  const { sent, symbol } = group(new Random(5), 0, [30, 30]);
  const arena = plainArena(16_384);
  arena.bytes.set(symbol, SYMBOL_AT);
  arena.bytes.set((sent[1] as Sent).bytes, PACKET_AT);
  const rings = new FecRings(1);
  const [first, second] = [new FecDecoder(rings), new FecDecoder(rings)];
  const rebuilds = (decoder: FecDecoder, nowUs: number) => {
    decoder.symbol(arena, SYMBOL_AT, symbol.length, INTO_AT, nowUs);
    return decoder.keep(arena, 1, PACKET_AT, 30, 0, INTO_AT, nowUs) === 30;
  };
  assert.ok(rebuilds(first, 0));
  assert.ok(!rebuilds(second, 1_000_000));
  assert.ok(rebuilds(second, 11_000_000));
  assert.ok(!rebuilds(first, 12_000_000), 'its ring is gone');
  second.reset();
  assert.ok(rebuilds(first, 12_000_000), 'what was given back is free');
});

test('[FR-11] after a reset nothing of before takes part', () => {
  const { sent, symbol } = group(new Random(5), 0, [30, 30]);
  const arena = plainArena(16_384);
  const decoder = new FecDecoder(new FecRings());
  arena.bytes.set(symbol, SYMBOL_AT);
  arena.bytes.set((sent[1] as Sent).bytes, PACKET_AT);
  decoder.symbol(arena, SYMBOL_AT, symbol.length, INTO_AT, 0);
  decoder.reset();
  assert.equal(decoder.keep(arena, 1, PACKET_AT, 30, 0, INTO_AT, 1), 0);
});

test('xor and copy by words are those by bytes, at any offset and length', () => {
  const random = new Random(9);
  for (let run = 0; run < 300; run++) {
    const [a, b] = [random.fill(new Uint8Array(64)), random.fill(new Uint8Array(64))];
    const [to, from, length] = [random.below(20), random.below(20), random.below(44)];
    const xored = a.map((byte, i) =>
      i < to || i >= to + length ? byte : byte ^ (b[i - to + from] ?? 0),
    );
    const copied = a.map((byte, i) =>
      i < to || i >= to + length ? byte : (b[i - to + from] ?? 0),
    );
    const [x, c] = [a.slice(), a.slice()];
    xorInto(new DataView(x.buffer), to, new DataView(b.buffer), from, length);
    copyInto(new DataView(c.buffer), to, new DataView(b.buffer), from, length);
    assert.deepEqual(x, xored);
    assert.deepEqual(c, copied);
  }
});

test('symbols are wanted where a repair is too late and there is loss, and nowhere else', () => {
  const policy = NATIONAL_POLICY.classes[TrafficClass.realtime];
  const far = { oneWayUs: 80_000, patienceUs: 220_000, lossShare: 0.03 };
  assert.ok(wantsSymbols(policy, far));
  assert.ok(!wantsSymbols(policy, { ...far, lossShare: 0.005 }), 'too little loss');
  assert.ok(!wantsSymbols(policy, { ...far, oneWayUs: 20_000, patienceUs: 90_000 }), 'repair');
  assert.ok(!wantsSymbols({ ...policy, protectEvery: 0 }, far), 'the policy says never');
  assert.ok(wantsSymbols({ ...policy, repairUntilUs: 0 }, { ...far, patienceUs: 40_000 }));
  assert.equal(symbolWaitUs(policy, far), 35_000);
  assert.equal(symbolWaitUs(policy, { ...far, oneWayUs: 200_000 }), 5_000);
});
