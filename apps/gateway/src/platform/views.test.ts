import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { DataplaneEvent } from '@rmh/contract';
import { GATEWAY_VIEW } from '@rmh/contract/api';
import { Views } from './views.ts';

const START_MS = 1_764_000_000_000;

function path(peer: string, id: number, to: string, atMs: number): DataplaneEvent {
  const fields = { peer, path: id, from: 'x', to, link: 'listen', silentMs: 0 };
  return { kind: 'log', event: 'path.state', level: 'info', fields, atMs: START_MS + atMs };
}

test('Time is counted to the event, for each path and for the unit with any of them', () => {
  const views = new Views(START_MS);
  views.event({ kind: 'peer.active', name: 'unit-7', active: true }, START_MS);
  views.event(path('unit-7', 0, 'carrying', 1_000), START_MS + 1_010);
  views.event(path('unit-7', 1, 'carrying', 2_000), START_MS + 2_000);
  views.event(path('unit-7', 0, 'suspect', 5_000), START_MS + 5_000);
  views.event(path('unit-7', 1, 'suspect', 8_000), START_MS + 8_000);
  const [view, ...others] = views.take(START_MS + 10_000, () => 7);
  assert.deepEqual(others, []);
  assert.deepEqual(GATEWAY_VIEW.parse(view), view);
  assert.deepEqual(view, {
    unitId: 7,
    atMs: START_MS,
    spanMs: 10_000,
    active: true,
    upMs: 7_000,
    paths: [
      { link: 'path-0', upMs: 4_000, rttMs: null },
      { link: 'path-1', upMs: 6_000, rttMs: null },
    ],
  });
  const [next] = views.take(START_MS + 20_000, () => 7);
  assert.deepEqual([next?.atMs, next?.upMs], [START_MS + 10_000, 0]);
});

test('A path that stays up is up in every span', () => {
  const views = new Views(START_MS);
  views.event(path('unit-7', 0, 'carrying', 0), START_MS);
  for (let i = 1; i <= 3; i++) {
    assert.equal(views.take(START_MS + i * 10_000, () => 7)[0]?.upMs, 10_000);
  }
});

test('A unit that is no unit of the platform is not told of, and a span of hours is none', () => {
  const views = new Views(START_MS);
  views.event(path('unit-7', 0, 'carrying', 0), START_MS);
  views.event(path('other', 0, 'carrying', 0), START_MS);
  const ids = (name: string) => (name === 'unit-7' ? 7 : null);
  assert.equal(views.take(START_MS + 10_000, ids).length, 1);
  assert.equal(views.take(START_MS + 7_200_000, ids).length, 0);
  assert.equal(views.take(START_MS + 7_210_000, ids)[0]?.upMs, 10_000);
});
