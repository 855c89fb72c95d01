import assert from 'node:assert/strict';
import test from 'node:test';
import { Drop } from '@rmh/wire';
import * as fc from 'fast-check';
import { REJECT_AFTER_MESSAGES } from './lifetimes.ts';
import { REPLAY_WINDOW_COUNTERS, ReplayWindow } from './replay.ts';

/** The readable twin: remembers every counter. */
class PlainWindow {
  readonly #seen = new Set<number>();
  #highest = -1;

  check(counter: number): number {
    if (counter < 0 || counter >= REJECT_AFTER_MESSAGES) return Drop.badCounter;
    if (counter < this.#highest - REPLAY_WINDOW_COUNTERS) return Drop.counterTooOld;
    return this.#seen.has(counter) ? Drop.replayedCounter : 0;
  }

  accept(counter: number): void {
    this.#seen.add(counter);
    this.#highest = Math.max(this.#highest, counter);
  }
}

function received(...counters: number[]): ReplayWindow {
  const window = new ReplayWindow();
  for (const counter of counters) window.accept(counter);
  return window;
}

test('[RW-1] ReplayWindow refuses a counter seen 1,000 packets ago', () => {
  const window = received(...Array.from({ length: 2000 }, (_, i) => i));
  assert.equal(window.check(1000), Drop.replayedCounter);
  assert.equal(window.check(2000), 0);
});

test('[RW-1] ReplayWindow takes late counters up to its size and no older', () => {
  const window = received(100_000);
  assert.equal(window.check(100_000 - REPLAY_WINDOW_COUNTERS), 0);
  assert.equal(window.check(100_000 - REPLAY_WINDOW_COUNTERS - 1), Drop.counterTooOld);
});

test('[RW-2] ReplayWindow does not move by being asked', () => {
  const window = received(7);
  window.check(1e9);
  assert.equal(window.check(6), 0);
  assert.equal(window.highest, 7);
});

test('[RW-2] accepting a counter that was refused is our mistake', () => {
  assert.throws(() => received(7, 7));
  assert.throws(() => received(-1));
});

test('[RW-3] a long jump clears the whole ring', () => {
  const early = Array.from({ length: 40_000 }, (_, i) => i);
  const window = received(...early, 10_000_000);
  for (let behind = 1; behind <= REPLAY_WINDOW_COUNTERS; behind++) {
    assert.equal(window.check(10_000_000 - behind), 0);
  }
});

test('[RW-4] an unreadable counter and one at the end of a key are refused', () => {
  const window = received(0);
  assert.equal(window.check(-1), Drop.badCounter);
  assert.equal(window.check(REJECT_AFTER_MESSAGES), Drop.badCounter);
  assert.equal(window.check(REJECT_AFTER_MESSAGES - 1), 0);
});

test('[RW-1] ReplayWindow equals the window that remembers everything', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -70, max: 70 }) },
    { weight: 2, arbitrary: fc.integer({ min: -40_000, max: 40_000 }) },
    { weight: 1, arbitrary: fc.constantFrom(32_735, 32_736, 32_737, 32_767, 32_768, 32_769) },
    { weight: 1, arbitrary: fc.constantFrom(-32_735, -32_736, -32_737, -32_768, -32_769) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 ** 20 }) },
  );
  const start = fc.constantFrom(0, 31, 2 ** 31 - 40, 2 ** 32 - 40, 2 ** 40, 2 ** 48 - 100_000);
  const steps = fc.array(fc.tuple(step, fc.boolean()), { maxLength: 200, size: 'max' });
  fc.assert(
    fc.property(start, steps, (begin, walk) => {
      const fast = new ReplayWindow();
      const plain = new PlainWindow();
      let highest = begin;
      for (const [offset, tagVerifies] of walk) {
        const counter = highest + offset;
        const verdict = fast.check(counter);
        assert.equal(verdict, plain.check(counter));
        if (verdict !== 0 || !tagVerifies) continue;
        fast.accept(counter);
        plain.accept(counter);
        highest = Math.max(highest, counter);
      }
    }),
    { numRuns: 400 },
  );
});
