// Sessions of people: a cookie whose hash is a row. Each use moves the end, up to a last one.
import type { Grant } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import type { SessionSettings } from '../settings.ts';
import type { Asker } from './asker.ts';
import { hashOf, newSecret } from './secrets.ts';

const MINUTE_MS = 60_000;
// The end is written no more often than this: a console asks several times a second.
const TOUCH_MS = MINUTE_MS;

export type UserAsker = Extract<Asker, { kind: 'user' }>;

export interface Session {
  readonly asker: UserAsker;
  readonly csrf: string;
}

/** Returns what the cookie holds. */
export async function beginSession(
  sql: Sql,
  userId: number,
  nowMs: number,
  { idleMinutes }: SessionSettings,
): Promise<string> {
  const token = newSecret();
  const now = new Date(nowMs);
  await sql.query(
    `INSERT INTO session (token_hash, user_id, csrf, created_at, used_at, expires_at)
     VALUES ($1, $2, $3, $4, $4, $5)`,
    [hashOf(token), userId, newSecret(), now, new Date(nowMs + idleMinutes * MINUTE_MS)],
  );
  await sql.query('UPDATE app_user SET last_seen_at = $2 WHERE id = $1', [userId, now]);
  return token;
}

interface SessionRow {
  readonly user_id: number;
  readonly name: string;
  readonly csrf: string;
  readonly created_at: Date;
  readonly used_at: Date;
  readonly grants: Grant[] | null;
}

/** Null: none, over, or its user is no longer active. As system. */
export async function findSession(
  sql: Sql,
  token: string,
  nowMs: number,
  settings: SessionSettings,
): Promise<Session | null> {
  const [row] = await sql.query<SessionRow>(
    `SELECT s.user_id, u.name, s.csrf, s.created_at, s.used_at,
       (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('role', g.role,
          'organisationId', g.organisation_id, 'carrierId', g.carrier_id))
          ORDER BY g.role, g.organisation_id) FROM user_grant g WHERE g.user_id = u.id) AS grants
     FROM session s JOIN app_user u ON u.id = s.user_id AND u.active
     WHERE s.token_hash = $1 AND s.expires_at > $2`,
    [hashOf(token), new Date(nowMs)],
  );
  if (row === undefined) return null;
  if (nowMs - row.used_at.getTime() > TOUCH_MS) await touch(sql, token, row, nowMs, settings);
  const { user_id: userId, name, csrf } = row;
  const grants: Grant[] = row.grants ?? [];
  return { asker: { kind: 'user', userId, name, grants }, csrf };
}

async function touch(
  sql: Sql,
  token: string,
  { created_at: createdAt, user_id: userId }: SessionRow,
  nowMs: number,
  { idleMinutes, mostHours }: SessionSettings,
): Promise<void> {
  const lastMs = createdAt.getTime() + mostHours * 60 * MINUTE_MS;
  const expiresMs = Math.min(nowMs + idleMinutes * MINUTE_MS, lastMs);
  const values = [hashOf(token), new Date(nowMs), new Date(expiresMs)];
  await sql.query('UPDATE session SET used_at = $2, expires_at = $3 WHERE token_hash = $1', values);
  await sql.query('UPDATE app_user SET last_seen_at = $2 WHERE id = $1', [userId, new Date(nowMs)]);
}

export async function endSession(sql: Sql, token: string): Promise<void> {
  await sql.query('DELETE FROM session WHERE token_hash = $1', [hashOf(token)]);
}

/** Of one user, everywhere: he was made inactive, or his grants changed. */
export async function endSessionsOf(sql: Sql, userId: number): Promise<void> {
  await sql.query('DELETE FROM session WHERE user_id = $1', [userId]);
}

// A link is for the next minutes: it stands in a terminal or a message.
export const LINK_VALID_MINUTES = 30;

/** A one-time link for the user; returns its secret. */
export async function makeLink(sql: Sql, userId: number, nowMs: number): Promise<string> {
  const secret = newSecret();
  await sql.query(
    'INSERT INTO sign_in_link (token_hash, user_id, expires_at) VALUES ($1, $2, $3)',
    [hashOf(secret), userId, new Date(nowMs + LINK_VALID_MINUTES * MINUTE_MS)],
  );
  return secret;
}

/** The user of an unused link, which is used from now on; null: there is none. */
export async function useLink(sql: Sql, secret: string, nowMs: number): Promise<number | null> {
  const [row] = await sql.query<{ user_id: number }>(
    `UPDATE sign_in_link SET used_at = $2 FROM app_user u
     WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 AND u.id = user_id AND u.active
     RETURNING user_id`,
    [hashOf(secret), new Date(nowMs)],
  );
  return row?.user_id ?? null;
}
