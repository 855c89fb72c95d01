import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { present } from '@rmh/base';
import type { Delivery, Page, WebhookTried } from '@rmh/contract/api';
import { type Database, SYSTEM } from '../../db/database.ts';
import { databases } from '../../db/testing.ts';
import { asking, emptied, fakeServices, plantUser, START_MS } from '../../live/testing.ts';
import type { Services } from '../../services.ts';
import { plantFleet } from '../../telemetry/testing.ts';
import { deliver, retryAfterMs, TRIES_MOST } from './deliver.ts';
import { tell } from './outbox.ts';
import { webhookRoutes } from './routes.ts';
import { isSigned, SECRET_PREFIX } from './webhook.ts';

interface Got {
  readonly id: string;
  readonly timeS: number;
  readonly signature: string;
  readonly body: string;
}

/** A receiver that answers with `status`. */
async function receiver() {
  const got: Got[] = [];
  const state = { status: 200, got, url: '' };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({
        id: String(request.headers['webhook-id']),
        timeS: Number(request.headers['webhook-timestamp']),
        signature: String(request.headers['webhook-signature']),
        body: Buffer.concat(chunks).toString(),
      });
      response.writeHead(state.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return state;
}

async function plant(db: Database, url: string) {
  const { regions, stations } = await plantFleet(db, 2);
  const clock = { ms: START_MS };
  const services: Services = {
    ...fakeServices(db, clock),
    notify: { webhooksAlsoTo: ['127.0.0.0/8'], mail: null },
  };
  const region = present(regions[0], 'a region');
  const asker = await plantUser(db, 'ict-operator', region);
  const use = async <T>(id: string, ask: object): Promise<T> => {
    const route = present(
      webhookRoutes.find((one) => one.id === id),
      id,
    );
    const answer = await asking(
      services,
      { asker, query: { limit: 100 }, ...ask },
      [region],
      (all) => route.answer(all),
    );
    return (route.reply === null ? undefined : route.reply.parse(answer.body)) as T;
  };
  const body = { name: 'Vakt', target: url, kinds: [], leastSeverity: 'minor', enabled: true };
  const made = await use<{ id: number; secret: string }>('webhooks.create', {
    params: { organisationId: region },
    body,
  });
  let alarms = 0;
  /** Raises an alarm in the station of region 0 or 1, and tells of it. */
  const raise = async (station: number, severity = 'major') =>
    await db.transaction(SYSTEM, async (sql) => {
      const [row] = await sql.query<{ id: number }>(
        `INSERT INTO alarm (key, organisation_id, kind, severity, simulated, vehicles, since,
           raised_at, updated_at)
         VALUES ($1, $2, 'carrier-area', $3, false, 5, now(), now(), now()) RETURNING id`,
        [`k${alarms++}`, stations[station], severity],
      );
      const id = row?.id ?? 0;
      await tell(db, sql, new Map([[id, 'raised']]), clock.ms);
      return id;
    });
  return { clock, services, made, raise, use };
}

test('Waiting doubles from five seconds to an hour, a day in all', () => {
  assert.deepEqual([1, 2, 3].map(retryAfterMs), [5_000, 10_000, 20_000]);
  assert.equal(retryAfterMs(30), 3_600_000);
  const all = Array.from({ length: TRIES_MOST - 1 }, (_, i) => retryAfterMs(i + 1));
  const hours = all.reduce((sum, ms) => sum + ms, 0) / 3_600_000;
  assert(hours > 22 && hours < 26, `${hours}`);
});

for (const database of databases()) {
  const { kind } = database;
  const fresh = emptied(() => database.open());

  test(`A webhook hears its organisation's alarms, signed, and no other's (${kind})`, async () => {
    const to = await receiver();
    const { services, made, raise, use } = await plant(await fresh(), to.url);
    const mine = await raise(0);
    await raise(1);
    await raise(0, 'warning');
    await deliver.run(services);
    assert.equal(to.got.length, 1);
    const [first] = to.got as [Got];
    const secret = Buffer.from(made.secret.slice(SECRET_PREFIX.length), 'base64');
    assert(isSigned(secret, first, first.body));
    const { type, data } = JSON.parse(first.body);
    assert.deepEqual([type, data.id, data.kind], ['alarm.raised', mine, 'carrier-area']);
    await deliver.run(services);
    assert.equal(to.got.length, 1);
    const params = { webhookId: made.id };
    const log = await use<Page<Delivery>>('webhooks.deliveries', { params });
    assert.deepEqual(
      log.items.map(({ state, status, tries }) => [state, status, tries]),
      [['sent', 200, 1]],
    );
    const listed = await use<Page<object>>('webhooks.list', {});
    assert(!JSON.stringify(listed).includes(made.secret));
  });

  test(`A test message goes out at once, signed, and changes nothing (${kind})`, async () => {
    const to = await receiver();
    const { services, made, use } = await plant(await fresh(), to.url);
    const params = { webhookId: made.id };
    const tried = () => use<WebhookTried>('webhooks.test', { params });
    assert.deepEqual(await tried(), { status: 200, fault: null });
    const [got] = to.got as [Got];
    const secret = Buffer.from(made.secret.slice(SECRET_PREFIX.length), 'base64');
    assert(isSigned(secret, got, got.body));
    assert.deepEqual(JSON.parse(got.body), {
      type: 'test',
      timestamp: new Date(START_MS).toISOString(),
      data: { webhookId: made.id, name: 'Vakt' },
    });
    to.status = 503;
    assert.deepEqual(await tried(), { status: 503, fault: 'HTTP 503' });
    const audited = await services.db.transaction(SYSTEM, (sql) =>
      sql.query(`SELECT FROM audit WHERE action = 'webhook.test'`),
    );
    assert.equal(audited.length, 2);
    const log = await use<Page<Delivery>>('webhooks.deliveries', { params });
    assert.deepEqual(log.items, []);
    await assert.rejects(use('webhooks.test', { params: { webhookId: made.id + 1 } }), /no such/);
  });

  test(`A test message does not go where webhooks may not (${kind})`, async () => {
    const to = await receiver();
    const { services, made, use } = await plant(await fresh(), to.url);
    // The settings are narrower than when it was made: what counts is now.
    Object.assign(services, { notify: { webhooksAlsoTo: [], mail: null } });
    const tried = await use<WebhookTried>('webhooks.test', { params: { webhookId: made.id } });
    assert.equal(tried.status, null);
    assert.match(String(tried.fault), /may reach/);
    assert.equal(to.got.length, 0);
  });

  test(`A receiver that fails rests, and then gets all in order (${kind})`, async () => {
    const to = await receiver();
    to.status = 503;
    const { services, raise, clock } = await plant(await fresh(), to.url);
    for (let i = 0; i < 8; i++) await raise(0);
    for (let second = 0; second < 300; second++) {
      await deliver.run(services);
      clock.ms += 1_000;
    }
    // 0, 5, 15, 35 and 75 s; then it rests.
    assert.equal(to.got.length, 5);
    assert.equal(new Set(to.got.map(({ id }) => id)).size, 1);
    to.status = 200;
    for (let second = 0; second < 300; second++) {
      await deliver.run(services);
      clock.ms += 1_000;
    }
    const ids = to.got.slice(5).map(({ id }) => Number(id.split('-').at(-1)));
    assert.equal(ids.length, 8);
    assert.deepEqual(
      ids,
      [...ids].sort((a, b) => a - b),
    );
  });

  test(`What a process died over is sent again under the same id (${kind})`, async () => {
    const to = await receiver();
    const { services, raise, clock } = await plant(await fresh(), to.url);
    await raise(0);
    // It died after sending and before it could mark: the second statement never comes.
    const dying = { ...services, db: diesAfterFirst(services.db) };
    await assert.rejects(deliver.run(dying));
    assert.equal(to.got.length, 1);
    await deliver.run(services);
    assert.equal(to.got.length, 1, 'the lease still holds');
    clock.ms += 61_000;
    await deliver.run(services);
    assert.equal(to.got.length, 2);
    assert.equal(to.got[0]?.id, to.got[1]?.id);
  });
}

function diesAfterFirst(db: Database): Database {
  let used = false;
  return new Proxy(db, {
    get(target, name) {
      if (name !== 'transaction') return Reflect.get(target, name);
      return (...args: Parameters<Database['transaction']>) => {
        if (used) return Promise.reject(new Error('it died'));
        used = true;
        return target.transaction(...args);
      };
    },
  });
}
