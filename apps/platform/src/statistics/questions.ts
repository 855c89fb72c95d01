// Figures of a period for those who may see them: what the routes and the exports share.
import type { Figures, GROUPS } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { highest } from '../organisations/highest.ts';
import { figuresOf, share } from './figures.ts';
import { type Branch, grouped } from './groups.ts';
import { dayOf, nextDay, type Period, periodOf, weekStart } from './period.ts';
import { instant, type Selection, sumsOf } from './sums.ts';

export interface Question {
  readonly from: string;
  readonly to: string;
  readonly organisationId?: number | undefined;
  readonly simulated: boolean;
}

export function selectionOf(question: Question, nowMs: number): Selection {
  const { from, to, simulated, organisationId } = question;
  const period = periodOf(Date.parse(from), Date.parse(to), nowMs);
  return { period, simulated, organisationId: organisationId ?? null, nowMs };
}

export async function figuresBy(
  sql: Sql,
  selection: Selection,
  groupBy: (typeof GROUPS)[number],
): Promise<Figures[]> {
  const branches = await sql.query<Branch>(
    'SELECT id, parent_id AS "parentId", kind, name FROM organisation',
  );
  const vehicles = await sumsOf(sql, selection);
  return grouped(vehicles, groupBy, branches).map(({ group, vehicles: own }) => {
    return figuresOf(group, own);
  });
}

/** Nothing that came up to this time is missing from the figures; null: nothing is built yet. */
export async function completeThrough(sql: Sql, period: Period, nowMs: number): Promise<number> {
  const largest = Math.max(...period.parts.map(({ stepS }) => stepS));
  const steps = [60, 900, 86_400, 604_800].filter((step) => step <= Math.max(900, largest));
  const rows = await sql.query<{ since: Date | null }>(
    'SELECT telemetry_dirty_since($1, $2) AS since',
    [steps, instant(weekStart(nowMs))],
  );
  const since = rows[0]?.since ?? null;
  return since === null ? nowMs : Math.min(+since, nowMs);
}

export interface TrendDay {
  readonly day: string;
  readonly availability: number | null;
  readonly carriers: { link: string; availability: number | null }[];
}

interface DayRow {
  readonly at: Date;
  /** '': the service. */
  readonly link: string;
  readonly up: number;
  readonly down: number;
}

/** A point for every day of the span, known or not. */
export async function trendOf(sql: Sql, question: Question, nowMs: number): Promise<TrendDay[]> {
  const { period, simulated, organisationId } = wholeDays(question, nowMs);
  const rows = await sql.query<DayRow>(
    `SELECT at, link, sum(up_ms)::bigint AS up, sum(down_ms)::bigint AS down
    FROM availability_day WHERE organisation_id IN ${highest('$2')} AND simulated = $1
      AND at >= $3 AND at < $4 GROUP BY at, link`,
    [simulated, organisationId, instant(period.fromMs), instant(period.toMs)],
  );
  const byDay = Map.groupBy(rows, ({ at }) => +at);
  const links = [...new Set(rows.map(({ link }) => link))].filter(Boolean).toSorted();
  const days: TrendDay[] = [];
  for (let at = period.fromMs; at < period.toMs; at = nextDay(at)) {
    const ofDay = byDay.get(at) ?? [];
    const shareOf = (link: string) => {
      const row = ofDay.find((one) => one.link === link);
      return row === undefined ? null : share(row.up, row.down);
    };
    days.push({
      day: dayOf(at),
      availability: shareOf(''),
      carriers: links.map((link) => ({ link, availability: shareOf(link) })),
    });
  }
  return days;
}

export function wholeDays(question: Question, nowMs: number): Selection {
  const selection = selectionOf(question, nowMs);
  const { fromMs, toMs } = selection.period;
  // Four days or more are whole days already; fewer are widened the same way.
  const period = periodOf(fromMs, Math.max(toMs, fromMs + 4 * 86_400_000), nowMs);
  const days: number[] = [];
  for (let at = period.fromMs; at < toMs; at = nextDay(at)) days.push(at);
  const endMs = nextDay(days.at(-1) ?? period.fromMs);
  if (endMs === period.toMs) return { ...selection, period };
  // Days alone: no week fits in less than four.
  const span = { fromMs: period.fromMs, toMs: endMs };
  return { ...selection, period: { ...span, parts: [{ stepS: 86_400, ...span }] } };
}
