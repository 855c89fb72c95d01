// Makes a report and keeps it, where it says anything that the newest kept one does not.
import type { ReportBody } from '@rmh/contract/api';
import { type Database, type Sql, SYSTEM } from '../db/database.ts';
import type { Job } from '../services.ts';
import { dayOf } from '../statistics/period.ts';
import { bodyOf, monthSpan, type Wanted } from './body.ts';
import { changesBetween } from './changes.ts';

const DAY_MS = 86_400_000;
// Units deliver what they kept when they are on the road again: most within a weekend.
const GRACE_MS = 3 * DAY_MS;
// Raw samples older than this are refused (docs/statistics.md): then a month is what it is.
const LATE_MS = 31 * DAY_MS;

export interface Made {
  readonly reportId: number;
  /** False: the newest kept one says the same. */
  readonly isNew: boolean;
}

/** `madeBy`: a person's name; null: on schedule. */
export async function makeReport(
  db: Database,
  wanted: Wanted,
  nowMs: number,
  madeBy: string | null,
): Promise<Made> {
  const bitwise: Sql = {
    query: (text, values) => db.transaction(SYSTEM, (sql) => sql.query(text, values)),
  };
  const body = await bodyOf(bitwise, wanted, nowMs);
  return await db.transaction(SYSTEM, (sql) => keep(sql, wanted, body, nowMs, madeBy));
}

async function keep(
  sql: Sql,
  { organisationId, month, simulated }: Wanted,
  body: ReportBody,
  nowMs: number,
  madeBy: string | null,
): Promise<Made> {
  // Two who make the same one at once: the second finds the first's.
  await sql.query('SELECT id FROM organisation WHERE id = $1 FOR NO KEY UPDATE', [organisationId]);
  const [newest] = await sql.query<{ id: number; version: number; body: string }>(
    `SELECT id, version, body FROM report
    WHERE organisation_id = $1 AND month = $2 AND simulated = $3 ORDER BY version DESC LIMIT 1`,
    [organisationId, month, simulated],
  );
  const text = JSON.stringify(body);
  if (newest?.body === text) return { reportId: newest.id, isNew: false };
  const changes =
    newest === undefined ? [] : changesBetween(JSON.parse(newest.body) as ReportBody, body);
  const [row] = await sql.query<{ id: number }>(
    `INSERT INTO report
      (organisation_id, month, simulated, version, made_at, made_by, body, changes)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
    [
      ...[organisationId, month, simulated, (newest?.version ?? 0) + 1, new Date(nowMs), madeBy],
      ...[text, JSON.stringify(changes)],
    ],
  );
  return { reportId: row?.id ?? 0, isNew: true };
}

/** The month before the one around `ms`, in Norway. */
export function monthBefore(ms: number): string {
  const [year = 0, number = 0] = dayOf(ms).split('-').map(Number);
  return new Date(Date.UTC(year, number - 2, 1)).toISOString().slice(0, 10);
}

/** Last month's, of the nation and each region, while something of it may still come. */
export async function makeDue(db: Database, nowMs: number): Promise<number> {
  const month = monthBefore(nowMs);
  const overMs = nowMs - monthSpan(month).toMs;
  if (overMs < GRACE_MS || overMs > LATE_MS) return 0;
  const whose = await db.transaction(SYSTEM, (sql) =>
    sql.query<{ id: number; simulated: boolean }>(
      `SELECT o.id, s.simulated FROM organisation o
      CROSS JOIN (SELECT DISTINCT simulated FROM vehicle_watch) AS s
      WHERE o.kind IN ('national', 'rhf') ORDER BY o.id, s.simulated`,
    ),
  );
  let made = 0;
  for (const { id, simulated } of whose) {
    const wanted = { organisationId: id, month, simulated };
    if ((await makeReport(db, wanted, nowMs, null)).isNew) made++;
  }
  return made;
}

export const reportJob: Job = {
  // Five organisations × half a second, four times a day.
  name: 'reports',
  everyMs: 6 * 3_600_000,
  async run({ db, nowMs }) {
    await makeDue(db, nowMs());
  },
};
