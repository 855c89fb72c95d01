// One run with everything that it is judged by: the tunnel, the bound, the baselines.
import { baselinesOf, bestAlone } from './baselines/index.ts';
import { boundOf, type ClassCounts } from './bound/index.ts';
import type { Losses } from './invariants.ts';
import { runBearer, type SimRun, simulate, workloadOfRun } from './simulate.ts';
import type { BearerResult } from './types.ts';

export interface Task {
  readonly run: SimRun;
  /** Whether the baselines run too: they cost about as much time as the tunnel. */
  readonly baselines: boolean;
}

export interface Evaluation {
  readonly tunnel: BearerResult;
  readonly losses: Losses;
  readonly bound: ClassCounts;
  readonly baselines: readonly BearerResult[];
  readonly bestAlone: ClassCounts;
}

/** Throws RunFailed. */
export function evaluate({ run, baselines: wanted }: Task): Evaluation {
  const { tunnel, losses } = simulate(run);
  const bound = boundOf(run.window, workloadOfRun(run));
  const baselines = wanted ? baselinesOf(run.window).map(({ make }) => runBearer(make, run)) : [];
  return { tunnel, losses, bound, baselines, bestAlone: bestAlone(baselines) };
}
