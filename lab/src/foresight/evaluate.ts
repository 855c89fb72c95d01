// Every window twice: by a sender that knows nothing of the road, and by one that is told.
import { present } from '@rmh/base';
import type { ClassCounts } from '../sim/bound/index.ts';
import type { Evaluation, Task } from '../sim/evaluate.ts';
import { evaluateAll } from '../sim/pool.ts';
import { compare, type PairedRun } from '../sim/replay/compare.ts';
import type { ReplayState } from '../sim/replay/replay.ts';
import { lengthMsOf } from '../sim/replay/selection.ts';
import type { ForesightOptions } from './options.ts';
import { type ForesightReport, missedOf, verdictOf } from './report.ts';
import type { HintedRoads } from './roads.ts';

export type ForesightOrder = Omit<ForesightOptions, 'drives' | 'hours' | 'json'>;

export type ForesightOutcome =
  | { readonly kind: 'done'; readonly report: ForesightReport }
  /** A run broke an invariant: what, and its last moments. */
  | { readonly kind: 'failed'; readonly message: string; readonly timeline: readonly string[] };

export async function evaluateForesight(
  { windows, skills }: HintedRoads,
  order: ForesightOrder,
  onProgress: (state: ReplayState) => void,
): Promise<ForesightOutcome> {
  const { mix, seeds, jobs, hint, cellM, passesLeast } = order;
  const tasks = windows.flatMap(({ without, hinted }) =>
    Array.from({ length: seeds }, (_, i) => i + 1).flatMap((seed) =>
      [without, hinted].map((window): Task => ({ run: { window, seed, mix }, baselines: false })),
    ),
  );
  const plain = windows.map(({ without }) => without);
  const hours = (lengthMsOf(plain) * seeds) / 3_600_000;
  let done = 0;
  const outcome = await evaluateAll(tasks, jobs, () => {
    done++;
    onProgress({ done, of: tasks.length, hoursDone: (2 * hours * done) / tasks.length });
  });
  if (outcome.kind === 'failed') return outcome;
  const pairs = pairsOf(tasks, outcome.evaluations);
  const figures = compare(pairs.map(({ run }) => run));
  const sums = {
    without: sumOf(pairs.map(({ run }) => run.baseline.classes)),
    hinted: sumOf(pairs.map(({ run }) => run.candidate.classes)),
    bound: sumOf(pairs.map(({ bound }) => bound)),
  };
  const drives = [...new Set(plain.map(({ drive }) => drive))];
  const facts = { mix, drives, windows: windows.length, seeds, hours, hint, cellM, passesLeast };
  const missed = missedOf(sums, figures);
  const verdict = verdictOf(figures, windows.length);
  return { kind: 'done', report: { ...facts, skills, missed, figures, verdict } };
}

interface JudgedPair {
  readonly run: PairedRun;
  readonly bound: ClassCounts;
}

/** Without and with, by turns. */
function pairsOf(tasks: readonly Task[], evaluations: readonly Evaluation[]): JudgedPair[] {
  const pairs: JudgedPair[] = [];
  for (let i = 0; i + 1 < evaluations.length; i += 2) {
    const { window } = present(tasks[i], 'a task a run').run;
    const without = present(evaluations[i], 'a run without');
    const hinted = present(evaluations[i + 1], 'a run with');
    const name = `${window.drive} ${window.fromMs}`;
    const run = { window: name, baseline: without.tunnel, candidate: hinted.tunnel };
    pairs.push({ run, bound: without.bound });
  }
  return pairs;
}

function sumOf(all: readonly ClassCounts[]): ClassCounts {
  const none = () => ({ sent: 0, inTime: 0 });
  const sum = { critical: none(), realtime: none(), interactive: none(), bulk: none() };
  for (const counts of all) {
    for (const name of ['critical', 'realtime', 'interactive', 'bulk'] as const) {
      sum[name].sent += counts[name].sent;
      sum[name].inTime += counts[name].inTime;
    }
  }
  return sum;
}
