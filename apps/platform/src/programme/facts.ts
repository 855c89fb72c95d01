// Plan and facts of regions. A vehicle counts from the day on which it came so far; what was
// cancelled never counted.
import { present } from '@rmh/base';
import type { PlanMonth, Programme, StageCounts } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';

interface RegionRow {
  readonly id: number;
  readonly name: string;
  readonly coordinator: string | null;
  readonly version: number | null;
  readonly blockers: number;
}

interface MonthRow {
  readonly region_id: number;
  readonly month: string;
  readonly ordered: number;
  readonly delivered: number;
  readonly installed: number;
  readonly accepted: number;
  readonly in_operation: number;
}

export interface ProgrammeQuestion {
  /** Null: all that the transaction may see. */
  readonly organisationId: number | null;
  readonly simulated: boolean;
  readonly after: number;
  readonly limit: number;
  readonly nowMs: number;
}

export async function programmes(sql: Sql, question: ProgrammeQuestion): Promise<Programme[]> {
  const regions = await sql.query<RegionRow>(
    `SELECT o.id, o.name, p.coordinator, p.version, (
         SELECT count(*)::integer FROM programme_row r
         WHERE r.organisation_id = o.id AND r.kind = 'blocker' AND r.done_at IS NULL
       ) AS blockers
     FROM organisation o LEFT JOIN programme_plan p ON p.organisation_id = o.id
     WHERE o.kind = 'rhf' AND o.id > $1 AND ($2::integer IS NULL OR o.id = $2)
     ORDER BY o.id LIMIT $3`,
    [question.after, question.organisationId, question.limit],
  );
  const ids = regions.map(({ id }) => id);
  const planned = await plansOf(sql, ids);
  const happened = await factsOf(sql, ids, question);
  return regions.map(({ id, name, coordinator, version, blockers }) => {
    const facts = happened.get(id) ?? [];
    return {
      organisationId: id,
      organisation: name,
      coordinator,
      plan: planned.get(id) ?? [],
      facts,
      reached: reachedBy(facts.at(-1)),
      blockersOpen: blockers,
      version: version ?? 0,
    };
  });
}

async function plansOf(sql: Sql, ids: readonly number[]): Promise<Map<number, PlanMonth[]>> {
  const rows = await sql.query<MonthRow>(
    `SELECT organisation_id AS region_id, month, ordered, delivered, installed, accepted,
       in_operation FROM programme_month WHERE organisation_id = ANY ($1) ORDER BY 1, month`,
    [ids],
  );
  return byRegion(rows);
}

async function factsOf(
  sql: Sql,
  ids: readonly number[],
  { simulated, nowMs }: ProgrammeQuestion,
): Promise<Map<number, PlanMonth[]>> {
  const rows = await sql.query<MonthRow>(
    `WITH own AS (
       SELECT t.ancestor_id AS region_id, n.* FROM installation n
       JOIN vehicle v ON v.id = n.vehicle_id AND v.simulated = $2
       JOIN organisation_tree t ON t.organisation_id = n.organisation_id
         AND t.ancestor_id = ANY ($1)
       WHERE n.cancelled_at IS NULL
     ), months AS MATERIALIZED (
       -- A month ends at midnight in Norway: asked of the clock once each, not for each vehicle.
       SELECT *, (month + interval '1 month')::timestamp AT TIME ZONE 'Europe/Oslo' AS end_at
       FROM (SELECT region_id, generate_series(
         date_trunc('month', min(ordered_at) AT TIME ZONE 'Europe/Oslo'),
         $3::timestamptz AT TIME ZONE 'Europe/Oslo', interval '1 month')::date AS month
       FROM own GROUP BY region_id) AS all_months
     )
     SELECT m.region_id, m.month, ${COUNTED}
     FROM months m JOIN own n ON n.region_id = m.region_id
     GROUP BY 1, 2 ORDER BY 1, 2`,
    [ids, simulated, new Date(nowMs)],
  );
  return byRegion(rows);
}

const COUNTED = ['ordered', 'delivered', 'installed', 'accepted', 'operation']
  .map((name) => {
    const column = name === 'operation' ? 'in_operation' : name;
    return `count(*) FILTER (WHERE n.${name}_at < m.end_at)::integer AS ${column}`;
  })
  .join(', ');

function byRegion(rows: readonly MonthRow[]): Map<number, PlanMonth[]> {
  const groups = Map.groupBy(rows, (row) => row.region_id);
  return new Map([...groups].map(([id, own]) => [id, own.map(monthOf)]));
}

const monthOf = (row: MonthRow): PlanMonth => ({
  month: row.month,
  ordered: row.ordered,
  delivered: row.delivered,
  installed: row.installed,
  accepted: row.accepted,
  inOperation: row.in_operation,
});

function reachedBy(last: PlanMonth | undefined): StageCounts {
  const { ordered, delivered, installed, accepted, inOperation } = last ?? NOTHING;
  return { ordered, delivered, installed, accepted, inOperation };
}
const NOTHING = { ordered: 0, delivered: 0, installed: 0, accepted: 0, inOperation: 0 };

export async function programmeOf(
  sql: Sql,
  organisationId: number,
  nowMs: number,
): Promise<Programme | null> {
  const question = { organisationId, simulated: false, after: 0, limit: 1, nowMs };
  const found = await programmes(sql, question);
  return found.length === 0 ? null : present(found[0], 'one was found');
}
