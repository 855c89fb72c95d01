import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptySamples, type Samples } from '../drives/columns.ts';
import { Drive } from '../drives/drive.ts';
import { windowsOf } from './windows.ts';

/** A carrier that is measured each second of those stretches (in seconds). */
function measured(...stretches: readonly (readonly [number, number])[]): Samples {
  const samples = emptySamples();
  for (const [from, to] of stretches) {
    for (let s = from; s < to; s++) {
      samples.tMs.push(s * 1000);
      samples.rttMs.push(40 + (s % 7));
      for (const name of ['downKbps', 'upKbps', 'loss', 'rsrpDbm', 'lat', 'lon'] as const) {
        samples[name].push(Number.NaN);
      }
    }
  }
  return samples;
}

test('Only stretches in which two carriers are measured at once become windows', () => {
  const drive = new Drive(
    new Map([
      ['a', measured([0, 100], [500, 600])],
      ['b', measured([50, 200], [590, 700])],
    ]),
  );
  const windows = windowsOf('drive', drive);
  assert.equal(windows.length, 1, 'ten seconds together are too few');
  assert.equal(windows[0]?.fromMs, 50_000);
  assert.ok(Math.abs((windows[0]?.lengthMs ?? 0) - 50_000) <= 3000);
});

test('A long stretch is cut into equal runs of at most ten minutes', () => {
  const all = measured([0, 1500]);
  const windows = windowsOf(
    'drive',
    new Drive(
      new Map([
        ['a', all],
        ['b', all],
      ]),
    ),
  );
  assert.deepEqual(
    windows.map(({ fromMs, lengthMs }) => [fromMs, lengthMs]),
    [
      [0, 500_000],
      [500_000, 500_000],
      [1_000_000, 500_000],
    ],
  );
});

test('A carrier that was hardly measured in a window stays out of it', () => {
  const carriers = new Map([
    ['a', measured([0, 100])],
    ['b', measured([0, 100])],
    ['c', measured([90, 100])],
  ]);
  const windows = windowsOf('drive', new Drive(carriers));
  assert.deepEqual(
    windows.map(({ carriers }) => carriers.map(({ name }) => name)),
    [['a', 'b']],
  );
});

test('The timeline of a window begins at 0 with what holds there', () => {
  const both = measured([0, 100]);
  const drive = new Drive(
    new Map([
      ['a', both],
      ['b', both],
    ]),
  );
  const window = windowsOf('drive', drive, 30_000)[1];
  const timeline = window?.carriers[0]?.timeline;
  assert.equal(timeline?.startMs[0], 0);
  assert.deepEqual(timeline?.conditions[0], drive.sample('a', window?.fromMs ?? 0));
  assert.ok((timeline?.startMs.at(-1) ?? 0) <= 30_000);
});
