import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Comparison } from './compare.ts';
import { replayReport, replayText } from './report.ts';

const FACTS = {
  baseline: 'national-1',
  candidate: 'lean-2',
  mix: 'standard',
  drives: ['coast', 'oslo'],
  windows: 12,
  seeds: 2,
  hours: 2.5,
};
const WORSE: Comparison = {
  class: 'critical',
  figure: 'inTime',
  baseline: 0.9998,
  candidate: 0.9911,
  difference: -0.0087,
  low: -0.012,
  high: -0.006,
  verdict: 'worse',
};

test('a worsened critical figure is told in words and in the report', () => {
  const report = replayReport(FACTS, [WORSE]);
  assert.deepEqual(report.worsened, ['inTime']);
  const text = replayText(report);
  assert.match(
    text,
    /critical +in time +99\.980 % +99\.110 % +−0\.870 % +−1\.200 % … −0\.600 % +worse/,
  );
  assert.match(text, /lean-2 makes critical worse: in time\. Do not give it to a vehicle\./);
});

test('a worse figure of another class is told and stops nothing', () => {
  const report = replayReport(FACTS, [{ ...WORSE, class: 'bulk' }]);
  assert.deepEqual(report.worsened, []);
  assert.match(replayText(report), /lean-2 makes no critical figure worse\./);
});

test('too few windows are said to decide nothing', () => {
  assert.match(replayText(replayReport({ ...FACTS, windows: 3 }, [])), /Fewer than 6 windows/);
});
