// Through the real server: proofs, rights, and a question that waits on an open line.
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { UnitMission } from '@rmh/contract/api';
import { databases } from '../db/testing.ts';
import { makeFleet, Rig } from '../fleet/enrolment-testing.ts';
import { type Client, testServer, testServices } from '../http/testing.ts';
import { endMission, readMission, setMission } from './missions.ts';
import { unitMission } from './unit-mission.ts';

const MINUTE_MS = 60_000;
const ROUTES = [readMission, setMission, endMission, unitMission];

async function asks(unit: Client, holds = ''): Promise<UnitMission> {
  const query = holds === '' ? '' : `?holds=${encodeURIComponent(holds)}`;
  const { status, text } = await unit(`GET /units/self/mission${query}`);
  assert.equal(status, 200, text);
  return JSON.parse(text) as UnitMission;
}

for (const { kind, open } of databases()) {
  test(`A unit hears at once what its own vehicle is out for (${kind})`, async (t) => {
    const db = await open();
    const rig = await Rig.on(db);
    const nowMs = () => rig.nowMs;
    const { vault } = rig.services;
    const server = await testServer(testServices(db, { vault, nowMs }), ROUTES);
    t.after(async () => {
      await server.close();
      await db.close();
    });
    const { units } = await makeFleet(rig, 1, 2);
    const [car, other] = units;
    assert.ok(car && other);
    const { west } = rig.country;
    const dispatch = await server.service(west, ['vehicle.write']);
    const unit = await server.unit(car.id);
    const neighbour = await server.unit(other.id);
    const send = async (urgency: string, forMinutes: number, vehicleId = car.vehicleId) => {
      const body = { urgency, forMinutes };
      const told = await dispatch(`POST /vehicles/${vehicleId}/mission`, { body });
      assert.equal(told.status, 200, told.text);
    };

    const none = await asks(unit);
    assert.deepEqual(none, { version: 'none', mission: null });

    await t.test('who waits is woken, and hears how long it lasts from now on', async () => {
      const waiting = asks(unit, none.version);
      await send('acute', 20);
      const { mission } = await waiting;
      assert.deepEqual(mission, { urgency: 'acute', leftMs: 20 * MINUTE_MS });
      rig.nowMs += 5 * MINUTE_MS;
      const later = await asks(unit);
      assert.deepEqual(later.mission, { urgency: 'acute', leftMs: 15 * MINUTE_MS });
    });

    await t.test('the mission of another vehicle is not its own', async () => {
      assert.deepEqual(await asks(neighbour), none);
      const waiting = asks(neighbour, none.version);
      await send('urgent', 20);
      await send('ordinary', 20, other.vehicleId);
      assert.equal((await waiting).mission?.urgency, 'ordinary');
      assert.equal((await asks(unit)).mission?.urgency, 'urgent');
    });

    await t.test('told again it lasts longer, and who waits hears of it', async () => {
      const held = await asks(unit);
      const waiting = asks(unit, held.version);
      await send('urgent', 30);
      assert.deepEqual((await waiting).mission, { urgency: 'urgent', leftMs: 30 * MINUTE_MS });
    });

    await t.test(
      'the end is heard of as well, and one of which nothing is heard ends',
      async () => {
        const held = await asks(unit);
        const waiting = asks(unit, held.version);
        const ended = await dispatch(`DELETE /vehicles/${car.vehicleId}/mission`);
        assert.equal(ended.status, 204, ended.text);
        assert.deepEqual(await waiting, none);
        await send('acute', 2);
        rig.nowMs += 2 * MINUTE_MS;
        assert.deepEqual(await asks(unit), none);
      },
    );

    await t.test('who may see the vehicle sees it, for as long as it lasts', async () => {
      const reader = async (organisationId: number) => {
        const grants = [{ role: 'ict-operator' as const, organisationId }];
        return await server.user(organisationId, grants);
      };
      const path = `GET /vehicles/${car.vehicleId}/mission`;
      const here = await reader(west);
      assert.deepEqual((await here(path)).body, { mission: null });
      await send('urgent', 10);
      const until = new Date(rig.nowMs + 10 * MINUTE_MS).toISOString();
      const mission = { vehicleId: car.vehicleId, urgency: 'urgent', until };
      assert.deepEqual((await here(path)).body, { mission });
      assert.equal((await (await reader(rig.country.north))(path)).status, 404);
      rig.nowMs += 10 * MINUTE_MS;
      assert.deepEqual((await here(path)).body, { mission: null });
    });

    await t.test(
      'a vehicle that moves takes its mission along, and who has it ends it',
      async () => {
        const move = (organisationId: number) =>
          rig.sql('UPDATE vehicle SET organisation_id = $2 WHERE id = $1', [
            car.vehicleId,
            organisationId,
          ]);
        const path = `/vehicles/${car.vehicleId}/mission`;
        const newcomer = await server.service(rig.country.north, ['vehicle.write']);
        await send('urgent', 10);
        await move(rig.country.north);
        assert.equal((await dispatch(`DELETE ${path}`)).status, 404, 'no longer theirs');
        const body = { urgency: 'acute', forMinutes: 10 };
        assert.equal((await newcomer(`POST ${path}`, { body })).status, 200);
        assert.equal((await asks(unit)).mission?.urgency, 'acute');
        assert.equal((await newcomer(`DELETE ${path}`)).status, 204);
        assert.deepEqual(await asks(unit), none);
        const open = 'SELECT FROM mission_span WHERE vehicle_id = $1 AND to_at > $2';
        assert.deepEqual(await rig.sql(open, [car.vehicleId, new Date(rig.nowMs)]), []);
        await move(west);
      },
    );

    await t.test('a simulated vehicle has missions like any', async () => {
      await rig.sql('UPDATE vehicle SET simulated = true WHERE id = $1', [car.vehicleId]);
      const waiting = asks(unit, none.version);
      await send('acute', 20);
      assert.equal((await waiting).mission?.urgency, 'acute');
    });

    await t.test('a unit without a vehicle has none, and nobody else may ask', async () => {
      await rig.sql('UPDATE unit SET vehicle_id = NULL WHERE id = $1', [other.id]);
      assert.deepEqual(await asks(neighbour), none);
      assert.equal((await dispatch('GET /units/self/mission')).status, 403);
      assert.equal((await server.nobody('GET /units/self/mission')).status, 401);
    });
  });
}
