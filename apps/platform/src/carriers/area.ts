// What an area's samples say of a case: read unit by unit, a transaction each, so that the embedded
// database lets others in between.
import { gridDisk } from 'h3-js';
import { type Database, type Sql, SYSTEM } from '../db/database.ts';
import { firstChild, lastChild } from '../telemetry/cells.ts';
import { BY_INDEX } from '../telemetry/rollup.ts';
import { lossesOf, type Measured, type Tally, tally, type Vehicle } from './losses.ts';

export interface AreaQuestion {
  readonly link: string;
  readonly simulated: boolean;
  /** H3 r6. */
  readonly cells: readonly string[];
  readonly fromMs: number;
  /** Null: it lasts. */
  readonly toMs: number | null;
  readonly nowMs: number;
}

// The alarm's time is that of the vehicles that spoke first; others may have lost it before.
const BEFORE_MS = 300_000;
// A day of one unit are 8,640 samples, 3 MB as rows. What lasts longer is shown for its first day.
const WINDOW_MOST_MS = 86_400_000;

/** Null: nothing that could be shown has come in yet. */
export async function measureArea(db: Database, question: AreaQuestion): Promise<Tally | null> {
  const { cells, fromMs, toMs, nowMs } = question;
  const zone = new Set(cells.flatMap((cell) => gridDisk(cell, 1)));
  const sinceMs = fromMs - BEFORE_MS;
  const untilMs = Math.min(toMs ?? nowMs, sinceMs + WINDOW_MOST_MS);
  const span = { sinceMs, untilMs };
  const unitIds = await db.transaction(SYSTEM, (sql) => unitsIn(sql, question, zone, span));
  const vehicles: Vehicle[] = [];
  for (const unitId of unitIds) {
    const rows = await db.transaction(SYSTEM, (sql) => samplesOf(sql, unitId, question.link, span));
    const [first] = rows;
    if (first === undefined) continue;
    vehicles.push({
      organisationId: first.organisation_id,
      ...lossesOf(rows.map(measured), zone),
    });
  }
  return tally(vehicles, toMs === null && untilMs === nowMs);
}

interface Span {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Units that had the carrier in the zone on one of the days: coverage is kept by cell. */
async function unitsIn(
  sql: Sql,
  { link, simulated }: AreaQuestion,
  zone: ReadonlySet<string>,
  { sinceMs, untilMs }: Span,
): Promise<number[]> {
  const number = (hex: string) => BigInt(`0x${hex}`).toString();
  const rows = await sql.query<{ unit_id: number }>(
    `SELECT DISTINCT c.unit_id FROM unnest($1::bigint[], $2::bigint[]) AS z (first, last)
     CROSS JOIN LATERAL (SELECT unit_id FROM coverage_day
       WHERE cell >= z.first AND cell <= z.last AND link = $3 AND simulated = $4
         AND day >= $5::date AND day <= $6::date OFFSET 0) AS c ORDER BY 1`,
    [
      [...zone].map((cell) => number(firstChild(cell))),
      [...zone].map((cell) => number(lastChild(cell))),
      ...[link, simulated, day(sinceMs), day(untilMs)],
    ],
  );
  return rows.map((row) => row.unit_id);
}

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

interface SampleRow {
  readonly organisation_id: number;
  readonly at_ms: number;
  readonly span_ms: number;
  readonly cell: string | null;
  readonly service_down_ms: number;
  readonly up_ms: number;
  readonly down_ms: number;
  readonly rsrp_dbm: number | null;
  readonly held: string | null;
}

async function samplesOf(
  sql: Sql,
  unitId: number,
  link: string,
  { sinceMs, untilMs }: Span,
): Promise<readonly SampleRow[]> {
  await sql.query(BY_INDEX);
  return await sql.query<SampleRow>(
    `SELECT s.organisation_id, (extract(epoch FROM s.at) * 1000)::bigint AS at_ms, s.span_ms,
       to_hex(h3_parent(s.cell, 6)) AS cell, s.down_ms AS service_down_ms, p.up_ms, p.down_ms,
       p.rsrp_dbm, o.held
     FROM sample s
     JOIN sample_path p ON p.unit_id = s.unit_id AND p.at = s.at AND p.link = $2
       AND p.at >= $3 AND p.at < $4
     CROSS JOIN LATERAL (SELECT string_agg(link, ' ' ORDER BY link) AS held FROM sample_path
       WHERE unit_id = s.unit_id AND at = s.at AND at >= $3 AND at < $4
         AND link <> $2 AND up_ms > 0) AS o
     WHERE s.unit_id = $1 AND s.at >= $3 AND s.at < $4 ORDER BY s.at`,
    [unitId, link, new Date(sinceMs).toISOString(), new Date(untilMs).toISOString()],
  );
}

function measured(row: SampleRow): Measured {
  return {
    atMs: row.at_ms,
    spanMs: row.span_ms,
    cell: row.cell,
    upMs: row.up_ms,
    downMs: row.down_ms,
    rsrpDbm: row.rsrp_dbm,
    serviceDownMs: row.service_down_ms,
    held: row.held?.split(' ') ?? [],
  };
}
