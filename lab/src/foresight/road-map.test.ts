import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { heldBackAround, RoadMap } from './road-map.ts';
import type { CarrierSeconds } from './seconds.ts';

const HOUR_MS = 3_600_000;
const NEVER = heldBackAround(-HOUR_MS, -HOUR_MS);

/** A pass each hour: at "home" it goes well, at "hole" it fails in those hours. */
function track(hours: number, failsIn: readonly number[]): CarrierSeconds {
  const each = Array.from({ length: hours }, (_, hour) => hour);
  return {
    carrier: 'telia',
    tMs: each.flatMap((hour) => [hour * HOUR_MS, hour * HOUR_MS + 1000, hour * HOUR_MS + 2000]),
    places: each.flatMap(() => ['home', 'hole', null]),
    bad: each.flatMap(() => [false, false, false]),
    fails: each.flatMap((hour) => [false, failsIn.includes(hour), true]),
  };
}

test('A map says of a place the share of passes that failed there', () => {
  const map = new RoadMap(1);
  map.learn(track(4, [1, 2, 3]));
  assert.equal(map.riskAt('hole', NEVER), 0.75);
  assert.equal(map.riskAt('home', NEVER), 0);
});

test('The pass on which a map is tried is held back from it', () => {
  const map = new RoadMap(1);
  map.learn(track(4, [2]));
  assert.equal(map.riskAt('hole', heldBackAround(2 * HOUR_MS, 2 * HOUR_MS)), 0);
  assert.equal(map.riskAt('hole', heldBackAround(0, 0)), 1 / 3, 'another pass is held back');
});

test('A map is silent on a place that too few passes know', () => {
  const map = new RoadMap(3);
  map.learn(track(3, [0, 1, 2]));
  assert.equal(map.riskAt('hole', NEVER), 1);
  assert.equal(map.riskAt('hole', heldBackAround(0, 0)), null, 'two are left');
  assert.equal(map.riskAt('elsewhere', NEVER), null);
});

test('A car that stands at a place for long is one pass, not hundreds', () => {
  const map = new RoadMap(2);
  const seconds = Array.from({ length: 300 }, (_, i) => i);
  map.learn({
    carrier: 'telia',
    tMs: seconds.map((s) => s * 1000),
    places: seconds.map(() => 'light'),
    bad: seconds.map(() => false),
    fails: seconds.map(() => true),
  });
  assert.equal(map.riskAt('light', NEVER), null);
});
