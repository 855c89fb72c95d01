import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '@rmh/base';
import { Arrivals } from './index.ts';

const SEED = 815;
const RING = 2048;

/** The slow twin: full numbers in a set. */
class TwinArrivals {
  newest = -1;
  readonly seen = new Set<number>();

  note(number: number): boolean {
    if (this.newest >= 0 && number <= this.newest - RING) return false;
    if (this.seen.has(number)) return false;
    this.seen.add(number);
    this.newest = Math.max(this.newest, number);
    return true;
  }
}

test(`Arrivals equals its twin under loss, reordering and jumps (seed ${SEED})`, () => {
  const random = new Random(SEED);
  for (const start of [0, 1, 2 ** 31 - 500, 2 ** 32 - 1000]) {
    const arrivals = new Arrivals();
    const twin = new TwinArrivals();
    let number = start;
    for (let step = 0; step < 6000; step++) {
      number += [1, 1, 1, 2, random.below(30), random.below(4000)][random.below(6)] ?? 0;
      const seen = number - (random.below(3) === 0 ? random.below(RING + 500) : 0);
      if (seen < start) continue;
      const fresh = twin.note(seen);
      assert.equal(arrivals.note(seen % 2 ** 32, 0, 100, step, true), fresh, `${seen}`);
      assert.equal(arrivals.newest, twin.newest % 2 ** 32);
      if (step % 50 !== 0) continue;
      for (let i = 0; i < 1024; i++) {
        const asked = twin.newest - i;
        assert.equal(arrivals.arrived(asked % 2 ** 32), twin.seen.has(asked), `${asked}`);
      }
    }
    assert.equal(arrivals.packets, twin.seen.size);
    assert.equal(arrivals.bytes, twin.seen.size * 100);
  }
});

test('a skipped number is told at once, until it has been reported', () => {
  const arrivals = new Arrivals();
  for (const number of [40, 41, 42]) arrivals.note(number, 0, 1, 0, true);
  assert.equal(arrivals.gapSeen, false, 'the first number is no gap, whatever it is');
  arrivals.note(44, 0, 1, 0, true);
  assert.equal(arrivals.gapSeen, true);
  arrivals.reported();
  arrivals.note(43, 0, 1, 0, true);
  assert.equal(arrivals.gapSeen, false);
});

test('[FR-9] messages that owe no report are noted and leave no debt', () => {
  const arrivals = new Arrivals();
  assert.equal(arrivals.note(0, 0, 1, 0, false), true);
  assert.equal(arrivals.unreported, 0);
  assert.equal(arrivals.note(1, 0, 1, 0, true), true);
  assert.equal(arrivals.unreported, 1);
  assert.equal(arrivals.note(1, 0, 1, 0, true), false);
  assert.equal(arrivals.unreported, 1);
});

test('[FR-14] each number stands in three reports, however many come between them', () => {
  const arrivals = new Arrivals();
  const told = new Map<number, number>();
  let number = 0;
  for (const burst of [5, 90, 1, 300, 2, 40, 33, 64, 8, 8]) {
    for (let i = 0; i < burst; i++) arrivals.note(number++, 0, 1, 0, true);
    for (let back = 0; back <= arrivals.reportBits; back++) {
      const named = arrivals.newest - back;
      if (named >= 0) told.set(named, (told.get(named) ?? 0) + 1);
    }
    arrivals.reported();
  }
  for (let n = 0; n < number - 64; n++) assert.ok((told.get(n) ?? 0) >= 3, `${n}`);
});

test('[FR-14] one-way time is of the newest, modulo 2^32', () => {
  const arrivals = new Arrivals();
  arrivals.note(5, 2 ** 32 - 100, 1, 2 ** 32 * 3 + 50, true);
  assert.equal(arrivals.oneWayUs, 150);
  arrivals.note(4, 0, 1, 2 ** 32 * 3 + 60, true);
  assert.equal(arrivals.oneWayUs, 150);
  assert.equal(arrivals.newestArrivedUs, 2 ** 32 * 3 + 50);
});
