// Which runs a command makes: windows of drives × seeds, or as many as make so many hours.
import { NATIONAL_POLICY, type Policy } from '@rmh/scheduler';
import { readDrive } from '../drives/read.ts';
import type { Task } from './evaluate.ts';
import { hasDelayOrRate } from './measured.ts';
import type { SimOptions } from './options.ts';
import { driveName, lengthMsOf, spread } from './replay/selection.ts';
import type { SimRun } from './simulate.ts';
import type { DriveWindow } from './types.ts';
import { windowsOf } from './windows.ts';

const HOUR_MS = 3_600_000;

/** Windows of those drives at the paths that measured a delay or a rate of two carriers. */
export async function windowsOfPaths(
  paths: readonly string[],
  fromMs: number | null,
): Promise<DriveWindow[]> {
  const windows: DriveWindow[] = [];
  for (const path of paths) {
    const drive = await readDrive(path);
    const isWanted = paths.length === 1 || isOneJourney(path, drive.fromMs);
    if (isWanted && (await hasDelayOrRate(path))) {
      windows.push(...windowsOf(driveName(path), drive));
    }
  }
  return fromMs === null ? windows : windows.filter((window) => window.fromMs === fromMs);
}

/**
 * Recordings that all begin at 0 were joined later: nothing in them was measured at once. A drive
 * of the model is one journey whatever its times, and a file that is named alone is taken as such.
 */
function isOneJourney(path: string, fromMs: number): boolean {
  return fromMs > 0 || path.includes('.generated.');
}

/** Seed by seed, each over all windows; the last seed over as many as the hours still need. */
export function tasksOf(
  windows: readonly DriveWindow[],
  options: SimOptions,
  policy: Policy | null,
): Task[] {
  const { hours, firstSeed, faults, mix, baselines } = options;
  const passMs = lengthMsOf(windows);
  const wantedMs = hours === null ? Number.POSITIVE_INFINITY : hours * HOUR_MS;
  const seeds = options.seeds ?? Math.ceil(wantedMs / passMs);
  const tasks: Task[] = [];
  for (let i = 0; i < seeds && i * passMs < wantedMs; i++) {
    const share = (wantedMs - i * passMs) / passMs;
    for (const window of spread(windows, share)) {
      const seed = firstSeed + i;
      const run: SimRun = { window, seed, mix, faults, policy: policy ?? NATIONAL_POLICY };
      tasks.push({ run, baselines });
    }
  }
  return tasks;
}

/** The command that makes one run of these options again, and nothing else. */
export function replayCommand({ run }: Task, options: SimOptions, path: string): string {
  const policy = options.policy === null ? '' : ` --policy ${options.policy}`;
  return (
    `./rmh sim --drives ${path} --from ${run.window.fromMs} --seed ${run.seed}` +
    ` --mix ${run.mix} --faults ${run.faults ?? 'none'}${policy} --no-baselines`
  );
}
