// What foresight was worth, as a table for a person and as JSON for a program.
import { left, right, table } from '../runner/table.ts';
import type { ClassCounts } from '../sim/bound/index.ts';
import { type Comparison, WINDOWS_LEAST } from '../sim/replay/compare.ts';
import { type ReplayFacts, replayTable } from '../sim/replay/report.ts';
import type { Hint } from './forecast.ts';
import type { Skill } from './skill.ts';

export type ForesightVerdict = 'helps' | 'does not help' | 'undecided';

/** Packets that came late or never. */
export interface Missed {
  readonly class: 'critical' | 'realtime';
  readonly without: number;
  readonly hinted: number;
  /** Nobody could have delivered these in time (docs/bound.md). */
  readonly unavoidable: number;
  /** Hinted against without, −1 … : the change, and between what it lies with 99 % confidence. */
  readonly change: number;
  readonly low: number;
  readonly high: number;
}

export interface ForesightReport extends Omit<ReplayFacts, 'baseline' | 'candidate'> {
  readonly hint: Hint;
  readonly cellM: number;
  readonly passesLeast: number;
  readonly skills: readonly (Skill & { readonly drive: string })[];
  readonly missed: readonly Missed[];
  readonly figures: readonly Comparison[];
  readonly verdict: ForesightVerdict;
}

/** Bytes may rise by so much for it: issue 5 of the project asks for no more. */
const BYTES_MORE_MOST = 0.05;

/**
 * It helps if fewer critical or realtime packets miss, surely and by a difference that is worth a
 * word (docs/policy.md), no figure of the critical class is worse, and bytes rise by 5 % at most.
 */
export function verdictOf(figures: readonly Comparison[], windows: number): ForesightVerdict {
  if (windows < WINDOWS_LEAST) return 'undecided';
  const inTime = figures.filter(({ figure }) => figure === 'inTime');
  const urgent = inTime.filter(({ class: of }) => of === 'critical' || of === 'realtime');
  const harms =
    urgent.some(({ verdict }) => verdict === 'worse') ||
    figures.some((one) => one.class === 'critical' && one.verdict === 'worse');
  const bytes = figures.find(({ figure }) => figure === 'bytes');
  const dear = bytes !== undefined && bytes.difference > bytes.baseline * BYTES_MORE_MOST;
  const gains = urgent.some(({ verdict }) => verdict === 'better');
  return gains && !harms && !dear ? 'helps' : 'does not help';
}

/** Sums over all runs of one class. */
export interface ClassSums {
  readonly without: ClassCounts;
  readonly hinted: ClassCounts;
  readonly bound: ClassCounts;
}

export function missedOf(sums: ClassSums, figures: readonly Comparison[]): Missed[] {
  return (['critical', 'realtime'] as const).flatMap((of): Missed[] => {
    const found = figures.find((one) => one.class === of && one.figure === 'inTime');
    if (found === undefined) return [];
    const missing = (counts: ClassCounts) => counts[of].sent - counts[of].inTime;
    // What is not in time is missed: the same interval, over the share that misses.
    const share = (difference: number) =>
      found.baseline === 1 ? 0 : -difference / (1 - found.baseline);
    return [
      {
        class: of,
        without: missing(sums.without),
        hinted: missing(sums.hinted),
        unavoidable: missing(sums.bound),
        change: share(found.difference),
        low: share(found.high),
        high: share(found.low),
      },
    ];
  });
}

export function foresightText(report: ForesightReport): string {
  const { hint, cellM, passesLeast, mix, drives, windows, seeds, hours, figures } = report;
  const runs = `${windows} windows × ${seeds} seeds, ${hours.toFixed(1)} h each, mix ${mix}`;
  const few = report.verdict === 'undecided';
  return [
    `foresight, hint ${hint}: squares of ${cellM} m with ${passesLeast} other passes or more`,
    `${drives.join(', ')}: ${runs}`,
    '',
    'What other passes tell, of the seconds in which a carrier was good:',
    ...skillTable(report.skills),
    '',
    'Packets late or lost:',
    ...missedTable(report.missed),
    '',
    ...replayTable('without', hint, figures),
    '',
    `Foresight ${few ? 'is undecided: too few windows' : report.verdict}.`,
    '',
  ].join('\n');
}

function skillTable(skills: ForesightReport['skills']): string[] {
  const columns = [
    ...[left('drive'), left('carrier'), right('known s'), right('fail next')],
    ...[right('warned s'), right('fail next'), right('failures warned of')],
  ];
  const rows = skills.map(({ drive, carrier, known, failing, warned, warnedFailing }) => [
    ...[drive, carrier, known, percent(failing, known)],
    ...[warned, percent(warnedFailing, warned), percent(warnedFailing, failing)],
  ]);
  return table(columns, rows);
}

function missedTable(missed: readonly Missed[]): string[] {
  const columns = [
    ...[left('class'), right('without'), right('with'), right('unavoidable')],
    ...[right('change'), right('99 % interval')],
  ];
  const rows = missed.map((one) => [
    ...[one.class, one.without, one.hinted, one.unavoidable, signed(one.change)],
    `${signed(one.low)} … ${signed(one.high)}`,
  ]);
  return table(columns, rows);
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}

function signed(share: number): string {
  if (share === 0) return '0';
  return `${share > 0 ? '+' : '−'}${Math.abs(100 * share).toFixed(1)} %`;
}
