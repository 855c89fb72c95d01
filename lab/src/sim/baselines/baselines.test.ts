import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '@rmh/base';
import type { LinkCondition } from '../../carriers/condition.ts';
import type { BearerResult, DriveWindow } from '../types.ts';
import { type Baseline, baselinesOf, bestAlone } from './index.ts';
import { play, type Sending, steadily } from './testing.ts';

const CLEAN: LinkCondition = {
  upKbps: 10_000,
  downKbps: 10_000,
  oneWayUs: 20_000,
  jitterUs: 0,
  loss: 0,
  state: 'up',
  measured: true,
};

type Pieces = readonly (readonly [startMs: number, condition: Partial<LinkCondition>])[];

function windowOf(lengthMs: number, carriers: Readonly<Record<string, Pieces>>): DriveWindow {
  return {
    drive: 'made',
    fromMs: 0,
    lengthMs,
    carriers: Object.entries(carriers).map(([name, pieces]) => ({
      name,
      timeline: {
        startMs: Float64Array.from(pieces, ([startMs]) => startMs),
        conditions: pieces.map(([, condition]) => ({ ...CLEAN, ...condition })),
      },
    })),
  };
}

function baselineOf(window: DriveWindow, name: string): Baseline {
  return present(
    baselinesOf(window).find((baseline) => baseline.name === name),
    name,
  );
}

function playBaseline(window: DriveWindow, name: string, sendings: readonly Sending[]) {
  return play(window, baselineOf(window, name).make, sendings);
}

const TWO = windowOf(10_000, { slow: [[0, { upKbps: 1000 }]], quick: [[0, {}]] });

/** The better carrier is dead from 3 s to 23 s. */
const DIES = windowOf(60_000, {
  best: [
    [0, { upKbps: 30_000 }],
    [3000, { state: 'drops' }],
    [23_000, { upKbps: 30_000 }],
  ],
  other: [[0, {}]],
});

test('there is each carrier alone, and what peers do with all of them', () => {
  assert.deepEqual(
    baselinesOf(TWO).map(({ name }) => name),
    [
      'alone:slow',
      'alone:quick',
      'fail-over:1s',
      'fail-over:5s',
      'fail-over:15s',
      'every-carrier',
      'round-robin',
    ],
  );
});

test('alone, a carrier takes everything and no other is touched', () => {
  const sendings = steadily(100, 0, 5000, { bytes: 1174 }); // 1,250 bytes outside
  const { arrivedUs, bytesOffered } = playBaseline(TWO, 'alone:slow', sendings);
  assert.equal(bytesOffered, 50 * 1250);
  // 10,000 bit at 1 Mbit/s and the flight.
  assert.ok(arrivedUs.every((us, i) => us === i * 100_000 + 30_000));
});

for (const seconds of [1, 5, 15]) {
  test(`fail-over moves both directions when nothing was answered for ${seconds} s`, () => {
    const sides = ['car', 'site'] as const;
    for (const side of sides) {
      const sendings = steadily(10, 0, 30_000, { side });
      const { arrivedUs } = playBaseline(DIES, `fail-over:${seconds}s`, sendings);
      const lost = arrivedUs.flatMap((us, i) => (us === null ? [i * 10] : []));
      assert.equal(Math.min(...lost), 2990 + 10);
      // The last answer may be as old as a fifth of the silence when the carrier dies.
      const gapMs = Math.max(...lost) - 3000;
      assert.ok(gapMs <= seconds * 1000 + 50, `${side}: ${gapMs} ms`);
      assert.ok(gapMs >= seconds * 800 - 50, `${side}: ${gapMs} ms`);
    }
  });
}

test('fail-over returns to the carrier that it prefers when that answers again', () => {
  const sendings = steadily(10, 0, 30_000, { bytes: 1174 });
  const { arrivedUs } = playBaseline(DIES, 'fail-over:1s', sendings);
  const delayUs = (ms: number) => present(arrivedUs[ms / 10] ?? null, 'it came') - ms * 1000;
  assert.equal(delayUs(2050), 20_334); // 10,000 bit at 30 Mbit/s
  assert.equal(delayUs(10_050), 21_000);
  assert.equal(delayUs(24_050), 20_334); // pinged each 0.2 s
});

test('every carrier gets a copy, the first counts, and the others are called copies', () => {
  const sendings = steadily(50, 0, 5000);
  const { arrivedUs, bytesOffered, bearer } = playBaseline(TWO, 'every-carrier', sendings);
  assert.ok(arrivedUs.every((us, i) => us === i * 50_000 + 20_221)); // the quick one's 2,208 bit
  assert.equal(bytesOffered, 100 * 2 * 276);
  assert.equal(bearer.bytesDuplicated, 100 * 276);
});

test('round robin shares packets as its carriers share the rate', () => {
  const sendings = steadily(10, 0, 5500, { bytes: 1174 });
  const { arrivedUs } = playBaseline(TWO, 'round-robin', sendings);
  const slow = arrivedUs.filter((us, i) => us === i * 10_000 + 30_000).length;
  const quick = arrivedUs.filter((us, i) => us === i * 10_000 + 21_000).length;
  // Pings share the road: a few packets wait behind one.
  assert.ok(Math.abs(slow - 50) <= 12 && Math.abs(quick - 500) <= 50, `${slow} and ${quick}`);
});

test('round robin loses a share on a dead carrier for a second, then leaves it out', () => {
  const { arrivedUs } = playBaseline(DIES, 'round-robin', steadily(10, 0, 22_000));
  const lost = arrivedUs.flatMap((us, i) => (us === null ? [i * 10] : []));
  assert.ok(lost.length > 40 && lost.length < 110, `${lost.length}`);
  assert.ok(Math.max(...lost) < 4050);
});

test('while no carrier answers the last choice stays', () => {
  const dead = windowOf(30_000, {
    a: [
      [0, {}],
      [3000, { state: 'drops' }],
      [9000, {}],
    ],
  });
  const { arrivedUs } = playBaseline(dead, 'fail-over:1s', steadily(100, 0, 12_000));
  assert.ok(arrivedUs.slice(90).every((us) => us !== null));
  assert.ok(arrivedUs.slice(30, 90).every((us) => us === null));
});

test('a baseline does the same twice', () => {
  const noisy = windowOf(20_000, {
    a: [[0, { loss: 0.1, jitterUs: 10_000 }]],
    b: [[0, { loss: 0.2, jitterUs: 20_000 }]],
  });
  for (const { name } of baselinesOf(noisy)) {
    const once = playBaseline(noisy, name, steadily(10, 0, 10_000)).arrivedUs;
    assert.deepEqual(playBaseline(noisy, name, steadily(10, 0, 10_000)).arrivedUs, once);
  }
});

test('the best alone is chosen class by class', () => {
  const result = (name: string, critical: number, bulk: number): BearerResult => {
    const none = { sent: 9, inTime: 0 };
    const classes = {
      critical: { sent: 9, inTime: critical },
      realtime: none,
      interactive: none,
      bulk: { sent: 9, inTime: bulk },
    };
    return { name, delays: {}, classes, bytesSent: 0, bytesDuplicated: 0 };
  };
  const best = bestAlone([
    result('alone:a', 3, 7),
    result('alone:b', 5, 1),
    result('tunnel', 9, 9),
  ]);
  assert.deepEqual([best.critical.inTime, best.bulk.inTime], [5, 7]);
});
