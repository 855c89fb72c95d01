// Places where a carrier is lost again and again: within the last days at least three vehicles were
// without it in a cell on at least five days, while another carrier held. Four times a day:
//
// 1. cell by cell, from the coverage of the days, the carriers that were lost so
// 2. cells that touch are one hole
// 3. the worst become cases, unless their cause has one, or had one in these days
import type { EvidenceDay } from '@rmh/contract/api';
import { gridDisk } from 'h3-js';
import { type Database, type Sql, SYSTEM } from '../db/database.ts';
import { audit } from '../identity/audit.ts';
import { openCase } from './open.ts';

export const HOLE_DAYS = 14;
export const HOLE_DAYS_LEAST = 5;
export const HOLE_VEHICLES_LEAST = 3;
// Each is a conversation with a carrier; what is not among the worst now is so later.
const CASES_A_LOOK = 20;
// The embedded database answers nobody else meanwhile. 50 cells × 14 days × some 10 vehicles × 4
// links are 28,000 rows: 50 ms.
const CELLS_AT_ONCE = 50;
const DAY_MS = 86_400_000;

// A vehicle lost a carrier in a cell on a day when it was without it for ten seconds at least and
// for half of the time there, and something else served it meanwhile. $1, $2: cells; $3, $4: days.
const LOST = `
  SELECT c.cell, c.day, c.link, c.simulated, c.vehicle_id, c.organisation_id,
    c.down_ms - least(c.down_ms, s.down_ms) AS lost_ms
  FROM coverage_day c JOIN coverage_day s ON s.cell = c.cell AND s.day = c.day AND s.link = ''
    AND s.unit_id = c.unit_id AND s.vehicle_id = c.vehicle_id
  WHERE c.cell >= $1 AND c.cell <= $2 AND c.day >= $3::date AND c.day <= $4::date
    AND c.link <> '' AND c.down_ms >= c.up_ms AND c.down_ms - s.down_ms >= 10000`;

export interface Hole {
  readonly link: string;
  readonly simulated: boolean;
  readonly cells: readonly string[];
  readonly organisationIds: readonly number[];
  readonly lostMs: number;
}

interface HoleCell {
  readonly cell: string;
  readonly link: string;
  readonly simulated: boolean;
  readonly organisations: number[];
  readonly lost_ms: number;
}

interface Days {
  /** Days of UTC, as coverage is kept: 'YYYY-MM-DD', both inside. */
  readonly first: string;
  readonly last: string;
}

export function holeDays(nowMs: number): Days {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return { first: day(nowMs - HOLE_DAYS * DAY_MS), last: day(nowMs - DAY_MS) };
}

/** Steps 1 and 2; the worst first. */
export async function findHoles(db: Database, { first, last }: Days): Promise<Hole[]> {
  const found: HoleCell[] = [];
  for (let after = 0n; ; ) {
    const page = await db.transaction(SYSTEM, async (sql) => {
      // As text: cells are above 2^53.
      const cells = await sql.query<{ cell: string }>(
        `SELECT cell::text FROM coverage_cell WHERE cell > $1::bigint
         ORDER BY coverage_cell.cell LIMIT $2`,
        [String(after), CELLS_AT_ONCE],
      );
      const [from, to] = [cells[0]?.cell, cells.at(-1)?.cell];
      if (from === undefined || to === undefined) return null;
      found.push(
        ...(await sql.query<HoleCell>(
          `SELECT to_hex(cell) AS cell, link, simulated,
             array_agg(DISTINCT organisation_id) AS organisations,
             sum(lost_ms)::bigint AS lost_ms
           FROM (${LOST}) AS lost GROUP BY lost.cell, link, simulated
           HAVING count(DISTINCT vehicle_id) >= ${HOLE_VEHICLES_LEAST}
             AND count(DISTINCT day) >= ${HOLE_DAYS_LEAST}`,
          [from, to, first, last],
        )),
      );
      return to;
    });
    if (page === null) break;
    after = BigInt(page);
  }
  return joined(found);
}

/** Cells of one carrier and fleet that touch. */
export function joined(cells: readonly HoleCell[]): Hole[] {
  const byMarket = Map.groupBy(cells, ({ link, simulated }) => `${simulated} ${link}`);
  return [...byMarket.values()]
    .flatMap((market) => {
      const waiting = new Map(market.map((one) => [one.cell, one]));
      const holes: Hole[] = [];
      for (const start of market) {
        if (!waiting.delete(start.cell)) continue;
        const members = [start];
        for (const member of members) {
          for (const near of gridDisk(member.cell, 1)) {
            const one = waiting.get(near);
            if (one !== undefined && waiting.delete(near)) members.push(one);
          }
        }
        holes.push(holeOf(members));
      }
      return holes;
    })
    .toSorted((a, b) => b.lostMs - a.lostMs);
}

function holeOf(members: readonly HoleCell[]): Hole {
  const [{ link, simulated }] = members as [HoleCell];
  return {
    link,
    simulated,
    cells: members.map(({ cell }) => cell).toSorted(),
    organisationIds: [...new Set(members.flatMap(({ organisations }) => organisations))],
    lostMs: members.reduce((sum, one) => sum + one.lost_ms, 0),
  };
}

/** Step 3. Returns how many cases were opened. */
export async function openHoles(db: Database, nowMs: number): Promise<number> {
  const days = holeDays(nowMs);
  let opened = 0;
  for (const hole of await findHoles(db, days)) {
    if (opened >= CASES_A_LOOK) break;
    if (await db.transaction(SYSTEM, (sql) => openHole(sql, hole, days, nowMs))) opened += 1;
  }
  return opened;
}

async function openHole(sql: Sql, hole: Hole, days: Days, nowMs: number): Promise<boolean> {
  const near = [...new Set(hole.cells.flatMap((cell) => gridDisk(cell, 1)))];
  const [carrier] = await sql.query<{ id: number; has_case: boolean }>(
    `SELECT k.id, EXISTS (SELECT FROM carrier_case c WHERE c.carrier_id = k.id AND c.kind = 'hole'
       AND c.simulated = $2 AND c.cells && $3::text[]
       AND (c.ended_at IS NULL OR c.ended_at >= $4::date)) AS has_case
     FROM carrier k WHERE k.key = $1`,
    [hole.link, hole.simulated, near, days.first],
  );
  if (carrier === undefined || carrier.has_case) return false;
  const [common] = await sql.query<{ id: number }>(
    `SELECT ancestor_id AS id FROM organisation_tree WHERE organisation_id = ANY ($1::integer[])
     GROUP BY 1 HAVING count(*) = $2
     ORDER BY (SELECT count(*) FROM organisation_tree t
       WHERE t.ancestor_id = organisation_tree.ancestor_id) LIMIT 1`,
    [hole.organisationIds, hole.organisationIds.length],
  );
  if (common === undefined) return false;
  const caseId = await openCase(sql, {
    organisationId: common.id,
    seenBy: hole.organisationIds,
    carrierId: carrier.id,
    kind: 'hole',
    simulated: hole.simulated,
    alarmId: null,
    from: new Date(`${days.first}T00:00Z`),
    to: new Date(Date.parse(`${days.last}T00:00Z`) + DAY_MS),
    cells: hole.cells,
    openedBy: 'platform',
    nowMs,
  });
  await audit(sql, {
    nowMs,
    action: 'case.open',
    organisationId: common.id,
    object: { kind: 'carrier-case', id: caseId },
    after: { kind: 'hole' },
  });
  return true;
}

export interface HoleTally {
  readonly lostMs: number;
  readonly vehiclesStruck: number;
  readonly vehiclesFine: number;
  readonly held: readonly { carrier: string; vehicles: number }[];
  readonly days: readonly EvidenceDay[];
  readonly cells: readonly { cell: string; vehicles: number; lostMs: number }[];
  readonly shares: readonly { organisationId: number; vehicles: number; lostMs: number }[];
}

interface LostRow {
  readonly cell: string;
  readonly day: string;
  readonly vehicle_id: number;
  readonly organisation_id: number;
  readonly lost_ms: number;
}

/** Null: nothing is left to show. `cells`: H3 r8. */
export async function measureHole(
  db: Database,
  asked: { link: string; simulated: boolean; cells: readonly string[]; from: Date; to: Date },
): Promise<HoleTally | null> {
  const first = asked.from.toISOString().slice(0, 10);
  const last = new Date(+asked.to - 1).toISOString().slice(0, 10);
  const rows: LostRow[] = [];
  const others: { link: string; vehicle_id: number }[] = [];
  for (const hex of asked.cells) {
    const cell = BigInt(`0x${hex}`).toString();
    const values = [cell, cell, first, last, asked.link, asked.simulated];
    await db.transaction(SYSTEM, async (sql) => {
      rows.push(
        ...(await sql.query<LostRow>(
          `SELECT to_hex(cell) AS cell, day::text, vehicle_id, organisation_id, lost_ms
           FROM (${LOST}) AS lost WHERE link = $5 AND simulated = $6
           ORDER BY lost.day, vehicle_id`,
          values,
        )),
      );
      others.push(
        ...(await sql.query<{ link: string; vehicle_id: number }>(
          `SELECT DISTINCT link, vehicle_id FROM coverage_day
           WHERE cell >= $1 AND cell <= $2 AND day >= $3::date AND day <= $4::date
             AND simulated = $6 AND link <> '' AND up_ms > down_ms
             AND ($5::text IS NOT NULL)`,
          values,
        )),
      );
    });
  }
  return rows.length === 0 ? null : holeTally(rows, others, asked.link);
}

function holeTally(
  rows: readonly LostRow[],
  others: readonly { link: string; vehicle_id: number }[],
  link: string,
): HoleTally {
  const struck = new Set(rows.map((row) => row.vehicle_id));
  const sums = <K>(keyOf: (row: LostRow) => K) =>
    [...Map.groupBy(rows, keyOf)].map(
      ([key, own]) =>
        [
          key,
          {
            vehicles: new Set(own.map((row) => row.vehicle_id)).size,
            lostMs: own.reduce((sum, row) => sum + row.lost_ms, 0),
          },
        ] as const,
    );
  const having = [...Map.groupBy(others, (one) => one.link)].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const vehiclesOf = (own: typeof others) => new Set(own.map((one) => one.vehicle_id));
  return {
    lostMs: rows.reduce((sum, row) => sum + row.lost_ms, 0),
    vehiclesStruck: struck.size,
    vehiclesFine: vehiclesOf(others.filter((one) => one.link === link)).difference(struck).size,
    held: having
      .filter(([carrier]) => carrier !== link)
      .map(([carrier, own]) => ({ carrier, vehicles: vehiclesOf(own).intersection(struck).size }))
      .filter(({ vehicles }) => vehicles > 0),
    days: sums(({ cell, day }) => `${day} ${cell}`)
      .map(([key, sum]) => ({ day: key.slice(0, 10), cell: key.slice(11), ...sum }))
      .toSorted((a, b) => (`${a.day} ${a.cell}` < `${b.day} ${b.cell}` ? -1 : 1)),
    cells: sums(({ cell }) => cell)
      .map(([cell, sum]) => ({ cell, ...sum }))
      .toSorted((a, b) => (a.cell < b.cell ? -1 : 1)),
    shares: sums((row) => row.organisation_id).map(([organisationId, sum]) => ({
      organisationId,
      ...sum,
    })),
  };
}
