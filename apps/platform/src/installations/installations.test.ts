import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import {
  type Drive,
  INSTALLATION_POINTS,
  type Installation,
  type Outage,
  type Sample,
} from '@rmh/contract/api';
import { latLngToCell } from 'h3-js';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { routes as registers } from '../fleet/registers.ts';
import type { Client } from '../http/testing.ts';
import { routes as orders } from '../orders/index.ts';
import { cast, ifMatch, orderOf, plantCatalogue, plantNation, withKey } from '../orders/testing.ts';
import { takeIn } from '../telemetry/intake.ts';
import { given, plainCarrier, plainSample } from '../telemetry/testing.ts';
import { routes as installations } from './index.ts';

const ROUTES = [...registers, ...orders, ...installations];
const NOW_MS = Math.floor(Date.now() / 60_000) * 60_000;
const HOUR_MS = 3_600_000;
const DRIVE_S = 1_200;
/** Counted by h3 itself. */
const CELLS = new Set(
  Array.from({ length: DRIVE_S / 10 }, (_, at) => latLngToCell(69.6 + at / 1_000, 18.9, 8)),
).size;
const iso = (ms: number) => new Date(ms).toISOString();

/** Twenty minutes along a fjord, ten cells and more; `rsrpDbm` at Telenor, Telia 5 dB below. */
function road(fromMs: number, firstSequence: number, rsrpDbm: number, outages: Outage[] = []) {
  return Array.from({ length: DRIVE_S / 10 }, (_, at): Sample => {
    const radio = { technology: 'lte', rsrqDb: -10, sinrDb: 10, cell: null } as const;
    return plainSample(firstSequence + at, fromMs + at * 10_000, {
      place: { latitude: 69.6 + at / 1_000, longitude: 18.9, speedMs: 11, headingDeg: 0 },
      carriers: ['telenor', 'telia'].map((link, i) =>
        plainCarrier(link, { radio: { ...radio, rsrpDbm: rsrpDbm - 5 * i } }),
      ),
      outages: at === 64 ? outages : [],
    });
  });
}

const outage = (number: number, atMs: number): Outage => ({
  number,
  link: 'telia',
  fromMs: atMs,
  toMs: atMs + 30_000,
  movedTo: 'telenor',
  movedAfterMs: 70,
  criticalLost: 0,
  frozenMs: 60,
});

async function tell(db: Database, unitId: number, samples: Sample[]): Promise<void> {
  const batch = { journal: `00000000-0000-4000-8000-${String(unitId).padStart(12, '0')}`, samples };
  await db.transaction(SYSTEM, (sql) => takeIn(db, sql, [{ unitId, batch }], NOW_MS));
}

/** Three others of two regions have driven there, and hear -90 dBm. */
async function plantFleet(db: Database): Promise<void> {
  for (const [at, vehicleId] of [4, 5, 9].entries()) {
    const unitId = 50 + at;
    await db.transaction(SYSTEM, (sql) =>
      sql.query(
        `INSERT INTO unit (id, organisation_id, vehicle_id, serial, state)
         SELECT $1, organisation_id, id, 'F-' || id, 'enrolled' FROM vehicle WHERE id = $2`,
        [unitId, vehicleId],
      ),
    );
    await tell(db, unitId, road(NOW_MS - 30 * HOUR_MS, 1, -90));
  }
}

/** The kit of vehicle 2 and its two cards, ordered and delivered. Returns the installation. */
async function delivered(national: Client, coordinator: Client): Promise<Installation> {
  const body = orderOf([{ vehicleId: 2, catalogueItemIds: [1, 2, 3] }]);
  const { body: order } = await coordinator('POST /orders', { body, ...withKey() });
  const path = `/orders/${String(order['id'])}`;
  let version = order['version'];
  for (const command of ['acknowledge', 'start']) {
    const more = { body: { command, reason: null, itemIds: null }, ...withKey(ifMatch(version)) };
    version = (await national(`POST ${path}/command`, more)).body['version'];
  }
  const items = (await national(`GET ${path}/items`)).body['items'] as { id: number }[];
  const kit = { kind: 'vehicle-kit', serial: 'S-1', model: null };
  const card = (n: number) => ({ kind: 'subscription', iccid: `89470800000000000${n}` });
  for (const [at, what] of [kit, card(10), card(20)].entries()) {
    const reply = await national(`POST ${path}/items/${items[at]?.id}/fulfil`, {
      body: what,
      ...withKey(),
    });
    assert.equal(reply.status, 201, reply.text);
  }
  const list = await coordinator('GET /installations?vehicleId=2');
  return given((list.body['items'] as Installation[])[0]);
}

for (const { kind, open } of databases()) {
  test(`A vehicle is in operation when checklist and drive have passed (${kind})`, async (t) => {
    const db = await open();
    await plantNation(db);
    const people = await cast(db, ROUTES, () => NOW_MS);
    const { server, national, coordinator, ict, auditor, elsewhere } = people;
    await plantCatalogue(national);
    await plantFleet(db);
    const { id, state, unitId } = await delivered(national, coordinator);
    assert.equal(state, 'delivered');
    const path = `/installations/${id}`;
    const now = async () => (await ict(`GET ${path}`)).body as Installation;
    const command = async (word: string) =>
      ict(`POST ${path}/command`, {
        body: { command: word },
        headers: ifMatch((await now()).version),
      });
    const tick = (point: string, ticked: boolean, atMs: number, client = ict) =>
      client(`PUT ${path}/points/${point}`, { body: { ticked, note: '', atMs } });
    const measure = async (fromMs: number, client = ict) => {
      const body = { from: iso(fromMs), to: iso(fromMs + DRIVE_S * 1_000) };
      return client(`POST ${path}/drives`, { body, ...withKey() });
    };
    const stage = async (word: string) => {
      const vehicle = (await national('GET /vehicles/2')).body;
      const { organisationId, callSign, registration } = vehicle;
      return national('PUT /vehicles/2', {
        body: { organisationId, callSign, registration, kind: 'ambulance', stage: word },
        headers: ifMatch(vehicle['version']),
      });
    };

    await t.test('ticks come late and twice; the later word stands', async () => {
      assert.equal((await tick('unit-fixed', true, NOW_MS - 5_000)).body['ticked'], true);
      assert.equal((await tick('unit-fixed', false, NOW_MS - 9_000)).body['ticked'], true);
      assert.equal((await tick('unit-fixed', true, NOW_MS - 5_000)).status, 200);
      assert.equal((await tick('unit-fixed', true, NOW_MS + HOUR_MS)).status, 400, 'the clock');
      assert.equal((await tick('unit-fixed', true, NOW_MS, auditor)).status, 403);
      assert.equal((await elsewhere(`GET ${path}`)).status, 404);
      for (const point of INSTALLATION_POINTS) await tick(point, true, NOW_MS - 1_000);
      assert.equal((await now()).state, 'installed');
      await tick('cards-in', false, NOW_MS - 500);
      assert.equal((await now()).state, 'delivered', 'a tick was taken back');
      await tick('cards-in', true, NOW_MS);
      assert.equal((await now()).state, 'installed');
    });

    await t.test('without a drive that passes nobody is in operation', async () => {
      assert.equal((await command('accept')).status, 409);
      assert.equal((await command('operate')).status, 409);
      const early = await stage('in-operation');
      assert.equal(early.status, 400, early.text);
      assert.match(early.text, /vehicle_accepted_first/);
    });

    const figuresOf = (drive: Drive) =>
      drive.figures.map(({ check, link, result, measured, of }) =>
        [check, link, result, measured, of].filter((part) => part !== null).join(' '),
      );
    const firstMs = NOW_MS - 3 * HOUR_MS;
    await t.test('a deaf antenna and no outage: it fails, with the figures', async () => {
      await tell(db, unitId ?? 0, road(firstMs, 1, -101));
      const { status, body, text } = await measure(firstMs);
      assert.equal(status, 201, text);
      const drive = body as Drive;
      assert.equal(drive.passed, false);
      assert.equal(drive.heardThrough, iso(firstMs + DRIVE_S * 1_000));
      assert.deepEqual(figuresOf(drive), [
        'length passed 1200 0',
        `cells passed ${CELLS} 0`,
        'subscriptions passed 2 0',
        'carrier telenor passed 1200 0',
        `antenna telenor failed -11 ${CELLS}`,
        'carrier telia passed 1200 0',
        `antenna telia failed -11 ${CELLS}`,
        'failover failed 0',
      ]);
      assert.equal((await command('accept')).status, 409, 'measured, and not passed');
      assert.ok(!/latitude|cell"/.test(text), 'no place in it');
    });

    const secondMs = NOW_MS - HOUR_MS;
    await t.test('mended: it passes, is accepted, and then in operation', async () => {
      const samples = road(secondMs, 1_000, -92, [outage(1, secondMs + 600_000)]);
      await tell(db, unitId ?? 0, samples);
      const drive = (await measure(secondMs)).body as Drive;
      assert.equal(drive.passed, true, figuresOf(drive).join());
      assert.deepEqual(figuresOf(drive).slice(4), [
        `antenna telenor passed -2 ${CELLS}`,
        'carrier telia passed 1200 0',
        `antenna telia passed -2 ${CELLS}`,
        'failover passed 70 1',
      ]);
      assert.equal((await command('accept')).body['state'], 'accepted');
      assert.equal((await tick('cards-in', false, NOW_MS + 1)).status, 409, 'it is accepted');
      assert.equal((await command('operate')).body['state'], 'in-operation');
      assert.equal((await national('GET /vehicles/2')).body['stage'], 'in-operation');
      assert.equal(((await auditor(`GET ${path}/drives`)).body['items'] as Drive[]).length, 2);
    });

    await t.test('a service that fell with the carrier exercised nothing', async () => {
      const wholeMs = NOW_MS - 6 * HOUR_MS;
      const fallen = { ...outage(8, wholeMs + 600_000), link: null, movedTo: null };
      await tell(
        db,
        unitId ?? 0,
        road(wholeMs, 2_000, -92, [outage(7, wholeMs + 600_000), fallen]),
      );
      const drive = (await measure(wholeMs)).body as Drive;
      assert.deepEqual(figuresOf(drive).slice(-1), ['failover failed 1']);
    });
    await server.close();
    await db.close();
  });
}
