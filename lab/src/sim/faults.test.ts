import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomFaults, wordsOf } from './faults.ts';

const HOUR_US = 3_600_000_000;

test('A plan is drawn from its seed alone, in the order of time', () => {
  const plan = randomFaults(7, 3, HOUR_US);
  assert.deepEqual(plan, randomFaults(7, 3, HOUR_US));
  assert.notDeepEqual(plan, randomFaults(8, 3, HOUR_US));
  const times = plan.planned.map(({ atUs }) => atUs);
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
});

test('An hour holds every kind of fault', () => {
  const kinds = new Set(randomFaults(1, 3, HOUR_US).planned.map(({ fault }) => fault.kind));
  const all = ['blackhole', 'gateway-crash', 'gateway-drain', 'gateway-start', 'link-down'];
  for (const kind of [...all, 'link-up', 'passes', 'rebind', 'stall']) {
    assert.ok(kinds.has(kind as never), kind);
  }
});

test('What lasts ends: each crash is followed by a start, each silence by its end', () => {
  const { planned } = randomFaults(3, 3, HOUR_US);
  const count = (kind: string) => planned.filter(({ fault }) => fault.kind === kind).length;
  assert.equal(count('gateway-crash'), count('gateway-start'));
  assert.equal(count('link-down'), count('link-up'));
  assert.equal(count('blackhole') + count('stall'), count('passes'));
});

test('Faults read as a person would say them', () => {
  assert.equal(wordsOf({ kind: 'gateway-crash', gateway: 1 }, []), 'gateway 2: crash');
  assert.equal(wordsOf({ kind: 'rebind', carrier: 0 }, ['telia']), 'telia: rebind');
});
