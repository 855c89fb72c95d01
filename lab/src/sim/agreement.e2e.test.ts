// The lab (real daemons, real time) and the simulator (the same session, simulated time) on the
// same stretch of the same drive. The lab's machine adds delays of its own, so the bounds are
// those within which a policy that is judged in the one may be trusted in the other.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { TrafficClassName } from '@rmh/contract';
import { readDrive } from '../drives/read.ts';
import { drivePath } from '../drives/shipped.ts';
import type { LabReport } from '../runner/lab-report.ts';
import { sandboxRefusal } from '../topology/sandbox.ts';
import { simulate } from './simulate.ts';
import { windowOf } from './windows.ts';

const CLI = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));
/** A stretch of the shipped coast road with outages of one carrier and of two. */
const DRIVE = 'coast';
const FROM_MS = 60_000;
const LENGTH_MS = 30_000;
const STALL_MS_MOST = 40;

/** Share of packets in time, and the time that a packet of the middle took. */
interface Figures {
  readonly inTime: number;
  readonly p50Ms: number;
}

function labFigures(report: LabReport, of: TrafficClassName, flow: string): Figures {
  const flows = report.flows.filter((each) => each.class === of);
  const sent = flows.reduce((sum, each) => sum + each.sent, 0);
  const inTime = flows.reduce((sum, each) => sum + each.delivered - each.late, 0);
  return { inTime: inTime / sent, p50Ms: flows.find(({ name }) => name === flow)?.p50Ms ?? 0 };
}

/** What a busy machine delays is no road: of up to three runs the one that it disturbed least. */
function leastDisturbed(): LabReport {
  let best = labRun();
  for (let again = 0; again < 2 && best.machineStallMs > STALL_MS_MOST; again++) {
    const next = labRun();
    if (next.machineStallMs < best.machineStallMs) best = next;
  }
  return best;
}

function labRun(): LabReport {
  const flows = ['--flows', 'dispatch,vitals,ecg,video,voice'];
  const stretch = ['--from', String(FROM_MS), '--to', String(FROM_MS + LENGTH_MS)];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [CLI, 'lab', '--drive', DRIVE, ...stretch, ...flows, '--json', '-'],
    { encoding: 'utf8', timeout: 90_000 },
  );
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as LabReport;
}

test('the lab and the simulator agree on the same stretch of road', async (t) => {
  const refused = sandboxRefusal();
  if (refused !== null) {
    assert.notEqual(process.env['CI'], 'true', refused);
    return t.skip(refused);
  }
  const drive = await readDrive(drivePath(DRIVE));
  const window = windowOf(DRIVE, drive, drive.fromMs + FROM_MS, LENGTH_MS);
  const { tunnel } = simulate({ window, seed: 1, mix: 'lab' });
  const report = leastDisturbed();
  t.diagnostic(`the machine held the lab up for ${report.machineStallMs} ms`);
  for (const [of, flow, shareBound] of [
    ['critical', 'vitals', 0.02],
    ['realtime', 'video', 0.06],
  ] as const) {
    const lab = labFigures(report, of, flow);
    const count = tunnel.classes[of];
    const p50Ms = (tunnel.delays[of]?.p50Us ?? 0) / 1000;
    const simulated = { inTime: count.inTime / count.sent, p50Ms };
    t.diagnostic(`${of}: lab ${JSON.stringify(lab)}, simulator ${JSON.stringify(simulated)}`);
    const apart = Math.abs(lab.inTime - simulated.inTime);
    assert.ok(apart <= shareBound, `${of}: shares in time are ${apart} apart`);
    // The lab's own programs take some ms, more when the machine is busy; the road takes the rest.
    const slower = lab.p50Ms - simulated.p50Ms;
    assert.ok(slower > -10 && slower < 25, `${of}: the lab's median is ${slower} ms above`);
  }
});
