// What an upload at full rate adds to critical packets beside it. RMH_SWEEP=all: every profile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { steadyCondition } from './testing.ts';
import { changingWindow, Trial } from './trial.ts';

/** Mbit/s and one way in ms. */
type Profile = readonly (readonly [mbit: number, oneWayMs: number])[];

const SINGLE: readonly Profile[] = [
  [[200, 10]],
  [[50, 15]],
  [[30, 35]],
  [[10, 40]],
  [[2, 150]],
  [[1, 60]],
];
const PAIRS: readonly Profile[] = [
  [
    [50, 15],
    [30, 35],
  ],
  [
    [10, 40],
    [2, 150],
  ],
  [
    [1, 60],
    [1, 60],
  ],
];
const ALL: readonly Profile[] = [
  ...SINGLE,
  ...PAIRS,
  [
    [200, 10],
    [1, 60],
  ],
  [
    [50, 15],
    [2, 150],
  ],
  [
    [30, 35],
    [10, 40],
  ],
];
const FEW: readonly Profile[] = [[[10, 40]], [[1, 60]]];

const isWhole = process.env['RMH_SWEEP'] === 'all';
/**
 * A slow path holds 1.5 packets of 1,416 bytes as its queue target, one more leaves at a time, and
 * another is on its way out: at 1 Mbit/s 11.3 ms each. Asked, and seen, are 30 ms.
 */
const addedMsMost = (profile: Profile): number => {
  const mbit = Math.max(...profile.map(([rate]) => rate));
  return Math.max(30, (3 * 11.3) / mbit);
};
/** The start is over; four drains, of which there is one each 5 s, are within. */
const FROM_S = 4;
const TO_S = 24;

/** p95 of the delay of 228 bytes each 20 ms, and the upload's Mbit/s. */
function critical(profile: Profile, bufferMs: number, beside: boolean): [number, number] {
  const carriers = profile.map(([mbit, oneWayMs], i) => {
    return [`carrier${i + 1}`, [steadyCondition(mbit, oneWayMs)]] as const;
  });
  const trial = new Trial({
    window: changingWindow(Object.fromEntries(carriers), TO_S + 1),
    bufferMs,
  });
  trial.runTo(0);
  const flow = trial.datagrams('critical', 228, 20);
  const upload = beside ? trial.upload('bulk') : { bytes: 0 };
  trial.runTo(FROM_S);
  const before = upload.bytes;
  trial.runTo(TO_S);
  const mbit = ((upload.bytes - before) * 8) / 1e6 / (TO_S - FROM_S);
  return [flow.quantileMs(0.95, FROM_S, TO_S - 1), mbit];
}

for (const profile of isWhole ? ALL : FEW) {
  for (const bufferMs of isWhole ? [100, 300, 1500] : [1500]) {
    const name = profile
      .map(([mbit, oneWayMs]) => `${mbit} Mbit/s at ${oneWayMs} ms`)
      .join(' and ');
    test(`An upload beside critical adds little: ${name}, buffers of ${bufferMs} ms`, (t) => {
      const [aloneMs] = critical(profile, bufferMs, false);
      const [besideMs, mbit] = critical(profile, bufferMs, true);
      const addedMs = besideMs - aloneMs;
      t.diagnostic(
        `${addedMs.toFixed(1)} ms on ${aloneMs.toFixed(1)}, upload ${mbit.toFixed(2)} Mbit/s`,
      );
      assert.ok(addedMs <= addedMsMost(profile), `${addedMs.toFixed(1)} ms`);
      const sum = profile.reduce((total, [rate]) => total + rate, 0);
      assert.ok(mbit > 0.75 * sum * (1288 / 1416), `${mbit.toFixed(2)} Mbit/s of ${sum}`);
    });
  }
}

test('the measure sees a queue: beside a plain load the same packets would wait', () => {
  const { road } = new Trial({ window: changingWindow({ only: [steadyCondition(1, 60)] }, 5) });
  for (let i = 0; i < 10; i++) road.offer(0, { direction: 'up', bytes: 1250, content: null }, 0);
  // Nine behind the one in service, 10 ms each.
  assert.ok(road.queueUpUs(0) >= 90_000, `${road.queueUpUs(0)}`);
});
