import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { DriveReport, SimReport, Summary } from '../report.ts';
import type { ClassResult } from '../types.ts';
import { resultsPage } from './results-page.ts';

const count = (inTime: number): ClassResult => ({
  sent: 1000,
  inTime,
  boundInTime: 990,
  ratio: inTime / 990,
  bestAloneInTime: 700,
});

function summary(critical: number, bytesDuplicated: number): Summary {
  const none = { ...count(0), sent: 0, boundInTime: 0 };
  const other = { sent: 1000, inTime: 985 };
  return {
    runs: 3,
    hours: 0.5,
    classes: {
      critical: count(critical),
      realtime: count(980),
      interactive: count(800),
      bulk: none,
    },
    bytesSent: 10_000_000,
    bytesDuplicated,
    losses: { refused: 0, road: 0, crash: 0, again: 0 },
    baselines: [
      {
        name: 'fail-over:5s',
        classes: { critical: other, realtime: other, interactive: other, bulk: other },
        bytesSent: 9_000_000,
        bytesDuplicated: 0,
      },
    ],
  };
}

function report(total: Summary, drives: readonly DriveReport[]): SimReport {
  const seeds = { first: 1, count: 2 };
  const [mix, policy, faults] = ['standard', 'national-1', 'none'];
  return { format: 1, mix, policy, faults, seeds, drives, total };
}

test('each aim is said to be reached, or missed by how much and where the most', () => {
  const oslo = { drive: 'oslo', ...summary(990, 0) };
  const valley = { drive: 'valley', ...summary(900, 0) };
  const page = resultsPage('./rmh results', report(summary(945, 2_500_000), [oslo, valley]));
  assert.match(page, /critical ≥ 99\.900 % .*missed by 4\.445 %.*least on valley, 90\.909 %/);
  assert.match(page, /realtime ≥ 98\.000 % of the bound: reached/);
  assert.match(page, /interactive ≥ 85\.000 % .*missed by 4\.191 %/);
  assert.match(page, /copies ≤ 20\.000 % of the bytes: \*\*missed by 5\.000 %\*\*/);
});

test('the table holds bound, tunnel, baselines, and no class that was not sent', () => {
  const page = resultsPage('./rmh results', report(summary(989, 0), []));
  assert.ok(
    page.includes('| **tunnel** | **98.900 %** | **98.000 %** | **80.000 %** | 10.0 | 0.000 % |'),
  );
  assert.ok(page.includes('| of bound | 99.898 % |'), '989 of 990 is no 99.899');
  assert.ok(page.includes('| best carrier alone | 70.000 % |'));
  assert.ok(page.includes('| fail-over 5 s | 98.500 % | 98.500 % | 98.500 % | 9.0 | 0.000 % |'));
  assert.ok(!page.includes('bulk |'));
});

test('the same report makes the same page', () => {
  const one = report(summary(950, 1), [{ drive: 'oslo', ...summary(1, 1) }]);
  assert.equal(resultsPage('x', one), resultsPage('x', structuredClone(one)));
});
