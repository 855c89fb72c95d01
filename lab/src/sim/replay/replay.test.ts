import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { test } from 'node:test';
import { NATIONAL_FILE, readPolicy } from '@rmh/contract/daemon';
import type { Policy } from '@rmh/scheduler';
import type { LinkCondition } from '../../carriers/condition.ts';
import { constantWindow } from '../road.ts';
import type { DriveWindow } from '../types.ts';
import { type ReplayOrder, replay } from './replay.ts';
import type { ReplayReport } from './report.ts';

const ONE_PATH = join(import.meta.dirname, '../../../policies/one-path.yaml');

/** Two carriers that lose one packet in twenty, a little different in each window. */
const WINDOWS: readonly DriveWindow[] = Array.from({ length: 6 }, (_, i) => {
  const carriers = { telia: lossy(20_000 + 1000 * i), telenor: lossy(35_000 - 1000 * i) };
  return { ...constantWindow(carriers, 4_000), drive: `rain ${i}` };
});

function lossy(oneWayUs: number): LinkCondition {
  const [upKbps, downKbps, jitterUs, loss] = [15_000, 40_000, 2_000, 0.05];
  return { upKbps, downKbps, oneWayUs, jitterUs, loss, state: 'up', measured: true };
}

const ORDER: Omit<ReplayOrder, 'candidate'> = {
  baseline: readPolicy(NATIONAL_FILE),
  windows: WINDOWS,
  mix: 'standard',
  seeds: 1,
  jobs: 2,
};

async function reportOf(candidate: Policy, onDone: (done: number) => void): Promise<ReplayReport> {
  const outcome = await replay({ ...ORDER, candidate }, ({ done }) => onDone(done));
  assert.ok(outcome.kind === 'done', 'no run broke');
  return outcome.report;
}

test('a policy that sends once and repairs nothing is caught as worse for critical', async () => {
  const report = await reportOf(readPolicy(ONE_PATH), () => {});
  assert.ok(report.worsened.includes('inTime'));
  const critical = report.figures.find((one) => one.class === 'critical');
  assert.ok((critical?.candidate ?? 1) < 0.97, 'a packet in twenty is lost');
  const copies = report.figures.find(({ figure }) => figure === 'duplicated');
  assert.equal(copies?.verdict, 'better', 'and it is the cheaper one');
});

test('a policy against itself is no difference, with identical numbers', async () => {
  const progress: number[] = [];
  const report = await reportOf(ORDER.baseline, (done) => progress.push(done));
  assert.equal(progress.length, 2 * WINDOWS.length);
  assert.deepEqual(report.worsened, []);
  for (const { baseline, candidate, verdict } of report.figures) {
    assert.equal(candidate, baseline);
    assert.equal(verdict, 'no difference');
  }
});
