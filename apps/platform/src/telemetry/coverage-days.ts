// Days of coverage by cells of all sizes, of the nation and of regions: sums of vehicles' rows. A
// cell's day is added up whole, so doing it again, or late, or twice, gives the same rows.
import { type Database, type Sql, SYSTEM } from '../db/database.ts';
import type { Job } from '../services.ts';
import { firstChild, lastChild, parentOf } from './cells.ts';
import { BY_INDEX } from './rollup.ts';
import { COVERAGE_SUMS, type Row } from './rows.ts';

/** Resolutions of H3: the rows' own, and those that a map is drawn in. */
const SUMMED_RESOLUTIONS = [5, 6, 7, 8] as const;
/** Kinds of organisations that have sums (0016-coverage-days.sql). */
export const SUMMED_KINDS = ['national', 'rhf'] as const;
// What is built together, so that a day of the nation is many small transactions.
const BUILT_RESOLUTION = 5;
// Some 14 cells of seven units each, 80 rows a cell: 30 ms of the embedded database. A town that a
// hundred units drive in is 8,000 rows: 150 ms.
const MARKS_AT_ONCE = 100;

export const MARK_COLUMNS = ['day', 'cell', 'unit_id'];
// As for minutes (intake.ts): locked, not written.
export const MARK_CONFLICT = `ON CONFLICT (day, cell, unit_id) DO UPDATE SET day = excluded.day
  WHERE false`;

/** Of rows for coverage_day: the marks that they make, in one order for all. */
export function coverageMarks(coverage: readonly Row[]): Row[] {
  const marks = new Map<string, Row>();
  for (const [cell, day, , unitId] of coverage) {
    const mark = [day, parentOf(BigInt(String(cell)), BUILT_RESOLUTION), unitId];
    marks.set(mark.join(' '), mark);
  }
  return [...marks].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, mark]) => mark);
}

/** Adds up what is dirty of the days (UTC) that are over. */
export async function addUpCoverage(db: Database, nowMs: number): Promise<void> {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  while ((await db.transaction(SYSTEM, (sql) => addUpSome(sql, today))) === MARKS_AT_ONCE);
}

// First by vehicle, for its number. As float8, which holds whole numbers up to 9e15 (a day of 2,000
// vehicles in one cell, at 50 ms, is 9e15 µs·ms): sums of bigint are numeric, and dear.
const BUILT = `unnest($1::date[], $2::bigint[], $3::bigint[], $4::bigint[])
  AS built (day, cell, first, last)`;
const ADD_UP = `INSERT INTO coverage_sum_day (organisation_id, simulated, cell, day, link,
    vehicles, ${COVERAGE_SUMS.join(', ')}, last_end)
  SELECT t.ancestor_id, own.simulated, own.cell, own.day, own.link,
    array_agg(DISTINCT own.vehicle_id),
    ${COVERAGE_SUMS.map((name) => `sum(own.${name})::bigint`).join(', ')}, max(own.last_end)
  FROM (SELECT h3_parent(c.cell, resolution) AS cell, c.day, c.link, c.vehicle_id,
      c.organisation_id, c.simulated, max(c.last_end) AS last_end,
      ${COVERAGE_SUMS.map((name) => `sum(c.${name}::float8) AS ${name}`).join(', ')}
    FROM ${BUILT} JOIN coverage_day c ON c.day = built.day
      AND c.cell >= built.first AND c.cell <= built.last,
    unnest(ARRAY[${SUMMED_RESOLUTIONS.join(', ')}]) AS resolution
    GROUP BY 1, 2, 3, 4, 5, 6) AS own
  JOIN organisation_tree t ON t.organisation_id = own.organisation_id
  JOIN organisation o ON o.id = t.ancestor_id
    AND o.kind IN (${SUMMED_KINDS.map((kind) => `'${kind}'`).join(', ')})
  GROUP BY 1, 2, 3, 4, 5`;

async function addUpSome(sql: Sql, today: string): Promise<number> {
  const taken = await sql.query<{ day: string; cell: string }>(
    `DELETE FROM coverage_dirty d USING (
      SELECT day, cell, unit_id FROM coverage_dirty WHERE day < $1::date
      ORDER BY day, cell, unit_id LIMIT ${MARKS_AT_ONCE} FOR UPDATE SKIP LOCKED
    ) AS taken WHERE d.day = taken.day AND d.cell = taken.cell AND d.unit_id = taken.unit_id
    RETURNING d.day, to_hex(d.cell) AS cell`,
    [today],
  );
  if (taken.length === 0) return 0;
  const built = [...new Map(taken.map((one) => [`${one.day} ${one.cell}`, one])).values()];
  const number = (of: (hex: string) => string) =>
    built.map(({ cell }) => `${BigInt(`0x${of(cell)}`)}`);
  const days = built.map(({ day }) => day);
  const values = [days, number((cell) => cell), number(firstChild), number(lastChild)];
  await sql.query(BY_INDEX);
  // What nobody has any more must not stay.
  await sql.query(
    `DELETE FROM coverage_sum_day c USING ${BUILT}
    WHERE c.day = built.day AND h3_parent(c.cell, ${BUILT_RESOLUTION}) = built.cell`,
    values,
  );
  await sql.query(ADD_UP, values);
  return taken.length;
}

export const coverageJobs: readonly Job[] = [
  {
    name: 'coverage-days',
    everyMs: 60_000,
    async run({ db, nowMs }) {
      await addUpCoverage(db, nowMs());
    },
  },
];
