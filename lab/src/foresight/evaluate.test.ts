import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { constantTimeline } from '../carriers/timeline.ts';
import { steadyCondition } from '../sim/testing.ts';
import type { DriveWindow } from '../sim/types.ts';
import { evaluateForesight } from './evaluate.ts';
import { withPerfect } from './forecast.ts';
import type { ForesightReport } from './report.ts';

/**
 * The quicker carrier drops everything for a second, once; another is a little slower. Both are far
 * enough away that what is lost at the edge of the hole cannot be sent again in time.
 */
function holed(holeMs: number): DriveWindow {
  const up = steadyCondition(20, 45);
  const down = { ...up, state: 'drops' as const };
  const timeline = {
    startMs: Float64Array.of(0, holeMs, holeMs + 1000),
    conditions: [up, down, up],
  };
  const slow = constantTimeline(steadyCondition(15, 65));
  const carriers = [
    { name: 'quick', timeline },
    { name: 'slow', timeline: slow },
  ];
  return { drive: `hole at ${holeMs}`, fromMs: 0, lengthMs: 5_000, carriers };
}

const WINDOWS = Array.from({ length: 6 }, (_, i) => holed(3_000 + 77 * i));

async function reportOf(hint: (window: DriveWindow) => DriveWindow): Promise<ForesightReport> {
  const windows = WINDOWS.map((without) => ({ without, hinted: hint(without) }));
  const order = { hint: 'perfect', cellM: 200, passesLeast: 1, mix: 'lab', seeds: 1 } as const;
  const outcome = await evaluateForesight({ windows, skills: [] }, { ...order, jobs: 1 }, () => {});
  assert.ok(outcome.kind === 'done', 'no run broke');
  return outcome.report;
}

test('A sender that is told of a hole in time loses less, and the report says so', async () => {
  const { missed, verdict } = await reportOf(withPerfect);
  const realtime = missed.find((one) => one.class === 'realtime');
  assert.ok(realtime !== undefined && realtime.without > 50, 'there was something to save');
  assert.ok(realtime.hinted < realtime.without / 2, `${realtime.hinted} of ${realtime.without}`);
  assert.equal(verdict, 'helps');
});

test('A sender that is told nothing does just what it did without, and is of no help', async () => {
  const { missed, figures, verdict } = await reportOf((window) => window);
  for (const one of missed) assert.equal(one.hinted, one.without);
  for (const { difference } of figures) assert.equal(difference, 0);
  assert.equal(verdict, 'does not help');
});
