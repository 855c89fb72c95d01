// Vehicles as rows, with their unit and its latest word, and as the API shows them.
import type { Vehicle } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { type LatestRow, liveOf } from '../live/rows.ts';

export interface VehicleRow {
  readonly id: number;
  readonly organisation_id: number;
  readonly call_sign: string;
  readonly registration: string | null;
  readonly kind: Vehicle['kind'];
  readonly stage: Vehicle['stage'];
  readonly simulated: boolean;
  readonly version: number;
  readonly unit_id: number | null;
  readonly state: LatestRow['state'] | null;
  readonly since: Date;
  readonly heard_at: Date;
  readonly body: LatestRow['body'];
  /** What the list is sorted by. */
  readonly sort_key: string | number;
}

export const VEHICLE_COLUMNS = `v.id, v.organisation_id, v.call_sign, v.registration, v.kind,
  v.stage, v.simulated, v.version, u.id AS unit_id, l.state, l.since, l.heard_at, l.body`;

/** A word that the unit said from another vehicle is not this one's. */
export const VEHICLE_FROM = `vehicle v
  LEFT JOIN unit u ON u.vehicle_id = v.id AND u.state <> 'revoked'
  LEFT JOIN unit_latest l ON l.unit_id = u.id AND l.vehicle_id = v.id`;

export async function vehicleById(sql: Sql, vehicleId: number): Promise<Vehicle | null> {
  const [row] = await sql.query<VehicleRow>(
    `SELECT ${VEHICLE_COLUMNS} FROM ${VEHICLE_FROM} WHERE v.id = $1`,
    [vehicleId],
  );
  return row === undefined ? null : vehicleOf(row);
}

export function vehicleOf(row: VehicleRow): Vehicle {
  const { state, since, heard_at, body } = row;
  return {
    id: row.id,
    organisationId: row.organisation_id,
    callSign: row.call_sign,
    registration: row.registration,
    kind: row.kind,
    stage: row.stage,
    simulated: row.simulated,
    unitId: row.unit_id,
    live:
      state === null
        ? null
        : liveOf({ vehicle_id: row.id, state, since, heard_at, body } as LatestRow),
    version: row.version,
  };
}
