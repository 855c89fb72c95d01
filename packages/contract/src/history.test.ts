import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { HistoryRing, type HistorySlice } from './history.ts';

const slice = (atMs: number): HistorySlice => {
  return { atMs, spanMs: 1000, active: null, classes: [], carriers: [] };
};
const event = (atMs: number) => ({ atMs, event: 'link.none', fields: {} });

test('a history keeps the newest, in order, and says since when', () => {
  const ring = new HistoryRing('amb-1', 0, 10, 5);
  for (let i = 0; i < 25; i++) {
    ring.add(slice(i * 1000));
    ring.note(event(i * 1000));
  }
  const { slices, events, sinceMs } = ring.between(0, 1e9, 25_000);
  assert.deepEqual(
    slices.map(({ atMs }) => atMs / 1000),
    [15, 16, 17, 18, 19, 20, 21, 22, 23, 24],
  );
  assert.deepEqual(
    events.map(({ atMs }) => atMs / 1000),
    [20, 21, 22, 23, 24],
  );
  assert.equal(sinceMs, 19_000, 'before that an event is missing');
});

test('a span gets the second that it begins in', () => {
  const ring = new HistoryRing('amb-1', 0);
  for (let i = 0; i < 10; i++) ring.add(slice(i * 1000));
  const { slices } = ring.between(2500, 4000, 10_000);
  assert.deepEqual(
    slices.map(({ atMs }) => atMs),
    [2000, 3000, 4000],
  );
});

test('what was read back from before the start belongs to the history', () => {
  const ring = new HistoryRing('amb-1', 5_000);
  ring.note(event(1_000));
  assert.equal(ring.between(0, 9_000, 9_000).sinceMs, 1_000);
});
