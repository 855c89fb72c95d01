import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type DriveFacts, judgeDrive } from './judge.ts';

const cells = (count: number, difference: number) =>
  Array.from({ length: count }, (_, at) => ({ ownDbm: -90 + at + difference, fleetDbm: -90 + at }));
const link = (name: string, upS: number, count = 4, difference = -1) => ({
  link: name,
  upMs: upS * 1_000,
  cells: cells(count, difference),
});
const GOOD: DriveFacts = {
  knownMs: 1_200_000,
  cells: 12,
  expected: ['telenor', 'telia'],
  links: [link('telenor', 1_190), link('telia', 700)],
  outages: [{ movedAfterMs: 80, serviceHeld: true }],
};

/** 'failed antenna telia', and so on. */
const faults = (change: Partial<DriveFacts>) =>
  judgeDrive({ ...GOOD, ...change })
    .figures.filter(({ result }) => result !== 'passed')
    .map(({ result, check, link: of }) => [result, check, of].filter(Boolean).join(' '));

test('A drive on which all was seen passes, with its figures', () => {
  const { passed, figures } = judgeDrive(GOOD);
  assert.equal(passed, true);
  assert.deepEqual(
    figures.map(({ check, link: of, measured, of: behind }) => [check, of, measured, behind]),
    [
      ['length', null, 1_200, 0],
      ['cells', null, 12, 0],
      ['subscriptions', null, 2, 0],
      ['carrier', 'telenor', 1_190, 0],
      ['antenna', 'telenor', -1, 4],
      ['carrier', 'telia', 700, 0],
      ['antenna', 'telia', -1, 4],
      ['failover', null, 80, 1],
    ],
  );
});

test('Each check has a drive that fails by it alone', () => {
  assert.deepEqual(faults({ knownMs: 899_999 }), ['failed length']);
  assert.deepEqual(faults({ cells: 4 }), ['failed cells']);
  const short = [link('telenor', 1_190), link('telia', 599)];
  assert.deepEqual(faults({ links: short }), ['failed carrier telia']);
  const deaf = [link('telenor', 1_190, 3, -6.1), link('telia', 700)];
  assert.deepEqual(faults({ links: deaf }), ['failed antenna telenor']);
  assert.deepEqual(faults({ outages: [] }), ['failed failover']);
  assert.deepEqual(faults({ outages: [{ movedAfterMs: 1_001, serviceHeld: true }] }), [
    'failed failover',
  ]);
});

test('A carrier that was never seen fails, and its antenna is not judged', () => {
  assert.deepEqual(faults({ links: [link('telenor', 1_190)] }), [
    'failed carrier telia',
    'not-measurable antenna telia',
  ]);
});

test('Where the fleet was not, antennas are not judged, and the drive can pass', () => {
  const alone = [link('telenor', 1_190, 2), link('telia', 700, 0)];
  assert.equal(judgeDrive({ ...GOOD, links: alone }).passed, true);
  assert.deepEqual(faults({ links: alone }), [
    'not-measurable antenna telenor',
    'not-measurable antenna telia',
  ]);
});

test('An outage of the whole service exercises nothing, whatever came after', () => {
  assert.deepEqual(faults({ outages: [{ movedAfterMs: 50, serviceHeld: false }] }), [
    'failed failover',
  ]);
  const last = [
    { movedAfterMs: 4_000, serviceHeld: true },
    { movedAfterMs: 90, serviceHeld: true },
    { movedAfterMs: null, serviceHeld: false },
  ];
  assert.deepEqual(faults({ outages: last }), [], 'the last one that counts');
});

test('A carrier without traffic that flickers after the drill takes nothing from it', () => {
  const flicker = { movedAfterMs: null, serviceHeld: true };
  assert.deepEqual(faults({ outages: [{ movedAfterMs: 90, serviceHeld: true }, flicker] }), []);
  assert.deepEqual(faults({ outages: [flicker] }), ['failed failover'], 'and is no drill');
});

test('A vehicle without subscriptions does not pass, and a figure says why', () => {
  assert.equal(judgeDrive({ ...GOOD, expected: [] }).passed, false);
  assert.deepEqual(faults({ expected: [] }), ['failed subscriptions']);
});
