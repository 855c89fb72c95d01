// A case is opened: by the job that watches alarms, by the one that looks for holes, or by hand.
import type { CaseKind } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';

export interface NewCase {
  readonly organisationId: number;
  readonly seenBy: readonly number[];
  readonly carrierId: number;
  readonly kind: CaseKind;
  readonly simulated: boolean;
  readonly alarmId: number | null;
  readonly from: Date;
  readonly to: Date | null;
  readonly cells: readonly string[];
  readonly openedBy: string;
  readonly nowMs: number;
}

/** Null: its alarm has a case already. */
export async function openCase(sql: Sql, made: NewCase): Promise<number | null> {
  const now = new Date(made.nowMs);
  const [row] = await sql.query<{ id: number }>(
    `INSERT INTO carrier_case (organisation_id, seen_by, carrier_id, kind, state, simulated,
       alarm_id, from_at, to_at, cells, evidence_due_at, opened_at, opened_by)
     VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9, $10, $10, $11)
     ON CONFLICT (alarm_id) DO NOTHING RETURNING id`,
    [
      ...[made.organisationId, made.seenBy, made.carrierId, made.kind, made.simulated],
      ...[made.alarmId, made.from, made.to, made.cells, now, made.openedBy],
    ],
  );
  if (row === undefined) return null;
  await sql.query(
    `INSERT INTO carrier_case_change (case_id, at, side, actor, to_state)
     VALUES ($1, $2, 'health', $3, 'open')`,
    [row.id, now, made.openedBy],
  );
  return row.id;
}

interface AreaAlarm {
  readonly id: number;
  readonly organisation_id: number;
  readonly seen_by: number[];
  readonly simulated: boolean;
  readonly carrier_id: number;
  readonly cells: string[];
  readonly since: Date;
  readonly cleared_at: Date | null;
}

/** Followed by a WHERE on `a`. A carrier that nobody entered has no desk to be told. */
const AREA_ALARMS = `
  SELECT a.id, a.organisation_id, a.seen_by, a.simulated, k.id AS carrier_id, a.cells, a.since,
    a.cleared_at
  FROM alarm a JOIN carrier k ON k.key = a.carrier
  WHERE a.kind = 'carrier-area'`;

/**
 * Area alarms without a case that are over, or began before `beforeMs`; the oldest first. None that
 * began before `keptMs`: nothing is left to show for it.
 */
export function alarmsInNeed(
  sql: Sql,
  { beforeMs, keptMs, limit }: { beforeMs: number; keptMs: number; limit: number },
): Promise<readonly AreaAlarm[]> {
  return sql.query<AreaAlarm>(
    `${AREA_ALARMS} AND (a.cleared_at IS NOT NULL OR a.since < $1) AND a.since > $2
       AND NOT EXISTS (SELECT FROM carrier_case c WHERE c.alarm_id = a.id)
     ORDER BY a.id LIMIT $3`,
    [new Date(beforeMs), new Date(keptMs), limit],
  );
}

/** Null: there is none, or it is of another kind, or of a carrier that nobody entered. */
export async function areaAlarm(sql: Sql, alarmId: number): Promise<AreaAlarm | null> {
  const [row] = await sql.query<AreaAlarm>(`${AREA_ALARMS} AND a.id = $1`, [alarmId]);
  return row ?? null;
}

export function caseFrom(alarm: AreaAlarm, openedBy: string, nowMs: number): NewCase {
  return {
    organisationId: alarm.organisation_id,
    seenBy: alarm.seen_by,
    carrierId: alarm.carrier_id,
    kind: 'area',
    simulated: alarm.simulated,
    alarmId: alarm.id,
    from: alarm.since,
    to: alarm.cleared_at,
    cells: alarm.cells,
    openedBy,
    nowMs,
  };
}
