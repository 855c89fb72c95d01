// A year behind the month that the fleet told: the month's rows again, four weeks earlier each, and
// what a year leaves besides them (outages, missions, alarms, results of requirements). By SQL,
// while the platform is stopped: 700 units × 365 days through the API would take the night.
import { openTables, rollUp } from '../country/blows-database.ts';
import type { DatabasePlace } from './platform-process.ts';
import { work } from './platform-work.ts';

const WEEKS = 4;
/** Of the history that the fleet tells itself. */
export const TOLD_DAYS_MOST = WEEKS * 7;

/** Puts `days` behind what is there, into the embedded database's directory or PostgreSQL's. */
export async function putYearBehind(where: DatabasePlace, days: number): Promise<void> {
  const db = await ('url' in where ? openTables('', where.url) : openTables(where.directory));
  try {
    for (const text of statements(days)) {
      await db.transaction({ kind: 'system' }, (sql) => sql.query(text));
    }
    // The days of organisations and of coverage, by the platform's own hand.
    await rollUp(db);
    await db.transaction({ kind: 'system' }, (sql) => sql.query('ANALYZE'));
  } finally {
    await db.close();
  }
}

function statements(days: number): string[] {
  const months = Math.ceil(days / TOLD_DAYS_MOST);
  const steps = [60, 900, 86_400, 604_800];
  return [
    partitions(days),
    ...Array.from({ length: months }, (_, i) => i + 1).flatMap((ago) =>
      ['rollup_service', 'rollup_path'].flatMap((table) =>
        steps.map((step) => earlier(table, step, ago)),
      ),
    ),
    `UPDATE vehicle_watch SET first_at = first_at - interval '${months * WEEKS} weeks'`,
    outages(days),
    missionDays(days),
    missionSpans(days),
    alarms(days),
    results(months),
    MISSION_WEEKS,
    `INSERT INTO availability_dirty SELECT DISTINCT at FROM rollup_service WHERE step_s = 86400
      ON CONFLICT DO NOTHING`,
    ...work(),
  ];
}

/** Of minutes and quarters alone: nobody asks for a year's raw rows. */
function partitions(days: number): string {
  return `DO $$ DECLARE parent text; month date; BEGIN
    FOREACH parent IN ARRAY ARRAY['rollup_service_60', 'rollup_service_900', 'rollup_path_60',
      'rollup_path_900'] LOOP
      FOR month IN SELECT generate_series(date_trunc('month', now() - interval '${days + 60} days'),
        now(), interval '1 month')::date LOOP
        PERFORM telemetry_partition(parent, parent || to_char(month, '_YYYYMM'), month,
          (month + interval '1 month')::date);
      END LOOP;
    END LOOP;
  END $$`;
}

/** By the clock of Norway, so that a day begins at midnight on either side of its change. */
function earlier(table: string, step: number, ago: number): string {
  const back = `interval '${ago * WEEKS} weeks'`;
  const moved = `(at AT TIME ZONE 'Europe/Oslo' - ${back}) AT TIME ZONE 'Europe/Oslo'`;
  return `DO $$ DECLARE names text; BEGIN
    SELECT string_agg(quote_ident(attname), ', ') INTO names FROM pg_attribute
      WHERE attrelid = '${table}'::regclass AND attnum > 0 AND NOT attisdropped
        AND attname <> 'at';
    EXECUTE format('INSERT INTO ${table} (at, %s) SELECT ${moved.replaceAll("'", "''")}, %s
      FROM ${table} WHERE step_s = ${step} AND at > now() - interval ''${WEEKS} weeks''
      ON CONFLICT DO NOTHING', names, names);
  END $$`;
}

const VEHICLES = `(SELECT w.unit_id, v.id, v.organisation_id, v.simulated
  FROM vehicle v JOIN vehicle_watch w ON w.vehicle_id = v.id) AS v`;
const days = (count: number) => `generate_series(1, ${count}) AS ago`;

// One of the service every other day, of 2 s to some minutes.
const outages = (count: number) => `INSERT INTO outage (unit_id, journal, number, vehicle_id,
    organisation_id, simulated, from_at, to_at, critical_lost, frozen_ms, cause, cause_due)
  SELECT unit_id, '00000000-0000-4000-8000-00000000beac', ago, id, organisation_id, simulated, at,
    at + (2 + ago * id % 200) * interval '1 s', 0, 0, 'carrier', false
  FROM ${VEHICLES}, ${days(count)},
    LATERAL (SELECT now() - ago * interval '1 day' - id * interval '1 minute' AS at) AS t
  WHERE (ago + id) % 2 = 0`;

// An hour of each urgency a day.
const missionDays = (count: number) => `INSERT INTO mission_day
  SELECT date_trunc('day', now() - ago * interval '1 day', 'Europe/Oslo'), id, organisation_id,
    simulated, urgency, 2, 3598000 - ago % 7 * 1000, 2000 + ago % 7 * 1000,
    4000, 12, 2, 1, 9000, 40, 20, 10, 2000, 9, 0, 0, 5000, 9, 0, 0, 3, 1, 0, 0, 0
  FROM ${VEHICLES}, ${days(count)}, unnest(ARRAY['acute', 'urgent', 'ordinary']) AS urgency
  ON CONFLICT DO NOTHING`;

const missionSpans = (count: number) => `ALTER TABLE mission_span DISABLE TRIGGER USER;
  INSERT INTO mission_span (vehicle_id, organisation_id, simulated, urgency, from_at, to_at)
  SELECT id, organisation_id, simulated, urgency, at, at + interval '1 hour'
  FROM ${VEHICLES}, ${days(count)}, unnest(ARRAY['acute', 'urgent', 'ordinary'])
    WITH ORDINALITY AS u (urgency, nth),
    LATERAL (SELECT now() - ago * interval '1 day' - nth * interval '4 hours' AS at) AS t;
  ALTER TABLE mission_span ENABLE TRIGGER USER`;

const MISSION_WEEKS = `TRUNCATE mission_week;
  DO $$ DECLARE sums text; BEGIN
    SELECT string_agg('sum(' || attname || ')', ', ' ORDER BY attnum) INTO sums FROM pg_attribute
      WHERE attrelid = 'mission_day'::regclass AND attnum > 5;
    EXECUTE 'INSERT INTO mission_week SELECT date_trunc(''week'', at, ''Europe/Oslo''), vehicle_id,
      organisation_id, simulated, urgency, ' || sums || ' FROM mission_day GROUP BY 1, 2, 3, 4, 5';
  END $$`;

// Of vehicles a day, and one area: 10,000 a year.
const ALARMS_A_DAY = 27;
const alarms = (count: number) => `INSERT INTO alarm (key, organisation_id, kind, severity,
    simulated, vehicle_id, carrier, vehicles, since, raised_at, updated_at, cleared_at)
  SELECT 'bench:' || ago || ':' || nth, v.organisation_id,
    CASE nth WHEN 0 THEN 'carrier-area' ELSE 'carrier-down' END, 'minor', v.simulated,
    CASE nth WHEN 0 THEN NULL ELSE v.id END, 'telia', 1 + (nth = 0)::integer * 40, at, at, at,
    at + interval '20 minutes'
  FROM ${days(count)}, generate_series(0, ${ALARMS_A_DAY}) AS nth,
    LATERAL (SELECT * FROM vehicle ORDER BY id OFFSET (ago * 11 + nth) % 500 LIMIT 1) AS v,
    LATERAL (SELECT now() - ago * interval '1 day' - nth * interval '45 minutes' AS at) AS t`;

// Each result changed once a month.
const results = (months: number) => `INSERT INTO requirement_result (requirement_id, version,
    vehicle_id, organisation_id, simulated, state, from_at, to_at, figures)
  SELECT requirement_id, version, vehicle_id, organisation_id, simulated,
    CASE ago % 2 WHEN 0 THEN 'met' ELSE 'failed' END,
    from_at - ago * interval '4 weeks', from_at - (ago - 1) * interval '4 weeks', figures
  FROM requirement_result, generate_series(1, ${months}) AS ago WHERE to_at IS NULL`;
