import assert from 'node:assert/strict';
import test from 'node:test';
import { chooseGroup, type Gathered, gathering } from './gather.ts';
import { openFreshEmbedded } from './testing.ts';

interface Item {
  readonly unitId: number;
  readonly count: number;
}

const HOW = { unitOf: ({ unitId }: Item) => unitId, sizeOf: ({ count }: Item) => count };

function waiting(unitId: number, count: number) {
  return { item: { unitId, count } };
}

const choose = (all: readonly ReturnType<typeof waiting>[]) => chooseGroup(all, HOW);
const unitsOf = (group: readonly ReturnType<typeof waiting>[]) =>
  group.map(({ item }) => item.unitId);

test('Live samples of many units share a transaction; one backlog goes with them', () => {
  const { group, rest } = choose([waiting(1, 500), waiting(2, 1), waiting(3, 500), waiting(4, 1)]);
  assert.deepEqual([unitsOf(group), unitsOf(rest)], [[1, 2, 4], [3]]);
});

test('Batches of one unit keep their order, also when the first is passed over', () => {
  const { group, rest } = choose([waiting(1, 500), waiting(2, 500), waiting(2, 1), waiting(1, 1)]);
  assert.deepEqual([unitsOf(group), unitsOf(rest)], [[1], [2, 2, 1]]);
});

test('A group has a size, and nobody is left for good', () => {
  let left = Array.from({ length: 1_000 }, (_, i) => waiting(i, 1));
  for (let rounds = 0; left.length > 0; rounds++) {
    assert.ok(rounds < 3);
    const { group, rest } = choose(left);
    assert.ok(group.length <= 400);
    left = rest;
  }
});

test('What is refused fails alone; too many are turned away, and room comes back', async () => {
  const db = await openFreshEmbedded();
  const sizes: number[] = [];
  const how: Gathered<Item, number> = {
    ...HOW,
    waitingMost: 10,
    write: async (_, sql, items) => {
      sizes.push(items.length);
      await sql.query('SELECT 1 / (CASE WHEN $1::integer = 3 THEN 0 ELSE 1 END)', [
        items.find(({ unitId }) => unitId === 3)?.unitId ?? 0,
      ]);
      return items.map(({ unitId }) => unitId * 10);
    },
  };
  const gather = gathering(how)({ db, nowMs: Date.now });
  for (const round of [1, 2]) {
    sizes.length = 0;
    // Whoever was waited for has gone home.
    await new Promise((resolve) => setImmediate(resolve));
    // The first is written at once; the others wait for it, and share the next.
    const taken = [1, 2, 3, 4].map((unitId) => gather.take({ unitId, count: 2 }));
    assert.throws(() => gather.take({ unitId: 5, count: 9 }), { problem: 'unavailable' });
    const settled = await Promise.allSettled(taken);
    assert.deepEqual(
      settled.map((one) => (one.status === 'fulfilled' ? one.value : null)),
      [10, 20, null, 40],
      `round ${round}`,
    );
    assert.deepEqual(sizes, [1, 3, 1, 1, 1]);
  }
  await db.close();
});
