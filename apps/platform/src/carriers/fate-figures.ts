import type { SharedFate } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { BELOW } from '../statistics/sums.ts';
import type { Asked } from './scorecard.ts';

// So that nobody's way can be read from a cell (docs/statistics.md, "Coverage").
const VEHICLES_LEAST = 3;
const CELLS_MOST = 100;

interface PairRow {
  readonly first: string;
  readonly second: string;
  readonly both_ms: number;
  readonly either_ms: number;
  readonly first_ms: number;
  readonly second_ms: number;
  readonly known_ms: number;
  readonly vehicles: number;
}

const ASKED = `day >= $3::date AND simulated = $1 AND ${BELOW}`;
const SUMS = ['both_ms', 'either_ms', 'first_ms', 'second_ms', 'known_ms'];

const sums = (cast: string) => SUMS.map((name) => `sum(${name})${cast} AS ${name}`).join(', ');

// By vehicle first, as counting vehicles apart would sort them. As float8, as in
// statistics/sums.ts.
const WHOLE = `SELECT first, second, count(*)::integer AS vehicles, ${sums('::bigint')} FROM (
    SELECT first_link AS first, second_link AS second, vehicle_id,
      ${SUMS.map((name) => `sum(${name}::float8) AS ${name}`).join(', ')}
    FROM shared_fate_day WHERE ${ASKED} GROUP BY 1, 2, 3) AS own
  GROUP BY first, second ORDER BY first COLLATE "C", second COLLATE "C"`;

// A month of the nation is 300,000 rows, few of them with anything lost together: the cells with
// the most of it are read whole, one after the other, until there are enough.
const CELLS = `SELECT to_hex(failed.cell) AS cell, failed.first, failed.second, read.*
  FROM (SELECT cell, first_link AS first, second_link AS second, sum(both_ms::float8) AS both_ms
    FROM shared_fate_day WHERE ${ASKED} AND both_ms > 0 AND cell <> 0 GROUP BY 1, 2, 3
    ORDER BY both_ms DESC, cell, first, second) AS failed
  CROSS JOIN LATERAL (
    SELECT count(DISTINCT vehicle_id)::integer AS vehicles, ${sums('::bigint')}
    FROM shared_fate_day WHERE cell = failed.cell AND first_link = failed.first
      AND second_link = failed.second AND ${ASKED} OFFSET 0) AS read
  WHERE read.vehicles >= ${VEHICLES_LEAST}
  ORDER BY failed.both_ms DESC, failed.cell, failed.first, failed.second LIMIT ${CELLS_MOST}`;

/** `first`: the first day, 'YYYY-MM-DD'. */
export async function fateOf(
  sql: Sql,
  first: string,
  { simulated, organisationId }: Asked,
): Promise<SharedFate> {
  const asked = [simulated, organisationId, first];
  const pairs = await sql.query<PairRow>(WHOLE, asked);
  const cells = await sql.query<PairRow & { readonly cell: string }>(CELLS, asked);
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

function together(row: PairRow) {
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
function liftOf(row: PairRow): number | null {
  const alone = row.first_ms * row.second_ms;
  return alone > 0 ? (row.both_ms * row.known_ms) / alone : null;
}
