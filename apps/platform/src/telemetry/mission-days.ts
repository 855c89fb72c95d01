// What vehicles had while they were on missions: sums by day and urgency, of the minutes that began
// in a mission, and of these by week. A day is added up anew when a mission changed or a minute of
// one did, and its week with it.
import { type Database, type Sql, SYSTEM } from '../db/database.ts';
import type { Job } from '../services.ts';
import { BY_INDEX } from './rollup.ts';
import { endOf, STEPS, startOf } from './rollup-sql.ts';
import { CLASSES } from './rows.ts';

const MONTH_MS = 31 * 86_400_000;
// A day of a vehicle is some ten spans of an hour: 600 minutes by the index, 5 ms.
const DAYS_AT_ONCE = 10;

const SUMS = [
  ...['up_ms', 'down_ms'],
  ...CLASSES.flatMap((name) => ['sent', 'repaired', 'late', 'lost'].map((of) => `${name}_${of}`)),
  ...['gaps_under_1s', 'gaps_under_10s', 'gaps_under_1min', 'gaps_under_10min', 'gaps_longer'],
];
const KEY = 'start, vehicle_id, organisation_id, simulated, urgency';
const DAY = 'unnest($1::integer[], $2::timestamptz[]) AS b (vehicle_id, start)';
const END = endOf('b.start', STEPS.day);
const SPANS = `${DAY} JOIN mission_span m ON m.vehicle_id = b.vehicle_id
  AND m.to_at > b.start AND m.from_at < ${END}`;
const WHOSE = 'b.start, m.vehicle_id, m.organisation_id, m.simulated, m.urgency';

// $3 and $4: the first start and the last end, by which partitions are left out beforehand.
const ADD_UP = `
INSERT INTO mission_day (at, vehicle_id, organisation_id, simulated, urgency, missions,
  ${SUMS.join(', ')})
SELECT ${KEY}, sum(missions), ${SUMS.map((name) => `sum(${name})`).join(', ')} FROM (
  SELECT ${WHOSE}, (m.from_at >= b.start)::integer AS missions,
    ${SUMS.map((name) => `0 AS ${name}`).join(', ')}
  FROM ${SPANS}
  UNION ALL
  SELECT ${WHOSE}, 0, ${SUMS.map((name) => `r.${name}`).join(', ')}
  FROM ${SPANS}
  JOIN vehicle_watch w ON w.vehicle_id = m.vehicle_id
  CROSS JOIN LATERAL (SELECT * FROM rollup_service WHERE step_s = 60 AND unit_id = w.unit_id
    AND vehicle_id = m.vehicle_id AND at >= greatest(m.from_at, b.start)
    AND at < least(m.to_at, ${END}) AND at >= $3 AND at < $4 OFFSET 0) AS r
) AS part GROUP BY ${KEY}`;

// Of 7 days by their key: a week has 167 to 169 hours, and its days begin where Norway's do.
const WEEK = startOf('b.start', STEPS.week);
const WEEKS = `(SELECT DISTINCT b.vehicle_id, ${WEEK} AS start FROM ${DAY}) AS w`;
const ADD_UP_WEEKS = `
INSERT INTO mission_week (at, vehicle_id, organisation_id, simulated, urgency, missions,
  ${SUMS.join(', ')})
SELECT w.start, d.vehicle_id, d.organisation_id, d.simulated, d.urgency, sum(d.missions),
  ${SUMS.map((name) => `sum(d.${name})`).join(', ')}
FROM ${WEEKS} CROSS JOIN generate_series(0, 6) AS nth JOIN mission_day d
  ON d.vehicle_id = w.vehicle_id AND d.at = (w.start AT TIME ZONE 'Europe/Oslo'
    + nth * interval '1 day') AT TIME ZONE 'Europe/Oslo'
GROUP BY 1, 2, 3, 4, 5`;

/** Adds up the days that began before `beforeMs` and are dirty; returns how many. */
export async function addUpMissions(db: Database, beforeMs: number): Promise<number> {
  for (let done = 0; ; ) {
    const count = await db.transaction(SYSTEM, (sql) => addUpSome(sql, beforeMs));
    done += count;
    if (count < DAYS_AT_ONCE) return done;
  }
}

async function addUpSome(sql: Sql, beforeMs: number): Promise<number> {
  const days = await sql.query<{ vehicle_id: number; at: Date; end_at: Date }>(
    `DELETE FROM mission_dirty d USING (
      SELECT at, vehicle_id FROM mission_dirty WHERE at < $1
      ORDER BY at, vehicle_id LIMIT ${DAYS_AT_ONCE} FOR UPDATE SKIP LOCKED
    ) AS taken WHERE d.at = taken.at AND d.vehicle_id = taken.vehicle_id
    RETURNING d.vehicle_id, d.at, ${endOf('d.at', STEPS.day)} AS end_at`,
    [new Date(beforeMs).toISOString()],
  );
  if (days.length === 0) return 0;
  await sql.query(BY_INDEX);
  const which = [days.map((day) => day.vehicle_id), days.map(({ at }) => at.toISOString())];
  await sql.query(
    `DELETE FROM mission_day d USING ${DAY}
    WHERE d.at = b.start AND d.vehicle_id = b.vehicle_id`,
    which,
  );
  const firstMs = Math.min(...days.map(({ at }) => +at));
  const endMs = Math.max(...days.map(({ end_at }) => +end_at));
  const bounds = [firstMs, endMs].map((ms) => new Date(ms).toISOString());
  await sql.query(ADD_UP, [...which, ...bounds]);
  await sql.query(
    `DELETE FROM mission_week d USING ${WEEKS}
    WHERE d.at = w.start AND d.vehicle_id = w.vehicle_id`,
    which,
  );
  await sql.query(ADD_UP_WEEKS, which);
  return days.length;
}

/** Spans leave with the minutes that they were added up from. */
async function forgetSpans(db: Database, nowMs: number): Promise<void> {
  await db.transaction(SYSTEM, (sql) =>
    sql.query(
      `DELETE FROM mission_span
      WHERE to_at < $1::timestamptz - (SELECT minute_months FROM retention) * $2 * interval '1 ms'`,
      [new Date(nowMs).toISOString(), MONTH_MS],
    ),
  );
}

export const missionJobs: readonly Job[] = [
  {
    // Today's are dirty all the time, as days are: seldom.
    name: 'mission-days',
    everyMs: 900_000,
    async run({ db, nowMs }) {
      await addUpMissions(db, nowMs());
      await forgetSpans(db, nowMs());
    },
  },
];
