import assert from 'node:assert/strict';
import test from 'node:test';
import type { Sample } from '@rmh/contract/api';
import { judge, type Situation } from './judge.ts';
import { plainCarrier, plainSample } from './testing.ts';

const NOW_MS = Date.UTC(2026, 10, 25, 12);
const HOUR_MS = 3_600_000;
const car = { vehicleId: 7, organisationId: 3, simulated: false };
const usual: Situation = {
  through: 0,
  fittings: [{ sinceMs: 0, vehicle: car }],
  taken: new Set(),
  nowMs: NOW_MS,
  rawDays: 30,
};

const at = (sequence: number, change: Partial<Sample> = {}, agoMs = HOUR_MS) =>
  plainSample(sequence, NOW_MS - agoMs + sequence * 10_000, change);

test('What came before is dropped, and the cursor ends at the last number', () => {
  const { kept, through, repeated } = judge([at(1), at(2), at(3)], { ...usual, through: 2 });
  assert.deepEqual([kept.map(({ sample }) => sample.sequence), through, repeated], [[3], 3, 2]);
});

test('A gap in the numbers is a loss that the unit admits', () => {
  const { missing } = judge([at(4), at(9)], { ...usual, through: 1 });
  assert.deepEqual(missing, [
    { first: 2, last: 3, reason: 'unit' },
    { first: 5, last: 8, reason: 'unit' },
  ]);
});

const refused: readonly [string, Sample, Partial<Situation>, string][] = [
  ['six minutes ahead of our clock', at(1, {}, -370_000), {}, 'future'],
  ['a year ahead', at(1, {}, -365 * 24 * HOUR_MS), {}, 'future'],
  ['a year old', at(1, {}, 365 * 24 * HOUR_MS), {}, 'too-old'],
  ['whose up and down are not its span', at(1, { upMs: 9_000 }), {}, 'contradicts'],
  [
    'with a carrier that was up for longer than it',
    at(1, { carriers: [plainCarrier('ice', { upMs: 9_000, downMs: 1_001 })] }),
    {},
    'contradicts',
  ],
  [
    'with one carrier twice',
    at(1, { carriers: [plainCarrier('ice'), plainCarrier('ice')] }),
    {},
    'contradicts',
  ],
  [
    'with more bytes than any link moves',
    at(1, { carriers: [plainCarrier('ice', { bytesSent: 2 ** 52 })] }),
    {},
    'contradicts',
  ],
  ['whose time another one has', at(1), { taken: new Set([1]) }, 'overlap'],
  [
    'from before the unit was in a vehicle',
    at(1),
    { fittings: [{ sinceMs: NOW_MS, vehicle: car }] },
    'no-vehicle',
  ],
  [
    'from when the unit was out of it',
    at(1),
    {
      fittings: [
        { sinceMs: 0, vehicle: car },
        { sinceMs: NOW_MS - 2 * HOUR_MS, vehicle: null },
      ],
    },
    'no-vehicle',
  ],
];

for (const [what, sample, change, reason] of refused) {
  test(`A sample ${what} is acknowledged, not kept, and the reason is noted`, () => {
    const { kept, missing, through } = judge([sample], { ...usual, ...change });
    assert.deepEqual([kept, missing, through], [[], [{ first: 1, last: 1, reason }], 1]);
  });
}

test('Two samples of a batch at one time are counted once', () => {
  const one = at(1);
  const { kept, missing } = judge([one, { ...one, sequence: 2, atMs: one.atMs - 5_000 }], usual);
  assert.equal(kept.length, 1);
  assert.deepEqual(missing, [{ first: 2, last: 2, reason: 'overlap' }]);
});

test('A sample counts for the vehicle in which the unit was at its time', () => {
  const other = { vehicleId: 8, organisationId: 4, simulated: false };
  const moved = NOW_MS - HOUR_MS + 15_000;
  const fittings = [...usual.fittings, { sinceMs: moved, vehicle: other }];
  const { kept } = judge([at(1), at(2)], { ...usual, fittings });
  assert.deepEqual(
    kept.map(({ vehicle }) => vehicle.vehicleId),
    [7, 8],
  );
});

test('An outage that ends before it begins is dropped, its sample is not', () => {
  const sample = at(1);
  const outage = {
    ...{ number: 1, link: null, movedTo: null, movedAfterMs: null, criticalLost: 0, frozenMs: 0 },
    ...{ fromMs: sample.atMs, toMs: sample.atMs - 1 },
  };
  const { kept } = judge([{ ...sample, outages: [outage] }], usual);
  assert.deepEqual([kept.length, kept[0]?.outages.length], [1, 0]);
});
