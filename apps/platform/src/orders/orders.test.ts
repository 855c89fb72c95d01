import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import type { CostShare, Order, OrderChange, OrderItem } from '@rmh/contract/api';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { routes as registers } from '../fleet/registers.ts';
import type { Client } from '../http/testing.ts';
import { routes as organisations } from '../organisations/index.ts';
import { routes as orders } from './index.ts';
import { cast, ifMatch, orderOf, plantCatalogue, plantNation, withKey } from './testing.ts';

const ROUTES = [...organisations, ...registers, ...orders];
const itemsIn = async <T>(client: Client, path: string): Promise<readonly T[]> =>
  (await client(`GET ${path}`)).body['items'] as T[];

async function place(client: Client, body: object): Promise<Order> {
  const reply = await client('POST /orders', { body, ...withKey() });
  assert.equal(reply.status, 201, reply.text);
  return reply.body as Order;
}

const command = (client: Client, order: Order, name: string, more: object = {}) => {
  const body = { command: name, reason: null, itemIds: null, ...more };
  const call = { body, ...withKey(ifMatch(order.version)) };
  return client(`POST /orders/${order.id}/command`, call);
};

async function advance(client: Client, order: Order, ...names: string[]): Promise<Order> {
  let now = order;
  for (const name of names) {
    const reply = await command(client, now, name);
    assert.equal(reply.status, 200, reply.text);
    now = reply.body as Order;
  }
  return now;
}

const deliver = (client: Client, item: OrderItem, body: object) =>
  client(`POST /orders/${item.orderId}/items/${item.id}/fulfil`, { body, ...withKey() });

async function fresh(open: () => Promise<Database>) {
  const db = await open();
  await plantNation(db);
  const people = await cast(db, ROUTES);
  await plantCatalogue(people.national);
  return { db, ...people };
}

for (const { kind, open } of databases()) {
  test(`Five vehicles are ordered, acknowledged and delivered (${kind})`, async () => {
    const { db, server, national, coordinator } = await fresh(open);
    const lines = [1, 2, 3, 4, 5].map((vehicleId) => ({
      vehicleId,
      catalogueItemIds: [1, 2, 3],
    }));
    const placed = await place(coordinator, orderOf(lines));
    assert.equal(placed.state, 'placed');
    assert.equal(placed.items, 15);
    const started = await advance(national, placed, 'acknowledge', 'start');
    assert.equal(started.state, 'in-progress');
    const items = await itemsIn<OrderItem>(national, `/orders/${placed.id}/items`);
    const seen = new Set<string>();
    for (const item of items) {
      const body =
        item.kind === 'vehicle-kit'
          ? { kind: item.kind, serial: `S-${item.id}`, model: null }
          : { kind: item.kind, iccid: `894708${String(item.id).padStart(13, '0')}` };
      const reply = await deliver(national, item, body);
      assert.equal(reply.status, 201, reply.text);
      assert.equal(typeof reply.body['token'], item.kind === 'vehicle-kit' ? 'string' : 'object');
      seen.add(((await national(`GET /orders/${placed.id}`)).body as Order).state);
    }
    assert.deepEqual([...seen], ['partial', 'completed']);
    const units = await itemsIn<{ serial: string; vehicleId: number }>(national, '/units');
    assert.deepEqual(
      units.map(({ vehicleId }) => vehicleId),
      [1, 2, 3, 4, 5],
    );
    assert.equal((await itemsIn(national, '/subscriptions')).length, 10);
    await server.close();
    await db.close();
  });

  test(`Costs go to the trusts and add up, to the øre (${kind})`, async () => {
    const { db, server, coordinator } = await fresh(open);
    const seed = 5;
    const random = new Random(seed);
    for (let round = 0; round < 5; round++) {
      const lines = [1, 2, 3, 4, 5].flatMap((vehicleId) => {
        const catalogueItemIds = [2, 3, 4].filter(() => random.below(2) === 0);
        return catalogueItemIds.length > 0 ? [{ vehicleId, catalogueItemIds }] : [];
      });
      if (lines.length === 0) continue;
      const order = await place(coordinator, orderOf(lines));
      const shares = await itemsIn<CostShare>(coordinator, `/orders/${order.id}/costs`);
      const sum = (of: (share: CostShare) => number) =>
        shares.reduce((total, share) => total + of(share), 0);
      assert.equal(
        sum(({ onceOre }) => onceOre),
        order.onceOre,
        `seed ${seed}`,
      );
      assert.equal(
        sum(({ monthlyOre }) => monthlyOre),
        order.monthlyOre,
        `seed ${seed}`,
      );
    }
    // The station's vehicle is paid for by its trust; and one by hand: 2 × SIM-TN, 1 × PRI-TN.
    const order = await place(
      coordinator,
      orderOf([
        { vehicleId: 1, catalogueItemIds: [2, 4] },
        { vehicleId: 3, catalogueItemIds: [2] },
      ]),
    );
    assert.deepEqual(await itemsIn<CostShare>(coordinator, `/orders/${order.id}/costs`), [
      { organisationId: 4, organisation: 'UNN', vehicles: 1, onceOre: 9_901, monthlyOre: 24_938 },
      {
        organisationId: 5,
        organisation: 'Nordland',
        vehicles: 1,
        onceOre: 9_900,
        monthlyOre: 19_937,
      },
    ]);
    await server.close();
    await db.close();
  });

  test(`Who may do what with an order, and in which state (${kind})`, async () => {
    const { db, server, national, coordinator, ict, auditor, elsewhere } = await fresh(open);
    const body = orderOf([{ vehicleId: 2, catalogueItemIds: [1, 2] }]);
    for (const client of [ict, auditor]) {
      assert.equal((await client('POST /orders', { body, ...withKey() })).status, 403);
    }
    const foreign = { ...body, organisationId: 3 };
    assert.equal((await coordinator('POST /orders', { body: foreign, ...withKey() })).status, 400);
    const key = withKey();
    const first = await coordinator('POST /orders', { body, ...key });
    const again = await coordinator('POST /orders', { body, ...key });
    assert.equal(again.body['id'], first.body['id'], 'the same key, the same order');
    const order = first.body as Order;
    assert.equal((await coordinator('POST /orders', { body, ...withKey() })).status, 409, 'kit');
    assert.equal((await elsewhere(`GET /orders/${order.id}`)).status, 404);
    assert.deepEqual(await itemsIn(elsewhere, '/orders'), []);
    assert.equal((await itemsIn(auditor, '/orders')).length, 1);
    assert.equal((await command(coordinator, order, 'acknowledge')).status, 403);
    assert.equal((await command(national, order, 'start')).status, 409, 'not acknowledged yet');
    assert.equal((await command(national, order, 'reject')).status, 400, 'say why');
    const [kit, card] = await itemsIn<OrderItem>(national, `/orders/${order.id}/items`);
    assert.ok(kit && card);
    const box = { kind: 'vehicle-kit', serial: 'S-1', model: null };
    assert.equal((await deliver(national, kit, box)).status, 409, 'not started yet');
    let now = await advance(national, order, 'acknowledge', 'start');
    assert.equal((await command(national, order, 'hold', { reason: 'x' })).status, 412);
    const held = await command(national, now, 'hold', { reason: 'Venter på antenner' });
    assert.equal(held.body['state'], 'held');
    now = await advance(national, held.body as Order, 'resume');
    assert.equal((await deliver(national, card, box)).status, 400, 'a card is no kit');
    assert.equal((await deliver(national, kit, box)).status, 201);
    const { version } = (await coordinator(`GET /orders/${order.id}`)).body as Order;
    const reason = 'Kjøretøyet er solgt';
    const gone = await coordinator(`POST /orders/${order.id}/cancel`, {
      body: { reason, itemIds: null },
      ...withKey(ifMatch(version)),
    });
    assert.equal(gone.body['state'], 'completed', 'what was delivered stays delivered');
    assert.equal(gone.body['onceOre'], 4_870_033);
    const changes = await itemsIn<OrderChange>(auditor, `/orders/${order.id}/changes`);
    assert.deepEqual(
      changes.map(({ command: what, to, reason: why }) => [what, to, why]),
      [
        [null, 'placed', null],
        ['acknowledge', 'acknowledged', null],
        ['start', 'in-progress', null],
        ['hold', 'held', 'Venter på antenner'],
        ['resume', 'in-progress', null],
        ['complete', 'partial', null],
        ['cancel', 'completed', reason],
      ],
    );
    assert.ok(changes.every(({ actor }) => /operator|coordinator/.test(actor)));
    const [{ n } = { n: 0 }] = await db.transaction(SYSTEM, (sql) =>
      sql.query<{ n: number }>(
        `SELECT count(*)::integer AS n FROM audit WHERE action LIKE 'order.%'`,
      ),
    );
    assert.equal(n, changes.length, 'each of them stands in the audit log');
    await server.close();
    await db.close();
  });

  test(`The catalogue is the nation's, and an order keeps its price (${kind})`, async () => {
    const { db, server, national, coordinator } = await fresh(open);
    const order = await place(coordinator, orderOf([{ vehicleId: 2, catalogueItemIds: [2] }]));
    const next = {
      code: 'SIM-TN',
      kind: 'subscription',
      carrierId: 1,
      name: 'Telenor',
      description: '',
      onceOre: 0,
      monthlyOre: 1,
      validFrom: '2026-02-01',
    };
    const write = (client: Client, more: object) =>
      client('POST /catalogue', { body: { ...next, ...more }, ...withKey() });
    assert.equal((await write(coordinator, {})).status, 403);
    assert.equal((await write(national, { carrierId: 2 })).status, 400);
    assert.equal((await write(national, { validFrom: '2026-01-01' })).status, 400);
    const made = await write(national, {});
    assert.equal(made.body['revision'], 2, made.text);
    const on = async (day: string) =>
      (await itemsIn<{ code: string; revision: number }>(coordinator, `/catalogue?on=${day}`))
        .filter(({ code }) => code === 'SIM-TN')
        .map(({ revision }) => revision);
    assert.deepEqual(await on('2026-01-31'), [1]);
    assert.deepEqual(await on('2026-02-01'), [2]);
    assert.equal((await itemsIn(coordinator, '/catalogue?revisions=all')).length, 5);
    const after = (await coordinator(`GET /orders/${order.id}`)).body as Order;
    assert.equal(after.monthlyOre, 19_937);
    const old = orderOf([{ vehicleId: 3, catalogueItemIds: [2] }]);
    assert.equal((await coordinator('POST /orders', { body: old, ...withKey() })).status, 400);
    await server.close();
    await db.close();
  });

  test(`A new vehicle is planned with its order, and priority needs a card (${kind})`, async () => {
    const { db, server, national, coordinator } = await fresh(open);
    const newVehicle = {
      organisationId: 5,
      callSign: 'A-77',
      registration: 'ZZ 77',
      kind: 'ambulance',
    };
    const line = { vehicleId: null, newVehicle, catalogueItemIds: [4, 2] };
    const order = await place(coordinator, { ...orderOf([]), vehicles: [line] });
    await advance(national, order, 'acknowledge', 'start');
    const [priority, card] = await itemsIn<OrderItem>(national, `/orders/${order.id}/items`);
    assert.ok(priority && card);
    assert.equal(card.callSign, 'A-77');
    const yes = { kind: 'priority', reference: 'TN-2026-4' };
    assert.equal((await deliver(national, priority, yes)).status, 409, 'no card in it yet');
    const iccid = '8947080000000000001';
    assert.equal((await deliver(national, card, { kind: 'subscription', iccid })).status, 201);
    assert.equal((await deliver(national, priority, yes)).status, 201);
    const [made] = await itemsIn<{ priority: boolean }>(national, '/subscriptions');
    assert.equal(made?.priority, true);
    await server.close();
    await db.close();
  });
}
