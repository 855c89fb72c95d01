// Results as rows and as the API shows them: what was asked, and the figure beside it.
import type { FactFigures, RequirementResult, ResultState } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { figuresFor } from './judge.ts';
import type { VersionRow } from './register.ts';

export interface Asked {
  readonly organisationId?: number | undefined;
  readonly simulated: boolean;
  readonly state?: ResultState | undefined;
  readonly requirementId?: number | undefined;
  readonly vehicleId?: number | undefined;
}

interface ResultRow {
  readonly id: number;
  readonly requirement_id: number;
  readonly code: string;
  readonly content: VersionRow['content'];
  readonly version: number;
  readonly organisation_id: number;
  readonly vehicle_id: number | null;
  readonly call_sign: string | null;
  readonly state: ResultState;
  readonly from_at: Date;
  readonly to_at: Date | null;
  readonly figures: FactFigures;
  readonly figures_now: FactFigures | null;
}

/** At or below an organisation ($1, or null), of the real or the made-up fleet ($2). */
export const WHOSE = `($1::integer IS NULL OR x.organisation_id IN
    (SELECT organisation_id FROM organisation_tree WHERE ancestor_id = $1))
  AND (x.vehicle_id IS NULL OR x.simulated = $2)`;

/** What holds now, in the order of ids; `limit` and one more. */
export async function currentResults(
  sql: Sql,
  asked: Asked,
  after: number,
  limit: number,
): Promise<readonly ResultRow[]> {
  const where = whereOf(asked);
  where.add('x.to_at IS NULL');
  where.add('x.id > $', after);
  return await pageOf(sql, where, 'x.id', limit);
}

/** Everything that held at some time between two instants, the newest first. */
export async function pastResults(
  sql: Sql,
  asked: Asked & { readonly from?: string | undefined; readonly to?: string | undefined },
  before: number,
  limit: number,
): Promise<readonly ResultRow[]> {
  const where = whereOf(asked);
  where.add('x.id < $', before);
  if (asked.to !== undefined) where.add('x.from_at < $::timestamptz', asked.to);
  if (asked.from !== undefined) {
    where.add('(x.to_at IS NULL OR x.to_at > $::timestamptz)', asked.from);
  }
  return await pageOf(sql, where, 'x.id DESC', limit);
}

/** Conditions with their values. Only what was asked for, so that the indexes fit. */
class Where {
  readonly conditions: string[] = [];
  readonly values: unknown[];

  constructor(condition: string, values: readonly unknown[]) {
    this.conditions.push(condition);
    this.values = [...values];
  }

  /** `$` stands for the value. */
  add(condition: string, ...values: readonly unknown[]): void {
    this.values.push(...values);
    this.conditions.push(condition.replaceAll('$', `$${this.values.length}`));
  }
}

function whereOf({ organisationId, simulated, state, requirementId, vehicleId }: Asked): Where {
  const where = new Where(WHOSE, [organisationId ?? null, simulated]);
  if (state !== undefined) where.add('x.state = $', state);
  if (requirementId !== undefined) where.add('x.requirement_id = $', requirementId);
  if (vehicleId !== undefined) where.add('x.vehicle_id = $', vehicleId);
  return where;
}

/** First the rows of the page, then what belongs to them: a join of all would be joined whole. */
async function pageOf(
  sql: Sql,
  { conditions, values }: Where,
  order: string,
  limit: number,
): Promise<readonly ResultRow[]> {
  return await sql.query<ResultRow>(
    `WITH x AS MATERIALIZED (SELECT * FROM requirement_result x
       WHERE ${conditions.join(' AND ')} ORDER BY ${order} LIMIT $${values.length + 1})
     SELECT x.id, x.requirement_id, r.code, v.content, x.version, x.organisation_id, x.vehicle_id,
       c.call_sign, x.state, x.from_at, x.to_at, x.figures,
       CASE WHEN x.to_at IS NULL THEN coalesce(s.figures, o.figures) END AS figures_now
     FROM x JOIN requirement r ON r.id = x.requirement_id
     JOIN requirement_version v ON v.requirement_id = x.requirement_id AND v.version = x.version
     LEFT JOIN vehicle c ON c.id = x.vehicle_id
     LEFT JOIN requirement_subject s ON s.vehicle_id = x.vehicle_id
       AND s.organisation_id = x.organisation_id
     LEFT JOIN requirement_subject o ON x.vehicle_id IS NULL AND o.vehicle_id IS NULL
       AND o.organisation_id = x.organisation_id
     ORDER BY ${order}`,
    [...values, limit + 1],
  );
}

export function resultOf(row: ResultRow): RequirementResult {
  const { nb, en, check } = row.content;
  return {
    id: row.id,
    requirementId: row.requirement_id,
    code: row.code,
    title: { nb: nb.title, en: en.title },
    version: row.version,
    check,
    organisationId: row.organisation_id,
    vehicleId: row.vehicle_id,
    callSign: row.call_sign,
    state: row.state,
    from: row.from_at.toISOString(),
    to: row.to_at?.toISOString() ?? null,
    figures: figuresFor(check, row.figures_now ?? row.figures) as RequirementResult['figures'],
  };
}
