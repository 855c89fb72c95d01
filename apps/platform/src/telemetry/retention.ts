// What leaves, and when: table `retention`. Raw rows go a day at a time, by dropping the day.
import { type Database, type Sql, SYSTEM } from '../db/database.ts';
import type { Job } from '../services.ts';

interface Rules {
  readonly raw_days: number;
  readonly position_days: number;
  readonly view_days: number;
  readonly minute_months: number;
  readonly link_outage_days: number;
  readonly outage_months: number;
}

const DAY_MS = 86_400_000;
const MONTH_MS = 31 * DAY_MS;
// A partition's last row is a day (a month) younger than its name; a sample may be 30 days old by
// the unit's clock when the day's last moment has just passed by ours.
const SLACK_DAYS = 1;
const ROWS_AT_ONCE = 5_000;
// Three years to compare, and the month under way: some 1.5 million rows (0008-requirements.sql).
const RESULT_MONTHS = 37;

/** Makes the days to come, and lets those go that are over. */
export async function keepRetention(db: Database, nowMs: number): Promise<void> {
  const rules = await db.transaction(SYSTEM, async (sql) => {
    const [row] = await sql.query<Rules & Record<string, unknown>>('SELECT * FROM retention');
    return row;
  });
  if (rules === undefined) return;
  await makeDays(db, rules, nowMs);
  for (const partition of await partitions(db)) {
    if (partition.endMs + SLACK_DAYS * DAY_MS > nowMs - keptMs(partition, rules)) continue;
    await db.transaction(SYSTEM, async (sql) => {
      // Whoever reads the table now goes first; if that lasts, the next hour is soon enough.
      await sql.query("SET LOCAL lock_timeout = '2s'");
      await sql.query(`DROP TABLE ${partition.name}`);
    });
  }
  await forgetPositions(db, new Date(nowMs - rules.position_days * DAY_MS));
  const { link_outage_days: linkDays, outage_months: months } = rules;
  await deleteOutages(db, 'link IS NOT NULL', nowMs - linkDays * DAY_MS);
  await deleteOutages(db, 'true', nowMs - months * MONTH_MS);
  await deleteResults(db, nowMs - RESULT_MONTHS * MONTH_MS);
}

async function makeDays(db: Database, rules: Rules, nowMs: number): Promise<void> {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const first = day(nowMs - (rules.raw_days + SLACK_DAYS) * DAY_MS);
  await db.transaction(SYSTEM, async (sql) => {
    await sql.query('SELECT telemetry_partitions($1, $2)', [first, day(nowMs + 7 * DAY_MS)]);
  });
}

interface Partition {
  readonly name: string;
  readonly parent: string;
  readonly endMs: number;
}

async function partitions(db: Database): Promise<Partition[]> {
  const rows = await db.transaction(SYSTEM, (sql: Sql) =>
    sql.query<{ name: string; parent: string }>(
      `SELECT c.relname AS name, p.relname AS parent FROM pg_inherits i
      JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
      WHERE c.relkind = 'r' AND c.relname ~ '^[a-z_0-9]+_[0-9]{6,8}$'
        AND p.relname IN ('sample', 'sample_path', 'gateway_view', 'rollup_service_60',
          'rollup_service_900', 'rollup_path_60', 'rollup_path_900')`,
    ),
  );
  return rows.map(({ name, parent }) => ({ name, parent, endMs: endMsOf(name) }));
}

/** Of the day or the month in a partition's name: sample_20261125, rollup_path_60_202611. */
export function endMsOf(name: string): number {
  const [, year = '', month = '', day] = /_(\d{4})(\d{2})(\d{2})?$/.exec(name) ?? [];
  if (day !== undefined) return Date.UTC(Number(year), Number(month) - 1, Number(day) + 1);
  return Date.UTC(Number(year), Number(month), 1);
}

function keptMs({ parent }: Partition, rules: Rules): number {
  if (parent === 'gateway_view') return rules.view_days * DAY_MS;
  if (parent.startsWith('rollup')) return rules.minute_months * MONTH_MS;
  return rules.raw_days * DAY_MS;
}

/** Places leave before the samples that they were in; so does the coverage made of them. */
async function forgetPositions(db: Database, before: Date): Promise<void> {
  const at = before.toISOString();
  await repeat(db, async (sql) => {
    const rows = await sql.query(
      `UPDATE sample SET latitude = NULL, longitude = NULL, speed_ms = NULL, heading_deg = NULL,
        cell = NULL
      WHERE (unit_id, at) IN (SELECT unit_id, at FROM sample
        WHERE at < $1 AND (latitude IS NOT NULL OR cell IS NOT NULL) LIMIT ${ROWS_AT_ONCE})
        AND at < $1 RETURNING unit_id`,
      [at],
    );
    return rows.length;
  });
  for (const table of ['coverage_sum_day', 'coverage_day']) {
    await repeat(db, async (sql) => {
      const rows = await sql.query(
        `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table}
          WHERE day < ($1::timestamptz AT TIME ZONE 'UTC')::date LIMIT ${ROWS_AT_ONCE}))
        RETURNING day`,
        [at],
      );
      return rows.length;
    });
  }
}

async function deleteOutages(db: Database, which: string, beforeMs: number): Promise<void> {
  await repeat(db, async (sql) => {
    const rows = await sql.query(
      `DELETE FROM outage WHERE id IN (SELECT id FROM outage WHERE from_at < $1 AND ${which}
        LIMIT ${ROWS_AT_ONCE}) RETURNING id`,
      [new Date(beforeMs).toISOString()],
    );
    return rows.length;
  });
}

/** Of requirements: what holds stays, however long it has held. */
async function deleteResults(db: Database, beforeMs: number): Promise<void> {
  await repeat(db, async (sql) => {
    const rows = await sql.query(
      `DELETE FROM requirement_result WHERE id IN (SELECT id FROM requirement_result
        WHERE to_at < $1 LIMIT ${ROWS_AT_ONCE}) RETURNING id`,
      [new Date(beforeMs).toISOString()],
    );
    return rows.length;
  });
}

async function repeat(db: Database, some: (sql: Sql) => Promise<number>): Promise<void> {
  while ((await db.transaction(SYSTEM, some)) === ROWS_AT_ONCE);
}

export const retentionJobs: readonly Job[] = [
  {
    name: 'telemetry-retention',
    everyMs: 3_600_000,
    async run({ db, nowMs }) {
      await keepRetention(db, nowMs());
    },
  },
];
