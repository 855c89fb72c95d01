// Rebuilds what is dirty: minutes from samples, quarters from minutes, days from quarters, weeks
// and the days of organisations from days.
//
// The transaction that writes samples marks their minutes in the same stroke. Here a mark is taken
// away in the transaction that rebuilds the bucket, and only if nobody else holds it: whatever
// comes later makes a new mark. A crash in between leaves both the mark and the old row.
import type { Database, Sql } from '../db/database.ts';
import { SYSTEM } from '../db/database.ts';
import type { Job } from '../services.ts';
import { dayStart, weekStart } from '../statistics/period.ts';
import { addUpAvailability, markAvailability } from './availability-days.ts';
import { markMissions } from './mission-marks.ts';
import { rebuildOff } from './off.ts';
import {
  endOf,
  PATH_MINUTES,
  pathFrom,
  SERVICE_MINUTES,
  STEPS,
  serviceFrom,
  startOf,
} from './rollup-sql.ts';

/** Times as text: RFC 3339. */
export interface Buckets {
  readonly unitIds: readonly number[];
  readonly starts: readonly string[];
  readonly first: string;
  readonly end: string;
}

// The embedded database answers nobody else meanwhile: some 25 ms, a third of it for planning.
const BUCKETS_AT_ONCE = 25;
// A minute is rebuilt when it is over and its last sample, sent at once, has had time to come.
const MINUTE_SETTLES_MS = 15_000;
const QUARTER_SETTLES_MS = 90_000;
const MINUTE_MS = STEPS.minute * 1_000;
const QUARTER_MS = STEPS.quarter * 1_000;

/** Rebuilds the dirty buckets of a step that began before `beforeMs`; returns how many. */
export async function rebuild(db: Database, step: number, beforeMs: number): Promise<number> {
  let done = 0;
  for (;;) {
    const count = await db.transaction(SYSTEM, async (sql) => {
      const buckets = await take(sql, step, beforeMs);
      if (buckets === null) return 0;
      await rebuildThese(sql, step, buckets);
      return buckets.unitIds.length;
    });
    done += count;
    if (count < BUCKETS_AT_ONCE) break;
  }
  if (step === STEPS.day) await addUpAvailability(db);
  return done;
}

async function take(sql: Sql, step: number, beforeMs: number): Promise<Buckets | null> {
  const rows = await sql.query<{ unit_id: number; at: Date; end_at: Date }>(
    `DELETE FROM dirty_bucket d USING (
      SELECT at, unit_id FROM dirty_bucket WHERE step_s = $1 AND at < $2
      ORDER BY at, unit_id LIMIT ${BUCKETS_AT_ONCE} FOR UPDATE SKIP LOCKED
    ) AS taken WHERE d.step_s = $1 AND d.at = taken.at AND d.unit_id = taken.unit_id
    RETURNING d.unit_id, d.at, ${endOf('d.at', step)} AS end_at`,
    [step, new Date(beforeMs).toISOString()],
  );
  if (rows.length === 0) return null;
  return {
    unitIds: rows.map((row) => row.unit_id),
    starts: rows.map((row) => row.at.toISOString()),
    first: new Date(Math.min(...rows.map((row) => +row.at))).toISOString(),
    end: new Date(Math.max(...rows.map((row) => +row.end_at))).toISOString(),
  };
}

/**
 * A few buckets of many rows: always by the index. Without statistics (a fresh partition) the
 * planner would read a whole day instead, once for each sample: 3 ms a bucket was measured.
 */
export const BY_INDEX = `SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;
  SET LOCAL enable_seqscan = off`;

async function rebuildThese(sql: Sql, step: number, buckets: Buckets): Promise<void> {
  await sql.query(BY_INDEX);
  const { unitIds, starts, first, end } = buckets;
  const values = [unitIds, starts, first, end];
  if (step === STEPS.minute) {
    await sql.query(SERVICE_MINUTES, values);
    await sql.query(PATH_MINUTES, values);
    await rebuildOff(sql, buckets);
    await markAbove(sql, STEPS.quarter, buckets);
    await markMissions(sql, buckets);
    return;
  }
  const all = Object.values(STEPS);
  const at = all.findIndex((one) => one === step);
  const [below = STEPS.minute, above] = [all[at - 1], all[at + 1]];
  await sql.query(serviceFrom(below, step), values);
  await sql.query(pathFrom(below, step), values);
  if (step === STEPS.day) await markAvailability(sql, starts);
  if (above !== undefined) await markAbove(sql, above, buckets);
}

async function markAbove(sql: Sql, step: number, { unitIds, starts }: Buckets): Promise<void> {
  await sql.query(
    `INSERT INTO dirty_bucket (step_s, unit_id, at)
    SELECT DISTINCT ${step}, b.unit_id, ${startOf('b.start', step)}
    FROM unnest($1::integer[], $2::timestamptz[]) AS b (unit_id, start)
    ON CONFLICT (step_s, at, unit_id) DO UPDATE SET step_s = excluded.step_s WHERE false`,
    [unitIds, starts],
  );
}

export const rollupJobs: readonly Job[] = [
  {
    name: 'rollup-minutes',
    everyMs: 10_000,
    async run({ db, nowMs }) {
      await rebuild(db, STEPS.minute, nowMs() - MINUTE_MS - MINUTE_SETTLES_MS);
    },
  },
  {
    name: 'rollup-quarters',
    everyMs: 60_000,
    async run({ db, nowMs }) {
      await rebuild(db, STEPS.quarter, nowMs() - QUARTER_MS - QUARTER_SETTLES_MS);
    },
  },
  {
    name: 'rollup-days',
    everyMs: 60_000,
    async run({ db, nowMs }) {
      await rebuild(db, STEPS.day, dayStart(nowMs()));
    },
  },
  {
    name: 'rollup-weeks',
    everyMs: 60_000,
    async run({ db, nowMs }) {
      await rebuild(db, STEPS.week, weekStart(nowMs()));
    },
  },
  {
    // Dirty all the time, and 96 quarters of every vehicle to read: seldom.
    name: 'rollup-today',
    everyMs: 900_000,
    async run({ db, nowMs }) {
      await rebuild(db, STEPS.day, nowMs());
    },
  },
];
