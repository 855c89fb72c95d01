import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { PlanMonth, Programme, ProgrammeRow } from '@rmh/contract/api';
import { SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import type { Client } from '../http/testing.ts';
import { routes as orders } from '../orders/index.ts';
import { cast, ifMatch, orderOf, plantCatalogue, plantNation, withKey } from '../orders/testing.ts';
import { routes as programme } from './index.ts';

const NOW_MS = Date.parse('2026-11-26T12:00:00Z');
const month = (at: string, ...counts: number[]): PlanMonth => {
  const [ordered = 0, delivered = 0, installed = 0, accepted = 0, inOperation = 0] = counts;
  return { month: at, ordered, delivered, installed, accepted, inOperation };
};
const all = async (client: Client, query = '') =>
  (await client(`GET /programme${query}`)).body['items'] as Programme[];

for (const { kind, open } of databases()) {
  test(`Regions plan, and facts follow from what was ordered and done (${kind})`, async (t) => {
    const db = await open();
    await plantNation(db);
    const people = await cast(db, [...orders, ...programme], () => NOW_MS);
    const { server, national, coordinator, auditor, ict, elsewhere } = people;
    await plantCatalogue(national);

    await t.test('a plan rises month by month, and is the region’s own', async () => {
      const months = [month('2026-10-01', 2), month('2026-11-01', 4, 2, 1)];
      const plan = { coordinator: 'Kari Nordmann', months };
      const put = (client: Client, version: number, body: object = plan) =>
        client('PUT /programme/2/plan', { body, headers: ifMatch(version) });
      assert.equal((await put(ict, 0)).status, 403);
      assert.equal((await put(elsewhere, 0)).status, 404);
      const falling = { ...plan, months: months.toReversed() };
      assert.equal((await put(coordinator, 0, falling)).status, 400);
      const fewer = { ...plan, months: [month('2026-10-01', 2), month('2026-11-01', 1)] };
      const refused = await put(coordinator, 0, fewer);
      assert.match(refused.text, /months\.1\.ordered/);
      const made = await put(coordinator, 0);
      assert.equal(made.status, 200, made.text);
      assert.deepEqual(made.body['plan'], months);
      assert.equal((await put(coordinator, 0)).status, 412);
      const shorter = { ...plan, months: months.slice(1) };
      assert.deepEqual((await put(coordinator, 1, shorter)).body['plan'], months.slice(1));
    });

    await t.test(
      'facts by month of Norway; what was cancelled or made up is not among them',
      async () => {
        const lines = [1, 2, 3, 4].map((vehicleId) => ({ vehicleId, catalogueItemIds: [1] }));
        const reply = await coordinator('POST /orders', { body: orderOf(lines), ...withKey() });
        assert.equal(reply.status, 201, reply.text);
        await db.transaction(SYSTEM, (sql) =>
          sql.query(`
          UPDATE installation SET ordered_at = '2026-09-30T21:59:00Z',
            delivered_at = '2026-10-31T22:59:00Z', installed_at = '2026-10-31T23:01:00Z'
            WHERE vehicle_id = 1;
          UPDATE installation SET ordered_at = '2026-09-30T22:01:00Z' WHERE vehicle_id = 2;
          UPDATE installation SET cancelled_at = now() WHERE vehicle_id = 3;
          UPDATE vehicle SET simulated = true WHERE id = 4`),
        );
        const [own] = await all(coordinator);
        assert.deepEqual(own?.facts, [
          month('2026-09-01', 1),
          month('2026-10-01', 2, 1),
          month('2026-11-01', 2, 1, 1),
        ]);
        const { month: _, ...reached } = month('', 2, 1, 1);
        assert.deepEqual(own?.reached, reached);
        const [madeUp] = await all(coordinator, '?simulated=true');
        assert.equal(madeUp?.reached.ordered, 1);
        assert.deepEqual(
          (await all(national)).map(({ organisation }) => organisation),
          ['Helse Nord', 'Helse Vest'],
        );
        assert.equal((await all(elsewhere)).length, 1, 'nobody sees another region');
      },
    );

    await t.test('what blocks has an owner and a day, and goes when it is done', async () => {
      const row = {
        kind: 'blocker',
        text: 'Antenner mangler',
        owner: 'Ola',
        due: '2026-12-01',
        note: '',
        done: false,
      };
      const post = (client: Client, body: object = row, region = 2) =>
        client(`POST /programme/${region}/rows`, { body, ...withKey() });
      const made = (await post(coordinator)).body as ProgrammeRow;
      const goal = { ...row, kind: 'milestone', text: 'Første bil', due: '2026-11-01' };
      assert.equal((await post(coordinator, goal)).status, 201);
      assert.equal((await post(coordinator, row, 4)).status, 409, 'a trust has no programme');
      assert.equal((await post(elsewhere)).status, 404);
      const rows = async (client: Client, query = '') =>
        ((await client(`GET /programme-rows${query}`)).body['items'] as ProgrammeRow[]).map(
          ({ text }) => text,
        );
      assert.deepEqual(await rows(auditor), ['Første bil', 'Antenner mangler']);
      assert.deepEqual(await rows(elsewhere), []);
      assert.equal((await all(coordinator))[0]?.blockersOpen, 1);
      const done = { body: { ...row, done: true }, headers: ifMatch(made.version) };
      const path = `PUT /programme-rows/${made.id}`;
      assert.equal((await elsewhere(path, done)).status, 404);
      assert.equal((await coordinator(path, done)).body['doneAt'], new Date(NOW_MS).toISOString());
      assert.equal((await coordinator(path, done)).status, 412);
      assert.deepEqual(await rows(auditor), ['Første bil']);
      assert.deepEqual(await rows(auditor, '?open=false&kind=blocker'), ['Antenner mangler']);
      assert.equal((await all(coordinator))[0]?.blockersOpen, 0);
    });
    await server.close();
    await db.close();
  });
}
