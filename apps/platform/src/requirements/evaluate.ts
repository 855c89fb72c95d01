// The evaluation, each quarter and within a minute after somebody wrote a requirement:
//
//   1. the national set is entered, where it is missing;
//   2. facts of everything are read, statement by statement;
//   3. each subject is judged by what binds it, and compared with what was open;
//   4. what changed is written, 100 subjects a transaction.
//
// On the embedded database others get their turn between two statements. A run that dies half-way
// is made good by the next one: each transaction leaves whole subjects behind.
import { type Database, type Sql, SYSTEM } from '../db/database.ts';
import type { Job } from '../services.ts';
import { instant } from '../statistics/sums.ts';
import { type NewResult, type OpenResult, OpenResults, type Standing } from './changes.ts';
import { subjectsOf } from './facts/subjects.ts';
import { bindingOn, enterNationalSet } from './register.ts';

const EVERY_MS = 900_000;
const LOOK_EVERY_MS = 60_000;
// 100 × 20 requirements are 2,000 rows when all of them begin: some 50 ms of the embedded database.
const SUBJECTS_AT_ONCE = 100;

export interface Evaluation {
  readonly subjects: number;
  readonly begun: number;
  readonly ended: number;
}

export async function evaluate(db: Database, nowMs: number): Promise<Evaluation> {
  await enterNationalSet(db, nowMs);
  // Before anything is read: what is written meanwhile is for the next run.
  await db.transaction(SYSTEM, (sql) => sql.query('UPDATE requirement_run SET wanted = false'));
  const bitwise: Sql = {
    query: (text, values) => db.transaction(SYSTEM, (sql) => sql.query(text, values)),
  };
  const bindings = await bindingOn(bitwise, nowMs);
  const subjects = await subjectsOf(bitwise, nowMs);
  const open = new OpenResults(await openResults(bitwise));
  let begun = 0;
  let ended = 0;
  for (let from = 0; from < subjects.length; from += SUBJECTS_AT_ONCE) {
    const standings = subjects
      .slice(from, from + SUBJECTS_AT_ONCE)
      .map((subject) => open.standingOf(subject, bindings));
    await db.transaction(SYSTEM, (sql) => write(db, sql, standings, nowMs));
    begun += standings.reduce((sum, one) => sum + one.begun.length, 0);
    ended += standings.reduce((sum, one) => sum + one.ended.length, 0);
  }
  const gone = open.without(subjects);
  await db.transaction(SYSTEM, async (sql) => {
    await end(sql, gone, nowMs);
    await sql.query('DELETE FROM requirement_subject WHERE at <> $1', [instant(nowMs)]);
    await sql.query('UPDATE requirement_run SET ran_at = $1', [instant(nowMs)]);
  });
  return { subjects: subjects.length, begun, ended: ended + gone.length };
}

/** Requirement by requirement: 2,000 rows each, found by the index of open ones. */
async function openResults(sql: Sql): Promise<OpenResult[]> {
  const ids = await sql.query<{ id: number }>('SELECT id FROM requirement ORDER BY id');
  const all: OpenResult[] = [];
  for (const { id } of ids) {
    const rows = await sql.query<OpenResult>(
      `SELECT id, requirement_id AS "requirementId", version, vehicle_id AS "vehicleId",
         organisation_id AS "organisationId", simulated, state
       FROM requirement_result WHERE requirement_id = $1 AND to_at IS NULL`,
      [id],
    );
    all.push(...rows);
  }
  return all;
}

async function write(
  db: Database,
  sql: Sql,
  standings: readonly Standing[],
  nowMs: number,
): Promise<void> {
  await end(
    sql,
    standings.flatMap(({ ended }) => ended),
    nowMs,
  );
  const begun = standings.flatMap((one) => one.begun);
  await db.insert(sql, 'requirement_result', RESULT_COLUMNS, begun.map(rowOf(nowMs)));
  const subjects = standings.map(({ subject, counts }) => [
    ...[subject.vehicleId, subject.organisationId, subject.simulated, instant(nowMs)],
    ...[JSON.stringify(subject.figures), counts.met, counts.failed, counts.unknown],
  ]);
  await db.insert(sql, 'requirement_subject', SUBJECT_COLUMNS, subjects, OVERWRITE);
}

const RESULT_COLUMNS = [
  ...['requirement_id', 'version', 'vehicle_id', 'organisation_id', 'simulated', 'state'],
  ...['from_at', 'figures'],
];
const rowOf = (nowMs: number) => (one: NewResult) => [
  ...[one.requirementId, one.version, one.vehicleId, one.organisationId, one.simulated],
  ...[one.state, instant(nowMs), JSON.stringify(one.figures)],
];

const SUBJECT_COLUMNS = [
  ...['vehicle_id', 'organisation_id', 'simulated', 'at', 'figures', 'met', 'failed', 'unknown'],
];
const OVERWRITE = `ON CONFLICT (vehicle_id, organisation_id) DO UPDATE SET
  simulated = excluded.simulated, at = excluded.at, figures = excluded.figures,
  met = excluded.met, failed = excluded.failed, unknown = excluded.unknown`;

async function end(sql: Sql, ids: readonly number[], nowMs: number): Promise<void> {
  if (ids.length === 0) return;
  await sql.query(
    'UPDATE requirement_result SET to_at = $2 WHERE id = ANY ($1::bigint[]) AND to_at IS NULL',
    [ids, instant(nowMs)],
  );
}

export const evaluateRequirements: Job = {
  name: 'requirements',
  everyMs: LOOK_EVERY_MS,
  async run({ db, nowMs }) {
    const now = nowMs();
    const [run] = await db.transaction(SYSTEM, (sql) =>
      sql.query<{ ran_at: Date | null; wanted: boolean }>(
        'SELECT ran_at, wanted FROM requirement_run',
      ),
    );
    const ranMs = +(run?.ran_at ?? 0);
    if (run?.wanted === true || now - ranMs >= EVERY_MS) await evaluate(db, now);
  },
};
