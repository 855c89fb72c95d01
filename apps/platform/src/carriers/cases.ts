import {
  CARRIER_CASE,
  CARRIER_CASE_QUERY,
  CARRIER_CASE_WRITE,
  CASE_COMMAND_WRITE,
  type CarrierCase,
  type CaseCommand,
  pageOf,
} from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Ask, type Route, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { nameOf } from '../orders/rows.ts';
import { isDeskEvent, tellDesk } from './desk-mail.ts';
import { areaAlarm, caseFrom, openCase } from './open.ts';
import { type CaseRow, caseById, caseOf, ownCase, SELECT_CASE, sideOf } from './rows.ts';
import { isAnswer, isOver, move } from './states.ts';

export const CASE_PARAMS = z.strictObject({ caseId: z.coerce.number().int().positive() });
const NEWEST = 2 ** 31 - 1;

const list = route({
  id: 'carrierCases.list',
  method: 'GET',
  path: '/carrier-cases',
  summary: 'Cases towards the carriers, the newest first; a contact sees those sent to his carrier',
  access: 'case.read',
  query: CARRIER_CASE_QUERY,
  reply: pageOf(CARRIER_CASE),
  async answer({ sql, query, asker }) {
    const rows = await sql.query<CaseRow>(
      `${SELECT_CASE} WHERE c.id < $1 AND ($2::text IS NULL OR c.state = $2)
         AND ($3::boolean IS NULL OR (c.ended_at IS NULL) = $3)
         AND ($4::integer IS NULL OR c.carrier_id = $4)
         AND ($5::integer IS NULL OR c.alarm_id = $5)
         AND ($6::boolean IS NULL OR c.simulated = $6)
       ORDER BY c.id DESC LIMIT $7`,
      [
        ...[idCursor(query.cursor, NEWEST), query.state ?? null, query.open ?? null],
        ...[query.carrierId ?? null, query.alarmId ?? null, query.simulated ?? null],
        query.limit + 1,
      ],
    );
    return {
      body: page(
        rows,
        query.limit,
        (row) => caseOf(row, asker),
        ({ id }) => id,
      ),
    };
  },
});

const read = route({
  id: 'carrierCases.read',
  method: 'GET',
  path: '/carrier-cases/:caseId',
  summary: 'One case',
  access: 'case.read',
  params: CASE_PARAMS,
  reply: CARRIER_CASE,
  async answer({ sql, params, asker }) {
    const row = await caseById(sql, params.caseId);
    return { body: caseOf(row, asker), version: row.version };
  },
});

const create = route({
  id: 'carrierCases.create',
  method: 'POST',
  path: '/carrier-cases',
  summary: 'Makes a case of an area alarm by hand; its evidence is frozen within a minute',
  access: 'case.write',
  body: CARRIER_CASE_WRITE,
  reply: CARRIER_CASE,
  idempotent: true,
  async answer(ask) {
    const row = await openByHand(ask, ask.body.alarmId);
    return { status: 201, body: caseOf(row, ask.asker), version: row.version };
  },
});

/** Throws not-found, forbidden, and conflict where the alarm has a case. */
export async function openByHand(ask: Ask, alarmId: number): Promise<CaseRow> {
  const { sql, asker, nowMs } = ask;
  const alarm = await areaAlarm(sql, alarmId);
  if (alarm === null) throw problem('not-found', 'there is no such alarm of an area');
  const [own] = await sql.query('SELECT FROM alarm WHERE id = $1 FOR UPDATE', [alarmId]);
  if (own === undefined) throw problem('forbidden', 'it belongs to an organisation above yours');
  const caseId = await openCase(sql, caseFrom(alarm, nameOf(asker), nowMs));
  if (caseId === null) throw problem('conflict', 'this alarm has a case already');
  const row = await caseById(sql, caseId);
  await note(ask, row, 'open', { state: row.state, alarmId });
  return row;
}

const command = route({
  id: 'carrierCases.command',
  method: 'POST',
  path: '/carrier-cases/:caseId/command',
  summary: 'Sends, answers, closes or withdraws a case; each side has its own commands',
  access: 'case.write',
  params: CASE_PARAMS,
  body: CASE_COMMAND_WRITE,
  reply: CARRIER_CASE,
  conditional: true,
  idempotent: true,
  async answer(ask) {
    const row = await commandCase(ask, ask.params.caseId, ask.body, ask.ifMatch);
    return { body: caseOf(row, ask.asker), version: row.version };
  },
});

interface Commanded {
  readonly command: CaseCommand;
  readonly reason: string | null;
  readonly reference: string | null;
}

/** Throws not-found, forbidden, changed-meanwhile, and conflict where it cannot be done now. */
export async function commandCase(
  ask: Ask,
  caseId: number,
  { command: what, reason, reference }: Commanded,
  ifMatch: number | null,
): Promise<CaseRow> {
  const { sql, asker, nowMs } = ask;
  const before = await ownCase(sql, caseId);
  if (ifMatch !== null && before.version !== ifMatch) throw problem('changed-meanwhile');
  const side = sideOf(asker);
  const to = move(before.state, what, side);
  if (to === null) throw problem('conflict', 'the case does not stand where this can be done');
  if (what === 'send' && before.evidence === 0) {
    throw problem('conflict', 'the evidence is not frozen yet; try again in a minute');
  }
  await sql.query(
    `UPDATE carrier_case SET state = $2, version = version + 1,
       reference = coalesce($3, reference),
       sent_at = CASE WHEN $2 = 'sent' THEN $4 ELSE sent_at END,
       answered_at = CASE WHEN $5 THEN coalesce(answered_at, $4) ELSE answered_at END,
       resolved_at = CASE $2 WHEN 'resolved' THEN $4 WHEN 'closed' THEN resolved_at END,
       ended_at = CASE WHEN $6 THEN $4::timestamptz END,
       evidence_due_at = CASE WHEN $6 THEN NULL ELSE evidence_due_at END
     WHERE id = $1`,
    [caseId, to, reference, new Date(nowMs), isAnswer(what), isOver(to)],
  );
  await sql.query(
    `INSERT INTO carrier_case_change (case_id, at, side, actor, command, from_state, to_state,
       reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [caseId, new Date(nowMs), side, nameOf(asker), what, before.state, to, reason],
  );
  const after = await caseById(sql, caseId);
  if (after.sent_at !== null && isDeskEvent(what)) await tellDesk(ask, caseId, what);
  await note(ask, after, what, { state: to }, { state: before.state }, reason);
  return after;
}

async function note(
  ask: Ask,
  row: CaseRow,
  what: string,
  after: Partial<Pick<CarrierCase, 'state' | 'alarmId'>>,
  before?: Pick<CarrierCase, 'state'>,
  reason: string | null = null,
): Promise<void> {
  await audit(ask.sql, {
    ask,
    action: `case.${what}`,
    organisationId: row.organisation_id,
    object: { kind: 'carrier-case', id: row.id },
    ...(before !== undefined && { before }),
    after,
    ...(reason !== null && { reason }),
  });
}

/** The newest first, as TMF630 pages. */
export async function casesAt(
  sql: Sql,
  states: readonly string[] | null,
  offset: number,
  limit: number,
): Promise<{ readonly total: number; readonly rows: readonly CaseRow[] }> {
  const [all] = await sql.query<{ total: number }>(
    `SELECT count(*)::integer AS total FROM carrier_case
     WHERE $1::text[] IS NULL OR state = ANY ($1)`,
    [states],
  );
  const rows = await sql.query<CaseRow>(
    `${SELECT_CASE} WHERE $1::text[] IS NULL OR c.state = ANY ($1)
     ORDER BY c.id DESC OFFSET $2 LIMIT $3`,
    [states, offset, limit],
  );
  return { total: all?.total ?? 0, rows };
}

export const caseRoutes: readonly Route[] = [list, read, create, command];
