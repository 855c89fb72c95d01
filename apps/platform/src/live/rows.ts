// The latest word of units as rows, and as the API shows them.
import type { Health, Live, ServiceState } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';

export interface LatestRow {
  readonly unit_id: number;
  readonly vehicle_id: number;
  /** The vehicle's, which decides who sees it. */
  readonly organisation_id: number;
  readonly simulated: boolean;
  readonly in_operation: boolean;
  readonly state: ServiceState;
  readonly since: Date | string;
  readonly heard_at: Date | string;
  readonly changed_at: Date | string;
  readonly body: Omit<Live, 'vehicleId' | 'state' | 'since' | 'heardAt'>;
  readonly health: Health | null;
}

const LATEST = `
  SELECT l.unit_id, l.vehicle_id, v.organisation_id, v.simulated, l.state, l.since, l.heard_at,
    l.changed_at, l.body, l.health, v.stage = 'in-operation' AS in_operation
  FROM unit_latest l
  JOIN unit u ON u.id = l.unit_id AND u.state = 'enrolled' AND u.vehicle_id = l.vehicle_id
  JOIN vehicle v ON v.id = l.vehicle_id AND v.stage <> 'retired'`;

export async function readAllLatest(sql: Sql): Promise<readonly LatestRow[]> {
  return await read(sql, 'true');
}

export async function readLatest(
  sql: Sql,
  unitIds: readonly number[],
): Promise<readonly LatestRow[]> {
  return await read(sql, 'l.unit_id = ANY ($1::integer[])', unitIds);
}

/** Written after `changedAfterMs` (Unix ms by the database's clock). */
export async function readLatestAfter(
  sql: Sql,
  changedAfterMs: number,
): Promise<readonly LatestRow[]> {
  return await read(sql, 'l.changed_at > to_timestamp($1::float8 / 1000)', changedAfterMs);
}

/** In one cell: a fleet of cells costs the embedded database twice as much (statistics/sums.ts). */
async function read(sql: Sql, where: string, ...values: unknown[]): Promise<LatestRow[]> {
  const [all] = await sql.query<{ rows: string | null }>(
    `SELECT json_agg(row)::text AS rows FROM (${LATEST} WHERE ${where}) AS row`,
    values,
  );
  return JSON.parse(all?.rows ?? '[]') as LatestRow[];
}

export function liveOf(row: LatestRow): Live {
  return {
    vehicleId: row.vehicle_id,
    state: row.state,
    since: instant(row.since),
    heardAt: instant(row.heard_at),
    ...row.body,
  };
}

export function instant(value: Date | string): string {
  return new Date(value).toISOString();
}
