import assert from 'node:assert/strict';
import test from 'node:test';
import { Foresight } from './foresight.ts';

const LOOP_US = 50_000;

/** Samples each 10 ms of a path that carries `mbitAt` s, up to `toS`. */
function seen(mbitAt: (s: number) => number, toS: number, noiseUs = 0, told = true): Foresight {
  const foresight = new Foresight();
  let bytes = 0;
  for (let ms = 0; ms <= toS * 1000; ms++) {
    bytes += mbitAt(ms / 1000) * 125;
    if (ms % 10 === 0) foresight.note(1e6 + ms * 1000, bytes, LOOP_US, noiseUs, told);
  }
  return foresight;
}

const steady = (s: number): number => 10 - 20 * s;

test('Foresight sees what a steady fall comes to a loop ahead', () => {
  // 4 Mbit/s at 0.3 s, 3 a loop later.
  const soon = seen(steady, 0.3).rateIn(LOOP_US, 5e5);
  assert.ok(Math.abs(soon - 3 * 125_000) < 10_000, `${soon}`);
});

test('a fall never comes to less than 0.15 of what is known, nor to 240 kbit/s', () => {
  assert.equal(seen(steady, 0.45).rateIn(10 * LOOP_US, 3e5), 45_000);
  assert.equal(seen(steady, 0.45).rateIn(10 * LOOP_US, 1e5), 30_000);
});

test('what stands in a buffer takes longer where the rate falls', () => {
  assert.ok(seen(steady, 0.3).drainUs(5000, 375_000) > 1.05 * ((5000 * 1e6) / 375_000));
});

for (const [name, mbitAt] of [
  ['a rate that stands', () => 10],
  ['one that grows', (s: number) => 1 + 20 * s],
  ['one that fell and stands', (s: number) => (s < 0.1 ? 10 : 1)],
  ['one that falls by a tenth a loop', (s: number) => 10 * 0.9 ** (20 * s)],
] as const) {
  test(`${name} is taken as it is`, () => {
    const foresight = seen(mbitAt, 0.3);
    assert.equal(foresight.rateIn(LOOP_US, 1e6), 1e6);
    assert.equal(foresight.drainUs(1e6, 1e6), 1e6);
  });
}

test('an outage is no fall', () => {
  const foresight = seen(steady, 0.3);
  foresight.note(3e6, 1e6, LOOP_US, 0, false);
  assert.equal(foresight.rateIn(LOOP_US, 1e6), 1e6);
});

test('without a queue a fall is seen but not foreseen', () => {
  const foresight = seen(steady, 0.3, 0, false);
  assert.ok(foresight.slope > 0.2, `${foresight.slope}`);
  assert.equal(foresight.rateIn(LOOP_US, 1e6), 1e6);
});

test('a fall that empties the queue goes on for three loops, and is worn then', () => {
  const foresight = seen(steady, 0.3);
  const before = foresight.rateIn(LOOP_US, 5e5);
  // Little is sent, and little arrives.
  foresight.note(1.34e6, 300_000, LOOP_US, 0, false);
  assert.ok(!foresight.wears(1.34e6, LOOP_US));
  const fallen = before - foresight.rateIn(LOOP_US, 5e5);
  assert.ok(Math.abs(fallen - 0.04 * 20 * 125_000) < 10_000, `${fallen}`);
  assert.ok(foresight.wears(1.46e6, LOOP_US));
});

test('jitter lengthens the stretches, so that it is no fall', () => {
  const jittery = (s: number): number => (s % 0.05 < 0.025 ? 12 : 8);
  assert.ok(seen(jittery, 0.3).rateIn(LOOP_US, 1e6) < 1e6);
  assert.equal(seen(jittery, 0.3, 6_250).rateIn(LOOP_US, 1e6), 1e6);
});
