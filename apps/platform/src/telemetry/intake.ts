// Batches of samples become rows, exactly once: the cursor of a journal moves in the transaction
// that writes the rows below it.
//
//   1  lock the units, in the order of their numbers
//   2  read how far each journal is written, and in which vehicles the unit was
//   3  judge each sample (judge.ts)
//   4  write rows, mark their minutes dirty, move the cursors
//
// Whatever is sent again, in whatever parts and over however many connections, waits at 1 and
// then finds at 2 that it came before.
import type { Batch, Receipt } from '@rmh/contract/api';
import type { Database, Sql } from '../db/database.ts';
import { coverageMarks, MARK_COLUMNS, MARK_CONFLICT } from './coverage-days.ts';
import { type Fitting, type Judged, judge, type Kept } from './judge.ts';
import {
  COVERAGE_COLUMNS,
  COVERAGE_CONFLICT,
  coverageRows,
  OUTAGE_COLUMNS,
  OUTAGE_CONFLICT,
  outageRows,
  PATH_COLUMNS,
  pathRows,
  type Row,
  SAMPLE_COLUMNS,
  sampleRow,
} from './rows.ts';

export interface Delivery {
  readonly unitId: number;
  readonly batch: Batch;
}

interface Known {
  readonly unit_id: number;
  readonly through: number;
  readonly newest_end_ms: number | null;
  readonly raw_days: number;
  readonly fittings: readonly Fitting[] | null;
}

const MINUTE_MS = 60_000;

/** At most one delivery a unit. Returns the receipts in the order of the deliveries. */
export async function takeIn(
  db: Pick<Database, 'insert'>,
  sql: Sql,
  deliveries: readonly Delivery[],
  nowMs: number,
): Promise<Receipt[]> {
  const unitIds = deliveries.map(({ unitId }) => unitId);
  await sql.query('SELECT id FROM unit WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE', [
    unitIds,
  ]);
  const known = await readKnown(sql, deliveries);
  const judged: Taken[] = [];
  for (const delivery of deliveries) {
    const of = known.get(delivery.unitId);
    if (of === undefined) throw new Error('a delivery of a unit that is not there');
    const taken = await takenTimes(sql, delivery, of);
    const { through, fittings, raw_days: rawDays } = of;
    const situation = { through, fittings: fittings ?? [], taken, nowMs, rawDays };
    judged.push({ delivery, known: of, ...judge(delivery.batch.samples, situation) });
  }
  await write(db, sql, judged, nowMs);
  return judged.map(({ delivery, through }) => ({ journal: delivery.batch.journal, through }));
}

interface Taken extends Judged {
  readonly delivery: Delivery;
  readonly known: Known;
}

async function readKnown(sql: Sql, deliveries: readonly Delivery[]): Promise<Map<number, Known>> {
  const rows = await sql.query<Known>(
    `SELECT d.unit_id, coalesce(c.through, 0) AS through, r.raw_days,
      (SELECT (extract(epoch FROM max(last_end)) * 1000)::bigint FROM vehicle_watch w
        WHERE w.unit_id = d.unit_id) AS newest_end_ms,
      (SELECT json_agg(json_build_object(
          'sinceMs', (extract(epoch FROM f.since) * 1000)::bigint,
          'vehicle', CASE WHEN v.id IS NOT NULL THEN json_build_object('vehicleId', v.id,
            'organisationId', v.organisation_id, 'simulated', v.simulated) END) ORDER BY f.since)
        FROM unit_fitting f LEFT JOIN vehicle v ON v.id = f.vehicle_id
        WHERE f.unit_id = d.unit_id) AS fittings
    FROM unnest($1::integer[], $2::uuid[]) AS d (unit_id, journal)
    CROSS JOIN retention r
    LEFT JOIN sample_cursor c ON c.unit_id = d.unit_id AND c.journal = d.journal`,
    [deliveries.map(({ unitId }) => unitId), deliveries.map(({ batch }) => batch.journal)],
  );
  return new Map(rows.map((row) => [row.unit_id, row]));
}

/** Sequence numbers of the batch at whose time another sample of the unit is written already. */
async function takenTimes(
  sql: Sql,
  { unitId, batch }: Delivery,
  { through, newest_end_ms: newestEndMs }: Known,
): Promise<ReadonlySet<number>> {
  // As a rule everything is newer than what is there, and there is nothing to look for.
  const old = batch.samples.filter(({ sequence, atMs }) => {
    return sequence > through && atMs < (newestEndMs ?? 0);
  });
  if (old.length === 0) return new Set();
  const rows = await sql.query<{ sequence: number }>(
    `SELECT d.sequence FROM unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[])
      AS d (sequence, from_at, to_at)
    WHERE EXISTS (SELECT FROM sample s WHERE s.unit_id = $1
      AND s.at > d.from_at - interval '60 s' AND s.at < d.to_at AND s.at > $5 AND s.at < $6
      AND s.at + s.span_ms * interval '1 ms' > d.from_at)`,
    [
      unitId,
      old.map(({ sequence }) => sequence),
      old.map(({ atMs }) => new Date(atMs).toISOString()),
      old.map(({ atMs, spanMs }) => new Date(atMs + spanMs).toISOString()),
      // So that other days are left out before the statement runs.
      new Date(Math.min(...old.map(({ atMs }) => atMs)) - 60_000).toISOString(),
      new Date(Math.max(...old.map(({ atMs, spanMs }) => atMs + spanMs))).toISOString(),
    ],
  );
  return new Set(rows.map(({ sequence }) => sequence));
}

async function write(
  db: Pick<Database, 'insert'>,
  sql: Sql,
  all: readonly Taken[],
  nowMs: number,
): Promise<void> {
  const rowsOf = (make: (source: { unitId: number; journal: string }, taken: Taken) => Row[]) =>
    all.flatMap((taken) => {
      const { unitId, batch } = taken.delivery;
      return make({ unitId, journal: batch.journal }, taken);
    });
  const insert = (table: string, columns: readonly string[], rows: Row[], conflict?: string) =>
    db.insert(sql, table, columns, rows, conflict);
  const samples = rowsOf((source, { kept }) => kept.map((one) => sampleRow(source, one)));
  await insert('sample', SAMPLE_COLUMNS, samples);
  const paths = rowsOf((source, { kept }) => kept.flatMap((one) => pathRows(source, one)));
  await insert('sample_path', PATH_COLUMNS, paths);
  const closed = await writeOutages(db, sql, all);
  const coverage = rowsOf((source, { kept }) => coverageRows(source, kept));
  await insert('coverage_day', COVERAGE_COLUMNS, coverage, COVERAGE_CONFLICT);
  const cells = [...new Set(coverage.map(([cell]) => cell))].map((cell) => [cell]);
  await insert('coverage_cell', ['cell'], cells, 'ON CONFLICT DO NOTHING');
  await insert('coverage_dirty', MARK_COLUMNS, coverageMarks(coverage), MARK_CONFLICT);
  await insert('vehicle_watch', WATCH_COLUMNS, all.flatMap(watchRows), WATCH_CONFLICT);
  await markDirty(db, sql, [...all.flatMap(dirtyMinutes), ...closed]);
  const now = new Date(nowMs);
  await insert(
    'sample_missing',
    ['unit_id', 'journal', 'first', 'last', 'reason', 'noted_at'],
    rowsOf(({ unitId, journal }, { missing }) =>
      missing.map(({ first, last, reason }) => [unitId, journal, first, last, reason, now]),
    ),
  );
  await insert(
    'sample_cursor',
    ['unit_id', 'journal', 'through', 'heard_at'],
    rowsOf(({ unitId, journal }, { through }) => [[unitId, journal, through, now]]),
    `ON CONFLICT (unit_id, journal) DO UPDATE SET through = excluded.through,
      heard_at = excluded.heard_at`,
  );
}

const WATCH_COLUMNS = [
  ...['unit_id', 'vehicle_id', 'organisation_id', 'simulated', 'first_at', 'last_end', 'ended'],
];
const WATCH_CONFLICT = `ON CONFLICT (unit_id, vehicle_id) DO UPDATE SET
  organisation_id = excluded.organisation_id,
  first_at = least(vehicle_watch.first_at, excluded.first_at),
  last_end = greatest(vehicle_watch.last_end, excluded.last_end)`;

function watchRows({ delivery, known, kept }: Taken): Row[] {
  const current = known.fittings?.at(-1)?.vehicle?.vehicleId;
  const byVehicle = Map.groupBy(kept, ({ vehicle }) => vehicle.vehicleId);
  return [...byVehicle.values()].map((ofOne) => {
    const { vehicleId, organisationId, simulated } = (ofOne[0] as Kept).vehicle;
    const firstMs = ofOne.reduce((ms, { sample }) => Math.min(ms, sample.atMs), Infinity);
    const lastMs = ofOne.reduce((ms, { sample }) => Math.max(ms, sample.atMs + sample.spanMs), 0);
    const whose = [delivery.unitId, vehicleId, organisationId, simulated];
    return [...whose, new Date(firstMs), new Date(lastMs), vehicleId !== current];
  });
}

interface Minute {
  readonly unitId: number;
  readonly atMs: number;
}

function dirtyMinutes({ delivery, kept }: Taken): Minute[] {
  const { unitId } = delivery;
  return kept.flatMap(({ sample, outages }) => [
    { unitId, atMs: sample.atMs },
    ...outages.map(({ fromMs }) => ({ unitId, atMs: fromMs })),
  ]);
}

// A row that is there already is locked, not written: who rebuilds either has not seen it yet and
// comes after us, or holds it and is waited for, and then ours is a new row.
const DIRTY_CONFLICT = `ON CONFLICT (step_s, at, unit_id) DO UPDATE SET step_s = excluded.step_s
  WHERE false`;

async function markDirty(
  db: Pick<Database, 'insert'>,
  sql: Sql,
  minutes: readonly Minute[],
): Promise<void> {
  const rows = new Map<string, Row>();
  for (const { unitId, atMs } of minutes) {
    const startMs = atMs - (atMs % MINUTE_MS);
    rows.set(`${startMs} ${unitId}`, [60, unitId, new Date(startMs)]);
  }
  await db.insert(sql, 'dirty_bucket', ['step_s', 'unit_id', 'at'], sorted(rows), DIRTY_CONFLICT);
}

// Two that mark the same rows in two orders would wait for each other.
const sorted = (rows: ReadonlyMap<string, Row>): Row[] =>
  [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);

/** Run by run, as they were told: what began in one run does not outlast it. */
async function writeOutages(
  db: Pick<Database, 'insert'>,
  sql: Sql,
  all: readonly Taken[],
): Promise<Minute[]> {
  const closed: Minute[] = [];
  const runs = all.map(({ kept }) => runsOf(kept));
  const open = await withOpenOutages(sql, all);
  const most = Math.max(0, ...runs.map(({ length }) => length));
  for (let round = 0; round < most; round++) {
    const rows: Row[] = [];
    for (const [i, { delivery, known }] of all.entries()) {
      const run = runs[i]?.[round];
      const first = run?.[0];
      if (run === undefined || first === undefined) continue;
      const { unitId, batch } = delivery;
      const before = endMsOf(runs[i]?.[round - 1]) ?? known.newest_end_ms;
      if (first.sample.previous !== null && before !== null && open.delete(unitId)) {
        closed.push(...(await closeOutages(sql, unitId, before, first.sample.atMs)));
      }
      if (run.some(({ outages }) => outages.some(({ toMs }) => toMs === null))) open.add(unitId);
      rows.push(...outageRows({ unitId, journal: batch.journal }, run));
    }
    await db.insert(sql, 'outage', OUTAGE_COLUMNS, rows, OUTAGE_CONFLICT);
  }
  return closed;
}

/** Units that begin a run now and left an outage open in an earlier one. */
async function withOpenOutages(sql: Sql, all: readonly Taken[]): Promise<Set<number>> {
  const begin = all.filter(({ kept }) => kept.some(({ sample }) => sample.previous !== null));
  if (begin.length === 0) return new Set();
  const rows = await sql.query<{ unit_id: number }>(
    'SELECT DISTINCT unit_id FROM outage WHERE to_at IS NULL AND unit_id = ANY ($1)',
    [begin.map(({ delivery }) => delivery.unitId)],
  );
  return new Set(rows.map((row) => row.unit_id));
}

function runsOf(kept: readonly Kept[]): Kept[][] {
  const runs: Kept[][] = [];
  for (const one of kept) {
    const run = runs.at(-1);
    if (run === undefined || one.sample.previous !== null) runs.push([one]);
    else run.push(one);
  }
  return runs;
}

function endMsOf(run: readonly Kept[] | undefined): number | null {
  const last = run?.at(-1)?.sample;
  return last === undefined ? null : last.atMs + last.spanMs;
}

/** The run ended before its outages did: they end with its last sample. */
async function closeOutages(
  sql: Sql,
  unitId: number,
  endMs: number,
  nextMs: number,
): Promise<Minute[]> {
  const rows = await sql.query<{ from_at: Date }>(
    `UPDATE outage SET to_at = greatest(from_at, least($2::timestamptz, $3)), cause_due = true
    WHERE unit_id = $1 AND to_at IS NULL AND from_at < $3::timestamptz RETURNING from_at`,
    [unitId, new Date(endMs).toISOString(), new Date(nextMs).toISOString()],
  );
  return rows.map((row) => ({ unitId, atMs: +row.from_at }));
}
