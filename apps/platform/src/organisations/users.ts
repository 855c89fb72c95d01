// Users and their grants. Two rules keep a region from helping itself to more:
//
//   nobody grants a role with a verb that he does not hold there himself
//   nobody changes a user who has grants that he does not see
//
// A carrier's contact is one for the nation and for one carrier.
import {
  type Grant,
  PAGE_QUERY,
  pageOf,
  ROLES,
  USER,
  USER_WRITE,
  type User,
} from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Ask, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { mayOn } from '../identity/verbs.ts';
import { USER_COLUMNS, type UserRow, userById, userOf } from './user-rows.ts';

const PARAMS = z.strictObject({ userId: z.coerce.number().int().positive() });

export const listUsers = route({
  id: 'users.list',
  method: 'GET',
  path: '/users',
  summary: 'Users, with the grants that the asker sees',
  access: 'user.read',
  query: PAGE_QUERY,
  reply: pageOf(USER),
  async answer({ sql, query }) {
    const rows = await sql.query<UserRow>(
      `SELECT ${USER_COLUMNS} FROM app_user u WHERE u.id > $1 ORDER BY u.id LIMIT $2`,
      [idCursor(query.cursor), query.limit + 1],
    );
    return { body: page(rows, query.limit, userOf, (row) => row.id) };
  },
});

export const readUser = route({
  id: 'users.read',
  method: 'GET',
  path: '/users/:userId',
  summary: 'One user',
  access: 'user.read',
  params: PARAMS,
  reply: USER,
  async answer({ sql, params }) {
    const user = await seen(sql, params.userId);
    return { body: user, version: user.version };
  },
});

export const createUser = route({
  id: 'users.create',
  method: 'POST',
  path: '/users',
  summary: 'A new user, known to the sign-in service by his e-mail at the first sign-in',
  access: 'user.write',
  body: USER_WRITE,
  reply: USER,
  async answer(ask) {
    const { sql, body } = ask;
    const [made] = await sql.query<{ id: number }>(
      `INSERT INTO app_user (organisation_id, name, email, active) VALUES ($1, $2, $3, $4)
       RETURNING id`,
      [body.organisationId, body.name, body.email, body.active],
    );
    const userId = made?.id ?? 0;
    await setGrants(ask, userId, [], body.grants);
    const user = await seen(sql, userId);
    await note(ask, 'user.create', user, null);
    return { status: 201, body: user, version: user.version };
  },
});

export const changeUser = route({
  id: 'users.change',
  method: 'PUT',
  path: '/users/:userId',
  summary: 'Changes a user and his grants',
  access: 'user.write',
  params: PARAMS,
  body: USER_WRITE,
  reply: USER,
  conditional: true,
  async answer(ask) {
    const { sql, params, body, ifMatch } = ask;
    await sql.query('SELECT FROM app_user WHERE id = $1 FOR UPDATE', [params.userId]);
    const before = await seen(sql, params.userId);
    if (before.version !== ifMatch) throw problem('changed-meanwhile');
    const [beyond] = await sql.query<{ more: boolean }>('SELECT user_reaches_beyond($1) AS more', [
      params.userId,
    ]);
    if (beyond?.more !== false) throw problem('forbidden', 'this user has grants above yours');
    await sql.query(
      `UPDATE app_user SET organisation_id = $2, name = $3, email = $4, active = $5,
         version = version + 1 WHERE id = $1`,
      [params.userId, body.organisationId, body.name, body.email, body.active],
    );
    await setGrants(ask, params.userId, before.grants, body.grants);
    const user = await seen(sql, params.userId);
    await note(ask, 'user.change', user, before);
    return { body: user, version: user.version };
  },
});

async function seen(sql: Sql, userId: number): Promise<User> {
  const user = await userById(sql, userId);
  if (user === null) throw problem('not-found');
  return user;
}

const sameGrant = (a: Grant) => (b: Grant) =>
  a.role === b.role && a.organisationId === b.organisationId && a.carrierId === b.carrierId;

async function setGrants(
  ask: Ask,
  userId: number,
  before: readonly Grant[],
  after: readonly Grant[],
): Promise<void> {
  const { sql } = ask;
  if (after.filter(({ role }) => role === 'carrier-contact').length > 1) {
    throw problem('bad-request', "a carrier's contact speaks for one carrier");
  }
  const added = after.filter((grant) => !before.some(sameGrant(grant)));
  const removed = before.filter((grant) => !after.some(sameGrant(grant)));
  for (const grant of [...added, ...removed]) await checkGrant(ask, grant);
  for (const { role, organisationId } of removed) {
    await sql.query(
      'DELETE FROM user_grant WHERE user_id = $1 AND role = $2 AND organisation_id = $3',
      [userId, role, organisationId],
    );
  }
  for (const { role, organisationId, carrierId } of added) {
    await sql.query(
      `INSERT INTO user_grant (user_id, role, organisation_id, carrier_id) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [userId, role, organisationId, carrierId ?? null],
    );
  }
}

async function checkGrant({ sql, asker }: Ask, grant: Grant): Promise<void> {
  const { role, organisationId, carrierId } = grant;
  const [organisation] = await sql.query<{ kind: string }>(
    'SELECT kind FROM organisation WHERE id = $1',
    [organisationId],
  );
  if (organisation === undefined) throw problem('forbidden', 'that organisation is not yours');
  // Gateways, carriers and the baseline belong to the nation, whoever writes them.
  if (role === 'national-operator' && organisation.kind !== 'national') {
    throw problem('bad-request', 'a national operator is one for the nation');
  }
  if ((role === 'carrier-contact') !== (carrierId !== undefined)) {
    throw problem('bad-request', "a carrier's contact, and nobody else, has a carrier");
  }
  if (role === 'carrier-contact' && organisation.kind !== 'national') {
    throw problem('bad-request', "a carrier's contact is one for the nation");
  }
  for (const verb of ROLES[role]) {
    if (!(await mayOn(sql, asker, verb, organisationId))) {
      throw problem('forbidden', `you may not grant ${role}: you do not hold ${verb} there`);
    }
  }
}

async function note(ask: Ask, action: string, user: User, before: User | null): Promise<void> {
  await audit(ask.sql, {
    ask,
    action,
    organisationId: user.organisationId,
    object: { kind: 'user', id: user.id },
    ...(before === null ? {} : { before: told(before) }),
    after: told(user),
  });
}

// The log keeps what was decided, not more of a person than that.
const told = ({ organisationId, active, grants }: User) => ({ organisationId, active, grants });
