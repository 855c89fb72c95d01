// Two policies over the same roads, figure by figure: better, worse or no difference.
//
// Method (docs/policy.md says it to people): runs are paired, same window of a drive, same seed,
// same mix. Windows are drawn again with replacement, all seeds of a window together, because runs
// over one road resemble each other (cluster bootstrap; Davison and Hinkley, "Bootstrap Methods
// and their Application", 1997, section 3.8). The interval is between the 0.5 and the 99.5
// percentile of 4,000 draws: with the ten figures here, a policy that changes nothing is called
// better or worse in some figure in about one comparison of ten, and in a critical one of thirty.
import { assert, Random, TRAFFIC_CLASS_NAMES } from '@rmh/base';
import type { TrafficClassName } from '@rmh/contract';
import type { BearerResult } from '../types.ts';

/** One run under both policies. */
export interface PairedRun {
  /** Names the window of the drive: "coast 0–600 s". */
  readonly window: string;
  readonly baseline: BearerResult;
  readonly candidate: BearerResult;
}

export type Verdict = 'better' | 'worse' | 'no difference' | 'undecided';

export const FIGURES = ['inTime', 'p99Ms', 'gapMs', 'bytes', 'duplicated'] as const;
export type FigureName = (typeof FIGURES)[number];

export interface Comparison {
  readonly class: TrafficClassName | 'all';
  readonly figure: FigureName;
  readonly baseline: number;
  readonly candidate: number;
  /** Candidate − baseline, and between what it lies with 99 % confidence. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly verdict: Verdict;
}

/** Fewer windows than this give an interval that is too narrow to be believed. */
export const WINDOWS_LEAST = 6;
const DRAWS = 4_000;
const TAIL = 0.005;
const SEED = 20_261_125;

/** How a figure of a set of runs is made, and which difference of it is worth a word. */
interface Figure {
  readonly name: FigureName;
  readonly moreIsBetter: boolean;
  /** A difference below it is none, whatever its certainty. */
  readonly least: (baseline: number) => number;
  readonly part: (result: BearerResult, of: TrafficClassName | 'all') => Part | null;
}

/** A figure is Σ value / Σ weight over the runs. */
interface Part {
  readonly value: number;
  readonly weight: number;
}

/** More than 1 % never came: as if it had come after the longest deadline of all. */
const NEVER_MS = 10_000;

const CLASS_FIGURES: readonly Figure[] = [
  {
    name: 'inTime',
    moreIsBetter: true,
    least: () => 0.0001, // one packet in ten thousand: a tenth of what critical may miss
    part: ({ classes }, of) => {
      if (of === 'all') return null;
      const { sent, inTime } = classes[of];
      return sent === 0 ? null : { value: inTime, weight: sent };
    },
  },
  {
    name: 'p99Ms',
    moreIsBetter: false,
    least: (baseline) => Math.max(1, baseline * 0.02), // half a step of the simulator's counters
    part: ({ delays }, of) => {
      const found = of === 'all' ? undefined : delays[of];
      if (found === undefined) return null;
      return { value: found.p99Us < 0 ? NEVER_MS : found.p99Us / 1000, weight: 1 };
    },
  },
  {
    name: 'gapMs',
    moreIsBetter: false,
    least: (baseline) => Math.max(5, baseline * 0.02),
    part: ({ delays }, of) => {
      const found = of === 'all' ? undefined : delays[of];
      return found === undefined ? null : { value: found.longestGapUs / 1000, weight: 1 };
    },
  },
];

const WHOLE_FIGURES: readonly Figure[] = [
  {
    name: 'bytes',
    moreIsBetter: false,
    least: (baseline) => baseline * 0.005,
    part: ({ bytesSent }) => ({ value: bytesSent, weight: 1 }),
  },
  {
    name: 'duplicated',
    moreIsBetter: false,
    least: () => 0.002,
    part: ({ bytesSent, bytesDuplicated }) =>
      bytesSent === 0 ? null : { value: bytesDuplicated, weight: bytesSent },
  },
];

/** Every figure that the runs have, the critical class first. */
export function compare(runs: readonly PairedRun[]): Comparison[] {
  const clusters = clustersOf(runs);
  const results: Comparison[] = [];
  for (const of of TRAFFIC_CLASS_NAMES) {
    for (const figure of CLASS_FIGURES) push(results, compareOne(clusters, figure, of));
  }
  for (const figure of WHOLE_FIGURES) push(results, compareOne(clusters, figure, 'all'));
  return results;
}

/** The figures for which a policy must not be taken. */
export function worsenedCritical(comparisons: readonly Comparison[]): Comparison[] {
  return comparisons.filter((one) => one.class === 'critical' && one.verdict === 'worse');
}

function push(results: Comparison[], found: Comparison | null): void {
  if (found !== null) results.push(found);
}

function clustersOf(runs: readonly PairedRun[]): PairedRun[][] {
  return [...Map.groupBy(runs, ({ window }) => window).values()];
}

/** The sums of one window: value and weight, baseline and candidate. */
type Sums = readonly [number, number, number, number];

function compareOne(
  clusters: readonly (readonly PairedRun[])[],
  figure: Figure,
  of: TrafficClassName | 'all',
): Comparison | null {
  const sums: Sums[] = [];
  for (const cluster of clusters) {
    const found = sumsOf(cluster, figure, of);
    if (found !== null) sums.push(found);
  }
  if (sums.length === 0) return null;
  const [baseline, candidate] = figureOf(sums, null);
  const [low, high] = intervalOf(sums);
  const difference = candidate - baseline;
  const verdict = verdictOf(figure, sums.length, baseline, difference, low, high);
  return { class: of, figure: figure.name, baseline, candidate, difference, low, high, verdict };
}

function sumsOf(
  cluster: readonly PairedRun[],
  figure: Figure,
  of: TrafficClassName | 'all',
): Sums | null {
  const sums = [0, 0, 0, 0] as [number, number, number, number];
  let runs = 0;
  for (const { baseline, candidate } of cluster) {
    const [b, c] = [figure.part(baseline, of), figure.part(candidate, of)];
    if (b === null || c === null) continue;
    sums[0] += b.value;
    sums[1] += b.weight;
    sums[2] += c.value;
    sums[3] += c.weight;
    runs++;
  }
  return runs === 0 ? null : sums;
}

/** Baseline's and candidate's figure over the windows, or over those that were drawn. */
function figureOf(sums: readonly Sums[], drawn: Int32Array | null): [number, number] {
  let [bValue, bWeight, cValue, cWeight] = [0, 0, 0, 0];
  for (let i = 0; i < sums.length; i++) {
    const one = sums[drawn === null ? i : (drawn[i] ?? 0)];
    assert(one !== undefined, 'a window that is there');
    bValue += one[0];
    bWeight += one[1];
    cValue += one[2];
    cWeight += one[3];
  }
  return [bValue / bWeight, cValue / cWeight];
}

function intervalOf(sums: readonly Sums[]): [number, number] {
  const random = new Random(SEED);
  const drawn = new Int32Array(sums.length);
  const differences = new Float64Array(DRAWS);
  for (let draw = 0; draw < DRAWS; draw++) {
    for (let i = 0; i < drawn.length; i++) drawn[i] = random.below(sums.length);
    const [baseline, candidate] = figureOf(sums, drawn);
    differences[draw] = candidate - baseline;
  }
  differences.sort();
  const low = differences[Math.floor(DRAWS * TAIL)] ?? 0;
  return [low, differences[Math.ceil(DRAWS * (1 - TAIL)) - 1] ?? 0];
}

function verdictOf(
  figure: Figure,
  windows: number,
  baseline: number,
  difference: number,
  low: number,
  high: number,
): Verdict {
  if (windows < WINDOWS_LEAST) return 'undecided';
  const sure = low > 0 || high < 0;
  if (!sure || Math.abs(difference) < figure.least(baseline)) return 'no difference';
  return difference > 0 === figure.moreIsBetter ? 'better' : 'worse';
}
