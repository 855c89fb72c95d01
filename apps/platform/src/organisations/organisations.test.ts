import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Role } from '@rmh/contract/api';
import { routes as audit } from '../audit/index.ts';
import { SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { testServer, testServices } from '../http/testing.ts';
import { routes as identity } from '../identity/index.ts';
import { routes as organisations } from './index.ts';

const ROUTES = [...identity, ...audit, ...organisations];
const grant = (role: Role, organisationId: number) => ({ role, organisationId });
const person = (grants: readonly object[], more: object = {}) => ({
  organisationId: 2,
  name: 'Ola',
  email: null,
  grants,
  active: true,
  ...more,
});

for (const { kind, open } of databases()) {
  test(`Nobody gives away more than he has, nor outside his own (${kind})`, async (t) => {
    const db = await open();
    await db.transaction(SYSTEM, (sql) =>
      sql.query(`INSERT INTO organisation (id, parent_id, kind, name, short_name) VALUES
        (1, NULL, 'national', 'Norge', 'N'), (2, 1, 'rhf', 'Nord', 'Nord'),
        (3, 1, 'rhf', 'Vest', 'Vest'), (4, 2, 'hf', 'UNN', 'UNN');
        SELECT setval('organisation_id_seq', 4)`),
    );
    const server = await testServer(testServices(db), ROUTES);
    const national = await server.user(1, [grant('national-operator', 1), grant('auditor', 1)]);
    const ict = await server.user(2, [grant('ict-operator', 2)]);
    const statusOf = async (body: object) => (await ict('POST /users', { body })).status;

    await t.test('grants', async () => {
      assert.equal(await statusOf(person([grant('trust-user', 4)])), 201);
      assert.equal(await statusOf(person([grant('ict-operator', 2)])), 201);
      assert.equal(await statusOf(person([grant('trust-user', 3)])), 403, 'another region');
      assert.equal(await statusOf(person([grant('trust-user', 1)])), 403, 'the nation');
      assert.equal(await statusOf(person([grant('auditor', 2)])), 403, 'a verb he lacks');
      assert.equal(await statusOf(person([grant('national-operator', 2)])), 400);
      assert.equal(await statusOf(person([], { organisationId: 3 })), 403);
    });

    await t.test('a user who reaches further is not theirs to change', async () => {
      const body = person([grant('trust-user', 2), grant('trust-user', 3)]);
      const made = await national('POST /users', { body });
      const path = `PUT /users/${String(made.body['id'])}`;
      const headers = { 'if-match': '"1"' };
      const less = { body: person([grant('trust-user', 2)]), headers };
      assert.equal((await ict(path, less)).status, 403);
      assert.equal((await national(path, less)).status, 200);
      assert.equal((await ict(path, { ...less, headers: { 'if-match': '"2"' } })).status, 200);
    });

    await t.test('a user that is made inactive is out at once', async () => {
      const out = await server.user(4, [grant('trust-user', 4)], 'Snart Ute');
      const me = await out('GET /me');
      const { id, version } = me.body['user'] as { id: number; version: number };
      const body = person([grant('trust-user', 4)], { organisationId: 4, active: false });
      const headers = { 'if-match': `"${version}"` };
      assert.equal((await ict(`PUT /users/${id}`, { body, headers })).status, 200);
      assert.equal((await out('GET /me')).status, 401);
    });

    await t.test('service tokens: some of the maker, shown once, revoked at once', async () => {
      const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
      const body = { organisationId: 2, name: 'Melding', verbs: ['organisation.read'], expiresAt };
      const refused = { ...body, verbs: ['audit.read'] };
      assert.equal((await ict('POST /service-tokens', { body: refused })).status, 403);
      const made = await ict('POST /service-tokens', { body });
      const headers = { authorization: `Bearer ${String(made.body['secret'])}` };
      const seen = await server.nobody('GET /organisations', { headers });
      assert.deepEqual(
        (seen.body['items'] as { id: number }[]).map(({ id }) => id),
        [2, 4],
      );
      assert.equal((await server.nobody('GET /users', { headers })).status, 403);
      const list = await ict('GET /service-tokens');
      assert.ok(!list.text.includes(String(made.body['secret'])));
      const path = `DELETE /service-tokens/${String(made.body['id'])}`;
      assert.equal((await ict(path, { headers: { 'if-match': '"1"' } })).status, 204);
      assert.equal((await server.nobody('GET /organisations', { headers })).status, 401);
    });

    await t.test('organisations grow below, in their order, and do not move', async () => {
      const body = {
        parentId: 2,
        kind: 'hf',
        name: 'Finnmark',
        shortName: 'Finn',
        orgNumber: null,
      };
      const made = await ict('POST /organisations', { body });
      assert.equal(made.status, 201, made.text);
      assert.equal(
        (await ict('POST /organisations', { body: { ...body, kind: 'rhf' } })).status,
        400,
      );
      assert.equal(
        (await ict('POST /organisations', { body: { ...body, parentId: 3 } })).status,
        404,
      );
      const names = { name: 'Finnmarkssykehuset', shortName: 'Finn', orgNumber: '983974880' };
      const path = `PUT /organisations/${String(made.body['id'])}`;
      const headers = { 'if-match': '"1"' };
      assert.equal((await ict(path, { body: names, headers })).body['name'], names.name);
    });

    await t.test('all of it stands in the audit log, for auditors', async () => {
      assert.equal((await ict('GET /audit')).status, 403);
      const { body } = await national('GET /audit?limit=500');
      const actions = (body['items'] as { action: string }[]).map(({ action }) => action);
      for (const action of ['user.create', 'user.change', 'service-token.revoke']) {
        assert.ok(actions.includes(action), action);
      }
      const found = await national('GET /audit?action=organisation.&actor=Kari');
      assert.ok((found.body['items'] as unknown[]).length >= 2);
    });

    await server.close();
    await db.close();
  });

  test(`A session ends idle, after its longest time, and by signing out (${kind})`, async () => {
    const db = await open();
    await db.transaction(SYSTEM, (sql) =>
      sql.query(
        `INSERT INTO organisation (id, kind, name, short_name) VALUES (1, 'national', 'N', 'N')`,
      ),
    );
    let nowMs = Date.UTC(2026, 10, 25, 6);
    const server = await testServer(testServices(db, { nowMs: () => nowMs }), ROUTES);
    const status = async (ask: (what: string) => Promise<{ status: number }>) =>
      (await ask('GET /me')).status;
    const idle = await server.user(1, [grant('auditor', 1)]);
    const busy = await server.user(1, [grant('auditor', 1)]);
    const leaving = await server.user(1, [grant('auditor', 1)]);
    assert.equal((await leaving('DELETE /session')).status, 204);
    assert.equal(await status(leaving), 401);
    for (let minutes = 0; minutes < 12 * 60; minutes += 50) {
      assert.equal(await status(busy), 200, `${minutes} minutes`);
      nowMs += 50 * 60_000;
    }
    assert.equal(await status(busy), 401, 'a shift is over');
    assert.equal(await status(idle), 401);
    await server.close();
    await db.close();
  });
}
