// Days of organisations, each with all below it: sums of the days of vehicles. A day is added up
// whole, so doing it again, or late, or twice, gives the same rows.
import { type Database, type Sql, SYSTEM } from '../db/database.ts';

/** In the transaction that rebuilds days of vehicles: those days are to be added up. */
export async function markAvailability(sql: Sql, starts: readonly string[]): Promise<void> {
  await sql.query(
    `INSERT INTO availability_dirty SELECT DISTINCT unnest($1::timestamptz[])
     ON CONFLICT (at) DO UPDATE SET at = excluded.at WHERE false`,
    [starts],
  );
}

// First by an organisation's own vehicles. As float8, which holds whole numbers up to 9e15 (a day
// of 2,000 vehicles is 2e11 ms): sums of bigint are numeric, three times as dear when embedded.
const ADD_UP = `INSERT INTO availability_day
    (organisation_id, simulated, at, link, up_ms, down_ms)
  SELECT t.ancestor_id, own.simulated, $1::timestamptz, own.link,
    sum(own.up_ms)::bigint, sum(own.down_ms)::bigint
  FROM (${['rollup_service', 'rollup_path']
    .map(
      (table) => `SELECT organisation_id, simulated,
        ${table === 'rollup_path' ? 'link' : `'' AS link`},
        sum(up_ms::float8) AS up_ms, sum(down_ms::float8) AS down_ms
      FROM ${table} WHERE step_s = 86400 AND at = $1 GROUP BY 1, 2, 3`,
    )
    .join(' UNION ALL ')}) AS own
  JOIN organisation_tree t ON t.organisation_id = own.organisation_id
  GROUP BY 1, 2, 4`;

/** Adds up the days that are dirty, each in a transaction (2,000 vehicles: some 30 ms). */
export async function addUpAvailability(db: Database): Promise<void> {
  for (;;) {
    const found = await db.transaction(SYSTEM, async (sql) => {
      const [day] = await sql.query<{ at: Date }>(
        `DELETE FROM availability_dirty WHERE at = (
           SELECT at FROM availability_dirty ORDER BY at LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING at`,
      );
      if (day === undefined) return false;
      const at = [day.at.toISOString()];
      // What nobody has any more must not stay.
      await sql.query('DELETE FROM availability_day WHERE at = $1', at);
      await sql.query(ADD_UP, at);
      return true;
    });
    if (!found) return;
  }
}
