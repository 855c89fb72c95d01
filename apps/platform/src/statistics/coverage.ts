// What vehicles met, by place. A cell is shown only when three or more vehicles of those that the
// asker may see contributed to it, so that nobody's way can be read from it.
import { COVERAGE_VEHICLES_LEAST, type CoverageCell } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
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

const SUMS = [
  ...['up_ms', 'down_ms', 'all_down_ms', 'rtt_us_ms', 'rtt_ms', 'rsrp_cdbm', 'rsrp_samples'],
];

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
  // First by vehicle, by hashing: counting different vehicles would sort the page's rows (a month
  // of the nation has half a million in 500 large cells). As float8, as in sums.ts.
  const rows = await sql.query<CellRow>(
    `SELECT to_hex(parent) AS cell, link, count(*)::integer AS vehicles,
      ${SUMS.map((name) => `sum(${name}) AS ${name}`).join(', ')}, max(last_end) AS last_end
    FROM (SELECT h3_parent(cell, $1) AS parent, link, vehicle_id, max(last_end) AS last_end,
      ${SUMS.map((name) => `sum(${name}::float8) AS ${name}`).join(', ')}
    FROM coverage_day
    WHERE cell >= ('x' || lpad($2, 16, '0'))::bit(64)::bigint
      AND cell <= ('x' || lpad($3, 16, '0'))::bit(64)::bigint
      AND day >= ($4::timestamptz AT TIME ZONE 'UTC')::date
      AND day <= (($5::timestamptz - interval '1 ms') AT TIME ZONE 'UTC')::date
      AND simulated = $6 GROUP BY 1, 2, 3) AS own
    GROUP BY parent, link ORDER BY parent, link`,
    [
      ...[resolution, firstChild(first.hex), lastChild(last.hex)],
      ...[instant(Date.parse(question.from)), instant(Date.parse(question.to)), question.simulated],
    ],
  );
  const byCell = Map.groupBy(rows, ({ cell }) => cell);
  const items = [...byCell.values()].flatMap((ofCell) => cellOf(ofCell) ?? []);
  return { items, next: cells.length > limit ? last.hex : null };
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

// Cells of resolution 8 inside a larger one, by number: they stand together, the digits below the
// larger one's resolution run from 000… to 666… (H3: docs, "Bit layout of H3Index").
export function firstChild(hex: string): string {
  return child(hex, 0n);
}

export function lastChild(hex: string): string {
  return child(hex, 7n);
}

function child(hex: string, digit: bigint): string {
  const cell = BigInt(`0x${hex}`);
  const resolution = Number((cell >> 52n) & 15n);
  let found = (cell & ~(15n << 52n)) | (8n << 52n);
  for (let r = resolution + 1; r <= 8; r++) {
    const at = BigInt(3 * (15 - r));
    found = (found & ~(7n << at)) | (digit << at);
  }
  return found.toString(16);
}
