// Freezes what a case rests on, and looks again whether late samples changed it while it is open.
// A version that was frozen stays as it is; what changed is the next version.
import type { CaseKind, Evidence } from '@rmh/contract/api';
import { type Database, type Sql, SYSTEM } from '../db/database.ts';
import type { Services } from '../services.ts';
import { measureArea } from './area.ts';
import { measureHole } from './holes.ts';
import { signingKey } from './keys.ts';
import type { Tally } from './losses.ts';
import { canonical, sign } from './pack.ts';
import { isOver } from './states.ts';

const CASES_A_TURN = 10;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
// Samples are kept for 30 days by the platform's own rule; a day before that nothing can change.
const MEASURED_DAYS = 29;

interface DueCase {
  readonly id: number;
  readonly kind: CaseKind;
  readonly simulated: boolean;
  readonly carrier_key: string;
  readonly carrier_name: string;
  readonly area_cells: string[] | null;
  readonly cells: string[];
  readonly from_at: Date;
  readonly since: Date | null;
  readonly to_at: Date | null;
  readonly cleared_at: Date | null;
  readonly opened_at: Date;
}

/** What is frozen: everything but whose evidence it is and when that was. */
type Findings = Omit<Evidence, 'format' | 'caseId' | 'version' | 'frozenAt' | 'carrier'>;

interface Found {
  readonly findings: Findings;
  readonly shares: Tally['shares'];
}

/** Freezes what is due; returns how many new versions there are. */
export async function freezeDue(services: Services): Promise<number> {
  const { db, nowMs } = services;
  const now = nowMs();
  let frozen = 0;
  for (const due of await db.transaction(SYSTEM, (sql) => dueCases(sql, now))) {
    const found = due.kind === 'area' ? await ofArea(db, due, now) : await ofHole(db, due);
    await db.transaction(SYSTEM, async (sql) => {
      if (found !== null && (await freeze(sql, services, due, found, now))) frozen += 1;
      await sql.query('UPDATE carrier_case SET evidence_due_at = $2 WHERE id = $1', [
        due.id,
        nextLook(due, found !== null, now),
      ]);
    });
  }
  return frozen;
}

function dueCases(sql: Sql, nowMs: number): Promise<readonly DueCase[]> {
  return sql.query<DueCase>(
    `SELECT c.id, c.kind, c.simulated, k.key AS carrier_key, k.name AS carrier_name,
       a.cells AS area_cells, c.cells, c.from_at, a.since, c.to_at, a.cleared_at, c.opened_at
     FROM carrier_case c JOIN carrier k ON k.id = c.carrier_id
       LEFT JOIN alarm a ON a.id = c.alarm_id
     WHERE c.evidence_due_at <= $1 ORDER BY c.evidence_due_at LIMIT ${CASES_A_TURN}`,
    [new Date(nowMs)],
  );
}

/** Often at first and then ever more seldom: after half of the case's age, a day at most. */
function nextLook({ opened_at, from_at }: DueCase, found: boolean, nowMs: number): Date | null {
  if (nowMs - +from_at > MEASURED_DAYS * DAY_MS) return null;
  const half = (nowMs - +opened_at) / 2;
  return new Date(nowMs + (found ? Math.min(DAY_MS, Math.max(MINUTE_MS, half)) : MINUTE_MS));
}

async function ofArea(db: Database, due: DueCase, nowMs: number): Promise<Found | null> {
  const toMs = due.cleared_at ?? due.to_at;
  const found = await measureArea(db, {
    link: due.carrier_key,
    simulated: due.simulated,
    cells: due.area_cells ?? due.cells,
    fromMs: +(due.since ?? due.from_at),
    toMs: toMs === null ? null : +toMs,
    nowMs,
  });
  if (found === null) return null;
  const { shares, lostMs, vehicles, cells, held, vehiclesFine } = found;
  return {
    findings: {
      kind: 'area',
      simulated: due.simulated,
      from: new Date(found.fromMs).toISOString(),
      to: toMs === null ? null : new Date(found.toMs).toISOString(),
      cells: [...cells],
      lostMs,
      vehiclesStruck: vehicles.length,
      vehiclesServed: vehicles.filter(({ servedThroughout }) => servedThroughout).length,
      vehiclesFine,
      held: [...held],
      vehicles: [...vehicles],
      days: [],
    },
    shares,
  };
}

async function ofHole(db: Database, due: DueCase): Promise<Found | null> {
  const { from_at: from, to_at: to, carrier_key: link, simulated, cells } = due;
  const found = to === null ? null : await measureHole(db, { link, simulated, cells, from, to });
  if (found === null || to === null) return null;
  const { shares, lostMs, vehiclesStruck, vehiclesFine, held, days } = found;
  return {
    findings: {
      kind: 'hole',
      simulated,
      from: from.toISOString(),
      to: to.toISOString(),
      cells: [...found.cells],
      lostMs,
      vehiclesStruck,
      vehiclesServed: vehiclesStruck,
      vehiclesFine,
      held: [...held],
      vehicles: [],
      days: [...days],
    },
    shares,
  };
}

/** False: the case is over, or nothing has changed. */
async function freeze(
  sql: Sql,
  { vault }: Services,
  due: DueCase,
  { findings, shares }: Found,
  nowMs: number,
): Promise<boolean> {
  const [held] = await sql.query<{ state: Parameters<typeof isOver>[0]; evidence: number }>(
    'SELECT state, evidence FROM carrier_case WHERE id = $1 FOR UPDATE',
    [due.id],
  );
  if (held === undefined || isOver(held.state)) return false;
  const carrier = { key: due.carrier_key, name: due.carrier_name };
  const evidence: Evidence = {
    format: 'rmh-evidence-1',
    caseId: due.id,
    version: held.evidence + 1,
    frozenAt: new Date(nowMs).toISOString(),
    carrier,
    ...findings,
  };
  if (held.evidence > 0 && !(await differs(sql, evidence, held.evidence))) return false;
  const signed = sign(evidence, await signingKey(sql, vault, nowMs));
  const { vehiclesStruck, lostMs } = findings;
  await sql.query(
    `INSERT INTO carrier_evidence (case_id, version, frozen_at, content, sha256, signature, key_id,
       vehicles, lost_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      ...[due.id, evidence.version, new Date(nowMs), signed.content, signed.sha256],
      ...[signed.signature, signed.keyId, vehiclesStruck, lostMs],
    ],
  );
  await sql.query(
    `UPDATE carrier_case SET evidence = $2, from_at = $3, to_at = $4, cells = $5, vehicles = $6,
       lost_ms = $7, version = version + 1, seen_by = (
         SELECT array_agg(DISTINCT id) FROM unnest(seen_by || $8::integer[]) AS x (id))
     WHERE id = $1`,
    [
      ...[due.id, evidence.version, findings.from, findings.to],
      ...[findings.cells.map(({ cell }) => cell), vehiclesStruck, lostMs],
      shares.map(({ organisationId }) => organisationId),
    ],
  );
  await writeShares(sql, due.id, shares);
  return true;
}

/** Is anything else said than in the version before? */
async function differs(sql: Sql, evidence: Evidence, version: number): Promise<boolean> {
  const [last] = await sql.query<{ content: string }>(
    'SELECT content FROM carrier_evidence WHERE case_id = $1 AND version = $2',
    [evidence.caseId, version],
  );
  const before = JSON.parse(last?.content ?? '{}') as Evidence;
  const { frozenAt } = before;
  return canonical({ ...evidence, version, frozenAt }) !== last?.content;
}

async function writeShares(sql: Sql, caseId: number, shares: Tally['shares']): Promise<void> {
  await sql.query('DELETE FROM carrier_case_share WHERE case_id = $1', [caseId]);
  for (const { organisationId, vehicles, lostMs } of shares) {
    await sql.query('INSERT INTO carrier_case_share VALUES ($1, $2, $3, $4)', [
      ...[caseId, organisationId, vehicles, lostMs],
    ]);
  }
}
