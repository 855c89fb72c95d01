import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Comparison } from '../sim/replay/compare.ts';
import { foresightText, missedOf, verdictOf } from './report.ts';

const figure = (more: Partial<Comparison>): Comparison => ({
  class: 'realtime',
  figure: 'inTime',
  baseline: 0.99,
  candidate: 0.995,
  difference: 0.005,
  low: 0.003,
  high: 0.006,
  verdict: 'better',
  ...more,
});
const BYTES = figure({ class: 'all', figure: 'bytes', baseline: 100e6, difference: 1e6 });
const GAIN = figure({});

test('Foresight helps where it surely gains, harms nothing urgent and costs 5 % at most', () => {
  assert.equal(verdictOf([GAIN, BYTES], 12), 'helps');
  assert.equal(verdictOf([{ ...GAIN, verdict: 'no difference' }, BYTES], 12), 'does not help');
  assert.equal(verdictOf([GAIN, { ...BYTES, difference: 6e6 }], 12), 'does not help');
  const harm = figure({ class: 'critical', figure: 'gapMs', verdict: 'worse' });
  assert.equal(verdictOf([GAIN, harm, BYTES], 12), 'does not help');
  assert.equal(verdictOf([GAIN, BYTES], 5), 'undecided');
});

test('What is missed is told as a change of what was missed before', () => {
  const counts = (inTime: number) => {
    const one = { sent: 1000, inTime };
    return { critical: one, realtime: one, interactive: one, bulk: one };
  };
  const sums = { without: counts(990), hinted: counts(995), bound: counts(998) };
  const [realtime] = missedOf(sums, [GAIN]);
  assert.ok(realtime !== undefined);
  assert.deepEqual([realtime.without, realtime.hinted, realtime.unavoidable], [10, 5, 2]);
  const rounded = [realtime.change, realtime.low, realtime.high].map((x) => Math.round(x * 100));
  assert.deepEqual(rounded, [-50, -60, -30]);
});

test('The report is a page for a person', () => {
  const skill = { known: 1000, failing: 10, warned: 50, warnedFailing: 5 };
  const text = foresightText({
    ...{ hint: 'learned', cellM: 200, passesLeast: 1, mix: 'standard', drives: ['train'] },
    ...{ windows: 12, seeds: 1, hours: 2, missed: [], figures: [BYTES], verdict: 'does not help' },
    skills: [{ drive: 'train', carrier: 'o2', ...skill }],
  });
  assert.match(text, /train +o2 +1000 +1\.0 % +50 +10\.0 % +50\.0 %/);
  assert.match(text, /Foresight does not help\./);
});
