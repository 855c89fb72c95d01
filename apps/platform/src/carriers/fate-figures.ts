import type { SharedFate } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { BELOW } from '../statistics/sums.ts';
import type { Asked } from './scorecard.ts';

// So that nobody's way can be read from a cell (docs/statistics.md, "Coverage").
const VEHICLES_LEAST = 3;
const CELLS_MOST = 100;

interface PairRow {
  /** Null: everywhere. */
  readonly cell: string | null;
  readonly first: string;
  readonly second: string;
  readonly both_ms: number;
  readonly either_ms: number;
  readonly first_ms: number;
  readonly second_ms: number;
  readonly known_ms: number;
  readonly vehicles: number;
}

const SUMS = ['both_ms', 'either_ms', 'first_ms', 'second_ms', 'known_ms'];

const sums = (cast: string) => SUMS.map((name) => `sum(${name})${cast} AS ${name}`).join(', ');

// A month of the nation is 300,000 rows: they are read once, for both tables. By vehicle first, as
// counting vehicles apart would sort them. As float8, as in statistics/sums.ts.
const TOGETHER = `WITH own AS MATERIALIZED (
    SELECT cell, first_link AS first, second_link AS second, vehicle_id,
      ${SUMS.map((name) => `sum(${name}::float8) AS ${name}`).join(', ')}
    FROM shared_fate_day WHERE day >= $3::date AND simulated = $1 AND ${BELOW} GROUP BY 1, 2, 3, 4)
  SELECT NULL AS cell, first, second, count(*)::integer AS vehicles, ${sums('::bigint')} FROM (
    SELECT first, second, vehicle_id, ${sums('')} FROM own GROUP BY 1, 2, 3) AS whole
  GROUP BY first, second
  UNION ALL (
    SELECT to_hex(cell), first, second, count(*)::integer, ${sums('::bigint')} FROM own
    WHERE cell <> 0 GROUP BY cell, first, second
    HAVING count(*) >= ${VEHICLES_LEAST} AND sum(both_ms) > 0
    ORDER BY sum(both_ms) DESC, cell LIMIT ${CELLS_MOST})`;

/** `first`: the first day, 'YYYY-MM-DD'. */
export async function fateOf(
  sql: Sql,
  first: string,
  { simulated, organisationId }: Asked,
): Promise<SharedFate> {
  const rows = await sql.query<PairRow>(TOGETHER, [simulated, organisationId, first]);
  const pairs = rows
    .filter(({ cell }) => cell === null)
    .toSorted((a, b) => (`${a.first} ${a.second}` < `${b.first} ${b.second}` ? -1 : 1));
  const cells = rows
    .flatMap(({ cell, ...row }) => (cell === null ? [] : { cell, ...row }))
    .toSorted((a, b) => b.both_ms - a.both_ms || (a.cell < b.cell ? -1 : 1));
  const [last] = await sql.query<{ day: string | null }>(
    'SELECT max(day)::text AS day FROM shared_fate_day WHERE day >= $1::date AND simulated = $2',
    [first, simulated],
  );
  return {
    pairs: pairs.map((row) => ({ ...together(row), lift: liftOf(row) })),
    cells: cells.map((row) => ({ cell: row.cell, ...together(row) })),
    through: last?.day ?? null,
  };
}

function together(row: Omit<PairRow, 'cell'>) {
  return {
    first: row.first,
    second: row.second,
    bothMs: row.both_ms,
    eitherMs: row.either_ms,
    knownMs: row.known_ms,
    share: row.either_ms > 0 ? row.both_ms / row.either_ms : null,
    vehicles: row.vehicles,
  };
}

/** P(both) / (P(first) · P(second)). */
function liftOf(row: Omit<PairRow, 'cell'>): number | null {
  const alone = row.first_ms * row.second_ms;
  return alone > 0 ? (row.both_ms * row.known_ms) / alone : null;
}
