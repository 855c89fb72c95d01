// A region's plan and facts on one axis of months: what the burn-up picture and its table show.
import type { PlanMonth, Programme, StageCounts } from '@rmh/contract/api';
import { STAGE_COUNT_NAMES } from './choices.ts';

export interface BurnUpLine {
  readonly stage: keyof StageCounts;
  readonly planned: boolean;
  /** As in tokens.css; 0 is the one that counts. */
  readonly colour: number;
  /** One a month; null where nothing was planned, or nothing is known yet. */
  readonly values: readonly (number | null)[];
}

const COLOURS: Readonly<Record<keyof StageCounts, number>> = {
  ordered: 8,
  delivered: 3,
  installed: 2,
  accepted: 4,
  inOperation: 0,
};

export function burnUp({ plan, facts }: Pick<Programme, 'plan' | 'facts'>): {
  readonly months: readonly string[];
  readonly lines: readonly BurnUpLine[];
} {
  const months = monthsOf([...plan, ...facts].map(({ month }) => month));
  const along = (of: readonly PlanMonth[], stage: keyof StageCounts) =>
    months.map((month) => of.find((one) => one.month === month)?.[stage] ?? null);
  return {
    months,
    lines: [
      // The plan is shown for what counts in the end; the dialog has all of it.
      ...(['inOperation'] as const).map((stage) => ({
        stage,
        planned: true,
        colour: 1,
        values: along(plan, stage),
      })),
      ...STAGE_COUNT_NAMES.map((stage) => ({
        stage,
        planned: false,
        colour: COLOURS[stage],
        values: along(facts, stage),
      })),
    ],
  };
}

/** Every month from the first to the last, so that the axis has no holes. */
function monthsOf(known: readonly string[]): string[] {
  const sorted = known.toSorted();
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return [];
  const months = [first];
  for (let at = first; at < last; months.push(at)) at = nextMonth(at);
  return months;
}

/** '2026-12-01' → '2027-01-01' */
export function nextMonth(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10);
}
