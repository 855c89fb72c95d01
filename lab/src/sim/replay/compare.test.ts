import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import type { BearerResult } from '../types.ts';
import { type Comparison, compare, type PairedRun, worsenedCritical } from './compare.ts';

interface Change {
  /** Critical packets that miss, of 10,000, on average. */
  readonly misses?: number;
  readonly p99Us?: number;
  readonly bytesSent?: number;
}

const result = (random: Random, misses: number, more: Change = {}): BearerResult => ({
  name: 'tunnel',
  delays: {
    critical: { p50Us: 20_000, p99Us: more.p99Us ?? 90_000, longestGapUs: 300_000 },
    realtime: { p50Us: 20_000, p99Us: -1, longestGapUs: 300_000 },
  },
  classes: {
    critical: { sent: 10_000, inTime: 10_000 - Math.round(random.exponential(misses)) },
    realtime: { sent: 50_000, inTime: 49_000 },
    interactive: { sent: 1_000_000, inTime: 900_000 },
    bulk: { sent: 0, inTime: 0 },
  },
  bytesSent: more.bytesSent ?? 80_000_000,
  bytesDuplicated: 8_000_000,
});

/** So many windows with two seeds each; the roads differ far more than the policies do. */
function runs(windows: number, change: Change, seed = 1): PairedRun[] {
  const random = new Random(seed);
  return Array.from({ length: windows * 2 }, (_, i) => {
    const road = 1 + random.below(200);
    const baseline = result(random, road);
    const candidate = result(random, road + (change.misses ?? 0), change);
    return { window: `w${i >> 1}`, baseline, candidate };
  });
}

const find = (all: readonly Comparison[], of: string, figure: string): Comparison | undefined =>
  all.find((one) => one.class === of && one.figure === figure);

test('a policy against itself is no difference in any figure, with identical numbers', () => {
  const same = runs(12, {}).map(({ window, baseline }) => {
    return { window, baseline, candidate: baseline };
  });
  const all = compare(same);
  assert.ok(all.length === 9);
  for (const one of all) {
    assert.equal(one.verdict, 'no difference');
    assert.deepEqual([one.difference, one.low, one.high], [0, 0, 0]);
    assert.equal(one.baseline, one.candidate);
  }
});

test('a policy that misses more is worse, and one that misses less is better', () => {
  const worse = compare(runs(30, { misses: 150 }));
  assert.equal(find(worse, 'critical', 'inTime')?.verdict, 'worse');
  assert.deepEqual(
    worsenedCritical(worse).map(({ figure }) => figure),
    ['inTime'],
  );
  const turned = runs(30, { misses: 150 }).map(({ window, baseline, candidate }) => {
    return { window, baseline: candidate, candidate: baseline };
  });
  assert.equal(find(compare(turned), 'critical', 'inTime')?.verdict, 'better');
  assert.deepEqual(worsenedCritical(compare(turned)), []);
});

test('chance alone is called a difference in about one figure of a hundred', () => {
  let [called, asked] = [0, 0];
  for (let seed = 1; seed <= 60; seed++) {
    const found = find(compare(runs(20, {}, seed)), 'critical', 'inTime');
    asked++;
    if (found?.verdict !== 'no difference') called++;
  }
  assert.ok(called <= asked * 0.07, `${called} of ${asked}`);
});

test('a difference that nobody would notice is none, however certain', () => {
  const shorter = compare(runs(12, { p99Us: 90_500, bytesSent: 80_100_000 }));
  assert.equal(find(shorter, 'critical', 'p99Ms')?.verdict, 'no difference');
  assert.equal(find(shorter, 'all', 'bytes')?.verdict, 'no difference');
  const plain = compare(runs(12, { p99Us: 120_000, bytesSent: 100_000_000 }));
  assert.equal(find(plain, 'critical', 'p99Ms')?.verdict, 'worse');
  assert.equal(find(plain, 'all', 'bytes')?.verdict, 'worse');
  assert.equal(find(plain, 'all', 'bytes')?.difference, 20_000_000);
});

test('too few windows decide nothing', () => {
  const few = compare(runs(5, { p99Us: 200_000 }));
  assert.equal(find(few, 'critical', 'p99Ms')?.verdict, 'undecided');
});

test('figures that no run has are not made up, and what never came counts as 10 s', () => {
  const all = compare(runs(8, {}));
  assert.equal(find(all, 'bulk', 'inTime'), undefined, 'no bulk was sent');
  assert.equal(find(all, 'interactive', 'p99Ms'), undefined, 'bytes have no delay');
  assert.equal(find(all, 'realtime', 'p99Ms')?.baseline, 10_000);
});

test('the same runs give the same intervals', () => {
  assert.deepEqual(compare(runs(9, { misses: 20 })), compare(runs(9, { misses: 20 })));
});
