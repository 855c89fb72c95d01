// A database without users: the nation and its first operator are made, and a link to sign in with
// is shown where a person sees it. It never goes into the log.
import { type Sql, SYSTEM } from './db/database.ts';
import { problem } from './http/problem.ts';
import { LINK_VALID_MINUTES, makeLink } from './identity/sessions.ts';
import { linkAddress } from './identity/sign-in.ts';
import type { Services } from './services.ts';

export async function firstRun(services: Services): Promise<void> {
  const { db, log } = services;
  const made = await db.transaction(SYSTEM, async (sql) => {
    // Two processes may start on one empty database.
    await sql.query('SELECT pg_advisory_xact_lock(7265003)');
    const [user] = await sql.query('SELECT FROM app_user LIMIT 1');
    if (user !== undefined) return false;
    await makeFirstOperator(sql);
    return true;
  });
  if (!made) return;
  log.write('platform.first_run', { validMinutes: LINK_VALID_MINUTES });
  if (!process.stderr.isTTY) return; // `rmh platform link` makes one
  const link = await signInLink(services, null);
  process.stderr.write(`Sign in within ${LINK_VALID_MINUTES} minutes: ${link}\n`);
}

async function makeFirstOperator(sql: Sql): Promise<void> {
  await sql.query(
    `INSERT INTO organisation (parent_id, kind, name, short_name)
     SELECT NULL, 'national', 'Nasjonal tjenesteleverandør', 'Nasjonal'
     WHERE NOT EXISTS (SELECT FROM organisation)`,
  );
  await sql.query(
    `WITH nation AS (SELECT id FROM organisation WHERE kind = 'national'),
       operator AS (
         INSERT INTO app_user (organisation_id, name) SELECT id, 'Nasjonal operatør' FROM nation
         RETURNING id, organisation_id),
       auditor AS (
         INSERT INTO user_grant SELECT id, 'auditor', organisation_id FROM operator)
     INSERT INTO user_grant SELECT id, 'national-operator', organisation_id FROM operator`,
  );
}

/** `user`: part of a name, or an e-mail; null: the first national operator. */
export async function signInLink(services: Services, user: string | null): Promise<string> {
  const { db, nowMs, publicUrl } = services;
  const secret = await db.transaction(SYSTEM, async (sql) => {
    const rows = await sql.query<{ id: number }>(
      user === null
        ? `SELECT u.id FROM app_user u JOIN user_grant g ON g.user_id = u.id
           WHERE g.role = 'national-operator' AND u.active ORDER BY u.id LIMIT 1`
        : `SELECT id FROM app_user WHERE active
             AND (lower(email) = lower($1) OR lower(name) = lower($1)) ORDER BY id`,
      user === null ? undefined : [user],
    );
    const [only] = rows;
    if (only === undefined) throw problem('not-found', 'there is no such user');
    if (rows.length > 1) throw problem('conflict', 'there is more than one such user');
    return await makeLink(sql, only.id, nowMs());
  });
  return linkAddress(publicUrl, secret);
}
