// Alarms through the API: look, acknowledge, comment, clear by hand.
import {
  ALARM,
  ALARM_COMMENT,
  ALARM_COMMENT_WRITE,
  ALARM_QUERY,
  PAGE_QUERY,
  pageOf,
} from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Ask, type Route, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { instant } from '../live/rows.ts';
import { announce } from './orders.ts';
import { type AlarmRow, NEWEST, SELECT_ALARM, toAlarm } from './rows.ts';

const ALARM_PARAMS = z.strictObject({ alarmId: z.coerce.number().int().positive() });

const list = route({
  id: 'alarms.list',
  method: 'GET',
  path: '/alarms',
  summary: 'Alarms, the newest first',
  access: 'alarm.read',
  query: ALARM_QUERY,
  reply: pageOf(ALARM),
  async answer({ sql, query }) {
    const rows = await sql.query<AlarmRow>(
      `${SELECT_ALARM} WHERE a.id < $1
         AND ($2::boolean IS NULL OR (a.cleared_at IS NULL) = $2)
         AND ($3::boolean IS NULL OR (a.acknowledged_at IS NOT NULL) = $3)
         AND ($4::text IS NULL OR a.kind = $4) AND ($5::text IS NULL OR a.severity = $5)
         AND ($6::integer IS NULL OR a.vehicle_id = $6)
         AND ($7::boolean IS NULL OR a.simulated = $7)
         AND ($8::integer IS NULL OR a.organisation_id IN (
           SELECT organisation_id FROM organisation_tree WHERE ancestor_id = $8))
       ORDER BY a.id DESC LIMIT $9`,
      [
        idCursor(query.cursor, NEWEST),
        query.open ?? null,
        query.acknowledged ?? null,
        query.kind ?? null,
        query.severity ?? null,
        query.vehicleId ?? null,
        query.simulated ?? null,
        query.organisationId ?? null,
        query.limit + 1,
      ],
    );
    return { body: page(rows, query.limit, toAlarm, ({ id }) => id) };
  },
});

const get = route({
  id: 'alarms.get',
  method: 'GET',
  path: '/alarms/:alarmId',
  summary: 'One alarm',
  access: 'alarm.read',
  params: ALARM_PARAMS,
  reply: ALARM,
  async answer({ sql, params }) {
    const row = await readAlarm(sql, params.alarmId);
    return { body: toAlarm(row), version: row.version };
  },
});

const acknowledge = route({
  id: 'alarms.acknowledge',
  method: 'POST',
  path: '/alarms/:alarmId/acknowledge',
  summary: 'Somebody has seen it and looks after it; a second time changes nothing',
  access: 'alarm.handle',
  params: ALARM_PARAMS,
  reply: ALARM,
  async answer(ask) {
    const before = await readOwnAlarm(ask.sql, ask.params.alarmId);
    if (before.acknowledged_at !== null) return { body: toAlarm(before), version: before.version };
    await ask.sql.query(
      `UPDATE alarm SET acknowledged_by = $2, acknowledged_at = to_timestamp($3::float8 / 1000),
         version = version + 1 WHERE id = $1`,
      [before.id, nameOf(ask), ask.nowMs],
    );
    return await handled(ask, before, 'alarm.acknowledge');
  },
});

const clear = route({
  id: 'alarms.clear',
  method: 'POST',
  path: '/alarms/:alarmId/clear',
  summary: 'Cleared by hand: it comes back only when its cause was gone and came again',
  access: 'alarm.handle',
  params: ALARM_PARAMS,
  reply: ALARM,
  async answer(ask) {
    const before = await readOwnAlarm(ask.sql, ask.params.alarmId);
    if (before.cleared_at !== null) return { body: toAlarm(before), version: before.version };
    await ask.sql.query(
      `UPDATE alarm SET cleared_by = $2, cleared_at = to_timestamp($3::float8 / 1000),
         updated_at = to_timestamp($3::float8 / 1000), version = version + 1 WHERE id = $1`,
      [before.id, nameOf(ask), ask.nowMs],
    );
    return await handled(ask, before, 'alarm.clear');
  },
});

const comments = route({
  id: 'alarms.comments',
  method: 'GET',
  path: '/alarms/:alarmId/comments',
  summary: 'What was said about an alarm, the oldest first',
  access: 'alarm.read',
  params: ALARM_PARAMS,
  query: PAGE_QUERY,
  reply: pageOf(ALARM_COMMENT),
  async answer({ sql, params, query }) {
    const alarm = await readAlarm(sql, params.alarmId);
    const rows = await sql.query<CommentRow>(
      `SELECT id, alarm_id, at, author, text FROM alarm_comment
       WHERE alarm_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
      [alarm.id, idCursor(query.cursor), query.limit + 1],
    );
    return { body: page(rows, query.limit, toComment, ({ id }) => id) };
  },
});

const comment = route({
  id: 'alarms.comment',
  method: 'POST',
  path: '/alarms/:alarmId/comments',
  summary: 'Say something about an alarm',
  access: 'alarm.handle',
  params: ALARM_PARAMS,
  body: ALARM_COMMENT_WRITE,
  reply: ALARM_COMMENT,
  async answer(ask) {
    const { sql, body, nowMs } = ask;
    const alarm = await readOwnAlarm(sql, ask.params.alarmId);
    const [row] = await sql.query<CommentRow>(
      `INSERT INTO alarm_comment (alarm_id, organisation_id, at, author, text)
       VALUES ($1, $2, to_timestamp($3::float8 / 1000), $4, $5)
       RETURNING id, alarm_id, at, author, text`,
      [alarm.id, alarm.organisation_id, nowMs, nameOf(ask), body.text],
    );
    if (row === undefined) throw problem('not-found');
    await audit(sql, {
      ask,
      action: 'alarm.comment',
      organisationId: alarm.organisation_id,
      object: { kind: 'alarm', id: alarm.id },
      after: { commentId: row.id },
    });
    return { status: 201, body: toComment(row) };
  },
});

interface CommentRow {
  readonly id: number;
  readonly alarm_id: number;
  readonly at: Date | string;
  readonly author: string;
  readonly text: string;
}

function toComment({ id, alarm_id, at, author, text }: CommentRow) {
  return { id, alarmId: alarm_id, at: instant(at), author, text };
}

async function readAlarm(sql: Sql, id: number): Promise<AlarmRow> {
  const [row] = await sql.query<AlarmRow>(`${SELECT_ALARM} WHERE a.id = $1`, [id]);
  if (row === undefined) throw problem('not-found');
  return row;
}

/** One that the asker may change: seeing it because it took one's vehicles along is not enough. */
async function readOwnAlarm(sql: Sql, id: number): Promise<AlarmRow> {
  const row = await readAlarm(sql, id);
  const own = await sql.query('SELECT FROM alarm WHERE id = $1 FOR UPDATE', [id]);
  if (own.length === 0) throw problem('forbidden', 'it belongs to an organisation above yours');
  return row;
}

async function handled(ask: Ask, before: AlarmRow, action: string) {
  const { sql, services } = ask;
  const after = await readAlarm(sql, before.id);
  await audit(sql, {
    ask,
    action,
    organisationId: before.organisation_id,
    object: { kind: 'alarm', id: before.id },
    before: { version: before.version },
    after: { version: after.version },
  });
  await announce(services.db, sql, [before.id]);
  return { body: toAlarm(after), version: after.version };
}

export function nameOf({ asker }: Pick<Ask, 'asker'>): string {
  return asker.kind === 'user' || asker.kind === 'service' ? asker.name : asker.kind;
}

export const alarmRoutes: Route[] = [list, get, acknowledge, clear, comments, comment];
