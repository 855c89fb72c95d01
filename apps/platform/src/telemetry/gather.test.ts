import assert from 'node:assert/strict';
import test from 'node:test';
import type { Receipt } from '@rmh/contract/api';
import { chooseGroup } from './gather.ts';
import { plainSample } from './testing.ts';

const journal = '00000000-0000-4000-8000-000000000000';

function waiting(unitId: number, count: number) {
  const samples = Array.from({ length: count }, (_, i) => plainSample(i + 1, 1e12));
  const delivery = { unitId, batch: { journal, samples } };
  return { delivery, settled: Promise.withResolvers<Receipt>() };
}

const unitsOf = (group: readonly ReturnType<typeof waiting>[]) =>
  group.map(({ delivery }) => delivery.unitId);

test('Live samples of many units share a transaction; one backlog goes with them', () => {
  const { group, rest } = chooseGroup([
    waiting(1, 500),
    waiting(2, 1),
    waiting(3, 500),
    waiting(4, 1),
  ]);
  assert.deepEqual([unitsOf(group), unitsOf(rest)], [[1, 2, 4], [3]]);
});

test('Batches of one unit keep their order, also when the first is passed over', () => {
  const { group, rest } = chooseGroup([
    waiting(1, 500),
    waiting(2, 500),
    waiting(2, 1),
    waiting(1, 1),
  ]);
  assert.deepEqual([unitsOf(group), unitsOf(rest)], [[1], [2, 2, 1]]);
});

test('A group has a size, and nobody is left for good', () => {
  let left = Array.from({ length: 1_000 }, (_, i) => waiting(i, 1));
  for (let rounds = 0; left.length > 0; rounds++) {
    assert.ok(rounds < 3);
    const { group, rest } = chooseGroup(left);
    assert.ok(group.length <= 400);
    left = rest;
  }
});
