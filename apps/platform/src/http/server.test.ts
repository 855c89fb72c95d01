import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { challengeOf, Identity, newProcessName, proveRequest } from '@rmh/contract/daemon';
import { z } from 'zod';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { problem } from './problem.ts';
import { type Route, route } from './route.ts';
import { testServer, testServices } from './testing.ts';

const NUMBER = z.coerce.number().int().positive();
let made = 0;

const ROUTES: readonly Route[] = [
  route({
    id: 'things.list',
    method: 'GET',
    path: '/things',
    summary: 'Organisations that the asker sees',
    access: 'organisation.read',
    query: z.strictObject({ most: NUMBER.default(10) }),
    reply: z.strictObject({ ids: z.array(z.int()) }),
    async answer({ sql, query }) {
      const rows = await sql.query<{ id: number }>('SELECT id FROM organisation ORDER BY id');
      return { body: { ids: rows.slice(0, query.most).map(({ id }) => id) } };
    },
  }),
  route({
    id: 'things.change',
    method: 'PUT',
    path: '/things/:thingId',
    summary: 'A change',
    access: 'organisation.write',
    params: z.strictObject({ thingId: NUMBER }),
    body: z.strictObject({ name: z.string().max(5) }),
    reply: z.strictObject({ name: z.string() }),
    conditional: true,
    async answer({ body, ifMatch }) {
      if (ifMatch !== 3) throw problem('changed-meanwhile');
      return { body, version: 4 };
    },
  }),
  route({
    id: 'things.make',
    method: 'POST',
    path: '/things',
    summary: 'A new one, once',
    access: 'organisation.write',
    body: z.strictObject({ name: z.string() }),
    reply: z.strictObject({ made: z.int() }),
    idempotent: true,
    async answer({ body }) {
      if (body.name === 'bad') throw problem('conflict', 'no');
      made++;
      return { status: 201, body: { made } };
    },
  }),
  route({
    id: 'machines.say',
    method: 'POST',
    path: '/units/self/say',
    summary: 'A machine says something',
    access: 'unit',
    body: z.strictObject({ word: z.string() }),
    reply: z.strictObject({ unitId: z.int() }),
    async answer({ asker }) {
      return { body: { unitId: asker.kind === 'unit' ? asker.unitId : 0 } };
    },
  }),
  route({
    id: 'open.broken',
    method: 'GET',
    path: '/broken',
    summary: 'Our fault',
    access: 'open',
    reply: null,
    async answer({ sql }) {
      await sql.query(`SELECT 'hemmelig' FROM nowhere`);
      return {};
    },
  }),
  route({
    id: 'open.lies',
    method: 'GET',
    path: '/lies',
    summary: 'Not what is promised',
    access: 'open',
    reply: z.strictObject({ n: z.int() }),
    answer: async () => ({ body: { n: 'one' } as unknown as { n: number } }),
  }),
  route({
    id: 'open.stream',
    method: 'GET',
    path: '/stream',
    summary: 'A stream',
    access: 'open',
    reply: null,
    answer: async () => ({
      headers: { 'content-type': 'text/csv' },
      raw: async (stream) => {
        for (let i = 0; i < 3; i++) await stream.write(`${i}\n`);
      },
    }),
  }),
  route({
    id: 'open.few',
    method: 'GET',
    path: '/few',
    summary: 'Seldom',
    access: 'open',
    perMinute: 3,
    reply: null,
    answer: async () => ({}),
  }),
];

async function plant(db: Database): Promise<void> {
  await db.transaction(SYSTEM, async (sql) => {
    await db.insert(
      sql,
      'organisation',
      ['id', 'parent_id', 'kind', 'name', 'short_name'],
      [
        [1, null, 'national', 'Norge', 'N'],
        [2, 1, 'rhf', 'Nord', 'Nord'],
        [3, 1, 'rhf', 'Vest', 'Vest'],
      ],
    );
    await sql.query(
      `INSERT INTO unit (id, organisation_id, serial, state) VALUES (7, 2, 'S-7', 'awaited')`,
    );
  });
}

for (const { kind, open } of databases()) {
  test(`The server admits, checks and answers as the routes say (${kind})`, async (t) => {
    const db = await open();
    await plant(db);
    const services = testServices(db);
    const server = await testServer(services, ROUTES);
    const nord = await server.user(2, [{ role: 'ict-operator', organisationId: 2 }]);
    const trust = await server.user(2, [{ role: 'trust-user', organisationId: 2 }]);

    await t.test('a user sees his subtree, nobody is asked to sign in', async () => {
      assert.deepEqual((await nord('GET /things')).body, { ids: [2] });
      const refused = await server.nobody('GET /things');
      assert.equal(refused.status, 401);
      assert.equal(refused.headers['content-type'], 'application/problem+json; charset=utf-8');
      assert.equal(refused.body['type'], 'urn:rmh:problem:not-signed-in');
      assert.equal(refused.body['requestId'], refused.headers['x-request-id']);
    });

    await t.test('a query that is not known is named', async () => {
      const { status, body } = await nord('GET /things?least=2&most=0');
      assert.equal(status, 400);
      assert.deepEqual((body['fields'] as { field: string }[]).map(({ field }) => field).sort(), [
        '',
        'most',
      ]);
    });

    await t.test('a write needs role, header, version and a body in this order', async () => {
      const path = 'PUT /things/2';
      const body = { name: 'x' };
      assert.equal((await trust(path, { body })).status, 403);
      const forged = await nord(path, { body, headers: { 'x-rmh-csrf': 'x'.repeat(43) } });
      assert.match(String(forged.body['detail']), /x-rmh-csrf/);
      assert.equal((await nord(path, { body })).status, 428);
      const wrong = { 'if-match': '"2"' };
      assert.equal((await nord(path, { body, headers: wrong })).status, 412);
      const right = { 'if-match': '"3"' };
      const long = await nord(path, { body: { name: 'too long' }, headers: right });
      assert.deepEqual([long.status, long.text.includes('too long')], [400, false]);
      const done = await nord(path, { body, headers: right });
      assert.deepEqual([done.status, done.headers['etag']], [200, '"4"']);
    });

    await t.test(
      'an Idempotency-Key gets its answer again, for the same request only',
      async () => {
        const headers = { 'idempotency-key': 'order-0001' };
        assert.equal((await nord('POST /things', { body: { name: 'a' } })).status, 400);
        const bad = await nord('POST /things', { body: { name: 'bad' }, headers });
        assert.equal(bad.status, 409);
        const both = await Promise.all(
          [1, 2].map(() => nord('POST /things', { body: { name: 'a' }, headers })),
        );
        assert.deepEqual(
          both.map(({ status, body }) => [status, body]),
          [
            [201, { made }],
            [201, { made }],
          ],
        );
        const other = await nord('POST /things', { body: { name: 'b' }, headers });
        assert.equal(other.status, 409);
        const rows = await db.transaction(SYSTEM, (sql) =>
          sql.query('SELECT body FROM idempotency'),
        );
        assert.equal(rows.length, 1);
        assert.ok(!String(rows[0]?.['body']).includes('made'), 'kept sealed');
      },
    );

    await t.test('a machine is known by its proof, and a proof serves once', async () => {
      const unit = await server.unit(7);
      const body = { word: 'hei' };
      assert.deepEqual((await unit('POST /units/self/say', { body })).body, { unitId: 7 });
      assert.equal((await unit('GET /things')).status, 403);
      const path = '/api/v1/units/self/say';
      const identity = await enrolled(db, 7);
      const proof = (word: string, to = server.processName) =>
        proveRequest(
          identity,
          { method: 'POST', path, body: JSON.stringify({ word }) },
          Date.now(),
          to,
        );
      const say = (word: string, authorization: string) =>
        server.nobody('POST /units/self/say', { body: { word }, headers: { authorization } });
      const once = proof('hei');
      assert.equal((await say('nei', once)).status, 401, 'for another body');
      assert.equal((await say('hei', once)).status, 200);
      assert.equal((await say('hei', once)).status, 401, 'a second time');
      const old = proveRequest(
        identity,
        { method: 'POST', path, body: null },
        Date.now() - 400_000,
        server.processName,
      );
      assert.equal((await say('hei', old)).status, 401, 'too old');
      const elsewhere = await say('hei', proof('hei', newProcessName()));
      assert.equal(elsewhere.status, 401, 'for another process');
      assert.equal(elsewhere.headers['www-authenticate'], challengeOf(server.processName));
      const forged = proof('nei', newProcessName());
      const untold = await say('hei', forged);
      assert.ok(!String(untold.headers['www-authenticate']).includes('to='), 'told to machines');
      await db.transaction(SYSTEM, (sql) => sql.query(`UPDATE unit SET state = 'revoked'`));
      const revoked = await until(() => say('hei', proof('hei')), 401);
      assert.equal(revoked.status, 401);
    });

    await t.test('our own fault tells the asker nothing, and the log where', async () => {
      const { status, text } = await server.nobody('GET /broken');
      assert.equal(status, 500);
      assert.ok(!text.includes('nowhere'));
      const lines = (services.log as unknown as { lines: { event: string }[] }).lines;
      const told = JSON.stringify(lines.filter(({ event }) => event === 'platform.fault'));
      assert.match(told, /SQLSTATE 42P01/);
      assert.ok(!told.includes('hemmelig'));
      assert.equal((await server.nobody('GET /lies')).status, 500);
    });

    await t.test('a route sends a body by itself', async () => {
      const { text, headers } = await server.nobody('GET /stream');
      assert.equal(text, '0\n1\n2\n');
      assert.equal(headers['content-type'], 'text/csv');
      assert.equal(headers['x-content-type-options'], 'nosniff');
    });

    await t.test('who asks too often waits', async () => {
      const statuses = [];
      for (let i = 0; i < 5; i++) statuses.push((await server.nobody('GET /few')).status);
      assert.deepEqual(statuses, [204, 204, 204, 429, 429]);
    });

    await t.test('a body beyond the limit and bytes that are no JSON are refused', async () => {
      const headers = { 'if-match': '"3"' };
      const large = await nord('PUT /things/2', { body: { name: 'x'.repeat(70_000) }, headers });
      assert.equal(large.status, 413);
      const text = await nord('PUT /things/2', {
        body: {},
        headers: { ...headers, 'content-type': 'text/plain' },
      });
      assert.equal(text.status, 400);
    });

    await t.test('metrics count what was asked', async () => {
      const { text } = await server.nobody('GET /metrics');
      assert.match(text, /rmh_requests_total\{route="things.list",status="200"\} 1/);
    });

    await server.close();
    await db.close();
  });
}

async function enrolled(db: Database, unitId: number): Promise<Identity> {
  const identity = new Identity(randomBytes(32));
  await db.transaction(SYSTEM, (sql) =>
    sql.query('UPDATE unit SET identity_key = $2 WHERE id = $1', [
      unitId,
      Buffer.from(identity.publicKey, 'base64'),
    ]),
  );
  return identity;
}

async function until<T extends { status: number }>(ask: () => Promise<T>, wanted: number) {
  for (let i = 0; i < 100; i++) {
    const reply = await ask();
    if (reply.status === wanted) return reply;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return await ask();
}
