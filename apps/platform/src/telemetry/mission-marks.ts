// Which days of missions are no longer the sum of their minutes.
import type { Sql } from '../db/database.ts';
import type { Buckets } from './rollup.ts';
import { STEPS, startOf } from './rollup-sql.ts';

/** In the transaction that rebuilds minutes: days with one of them in a mission. */
export async function markMissions(sql: Sql, { unitIds, starts }: Buckets): Promise<void> {
  await sql.query(
    `INSERT INTO mission_dirty (vehicle_id, at)
    SELECT DISTINCT m.vehicle_id, ${startOf('b.start', STEPS.day)}
    FROM unnest($1::integer[], $2::timestamptz[]) AS b (unit_id, start)
    JOIN vehicle_watch w ON w.unit_id = b.unit_id
    JOIN mission_span m ON m.vehicle_id = w.vehicle_id AND m.from_at <= b.start
      AND m.to_at > b.start
    ON CONFLICT (at, vehicle_id) DO UPDATE SET at = excluded.at WHERE false`,
    [unitIds, starts],
  );
}
