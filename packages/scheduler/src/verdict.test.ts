import assert from 'node:assert/strict';
import test from 'node:test';
import { TrafficClass } from '@rmh/base';
import fc from 'fast-check';
import { type ClassPolicy, decide, NATIONAL_POLICY, SharedFate, Verdict } from './index.ts';
import { type Told, way } from './way.fake.ts';

interface Asked {
  class?: TrafficClass;
  repair?: boolean;
  ageMs?: number;
  backlogBytes?: number;
  creditBytes?: number;
  favourite?: number;
  policy?: Partial<ClassPolicy>;
  fate?: SharedFate;
}

const NOW_US = 10_000_000;

function verdictOn(told: readonly Told[], asked: Asked = {}): Verdict {
  const ways = told.map((each, id) => way(id, each));
  const trafficClass = asked.class ?? TrafficClass.interactive;
  const wanted = {
    class: trafficClass,
    repair: asked.repair ?? false,
    ageUs: (asked.ageMs ?? 0) * 1000,
    bytes: 1300,
    backlogBytes: asked.backlogBytes ?? 0,
    creditBytes: asked.creditBytes ?? 1e6,
  };
  const policy = { ...NATIONAL_POLICY.classes[trafficClass], ...asked.policy };
  const fate = asked.fate ?? new SharedFate(NATIONAL_POLICY.sharedFate);
  const verdict = new Verdict();
  decide(ways, asked.favourite ?? -1, wanted, policy, fate, NOW_US, verdict);
  return verdict;
}

function chosen(told: readonly Told[], asked: Asked = {}): number[] {
  const verdict = verdictOn(told, asked);
  return [...verdict.chosen.subarray(0, verdict.count)];
}

const { critical, realtime, interactive, bulk } = TrafficClass;
const BUSY_US = NOW_US + 3_000;
const LATER_US = NOW_US + 60_000;

const CASES: readonly [string, readonly Told[], Asked, readonly number[]][] = [
  ['no path carries nothing', [], {}, []],
  ['an unproved path carries nothing', [{ state: 'validating' }, { state: 'untried' }], {}, []],
  ['the quicker path is first', [{ oneWayMs: 40 }, { oneWayMs: 15 }], {}, [1]],
  [
    'a carrying path goes before a quicker suspect one',
    [{ state: 'suspect', oneWayMs: 5 }, { oneWayMs: 50 }],
    {},
    [1],
  ],
  [
    'the path in use is kept against one that is little quicker',
    [{ oneWayMs: 25 }, { oneWayMs: 20 }],
    { favourite: 0 },
    [0],
  ],
  [
    'the path in use yields to one that is much quicker',
    [{ oneWayMs: 40 }, { oneWayMs: 20 }],
    { favourite: 0 },
    [1],
  ],
  ['loss costs about a round trip', [{ oneWayMs: 20, loss: 0.5 }, { oneWayMs: 40 }], {}, [1]],
  [
    'a little backlog waits for the quicker path',
    [{ oneWayMs: 15, readyUs: BUSY_US }, { oneWayMs: 35 }],
    { backlogBytes: 3000 },
    [],
  ],
  [
    'a flow with much waiting takes the slower path too',
    [{ oneWayMs: 15, readyUs: BUSY_US, mbitPerSecond: 50 }, { oneWayMs: 35 }],
    { backlogBytes: 200_000 },
    [1],
  ],
  [
    'a path much slower than the backlog is long stays unused',
    [
      { oneWayMs: 15, readyUs: BUSY_US, mbitPerSecond: 50 },
      { oneWayMs: 150, mbitPerSecond: 2 },
    ],
    { backlogBytes: 200_000 },
    [],
  ],
  [
    'a path that adds hardly anything and is far slower is left out, however much waits',
    [
      { oneWayMs: 15, readyUs: BUSY_US, mbitPerSecond: 50 },
      { oneWayMs: 150, mbitPerSecond: 2 },
    ],
    { backlogBytes: 4_000_000 },
    [],
  ],
  [
    'one that is far slower but adds enough is not',
    [
      { oneWayMs: 15, readyUs: BUSY_US, mbitPerSecond: 50 },
      { oneWayMs: 150, mbitPerSecond: 5 },
    ],
    { backlogBytes: 4_000_000 },
    [1],
  ],
  [
    'nor is one that adds little but is not so slow',
    [
      { oneWayMs: 15, readyUs: BUSY_US, mbitPerSecond: 50 },
      { oneWayMs: 50, mbitPerSecond: 2 },
    ],
    { backlogBytes: 4_000_000 },
    [1],
  ],
  [
    'nor is what no quicker path can replace',
    [
      { oneWayMs: 15, state: 'suspect', mbitPerSecond: 50 },
      { oneWayMs: 150, mbitPerSecond: 2 },
    ],
    { backlogBytes: 4_000_000 },
    [1],
  ],
  [
    'bulk bonds as interactive does',
    [{ oneWayMs: 15, readyUs: BUSY_US, mbitPerSecond: 50 }, { oneWayMs: 35 }],
    { class: bulk, backlogBytes: 200_000 },
    [1],
  ],
  [
    'realtime takes a slower path that is free when the quicker is long busy',
    [{ oneWayMs: 15, readyUs: LATER_US }, { oneWayMs: 35 }],
    { class: realtime },
    [1],
  ],
  [
    'realtime waits for the quicker path when that is sooner',
    [{ oneWayMs: 15, readyUs: NOW_US + 25_000 }, { oneWayMs: 55 }],
    { class: realtime },
    [],
  ],
  ['realtime leaves once while all is well', [{}, { oneWayMs: 30 }], { class: realtime }, [0]],
  [
    'realtime leaves twice where loss can not be repaired in time',
    [{ oneWayMs: 70, loss: 0.1 }, { oneWayMs: 95 }],
    { class: realtime },
    [0, 1],
  ],
  [
    'realtime leaves a little loss that can not be repaired in time to symbols',
    [{ oneWayMs: 70, loss: 0.02 }, { oneWayMs: 85 }],
    { class: realtime },
    [0],
  ],
  [
    'realtime leaves once where loss can be repaired in time',
    [{ oneWayMs: 15, loss: 0.05 }, { oneWayMs: 25 }],
    { class: realtime },
    [0],
  ],
  [
    'realtime leaves once when copies have no credit',
    [{ oneWayMs: 70, loss: 0.1 }, { oneWayMs: 95 }],
    { class: realtime, creditBytes: 0 },
    [0],
  ],
  [
    'a realtime copy makes no debt',
    [{ varianceMs: 200 }, { varianceMs: 200, readyUs: BUSY_US }],
    { class: realtime },
    [0],
  ],
  [
    'critical passes beside a full window',
    [{ windowBytes: 40_000, inFlightBytes: 60_000 }],
    { class: critical },
    [0],
  ],
  [
    'critical does not on a path that would need seconds for it',
    [{ windowBytes: 40_000, inFlightBytes: 60_000, mbitPerSecond: 0.2 }],
    { class: critical },
    [],
  ],
  [
    'critical leaves on three paths',
    [{}, { oneWayMs: 30 }, { oneWayMs: 40 }],
    { class: critical },
    [0, 1, 2],
  ],
  [
    'critical without credit still leaves on two',
    [{}, { oneWayMs: 30 }, { oneWayMs: 40 }],
    { class: critical, creditBytes: 0 },
    [0, 1],
  ],
  [
    'critical does not wait for its turn',
    [{ readyUs: BUSY_US }, { oneWayMs: 30, readyUs: BUSY_US }],
    { class: critical },
    [0, 1],
  ],
  ['an interactive packet waits for its turn', [{ readyUs: BUSY_US }], {}, []],
  ['an interactive repair does not', [{ readyUs: BUSY_US }], { repair: true }, [0]],
  ['a bulk repair does', [{ readyUs: BUSY_US }], { class: bulk, repair: true }, []],
  ['an interactive repair waits for a long turn', [{ readyUs: LATER_US }], { repair: true }, []],
  [
    'critical takes a suspect path for its copy',
    [{}, { state: 'suspect' }],
    { class: critical },
    [0, 1],
  ],
  [
    'with every path in doubt two are asked',
    [{ state: 'suspect' }, { state: 'suspect', oneWayMs: 30 }],
    {},
    [0, 1],
  ],
  [
    'a spared path serves neither interactive nor bulk, however quick it is',
    [
      { sparedFrom: interactive, oneWayMs: 5 },
      { oneWayMs: 80, readyUs: BUSY_US },
    ],
    { backlogBytes: 200_000 },
    [],
  ],
  [
    'nor is it what a flow with much waiting is spread over',
    [{ mbitPerSecond: 50 }, { sparedFrom: interactive, oneWayMs: 25 }],
    { class: bulk, backlogBytes: 200_000 },
    [0],
  ],
  [
    'critical does not spare',
    [{ sparedFrom: interactive }, { oneWayMs: 30 }, { oneWayMs: 40, sparedFrom: interactive }],
    { class: critical },
    [0, 1, 2],
  ],
  [
    'realtime leaves first on a spared path that is quicker',
    [{ sparedFrom: interactive }, { oneWayMs: 90 }],
    { class: realtime },
    [0],
  ],
  [
    'but no copy of it takes one',
    [
      { oneWayMs: 70, loss: 0.1 },
      { oneWayMs: 95, sparedFrom: interactive },
    ],
    { class: realtime },
    [0],
  ],
  ['interactive takes a spared path rather than none', [{ sparedFrom: interactive }], {}, [0]],
  [
    'interactive takes a spared path rather than one in doubt',
    [{ state: 'suspect', oneWayMs: 5 }, { sparedFrom: interactive }],
    {},
    [1],
  ],
  [
    'on a mission interactive takes the quickest path, its budget spent or not',
    [{ sparedFrom: bulk, oneWayMs: 5 }, { oneWayMs: 80 }],
    {},
    [0],
  ],
  [
    'and is spread over it too',
    [{ mbitPerSecond: 5 }, { sparedFrom: bulk, oneWayMs: 25, mbitPerSecond: 5 }],
    { backlogBytes: 200_000 },
    [0],
  ],
  [
    'realtime has its copy on it',
    [
      { oneWayMs: 70, loss: 0.1 },
      { oneWayMs: 95, sparedFrom: bulk },
    ],
    { class: realtime },
    [0, 1],
  ],
  [
    'bulk does not, however much waits',
    [
      { mbitPerSecond: 5, readyUs: BUSY_US },
      { sparedFrom: bulk, oneWayMs: 5 },
    ],
    { class: bulk, backlogBytes: 200_000 },
    [],
  ],
  ['bulk waits rather than take a spared path', [{ sparedFrom: interactive }], { class: bulk }, []],
  [
    'a path that is foreseen to fail is left for one that is a little slower',
    [{ oneWayMs: 15, foreseenRisk: 0.9 }, { oneWayMs: 50 }],
    {},
    [1],
  ],
  [
    'a path that is foreseen to fail is better than one that is far slower',
    [{ oneWayMs: 15, foreseenRisk: 0.9 }, { oneWayMs: 80 }],
    {},
    [0],
  ],
  [
    'realtime pays for a copy where its only quick path is foreseen to fail',
    [{ oneWayMs: 15, foreseenRisk: 0.9 }, { oneWayMs: 80 }],
    { class: realtime },
    [0, 1],
  ],
  [
    'realtime pays for none where nothing is foreseen',
    [{ oneWayMs: 15 }, { oneWayMs: 80 }],
    { class: realtime },
    [0],
  ],
  ['a parked path serves critical only', [{ state: 'parked' }], { class: critical }, [0]],
  ['a parked path does not serve others', [{ state: 'parked' }], { class: interactive }, []],
];

for (const [claim, told, asked, expected] of CASES) {
  test(`verdict: ${claim}`, () => assert.deepEqual(chosen(told, asked), expected));
}

test('verdict: of two that would do, the copy goes to the one that fails by itself', () => {
  const fate = new SharedFate(0.3);
  for (let i = 0; i < 50; i++) fate.note(0, [1]);
  const told = [{}, { oneWayMs: 30 }, { oneWayMs: 40 }];
  const policy = { copiesMost: 2 };
  assert.deepEqual(chosen(told, { class: critical, fate, policy }), [0, 2]);
});

test('verdict: a flow waits for a quicker path only if more urgent classes leave it enough', () => {
  const quick = { oneWayMs: 15, readyUs: BUSY_US, takenMbit: 1.9 };
  const slow = { oneWayMs: 150, mbitPerSecond: 2 };
  const on = (mbitPerSecond: number) =>
    chosen([{ ...quick, mbitPerSecond }, slow], { backlogBytes: 10_000 });
  assert.deepEqual([on(2), on(20)], [[1], []]);
});

test('verdict: realtime leaves a path that has just fallen for one that is hardly slower', () => {
  const beside = (oneWayMs: number) =>
    chosen([{ oneWayMs: 20, fallen: true }, { oneWayMs }], { class: realtime });
  assert.deepEqual([beside(30), beside(60)], [[1], [0]]);
});

test('verdict: one that must wait says for how long, and whose rate holds it back', () => {
  const verdict = verdictOn([{ readyUs: BUSY_US }, { readyUs: LATER_US }]);
  assert.deepEqual([verdict.count, verdict.againUs, verdict.heldBackBy], [0, BUSY_US, 0]);
});

test('verdict: a path that was left out is to be tried, unless its rate is known', () => {
  const busy = { oneWayMs: 15, readyUs: BUSY_US, mbitPerSecond: 50 };
  const tries = (of: Told, backlogBytes: number) =>
    verdictOn([busy, { oneWayMs: 150, mbitPerSecond: 2, ...of }], { backlogBytes }).tries;
  assert.equal(tries({}, 4_000_000), 1);
  assert.equal(tries({ limited: true }, 4_000_000), -1);
  assert.equal(tries({}, 200_000), -1, 'so little would not take it anyway');
  assert.equal(tries({ readyUs: LATER_US }, 4_000_000), -1);
});

test('verdict: no path twice, none that may not, never more than the class allows', () => {
  const states = ['untried', 'validating', 'carrying', 'suspect', 'parked', 'closed'] as const;
  const told = fc.record({
    state: fc.constantFrom(...states),
    oneWayMs: fc.integer({ min: 0, max: 900 }),
    loss: fc.double({ min: 0, max: 1, noNaN: true }),
    readyUs: fc.constantFrom(0, BUSY_US, LATER_US, Number.POSITIVE_INFINITY),
    mbitPerSecond: fc.double({ min: 0, max: 1000, noNaN: true }),
  });
  const asked = fc.record({
    class: fc.constantFrom(critical, realtime, interactive, bulk),
    ageMs: fc.integer({ min: 0, max: 3000 }),
    backlogBytes: fc.integer({ min: 0, max: 4_000_000 }),
    creditBytes: fc.integer({ min: -1_000_000, max: 1_000_000 }),
  });
  fc.assert(
    fc.property(fc.array(told, { maxLength: 8 }), asked, (paths, question) => {
      const picked = chosen(paths, question);
      assert.equal(new Set(picked).size, picked.length);
      const most = Math.max(2, NATIONAL_POLICY.classes[question.class].copiesMost);
      assert.ok(picked.length <= most);
      const may = ['carrying', 'suspect', ...(question.class === critical ? ['parked'] : [])];
      for (const index of picked) assert.ok(may.includes(paths[index]?.state ?? ''));
    }),
    { seed: 11, numRuns: 2000 },
  );
});
