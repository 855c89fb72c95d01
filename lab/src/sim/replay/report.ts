// A comparison as a table for a person, and as JSON for a program.
import { left, right, table } from '../../runner/table.ts';
import { type Comparison, type FigureName, WINDOWS_LEAST, worsenedCritical } from './compare.ts';

/** What was compared, over what. */
export interface ReplayFacts {
  readonly baseline: string;
  readonly candidate: string;
  readonly mix: string;
  readonly drives: readonly string[];
  readonly windows: number;
  readonly seeds: number;
  /** Simulated hours of one policy. */
  readonly hours: number;
}

export interface ReplayReport extends ReplayFacts {
  readonly method: string;
  readonly figures: readonly Comparison[];
  /** Figures of the critical class that the candidate makes worse: not to be taken. */
  readonly worsened: readonly FigureName[];
}

export const METHOD =
  'paired cluster bootstrap over windows of drives, 4000 draws, 99 % percentile interval';

export function replayReport(facts: ReplayFacts, figures: readonly Comparison[]): ReplayReport {
  const worsened = worsenedCritical(figures).map(({ figure }) => figure);
  return { ...facts, method: METHOD, figures, worsened };
}

const WORDS: Readonly<Record<FigureName, string>> = {
  inTime: 'in time',
  p99Ms: 'delay, 99th percentile',
  gapMs: 'longest gap',
  bytes: 'bytes on the carriers',
  duplicated: 'of them copies',
};

export function replayText(report: ReplayReport): string {
  const { baseline, candidate, mix, drives, windows, seeds, hours } = report;
  return [
    `${baseline} (baseline) against ${candidate} (candidate), mix ${mix}`,
    `${drives.join(', ')}: ${windows} windows × ${seeds} seeds, ${hours.toFixed(1)} h each`,
    '',
    ...replayTable(baseline, candidate, report.figures),
    '',
    ...conclusion(report),
    '',
  ].join('\n');
}

/** Figure by figure, under the names of the two that were compared. */
export function replayTable(
  baseline: string,
  candidate: string,
  figures: readonly Comparison[],
): string[] {
  const rows = figures.map((one) => {
    const { low, high, difference, figure } = one;
    return [
      one.class === 'all' ? 'all' : one.class,
      WORDS[figure],
      shown(figure, one.baseline),
      shown(figure, one.candidate),
      signed(figure, difference),
      `${signed(figure, low)} … ${signed(figure, high)}`,
      one.verdict,
    ];
  });
  const columns = [
    ...[left('class'), left('figure'), right(baseline), right(candidate)],
    ...[right('difference'), right('99 % interval'), left('candidate is')],
  ];
  return table(columns, rows);
}

function conclusion({ worsened, windows, candidate }: ReplayReport): string[] {
  const few = `Fewer than ${WINDOWS_LEAST} windows decide nothing: take more drives.`;
  if (windows < WINDOWS_LEAST) return [few];
  if (worsened.length === 0) return [`${candidate} makes no critical figure worse.`];
  const words = worsened.map((figure) => WORDS[figure]).join('; ');
  return [`${candidate} makes critical worse: ${words}. Do not give it to a vehicle.`];
}

function shown(figure: FigureName, value: number): string {
  switch (figure) {
    case 'inTime':
    case 'duplicated':
      return `${(value * 100).toFixed(3)} %`;
    case 'p99Ms':
    case 'gapMs':
      return `${value.toFixed(1)} ms`;
    case 'bytes':
      return `${(value / 1e6).toFixed(3)} MB`;
  }
}

function signed(figure: FigureName, value: number): string {
  if (value === 0) return '0';
  return `${value > 0 ? '+' : '−'}${shown(figure, Math.abs(value))}`;
}
