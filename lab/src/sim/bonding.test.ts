// One TCP connection over the real session and several carriers: what known bonding tunnels fail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LinkCondition } from '../carriers/condition.ts';
import { constantWindow } from './road.ts';
import { steadyCondition } from './testing.ts';
import { Trial } from './trial.ts';
import type { DriveWindow, Side } from './types.ts';

/** TCP payload of a full segment over its outer packet. */
const PAYLOAD_SHARE = 1288 / 1416;
/** Slow start and the paths' own start are over by then. */
const FROM_SECONDS = 5;

/** Mbit/s of payload of one connection from `side` between two moments of the run. */
function goodput(window: DriveWindow, side: Side, fromSeconds: number, toSeconds: number): number {
  const trial = new Trial({ window });
  trial.runTo(0);
  const upload = trial.upload('interactive', side);
  trial.runTo(fromSeconds);
  const before = upload.bytes;
  trial.runTo(toSeconds);
  return ((upload.bytes - before) * 8) / (toSeconds - fromSeconds) / 1e6;
}

function paths(...conditions: LinkCondition[]): DriveWindow {
  const named = conditions.map((condition, i) => [`carrier${i + 1}`, condition]);
  return constantWindow(Object.fromEntries(named), 60_000);
}

/** The last path is silent before that second of the window, and well from then on. */
function comesAt(window: DriveWindow, path: number, seconds: number): DriveWindow {
  const carriers = window.carriers.map((carrier, i) => {
    const up = carrier.timeline.conditions[0];
    if (i !== path || up === undefined) return carrier;
    const startMs = Float64Array.of(0, seconds * 1000);
    return { ...carrier, timeline: { startMs, conditions: [{ ...up, state: 'drops' }, up] } };
  });
  return { ...window, carriers: carriers as DriveWindow['carriers'] };
}

const lossy = { ...steadyCondition(50, 20), loss: 0.01 };
const CASES: readonly [string, DriveWindow, number, number][] = [
  [
    '50 Mbit/s of 15 ms and 30 of 35 add up',
    paths(steadyCondition(50, 15), steadyCondition(30, 35)),
    80,
    0.95,
  ],
  ['40 and 40 Mbit/s add up', paths(steadyCondition(40, 20), steadyCondition(40, 20)), 80, 0.95],
  [
    'three of 40, 30 and 20 Mbit/s add up',
    paths(steadyCondition(40, 15), steadyCondition(30, 25), steadyCondition(20, 35)),
    90,
    0.95,
  ],
  ['two that lose a hundredth each add up', paths(lossy, lossy), 100, 0.9],
  [
    'the first path dead from the start costs nothing but itself',
    comesAt(paths(steadyCondition(50, 15), steadyCondition(30, 35)), 0, 1e6),
    30,
    0.95,
  ],
];

for (const side of ['car', 'site'] as const) {
  for (const [claim, window, sumMbit, share] of CASES) {
    test(`one TCP connection from the ${side}: ${claim}`, (t) => {
      const reached = goodput(window, side, FROM_SECONDS, FROM_SECONDS + 10);
      const most = sumMbit * PAYLOAD_SHARE;
      t.diagnostic(`${reached.toFixed(1)} of ${most.toFixed(1)} Mbit/s`);
      assert.ok(reached >= share * most, `${reached.toFixed(1)} of ${most.toFixed(1)} Mbit/s`);
    });
  }

  test(`one TCP connection from the ${side}: a third of 2 Mbit/s makes it no slower`, (t) => {
    const two = [steadyCondition(50, 15), steadyCondition(30, 35)];
    const without = goodput(paths(...two), side, FROM_SECONDS, 30);
    for (const delayMs of [60, 100, 150]) {
      const third = steadyCondition(2, delayMs);
      const reached = goodput(paths(...two, third), side, FROM_SECONDS, 30);
      const words = `${delayMs} ms: ${reached.toFixed(1)}, without it ${without.toFixed(1)} Mbit/s`;
      t.diagnostic(words);
      assert.ok(reached >= 0.995 * without, words);
    }
  });

  test(`one TCP connection from the ${side}: a path that is back after 8 s is used`, (t) => {
    const both = paths(steadyCondition(50, 15), steadyCondition(30, 35));
    const reached = goodput(comesAt(both, 0, 8), side, 11, 18);
    const most = 80 * PAYLOAD_SHARE;
    t.diagnostic(`${reached.toFixed(1)} of ${most.toFixed(1)} Mbit/s`);
    assert.ok(reached >= 0.95 * most, `${reached.toFixed(1)} of ${most.toFixed(1)} Mbit/s`);
  });
}
