import assert from 'node:assert/strict';
import test from 'node:test';
import { Growth } from './growth.ts';

const LOOP_US = 50_000;
const FREE = { full: true, leaps: true, held: false, drained: false };

/** Rounds one after the other; `queued`: a queue was met before each of them. */
function rounds(growth: Growth, count: number, given = FREE, queued = false, rate = 1e6): void {
  for (let round = 0; round < count; round++) {
    if (queued) growth.queued();
    growth.step((now += LOOP_US), LOOP_US, rate, given);
  }
}
let now = 0;

function steady(): Growth {
  const growth = new Growth();
  growth.stop();
  return growth;
}

test('The start grows until three rounds brought no more', () => {
  const growth = new Growth();
  for (const rate of [1e6, 1.8e6, 3.2e6]) rounds(growth, 1, FREE, false, rate);
  assert.equal(growth.gain, 1.8);
  rounds(growth, 2, FREE, false, 3.3e6);
  assert.ok(growth.starting);
  rounds(growth, 1, FREE, false, 3.3e6);
  assert.ok(!growth.starting);
  assert.equal(growth.gain, 1);
});

test('an application that sends little does not end the start', () => {
  const growth = new Growth();
  rounds(growth, 10, { ...FREE, full: false });
  assert.ok(growth.starting);
});

test('a round without a queue lets a path leap, one with a queue ends that', () => {
  const growth = steady();
  rounds(growth, 1);
  assert.equal(growth.gain, 1.8);
  rounds(growth, 1, FREE, true);
  assert.equal(growth.gain, 1);
});

test('where a leap would be seen late two rounds are waited for, and it grows by steps', () => {
  const growth = steady();
  const given = { ...FREE, leaps: false };
  rounds(growth, 1, given);
  assert.equal(growth.gain, 1);
  rounds(growth, 1, given);
  assert.equal(growth.gain, 1.4);
  rounds(growth, 1, given);
  assert.equal(growth.gain, 1.8);
});

for (const [name, given] of [
  ['nothing waits to be sent', { ...FREE, full: false }],
  ['the path has just fallen', { ...FREE, held: true }],
] as const) {
  test(`a path does not grow while ${name}`, () => {
    const growth = steady();
    rounds(growth, 3, given);
    assert.equal(growth.gain, 1);
    rounds(growth, 1);
    assert.equal(growth.gain, 1.8);
  });
}

test('a queue that was let run empty tells nothing for a round', () => {
  const growth = steady();
  rounds(growth, 1, { ...FREE, drained: true }, true);
  rounds(growth, 1);
  assert.equal(growth.gain, 1);
  rounds(growth, 1);
  assert.equal(growth.gain, 1.8);
});
