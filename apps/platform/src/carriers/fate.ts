// Which carriers fail together, and where: each pair of carriers of a unit, cell by cell, a day at
// a time. A day that is over is built from its samples when they have been rolled up, and built
// again when its rollup counts others: late samples.
import { type Database, type Sql, SYSTEM } from '../db/database.ts';
import type { Job } from '../services.ts';
import { dayOf, dayStart, nextDay } from '../statistics/period.ts';
import { BY_INDEX } from '../telemetry/rollup.ts';

const DAY_MS = 86_400_000;
// One is some 15 ms of the embedded database, 8,640 samples at the most.
const UNIT_DAYS_AT_ONCE = 200;
// Samples leave after 30 days by the platform's own rule.
const MEASURED_DAYS = 29;

interface UnitDay {
  readonly unit_id: number;
  readonly at: Date;
  readonly samples: number;
}

/** Returns how many days of units were built. */
export async function buildFate(db: Database, nowMs: number): Promise<number> {
  const sinceMs = dayStart(nowMs - (await keptDays(db)) * DAY_MS);
  for (let built = 0; ; ) {
    const due = await db.transaction(SYSTEM, (sql) => dueDays(sql, sinceMs, dayStart(nowMs)));
    for (const one of due) await db.transaction(SYSTEM, (sql) => build(sql, one));
    built += due.length;
    if (due.length < UNIT_DAYS_AT_ONCE) {
      await db.transaction(SYSTEM, (sql) => forget(sql, sinceMs));
      return built;
    }
  }
}

/** Places are kept so long, and this holds some. */
async function keptDays(db: Database): Promise<number> {
  const [row] = await db.transaction(SYSTEM, (sql) =>
    sql.query<{ days: number }>('SELECT least(raw_days, position_days) AS days FROM retention'),
  );
  return Math.min(MEASURED_DAYS, row?.days ?? 0);
}

function dueDays(sql: Sql, sinceMs: number, todayMs: number): Promise<readonly UnitDay[]> {
  return sql.query<UnitDay>(
    `SELECT r.unit_id, r.at, r.samples FROM (
       SELECT unit_id, at, sum(samples)::integer AS samples FROM rollup_service
       WHERE step_s = 86400 AND at >= $1 AND at < $2 GROUP BY 1, 2) AS r
     LEFT JOIN shared_fate_built b ON b.unit_id = r.unit_id
       AND b.day = (r.at AT TIME ZONE 'Europe/Oslo')::date
     WHERE b.samples IS DISTINCT FROM r.samples
     ORDER BY r.at, r.unit_id LIMIT ${UNIT_DAYS_AT_ONCE}`,
    [new Date(sinceMs).toISOString(), new Date(todayMs).toISOString()],
  );
}

// A sample says how long each was down and not when: what two lost of the same ten seconds counts
// as lost together. Only time in which both modems were there.
const PAIRS = `
  INSERT INTO shared_fate_day
  SELECT $2::date, s.unit_id, s.vehicle_id, s.organisation_id, s.simulated,
    coalesce(h3_parent(s.cell, 6), 0), p.first_link, p.second_link,
    sum(least(p.first_ms, p.second_ms)), sum(greatest(p.first_ms, p.second_ms)),
    sum(p.first_ms), sum(p.second_ms), sum(s.span_ms)
  FROM sample s CROSS JOIN LATERAL (
    SELECT a.link AS first_link, b.link AS second_link, a.down_ms AS first_ms,
      b.down_ms AS second_ms
    FROM sample_path a JOIN sample_path b ON b.unit_id = a.unit_id AND b.at = a.at
      AND b.link > a.link AND b.absent_ms = 0 AND b.at >= $3 AND b.at < $4
    WHERE a.unit_id = s.unit_id AND a.at = s.at AND a.absent_ms = 0
      AND a.at >= $3 AND a.at < $4 OFFSET 0) AS p
  WHERE s.unit_id = $1 AND s.at >= $3 AND s.at < $4
  GROUP BY 2, 3, 4, 5, 6, 7, 8`;

async function build(sql: Sql, { unit_id: unitId, at, samples }: UnitDay): Promise<void> {
  const day = dayOf(+at);
  const span = [at.toISOString(), new Date(nextDay(+at)).toISOString()];
  await sql.query(BY_INDEX);
  await sql.query('DELETE FROM shared_fate_day WHERE day = $1 AND unit_id = $2', [day, unitId]);
  await sql.query(PAIRS, [unitId, day, ...span]);
  await sql.query(
    `INSERT INTO shared_fate_built (unit_id, day, samples) VALUES ($1, $2, $3)
     ON CONFLICT (day, unit_id) DO UPDATE SET samples = excluded.samples`,
    [unitId, day, samples],
  );
}

async function forget(sql: Sql, sinceMs: number): Promise<void> {
  for (const table of ['shared_fate_day', 'shared_fate_built']) {
    await sql.query(`DELETE FROM ${table} WHERE day < $1::date`, [dayOf(sinceMs)]);
  }
}

export const watchFate: Job = {
  name: 'carriers.fate',
  everyMs: 900_000,
  async run({ db, nowMs }) {
    await buildFate(db, nowMs());
  },
};
