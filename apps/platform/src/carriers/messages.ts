// What the two sides said to each other, and what was done with a case.
import {
  CASE_CHANGE,
  CASE_MESSAGE,
  CASE_MESSAGE_WRITE,
  type CaseChange,
  type CaseMessage,
  PAGE_QUERY,
  pageOf,
} from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Ask, type Route, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { nameOf } from '../orders/rows.ts';
import { CASE_PARAMS } from './cases.ts';
import { tellDesk } from './desk-mail.ts';
import { caseById, ownCase, sideOf } from './rows.ts';
import { isOver } from './states.ts';

interface MessageRow extends Omit<CaseMessage, 'at'> {
  readonly at: Date;
}

export async function messagesAfter(
  sql: Sql,
  caseId: number,
  after: number,
  limit: number,
): Promise<readonly CaseMessage[]> {
  const rows = await sql.query<MessageRow>(
    `SELECT id, at, side, author, text FROM carrier_case_message
     WHERE case_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
    [caseId, after, limit],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

const messages = route({
  id: 'carrierCases.messages',
  method: 'GET',
  path: '/carrier-cases/:caseId/messages',
  summary: 'What the two sides said, the oldest first',
  access: 'case.read',
  params: CASE_PARAMS,
  query: PAGE_QUERY,
  reply: pageOf(CASE_MESSAGE),
  async answer({ sql, params, query }) {
    await caseById(sql, params.caseId);
    const rows = await messagesAfter(sql, params.caseId, idCursor(query.cursor), query.limit + 1);
    return {
      body: page(
        rows,
        query.limit,
        (row) => row,
        ({ id }) => id,
      ),
    };
  },
});

const say = route({
  id: 'carrierCases.say',
  method: 'POST',
  path: '/carrier-cases/:caseId/messages',
  summary: 'Says something; the other side reads it, ours from before the case was sent too',
  access: 'case.write',
  params: CASE_PARAMS,
  body: CASE_MESSAGE_WRITE,
  reply: CASE_MESSAGE,
  idempotent: true,
  async answer(ask) {
    return { status: 201, body: await sayIn(ask, ask.params.caseId, ask.body.text) };
  },
});

/** Throws not-found, forbidden, and conflict where the case is over. */
export async function sayIn(ask: Ask, caseId: number, text: string): Promise<CaseMessage> {
  const { sql, asker, nowMs } = ask;
  const row = await ownCase(sql, caseId);
  if (isOver(row.state)) throw problem('conflict', 'the case is over');
  const side = sideOf(asker);
  const now = new Date(nowMs);
  const [made] = await sql.query<MessageRow>(
    `INSERT INTO carrier_case_message (case_id, at, side, author, text)
     VALUES ($1, $2, $3, $4, $5) RETURNING id, at, side, author, text`,
    [caseId, now, side, nameOf(asker), text],
  );
  if (made === undefined) throw problem('our-fault');
  await sql.query(
    `UPDATE carrier_case SET version = version + 1,
       answered_at = CASE WHEN $2 = 'carrier' THEN coalesce(answered_at, $3) ELSE answered_at END
     WHERE id = $1`,
    [caseId, side, now],
  );
  if (side === 'health' && row.sent_at !== null) await tellDesk(ask, caseId, 'message');
  await audit(sql, {
    ask,
    action: 'case.say',
    organisationId: row.organisation_id,
    object: { kind: 'carrier-case', id: caseId },
    after: { messageId: made.id },
  });
  return { ...made, at: made.at.toISOString() };
}

interface ChangeRow extends Omit<CaseChange, 'at' | 'from' | 'to'> {
  readonly at: Date;
  readonly from_state: CaseChange['from'];
  readonly to_state: CaseChange['to'];
}

const changes = route({
  id: 'carrierCases.changes',
  method: 'GET',
  path: '/carrier-cases/:caseId/changes',
  summary: 'What was done with a case, by whom and why; the oldest first',
  access: 'case.read',
  params: CASE_PARAMS,
  query: PAGE_QUERY,
  reply: pageOf(CASE_CHANGE),
  async answer({ sql, params, query }) {
    await caseById(sql, params.caseId);
    const rows = await sql.query<ChangeRow>(
      `SELECT id, at, side, actor, command, from_state, to_state, reason FROM carrier_case_change
       WHERE case_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
      [params.caseId, idCursor(query.cursor), query.limit + 1],
    );
    const changeOf = ({ at, from_state: from, to_state: to, ...row }: ChangeRow) => ({
      ...row,
      at: at.toISOString(),
      from,
      to,
    });
    return { body: page(rows, query.limit, changeOf, ({ id }) => id) };
  },
});

export const messageRoutes: readonly Route[] = [messages, say, changes];
