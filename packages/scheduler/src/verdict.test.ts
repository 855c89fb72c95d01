import assert from 'node:assert/strict';
import test from 'node:test';
import { Path, type PathState } from '@rmh/paths';
import { rankPaths } from './index.ts';

interface Given {
  state: PathState;
  rttMs?: number;
  loss?: number;
}

function pathsOf(given: readonly Given[]): Path[] {
  return given.map(({ state, rttMs, loss }, id) => {
    const path = new Path(id);
    path.state = state;
    path.lossShare = loss ?? 0;
    if (rttMs !== undefined) path.rtt.sample(rttMs * 1000, 0);
    return path;
  });
}

function rank(given: readonly Given[], favourite = -1): number[] {
  const order = new Int32Array(8);
  const count = rankPaths(pathsOf(given), favourite, order);
  return [...order.subarray(0, count)];
}

const CASES: readonly [string, readonly Given[], number, readonly number[]][] = [
  ['no path carries nothing', [], -1, []],
  [
    'the quicker path is first',
    [
      { state: 'carrying', rttMs: 80 },
      { state: 'carrying', rttMs: 30 },
      { state: 'carrying', rttMs: 50 },
    ],
    -1,
    [1, 2, 0],
  ],
  [
    'the favourite stays first against a path that is little quicker',
    [
      { state: 'carrying', rttMs: 50 },
      { state: 'carrying', rttMs: 40 },
    ],
    0,
    [0, 1],
  ],
  [
    'the favourite yields to one that is much quicker',
    [
      { state: 'carrying', rttMs: 50 },
      { state: 'carrying', rttMs: 30 },
    ],
    0,
    [1, 0],
  ],
  [
    'loss costs about a round trip',
    [
      { state: 'carrying', rttMs: 40, loss: 0.2 },
      { state: 'carrying', rttMs: 50 },
    ],
    -1,
    [1, 0],
  ],
  [
    'an unmeasured path counts as 200 ms',
    [{ state: 'carrying' }, { state: 'carrying', rttMs: 190 }, { state: 'carrying', rttMs: 210 }],
    -1,
    [1, 0, 2],
  ],
  [
    'a suspect path comes behind every carrying one, however quick, favourite or not',
    [
      { state: 'suspect', rttMs: 5 },
      { state: 'carrying', rttMs: 400, loss: 0.5 },
    ],
    0,
    [1, 0],
  ],
  [
    'a parked path comes behind a suspect one',
    [
      { state: 'parked', rttMs: 5 },
      { state: 'suspect', rttMs: 100 },
      { state: 'suspect', rttMs: 50 },
    ],
    -1,
    [2, 1, 0],
  ],
  [
    'a path whose address is not proved, or that is gone, never carries',
    [{ state: 'untried' }, { state: 'validating', rttMs: 5 }, { state: 'closed', rttMs: 5 }],
    1,
    [],
  ],
  [
    'like paths keep their order',
    [
      { state: 'carrying', rttMs: 50 },
      { state: 'carrying', rttMs: 50 },
    ],
    -1,
    [0, 1],
  ],
];

for (const [claim, given, favourite, expected] of CASES) {
  test(`rankPaths: ${claim}`, () => assert.deepEqual(rank(given, favourite), expected));
}

test('ranking changes no path', () => {
  const paths = pathsOf([
    { state: 'carrying', rttMs: 50 },
    { state: 'suspect', rttMs: 20 },
  ]);
  const before = JSON.stringify(paths);
  rankPaths(paths, 1, new Int32Array(8));
  assert.equal(JSON.stringify(paths), before);
});

test('two paths whose measurements take turns by a tenth do not take turns in use', () => {
  let favourite = 0;
  for (let i = 0; i < 100; i++) {
    const rtts = i % 2 === 0 ? [50, 45] : [45, 50];
    favourite =
      rank(
        rtts.map((rttMs) => ({ state: 'carrying', rttMs })),
        favourite,
      )[0] ?? -1;
    assert.equal(favourite, 0);
  }
});
