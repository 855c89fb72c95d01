import type { SharedFate } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { BELOW } from '../statistics/sums.ts';
import type { Asked } from './scorecard.ts';

// So that nobody's way can be read from a cell (docs/statistics.md, "Coverage").
const VEHICLES_LEAST = 3;
const CELLS_MOST = 100;

interface PairRow {
  readonly cell: string;
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

/** By vehicle first: counting them apart would sort a month of the nation. */
const byPair = (keys: string) => {
  const own = SUMS.map((name) => `sum(${name}::float8) AS ${name}`).join(', ');
  const all = SUMS.map((name) => `sum(${name})::bigint AS ${name}`).join(', ');
  return `SELECT ${keys}, ${all}, count(*)::integer AS vehicles FROM (
    SELECT ${keys}, vehicle_id, ${own} FROM shared_fate_day
    WHERE day >= $3::date AND simulated = $1 AND ${BELOW} GROUP BY ${keys}, vehicle_id) AS own
  GROUP BY ${keys}`;
};

/** `first`: the first day, 'YYYY-MM-DD'. */
export async function fateOf(
  sql: Sql,
  first: string,
  { simulated, organisationId }: Asked,
): Promise<SharedFate> {
  const values = [simulated, organisationId, first];
  const pairs = await sql.query<PairRow>(
    `SELECT first_link AS first, second_link AS second, p.* FROM (
      ${byPair('first_link, second_link')}) AS p ORDER BY 1, 2`,
    values,
  );
  const cells = await sql.query<PairRow>(
    `SELECT to_hex(cell) AS cell, first_link AS first, second_link AS second, both_ms, either_ms,
       first_ms, second_ms, known_ms, vehicles
     FROM (${byPair('cell, first_link, second_link')}) AS p
     WHERE p.cell <> 0 AND vehicles >= ${VEHICLES_LEAST} AND both_ms > 0
     ORDER BY both_ms DESC, p.cell LIMIT ${CELLS_MOST}`,
    values,
  );
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
