// No leak between organisations: every route, every role, requests made from the schemas, with the
// other region's ids. And the controls: with row-level security off, or without the look at the
// verb, the same questions must find something.
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { ROLES, type Role } from '@rmh/contract/api';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import type { ServerOptions } from '../http/server.ts';
import { type Client, type TestServer, testServer, testServices } from '../http/testing.ts';
import { endStreams } from '../live/index.ts';
import { ROUTES } from '../routes.ts';
import { CANARY, everything, OTHER, OWN, otherRegion, plantTwoRegions } from './planted.ts';
import { requestFor } from './requests.ts';

// A stream does not end by itself: live.test.ts looks at what it shows to whom. And who signs out
// is asked nothing more.
const ASKED = ROUTES.filter(({ id }) => !['live.stream', 'signIn.end'].includes(id));
const isVerb = (access: string) => access.includes('.');
const NATIONAL: readonly Role[] = ['national-operator'];
const REGIONAL = (Object.keys(ROLES) as Role[]).filter((role) => !NATIONAL.includes(role));

async function setup(db: Database, mutation?: ServerOptions['mutation']): Promise<TestServer> {
  await plantTwoRegions(db);
  const services = testServices(db);
  return await testServer(services, ROUTES, mutation === undefined ? {} : { mutation });
}

interface Asked {
  readonly route: string;
  readonly status: number;
  readonly leaks: boolean;
}

/** Asks everything, with the ids of both regions. What the asker said himself is no leak. */
async function askAll(client: Client): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const route of ASKED) {
    for (const id of [OTHER, OWN]) {
      const { what, body, headers } = requestFor(route, id);
      const reply = await client(what, { headers, ...(body === undefined ? {} : { body }) });
      const isRefused = reply.status >= 400;
      const text = reply.text.replaceAll(OWN_DEEDS, '');
      const isLeak = isRefused ? /KANARI/.test(text) : CANARY.test(text);
      asked.push({ route: route.id, status: reply.status, leaks: isLeak });
    }
  }
  return asked;
}

async function finish(server: TestServer, db: Database): Promise<void> {
  await endStreams(db);
  await server.close();
  await db.close();
}

const all = databases();
for (const { kind, open } of all) {
  test(`No role in one region sees or touches the other (${kind})`, async (t) => {
    const db = await open();
    const server = await setup(db);
    const before = await otherRegion(db);
    for (const role of REGIONAL) {
      // A carrier's contact sees what was sent to his carrier; the other region's went to another.
      const grant = {
        role,
        organisationId: OWN,
        ...(role === 'carrier-contact' && { carrierId: 1 }),
      };
      const client = await server.user(OWN, [grant], `${role} egen`);
      const asked = await askAll(client);
      assert.deepEqual(
        asked.filter(({ route, leaks }) => leaks && !SHARED.includes(route)),
        [],
        role,
      );
      const faults = asked.filter(({ status }) => status >= 500);
      assert.deepEqual(
        faults.filter(({ status }) => status !== 503),
        [],
        role,
      );
      t.diagnostic(`${role}: ${asked.filter(({ status }) => status < 400).length} answered`);
    }
    for (const client of [server.nobody, await server.service(OWN, [...ROLES['ict-operator']])]) {
      assert.deepEqual(
        (await askAll(client)).filter(({ route, leaks }) => leaks && !SHARED.includes(route)),
        [],
      );
    }
    assert.equal(await otherRegion(db), before, 'nothing of the other region has changed');
    await finish(server, db);
  });
}

// What the questions themselves are worth does not hang on the database.
for (const { kind, open } of all.slice(-1)) {
  test(`The control: a national operator sees the canaries (${kind})`, async () => {
    const db = await open();
    const server = await setup(db);
    const grant = (role: Role) => ({ role, organisationId: 1 });
    const client = await server.user(1, [grant('national-operator'), grant('auditor')]);
    const seen = new Set((await askAll(client)).flatMap((one) => (one.leaks ? [one.route] : [])));
    for (const { id, access, method } of ASKED) {
      const isList = method === 'GET' && id.endsWith('.list') && isVerb(access);
      if (isList && !NATIONAL_LISTS.includes(id)) assert.ok(seen.has(id), `${id} shows its canary`);
    }
    await finish(server, db);
  });

  test(`An auditor sees everything of the nation and changes nothing (${kind})`, async () => {
    const db = await open();
    const server = await setup(db);
    const auditor = await server.user(1, [{ role: 'auditor', organisationId: 1 }]);
    const before = await everything(db);
    const asked = await askAll(auditor);
    assert.equal(await everything(db), before);
    const unread = ASKED.filter(({ id, method, access }) => {
      const isAnswered = asked.some(({ route, status }) => route === id && status !== 403);
      const isFor = isVerb(access) && !NOT_FOR_AUDITORS.includes(access);
      return method === 'GET' && isFor && !isAnswered;
    });
    assert.deepEqual(
      unread.map(({ id }) => id),
      [],
    );
    const writes = ASKED.filter(({ method, access }) => method !== 'GET' && isVerb(access));
    const done = writes.filter(({ id }) =>
      asked.some(({ route, status }) => route === id && status !== 403),
    );
    assert.deepEqual(
      done.map(({ id }) => id),
      [],
    );
    const operator = await server.user(1, [{ role: 'national-operator', organisationId: 1 }]);
    await askAll(operator);
    assert.notEqual(await everything(db), before, 'the control: who may write changes something');
    await finish(server, db);
  });

  test(`The control: without row-level security it leaks (${kind})`, async () => {
    const db = await open();
    const server = await setup(db, 'no-row-security');
    const client = await server.user(OWN, [{ role: 'ict-operator', organisationId: OWN }]);
    const asked = await askAll(client);
    assert.ok(asked.filter(({ leaks }) => leaks).length > 10);
    await finish(server, db);
  });

  test(`Each verb is asked for, and without that look it is noticed (${kind})`, async () => {
    const db = await open();
    const server = await setup(db);
    // Every verb but the one of the route.
    for (const route of ASKED.filter(({ access }) => isVerb(access))) {
      const others = ROLES['national-operator'].filter((verb) => verb !== route.access);
      const { what, body, headers } = requestFor(route, OWN);
      const client = await server.service(1, others);
      const reply = await client(what, { headers, ...(body === undefined ? {} : { body }) });
      assert.equal(reply.status, 403, route.id);
    }
    await server.close();
    const mutated = await testServer(testServices(db), ROUTES, { mutation: 'no-verb-check' });
    const nothing = await mutated.user(OWN, []);
    const passed = (await askAll(nothing)).filter(({ status }) => status < 400);
    assert.ok(passed.length > 10);
    await finish(mutated, db);
  });

  test(`What the application may read is guarded, or known to be for all (${kind})`, async () => {
    const db = await open();
    const open_ = await db.transaction(SYSTEM, (sql) =>
      sql.query<{ name: string }>(
        `SELECT c.relname AS name FROM pg_class c
         WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace
           AND NOT c.relrowsecurity AND has_table_privilege('rmh_app', c.oid, 'SELECT')
         ORDER BY 1`,
      ),
    );
    assert.deepEqual(
      open_.map(({ name }) => name),
      FOR_ALL,
    );
    await db.close();
  });
}

// In the audit log: that the asker himself commented on a note of the other region.
const OWN_DEEDS = /experience(:|", ")9000001/g;

// Regions learn from each other: their notes are for all who may read any.
const SHARED = [
  'experience.list',
  'experience.read',
  'experience.revisions',
  'experience.comments',
  'experience.promotions',
  'experience.mark',
];

// Where one vehicle drove, and what is taken away to work on.
const NOT_FOR_AUDITORS = ['track.read', 'export.read'];

// What belongs to the nation has no canary.
const NATIONAL_LISTS = ['gateways.list', 'requirements.list', 'catalogue.list'];

// Without row-level security, each with its reason.
const FOR_ALL = [
  'carrier', // a list that all share
  'configuration_body', // named by its hash alone, which only guarded rows hold
  'coverage_cell', // which cells there are, of three vehicles or more
  'gateway_list', // versions of the gateways' lists: numbers
  'idempotency', // asked for only with the asker's own name, and sealed
  'network_settings', // one row for the nation; only gateway.write reaches it
  'organisation_tree', // numbers: who lies below whom
];
