// Whom an alarm is told to. Written in the transaction that writes the alarm, so that neither is
// there without the other; deliver.ts sends afterwards.
import { type AlarmKind, SEVERITIES, type Severity } from '@rmh/contract/api';
import type { Database, Sql } from '../../db/database.ts';
import { type AlarmRow, readAlarmsById, seenBy, toAlarm } from '../rows.ts';

export type AlarmEvent = 'raised' | 'updated' | 'cleared';

interface Listener {
  readonly id: number;
  readonly organisation_id: number;
  readonly kinds: AlarmKind[];
  readonly least_severity: Severity;
  /** Itself and all below. */
  readonly hears: number[];
}

/** `told`: numbers of alarms and what happened to each. */
export async function tell(
  db: Database,
  sql: Sql,
  told: ReadonlyMap<number, AlarmEvent>,
  nowMs: number,
): Promise<void> {
  const listeners = await sql.query<Listener>(
    `SELECT w.id, w.organisation_id, w.kinds, w.least_severity,
       (SELECT array_agg(t.organisation_id) FROM organisation_tree t
        WHERE t.ancestor_id = w.organisation_id) AS hears
     FROM webhook w WHERE w.enabled`,
  );
  if (listeners.length === 0) return;
  const now = new Date(nowMs).toISOString();
  const rows = (await readAlarmsById(sql, [...told.keys()])).flatMap((alarm) =>
    listeners
      .filter((listener) => hears(listener, alarm))
      .map(({ id, organisation_id }) => [
        organisation_id,
        id,
        alarm.id,
        told.get(alarm.id),
        JSON.stringify(toAlarm(alarm)),
        now,
        now,
      ]),
  );
  const columns = 'organisation_id webhook_id alarm_id event body created_at due_at'.split(' ');
  await db.insert(sql, 'notification', columns, rows);
}

function hears(listener: Listener, alarm: AlarmRow): boolean {
  const { kinds, least_severity } = listener;
  if (kinds.length > 0 && !kinds.includes(alarm.kind)) return false;
  if (SEVERITIES.indexOf(alarm.severity) > SEVERITIES.indexOf(least_severity)) return false;
  return seenBy(alarm)?.some((id) => listener.hears.includes(id)) ?? true;
}
