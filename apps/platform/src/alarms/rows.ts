// Alarms as rows, and as the API shows them.
import type { Alarm, AlarmKind, Severity } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { instant } from '../live/rows.ts';

/** Payload: numbers of alarms with commas between. */
export const ALARM_CHANNEL = 'alarm';

/** Above every number of a row, which has four bytes: where a list of the newest begins. */
export const NEWEST = 2 ** 31 - 1;

export interface AlarmRow {
  readonly id: number;
  readonly key: string;
  readonly organisation_id: number;
  readonly seen_by: number[];
  readonly kind: AlarmKind;
  readonly severity: Severity;
  readonly simulated: boolean;
  readonly vehicle_id: number | null;
  readonly call_sign: string | null;
  readonly gateway_id: number | null;
  readonly carrier: string | null;
  readonly cells: string[];
  readonly vehicles: number;
  readonly since: Date | string;
  readonly raised_at: Date | string;
  readonly cleared_at: Date | string | null;
  readonly cleared_by: string | null;
  readonly part_of: number | null;
  readonly acknowledged_by: string | null;
  readonly acknowledged_at: Date | string | null;
  readonly version: number;
}

/** Followed by a WHERE on `a`. */
export const SELECT_ALARM = `
  SELECT a.*, v.call_sign FROM alarm a LEFT JOIN vehicle v ON v.id = a.vehicle_id`;

export function readAlarmsById(sql: Sql, ids: readonly number[]): Promise<readonly AlarmRow[]> {
  return sql.query<AlarmRow>(`${SELECT_ALARM} WHERE a.id = ANY ($1::integer[]) ORDER BY a.id`, [
    ids,
  ]);
}

/** Organisations that may see it; null: every one. */
export function seenBy(row: AlarmRow): readonly number[] | null {
  return row.gateway_id === null ? [row.organisation_id, ...row.seen_by] : null;
}

export function toAlarm(row: AlarmRow): Alarm {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    kind: row.kind,
    severity: row.severity,
    state: row.cleared_at !== null ? 'cleared' : row.version > 1 ? 'updated' : 'raised',
    acknowledged: row.acknowledged_at !== null,
    simulated: row.simulated,
    vehicleId: row.vehicle_id,
    callSign: row.call_sign,
    gatewayId: row.gateway_id,
    carrier: row.carrier,
    cells: row.cells,
    vehicles: row.vehicles,
    raisedAt: instant(row.raised_at),
    since: instant(row.since),
    clearedAt: row.cleared_at === null ? null : instant(row.cleared_at),
    clearedBy: row.cleared_by,
    partOf: row.part_of,
    acknowledgedBy: row.acknowledged_by,
    acknowledgedAt: row.acknowledged_at === null ? null : instant(row.acknowledged_at),
    version: row.version,
  };
}
