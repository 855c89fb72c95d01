import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { mapsOf } from './forecast.ts';
import { placesOf } from './places.ts';
import { secondsOf } from './seconds.ts';
import { skillOf } from './skill.ts';
import { drivenPasses } from './testing.ts';

const CELL_M = 200;

/** Of all failures, and of all warnings, how many were both. */
function hits(recurrence: number): { warnedOf: number; cameTrue: number; base: number } {
  const drive = drivenPasses({ profile: 'coast', seed: 3, minutes: 8, passes: 5, recurrence });
  const seconds = secondsOf(drive, CELL_M);
  const maps = mapsOf(seconds, 1);
  const sum = { known: 0, failing: 0, warned: 0, warnedFailing: 0 };
  for (const track of seconds) {
    const map = maps.get(track.carrier);
    assert.ok(map !== undefined);
    const skill = skillOf(track, map);
    for (const name of ['known', 'failing', 'warned', 'warnedFailing'] as const) {
      sum[name] += skill[name];
    }
  }
  return {
    warnedOf: sum.warnedFailing / sum.failing,
    cameTrue: sum.warnedFailing / sum.warned,
    base: sum.failing / sum.known,
  };
}

test('Holes that belong to the place are foreseen by the other passes', () => {
  const { warnedOf, cameTrue, base } = hits(1);
  assert.ok(warnedOf > 0.6, `${warnedOf} of the failures`);
  assert.ok(cameTrue > 3 * base, `${cameTrue} of the warnings, ${base} of all seconds`);
});

test('Holes that each pass has to itself are not, though the map warns as often', () => {
  const { cameTrue, base } = hits(0);
  assert.ok(cameTrue < 2.3 * base, `${cameTrue} of the warnings, ${base} of all seconds`);
});

test('The same spot in the other direction is another place', () => {
  const drive = drivenPasses({ profile: 'oslo', seed: 1, minutes: 2, passes: 1, recurrence: 0 });
  const there = placesOf(drive, CELL_M);
  const back = placesOf(drive, CELL_M);
  const [, outward] = [there(0), there(60_000)];
  back(120_000);
  const homeward = back(60_000);
  assert.equal(outward?.split(' ').slice(0, 2).join(), homeward?.split(' ').slice(0, 2).join());
  assert.notEqual(outward, homeward);
});
