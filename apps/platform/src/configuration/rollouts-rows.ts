// Rollouts as they lie in the database.
import type { Rollout } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';

export interface RolloutRow {
  readonly id: number;
  readonly organisation_id: number;
  readonly name: string;
  readonly state: Rollout['state'];
  readonly paused_because: Rollout['pausedBecause'];
  readonly rings: number[];
  readonly ring: number;
  readonly success_least: number;
  readonly unit_ids: number[] | null;
  readonly created_at: Date;
  readonly version: number;
}

const COLUMNS = `id, organisation_id, name, state, paused_because, rings, ring, success_least,
  unit_ids, created_at, version`;

export async function rolloutRow(
  sql: Sql,
  rolloutId: number,
  lock: '' | 'FOR UPDATE' = '',
  otherwise: 'not-found' | 'forbidden' = 'not-found',
): Promise<RolloutRow> {
  const [row] = await sql.query<RolloutRow>(
    `SELECT ${COLUMNS} FROM rollout WHERE id = $1 ${lock}`,
    [rolloutId],
  );
  if (row === undefined) throw problem(otherwise);
  return row;
}

/** The newest first. */
export async function rolloutRows(
  sql: Sql,
  organisationId: number | null,
  before: number,
  limit: number,
): Promise<readonly RolloutRow[]> {
  return await sql.query<RolloutRow>(
    `SELECT ${COLUMNS} FROM rollout
     WHERE id < $1 AND ($2::integer IS NULL OR organisation_id = $2) ORDER BY id DESC LIMIT $3`,
    [before, organisationId, limit],
  );
}

/** Of the units that the transaction may see, without those revoked since. They add up to all. */
export async function countsOf(
  sql: Sql,
  rolloutIds: readonly number[],
  nowMs: number,
): Promise<Map<number, Rollout['counts']>> {
  const rows = await sql.query<Rollout['counts'] & { rolloutId: number }>(
    `SELECT ru.rollout_id AS "rolloutId",
       count(*) FILTER (WHERE ru.state = 'waiting' AND m.vehicle_id IS NULL)::integer AS waiting,
       count(*) FILTER (WHERE ru.state = 'waiting' AND m.vehicle_id IS NOT NULL)::integer
         AS "onMission",
       count(*) FILTER (WHERE ru.state = 'sent')::integer AS sent,
       count(*) FILTER (WHERE ru.state = 'confirmed')::integer AS confirmed,
       count(*) FILTER (WHERE ru.state = 'fell-back')::integer AS "fellBack"
     FROM rollout_unit ru JOIN unit u ON u.id = ru.unit_id AND u.state = 'enrolled'
     LEFT JOIN mission m ON m.vehicle_id = u.vehicle_id AND m.until > $2
     WHERE ru.rollout_id = ANY ($1) GROUP BY ru.rollout_id`,
    [rolloutIds, new Date(nowMs)],
  );
  return new Map(rows.map(({ rolloutId, ...counts }) => [rolloutId, counts]));
}

const NONE: Rollout['counts'] = { waiting: 0, sent: 0, confirmed: 0, fellBack: 0, onMission: 0 };

export function rolloutOf(row: RolloutRow, counts: Rollout['counts'] = NONE): Rollout {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    name: row.name,
    state: row.state,
    pausedBecause: row.paused_because,
    rings: row.rings,
    ring: row.ring,
    successLeast: row.success_least,
    counts,
    createdAt: row.created_at.toISOString(),
    version: row.version,
  };
}
