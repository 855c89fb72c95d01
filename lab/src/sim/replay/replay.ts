// The comparison itself: pairs of runs, then figures.
import type { Policy } from '@rmh/scheduler';
import type { Task } from '../evaluate.ts';
import type { MixName } from '../mix.ts';
import { evaluateAll } from '../pool.ts';
import type { BearerResult, DriveWindow } from '../types.ts';
import { compare, type PairedRun } from './compare.ts';
import { type ReplayReport, replayReport } from './report.ts';
import { lengthMsOf } from './selection.ts';

export interface ReplayOrder {
  readonly baseline: Policy;
  readonly candidate: Policy;
  readonly windows: readonly DriveWindow[];
  readonly mix: MixName;
  /** Seeds 1 … so many, over each window. */
  readonly seeds: number;
  readonly jobs: number;
}

export interface ReplayState {
  readonly done: number;
  readonly of: number;
  /** Simulated, of both policies. */
  readonly hoursDone: number;
}

export type ReplayOutcome =
  | { readonly kind: 'done'; readonly report: ReplayReport }
  /** A run broke an invariant: what, under which policy, and its last moments. */
  | { readonly kind: 'failed'; readonly message: string; readonly timeline: readonly string[] };

export async function replay(
  order: ReplayOrder,
  onProgress: (state: ReplayState) => void,
): Promise<ReplayOutcome> {
  const { baseline, candidate, windows, seeds, jobs, mix } = order;
  const hours = (lengthMsOf(windows) * seeds) / 3_600_000;
  const tasks = tasksOf(order);
  let done = 0;
  const outcome = await evaluateAll(tasks, jobs, () => {
    done++;
    onProgress({ done, of: tasks.length, hoursDone: (2 * hours * done) / tasks.length });
  });
  if (outcome.kind === 'failed') {
    const { task, message, timeline } = outcome;
    return { kind: 'failed', message: `policy ${task.run.policy?.name}: ${message}`, timeline };
  }
  const results = outcome.evaluations.map(({ tunnel }) => tunnel);
  const drives = [...new Set(windows.map(({ drive }) => drive))];
  const names = { baseline: baseline.name, candidate: candidate.name };
  const facts = { ...names, mix, drives, windows: windows.length, seeds, hours };
  return { kind: 'done', report: replayReport(facts, compare(pairsOf(tasks, results))) };
}

/** Baseline and candidate by turns. */
function tasksOf({ baseline, candidate, windows, mix, seeds }: ReplayOrder): Task[] {
  return windows.flatMap((window) =>
    Array.from({ length: seeds }, (_, i) => i + 1).flatMap((seed) =>
      [baseline, candidate].map((policy): Task => {
        return { run: { window, seed, mix, policy }, baselines: false };
      }),
    ),
  );
}

function pairsOf(tasks: readonly Task[], results: readonly BearerResult[]): PairedRun[] {
  const pairs: PairedRun[] = [];
  for (const [i, { run }] of tasks.entries()) {
    const [baseline, candidate] = [results[i], results[i + 1]];
    if (i % 2 === 1 || baseline === undefined || candidate === undefined) continue;
    pairs.push({ window: `${run.window.drive} ${run.window.fromMs}`, baseline, candidate });
  }
  return pairs;
}
