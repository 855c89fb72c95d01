// What vehicles met, by place. A cell is shown only when three or more vehicles of those that the
// asker may see contributed to it, so that nobody's way can be read from it.
import { COVERAGE_VEHICLES_LEAST, type CoverageCell } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { highest } from '../organisations/highest.ts';
import { firstChild, lastChild } from '../telemetry/cells.ts';
import { SUMMED_KINDS } from '../telemetry/coverage-days.ts';
import { COVERAGE_SUMS } from '../telemetry/rows.ts';
import { share } from './figures.ts';
import { instant } from './sums.ts';

export interface CoverageQuestion {
  readonly from: string;
  readonly to: string;
  readonly resolution: number;
  readonly simulated: boolean;
  readonly limit: number;
  /** The last cell of the page before, as hex. */
  readonly after: string | null;
}

interface CellRow {
  readonly cell: string;
  readonly link: string;
  readonly vehicles: number;
  readonly up_ms: number;
  readonly down_ms: number;
  readonly all_down_ms: number;
  readonly rtt_us_ms: number;
  readonly rtt_ms: number;
  readonly rsrp_cdbm: number;
  readonly rsrp_samples: number;
  readonly last_end: Date;
}

/** `vehicles`: how many, or their numbers, each of them once or more often. */
type SummedRow = Omit<CellRow, 'vehicles'> & { readonly vehicles: number | string };

/** A page of `limit` cells that anybody was in; those of too few vehicles are then left out. */
export async function coverageOf(
  sql: Sql,
  question: CoverageQuestion,
): Promise<{ items: CoverageCell[]; next: string | null }> {
  const { resolution, limit, after } = question;
  const cells = await sql.query<{ hex: string }>(
    `SELECT to_hex(parent) AS hex FROM (
      SELECT DISTINCT h3_parent(cell, $1) AS parent FROM coverage_cell
      WHERE $2::text IS NULL OR cell > ('x' || lpad($2, 16, '0'))::bit(64)::bigint
    ) AS p ORDER BY parent LIMIT $3`,
    [resolution, after === null ? null : lastChild(after), limit + 1],
  );
  const page = cells.slice(0, limit);
  const first = page[0];
  const last = page.at(-1);
  if (first === undefined || last === undefined) return { items: [], next: null };
  const isSummed = await hasSums(sql);
  const rows = await sql.query<SummedRow>(isSummed ? BY_SUMS : BY_DAYS, [
    ...[resolution, firstChild(first.hex), lastChild(last.hex)],
    ...[instant(Date.parse(question.from)), instant(Date.parse(question.to)), question.simulated],
    ...(isSummed ? [first.hex, last.hex] : []),
  ]);
  const byCell = Map.groupBy(rows.map(counted), ({ cell }) => cell);
  const items = [...byCell.values()].flatMap((ofCell) => cellOf(ofCell) ?? []);
  return { items, next: cells.length > limit ? last.hex : null };
}

/** Whether all that the asker sees are the nation or regions, whose days are added up. */
async function hasSums(sql: Sql): Promise<boolean> {
  const [found] = await sql.query<{ all: boolean }>(
    `SELECT bool_and(kind = ANY ($1)) AS all FROM organisation WHERE id IN ${highest('NULL')}`,
    [SUMMED_KINDS],
  );
  return found?.all ?? false;
}

const bits = (hex: string) => `('x' || lpad(${hex}, 16, '0'))::bit(64)::bigint`;
const FIRST_DAY = `($4::timestamptz AT TIME ZONE 'UTC')::date`;
const LAST_DAY = `(($5::timestamptz - interval '1 ms') AT TIME ZONE 'UTC')::date`;
const HERE = `cell >= ${bits('$2')} AND cell <= ${bits('$3')}
  AND day >= ${FIRST_DAY} AND day <= ${LAST_DAY} AND simulated = $6`;
const sums = (cast: string) =>
  COVERAGE_SUMS.map((name) => `sum(${name}${cast}) AS ${name}`).join(', ');

// First by vehicle, by hashing: counting different vehicles would sort the page's rows (a month of
// the nation has 400,000 in 500 small cells). As float8, as in sums.ts.
const vehicles = (which: string) => `SELECT h3_parent(cell, $1) AS parent, link, vehicle_id,
    max(last_end) AS last_end, ${sums('::float8')}
  FROM coverage_day WHERE ${HERE} ${which} GROUP BY 1, 2, 3`;

const BY_DAYS = `SELECT to_hex(parent) AS cell, link, count(*)::integer AS vehicles,
    max(last_end) AS last_end, ${sums('')}
  FROM (${vehicles('')}) AS own GROUP BY parent, link ORDER BY parent, link`;

// Days that are added up (telemetry/coverage-days.ts), and the vehicles' rows of those that are
// not, of which the day under way is one. One statement: the marks and the sums of one moment.
// Who was there on several days is told apart here and not there: 400,000 numbers are a megabyte.
const BY_SUMS = `WITH dirty AS MATERIALIZED (
    SELECT rmh_coverage_dirty(${FIRST_DAY}, ${LAST_DAY}) AS days)
  SELECT to_hex(parent) AS cell, link, string_agg(vehicles, ',') AS vehicles,
    max(last_end) AS last_end, ${sums('')}
  FROM (
    SELECT cell AS parent, link, array_to_string(vehicles, ',') AS vehicles, last_end,
      ${COVERAGE_SUMS.map((name) => `${name}::float8`).join(', ')}
    FROM coverage_sum_day
    WHERE organisation_id = ANY (ARRAY${highest('NULL')}) AND simulated = $6
      AND cell >= ${bits('$7')} AND cell <= ${bits('$8')}
      AND day >= ${FIRST_DAY} AND day <= ${LAST_DAY}
      AND day <> ALL ((SELECT days FROM dirty)::date[])
    UNION ALL
    SELECT parent, link, vehicle_id::text, last_end, ${COVERAGE_SUMS.join(', ')}
    FROM (${vehicles('AND day = ANY ((SELECT days FROM dirty)::date[])')}) AS own
  ) AS met GROUP BY parent, link ORDER BY parent, link`;

function counted({ vehicles, ...row }: SummedRow): CellRow {
  const count = typeof vehicles === 'number' ? vehicles : new Set(vehicles.split(',')).size;
  return { ...row, vehicles: count };
}

function cellOf(rows: readonly CellRow[]): CoverageCell | null {
  const service = rows.find(({ link }) => link === '');
  if (service === undefined || service.vehicles < COVERAGE_VEHICLES_LEAST) return null;
  const knownMs = service.up_ms + service.down_ms;
  return {
    cell: service.cell,
    vehicles: service.vehicles,
    seconds: knownMs / 1_000,
    lastSeen: service.last_end.toISOString(),
    service: share(service.up_ms, service.down_ms),
    allDown: knownMs > 0 ? service.all_down_ms / knownMs : null,
    carriers: rows
      // A carrier that fewer vehicles have here would show theirs alone.
      .filter(({ link, vehicles }) => link !== '' && vehicles >= COVERAGE_VEHICLES_LEAST)
      .map((row) => ({
        link: row.link,
        up: share(row.up_ms, row.down_ms),
        rttMs: row.rtt_ms > 0 ? row.rtt_us_ms / row.rtt_ms / 1_000 : null,
        rsrpDbm: row.rsrp_samples > 0 ? row.rsrp_cdbm / row.rsrp_samples / 100 : null,
      })),
  };
}
