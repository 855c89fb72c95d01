import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { GatewayDetail, GatewayUnits } from '@rmh/contract/api';
import { databases } from '../db/testing.ts';
import { makeFleet, Rig, type RigGateway, user } from './enrolment-testing.ts';
import { getGateway, listGateways, revokeGateway, writeGateway } from './gateways.ts';
import { gatewayUnits, preferred, unitTunnel } from './gateways-list.ts';
import { readSettings, writeSettings } from './gateways-settings.ts';
import { revokeUnit } from './revocation.ts';

async function poll(rig: Rig, gateway: RigGateway, after: number): Promise<GatewayUnits> {
  return (await rig.call<GatewayUnits>(gatewayUnits, gateway.asker, { query: { after } })).body;
}

for (const { kind, open } of databases()) {
  test(`A waiting gateway hears of a revocation at once (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const rig = await Rig.on(db);
    const { units, gateways } = await makeFleet(rig, 2, 2);
    const lists = await Promise.all(gateways.map((gateway) => poll(rig, gateway, 0)));
    const waiting = gateways.map((gateway, i) => poll(rig, gateway, lists[i]?.version ?? 0));
    await rig.call(revokeUnit, user('ict-operator', rig.country.west), {
      params: { unitId: units[0]?.id },
      body: { reason: 'lost' },
    });
    for (const [i, list] of (await Promise.all(waiting)).entries()) {
      assert.deepEqual(
        list.units.map(({ id }) => id),
        [units[1]?.id],
      );
      assert.ok(list.version > (lists[i]?.version ?? 0));
    }
  });

  test(`A gateway that waits in vain gets its list when the time is up (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const rig = await Rig.on(db);
    const { gateways } = await makeFleet(rig, 1, 1);
    const [gateway] = gateways;
    assert.ok(gateway);
    const list = await poll(rig, gateway, 0);
    const clock = setInterval(() => {
      rig.nowMs += 25_000;
    }, 50);
    t.after(() => clearInterval(clock));
    assert.deepEqual(await poll(rig, gateway, list.version), list);
  });

  test(`Who holds a version that was never given gets the list at once (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const rig = await Rig.on(db);
    const { gateways } = await makeFleet(rig, 1, 1);
    const [gateway] = gateways;
    assert.ok(gateway);
    const { version } = await poll(rig, gateway, 0);
    assert.equal((await poll(rig, gateway, version + 1_000_000)).version, version);
    const [held] = await rig.sql('SELECT held_version FROM gateway_list');
    assert.equal(held?.['held_version'], 0, 'and that confirms nothing');
  });

  test(`Regions see gateways, and the national operator changes them (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const rig = await Rig.on(db);
    const { gateways, units } = await makeFleet(rig, 2, 1);
    const national = user('national-operator', rig.country.national);
    const region = user('ict-operator', rig.country.west);
    const [gateway, other] = gateways;
    const [unit] = units;
    assert.ok(gateway && other && unit);
    const params = { gatewayId: gateway.id };

    const seen = await rig.call<{ items: GatewayDetail[] }>(listGateways, region);
    assert.deepEqual(
      seen.body.items.map(({ name, state }) => [name, state]),
      [
        ['gw1', 'silent'],
        ['gw2', 'silent'],
      ],
    );
    await poll(rig, gateway, 0);
    const { body, version } = await rig.call<GatewayDetail>(getGateway, region, { params });
    assert.equal(body.state, 'up');
    assert.ok(body.listVersion > body.heldVersion);

    const tunnel = async () =>
      (
        await rig.call<{ version: number; gateways: { endpoint: string }[] }>(
          unitTunnel,
          unit.asker,
        )
      ).body;
    const before = await tunnel();
    const write = { name: 'gw1', site: 'Oslo', endpoint: '192.0.2.7:51820', allowedIps: ['::/0'] };
    const changed = rig.call(writeGateway, national, { params, body: write, ifMatch: 1 });
    await assert.rejects(changed, /Somebody else/);
    const ifMatch = version ?? 0;
    await rig.call(writeGateway, national, { params, body: write, ifMatch });
    const after = await tunnel();
    assert.ok(after.version > before.version);
    assert.ok(after.gateways.some(({ endpoint }) => endpoint === '192.0.2.7:51820'));
    const wrong = { ...write, endpoint: 'gw.example:51820' };
    await assert.rejects(
      rig.call(writeGateway, national, { params, body: wrong, ifMatch: ifMatch + 1 }),
      /errors/,
    );

    await rig.call(revokeGateway, national, { params, body: { reason: 'moved' } });
    assert.equal((await tunnel()).gateways.length, 1);
    assert.deepEqual((await poll(rig, gateway, 0)).units, [], 'a revoked gateway serves nobody');
  });

  test(`Settings of the network have a version, and a pool is a network (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const rig = await Rig.on(db);
    const national = user('national-operator', rig.country.national);
    const { body, version } = await rig.call(readSettings, national);
    assert.deepEqual(body, { pool: '10.64.0.0/10', rotateKeysHours: 24, version: 1 });
    const write = (pool: string) =>
      rig.call(writeSettings, national, {
        body: { pool, rotateKeysHours: 12 },
        ifMatch: version ?? 0,
      });
    await assert.rejects(write('10.65.0.0/10'), /no network/);
    assert.equal((await write('10.128.0.0/10')).version, 2);
  });
}

test('Neighbours begin with different gateways, and a named one comes first', () => {
  const gateways = [{ name: 'a' }, { name: 'b' }];
  const names = (unitId: number, prefer: string | null) =>
    preferred(gateways, unitId, prefer).map(({ name }) => name);
  assert.deepEqual(names(4, null), ['a', 'b']);
  assert.deepEqual(names(5, null), ['b', 'a']);
  assert.deepEqual(names(5, 'a'), ['a', 'b']);
  assert.deepEqual(names(5, 'gone'), ['b', 'a']);
  assert.deepEqual(preferred([], 5, 'a'), []);
});
