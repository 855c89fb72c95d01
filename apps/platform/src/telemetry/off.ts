// Time without samples is "off" when the unit itself says so as it comes back, else it is unknown
// (docs/statistics.md). Kept as spans, rebuilt around each minute that changed.
//
//   the run before ended…   and its last sample was fed by…   the time between is
//   stopped                 anything                           off
//   power                   battery: the ignition was out      off
//   power                   anything else                      unknown
//   crashed, unknown        anything                           unknown
//   (no new run began)      anything                           unknown
import type { Sql } from '../db/database.ts';
import type { Buckets } from './rollup.ts';
import { BUCKETS, each, MINUTE_END } from './rollup-sql.ts';

// Where a run began in these minutes, or first after them.
const RUNS = `SELECT s.unit_id, s.at
  FROM ${BUCKETS} ${each('s', 'sample', 'at', MINUTE_END, 'previous IS NOT NULL')}
  UNION
  SELECT b.unit_id, next.at FROM ${BUCKETS} CROSS JOIN LATERAL (
    SELECT n.at, n.previous FROM sample n
    WHERE n.unit_id = b.unit_id AND n.at >= ${MINUTE_END} AND n.at >= $3
    ORDER BY n.at LIMIT 1
  ) AS next WHERE next.previous IS NOT NULL`;

// The raw sample before may have left already; the rollup still knows its minute.
const REBUILD = `INSERT INTO vehicle_off
    (unit_id, from_at, to_at, vehicle_id, organisation_id, simulated)
  SELECT r.unit_id, coalesce(last.until, minute.until), r.at, r.vehicle_id, r.organisation_id,
    r.simulated
  FROM (SELECT DISTINCT * FROM unnest($1::integer[], $2::timestamptz[]) AS run (unit_id, at)) AS run
  JOIN sample r ON r.unit_id = run.unit_id AND r.at = run.at
  LEFT JOIN LATERAL (
    SELECT p.at + p.span_ms * interval '1 ms' AS until, p.supply FROM sample p
    WHERE p.unit_id = r.unit_id AND p.at < r.at ORDER BY p.at DESC LIMIT 1
  ) AS last ON true
  LEFT JOIN LATERAL (
    SELECT m.at + interval '1 minute' AS until FROM rollup_service m
    WHERE last.until IS NULL AND m.step_s = 60 AND m.unit_id = r.unit_id
      AND m.at < r.at - interval '1 minute' ORDER BY m.at DESC LIMIT 1
  ) AS minute ON true
  WHERE (r.previous = 'stopped' OR (r.previous = 'power' AND last.supply = 'battery'))
    AND coalesce(last.until, minute.until) < r.at
  ON CONFLICT (unit_id, to_at) DO UPDATE SET from_at = excluded.from_at`;

interface Run {
  readonly unit_id: number;
  readonly at: Date;
}

export async function rebuildOff(sql: Sql, buckets: Buckets): Promise<void> {
  const { unitIds, starts, first, end } = buckets;
  const gone = await sql.query<Run>(
    `DELETE FROM vehicle_off o USING ${BUCKETS} WHERE o.unit_id = b.unit_id
      AND o.to_at >= b.start AND o.from_at < ${MINUTE_END}
    RETURNING o.unit_id, o.to_at AS at`,
    [unitIds, starts],
  );
  const begun = await sql.query<Run>(RUNS, [unitIds, starts, first, end]);
  const runs = [...gone, ...begun];
  if (runs.length === 0) return;
  await sql.query(REBUILD, [
    runs.map(({ unit_id: unitId }) => unitId),
    runs.map(({ at }) => at.toISOString()),
  ]);
}
