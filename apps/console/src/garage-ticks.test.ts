import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownTicks, type Tick, withoutTick, withTick } from './garage-ticks.ts';

const tick = (point: Tick['point'], ticked: boolean, atMs: number): Tick => ({
  point,
  ticked,
  note: '',
  atMs,
});
const known = (one: Tick) => ({ ...one, by: 'Kari' });

test('Of the platform’s word and the phone’s, the later one is shown', () => {
  const platform = [known(tick('cards-in', true, 5)), known(tick('enrolled', false, 9))];
  const shown = shownTicks(platform, [tick('cards-in', false, 6), tick('enrolled', true, 8)]);
  assert.equal(shown.get('cards-in')?.ticked, false);
  assert.equal(shown.get('enrolled')?.ticked, false);
});

test('A point is sent once, as it was last said', () => {
  const unsaved = withTick(withTick([], tick('cards-in', true, 1)), tick('cards-in', false, 2));
  assert.deepEqual(unsaved, [tick('cards-in', false, 2)]);
});

test('A tick that was made while an older one was on its way is kept', () => {
  const sent = tick('cards-in', true, 1);
  assert.deepEqual(withoutTick([sent], sent), []);
  const later = tick('cards-in', false, 2);
  assert.deepEqual(withoutTick(withTick([sent], later), sent), [later]);
});
