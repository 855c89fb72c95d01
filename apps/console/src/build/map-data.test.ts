import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nordicLand, nordicPlaces } from './map-data.ts';

/** Edges of more than 8° that do not lie along the window's own side. */
function longEdges(ring: readonly (readonly number[])[]): number[] {
  return ring.flatMap(([x = 0, y = 0], index) => {
    const [nextX = x, nextY = y] = ring[index + 1] ?? [];
    const along = (x === nextX && (x === -6 || x === 42)) || y === 53.5 || y === 81.2;
    return !along && Math.hypot(nextX - x, nextY - y) > 8 ? [index] : [];
  });
}

test('An edge across the map is found', () => {
  assert.deepEqual(
    longEdges([
      [5, 60],
      [40, 61],
      [5, 60],
    ]),
    [0, 1],
  );
});

test('The land is cut to its window, rings are closed, and no edge crosses the whole map', () => {
  const { features } = nordicLand();
  assert.equal(features.filter(({ properties }) => properties.norway).length, 1);
  for (const { geometry } of features) {
    for (const ring of geometry.coordinates.flat()) {
      assert.deepEqual(ring.at(0), ring.at(-1));
      for (const [x = 0, y = 0] of ring) assert.ok(x >= -6 && x <= 42 && y >= 53.5 && y <= 81.2);
      assert.deepEqual(longEdges(ring), []);
    }
  }
});

test('Every Norwegian town has its name in Norwegian, the largest first', () => {
  const names = nordicPlaces().map(([name]) => name);
  for (const name of ['Oslo', 'Bergen', 'Tromsø', 'Hammerfest', 'København']) {
    assert.ok(names.includes(name), name);
  }
  const people = nordicPlaces().map(([, , , thousands]) => thousands);
  assert.deepEqual(
    people,
    people.toSorted((a, b) => b - a),
  );
});
