// Through the real server: proofs, cookies, and a long poll that waits on an open line.
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayUnits, UnitTunnel } from '@rmh/contract/api';
import { databases } from '../db/testing.ts';
import { testServer, testServices } from '../http/testing.ts';
import { makeFleet, Rig } from './enrolment-testing.ts';
import { routes } from './index.ts';

// A notification takes milliseconds; 5 s are promised, and this only ends a test that has failed.
const TRIES = 100;

for (const { kind, open } of databases()) {
  test(`A revoked unit is refused, and gone from a gateway that waits (${kind})`, async (t) => {
    const db = await open();
    const rig = await Rig.on(db);
    const { vault } = rig.services;
    const server = await testServer(testServices(db, { vault }), routes);
    t.after(async () => {
      await server.close();
      await db.close();
    });
    const fleet = await makeFleet(rig, 1, 2);
    const { west } = rig.country;
    const operator = await server.user(west, [{ role: 'ict-operator', organisationId: west }]);
    const [lost, kept] = fleet.units;
    assert.ok(lost && kept);
    const unit = await server.unit(lost.id);
    const gateway = await server.gateway(fleet.gateways[0]?.id ?? 0);

    const tunnel = await unit('GET /units/self/tunnel');
    assert.equal(tunnel.status, 200);
    assert.equal((tunnel.body as UnitTunnel).gateways.length, 1);
    const list = (await gateway('GET /gateways/self/units')).body as GatewayUnits;
    assert.equal(list.units.length, 2);

    const waiting = gateway(`GET /gateways/self/units?after=${list.version}`);
    const revoked = await operator(`POST /units/${lost.id}/revoke`, { body: { reason: 'lost' } });
    assert.equal(revoked.status, 200);
    const heard = await waiting;
    assert.equal(heard.headers['content-type'], 'application/json; charset=utf-8');
    assert.deepEqual(
      (heard.body as GatewayUnits).units.map(({ id }) => id),
      [kept.id],
    );
    let status = 0;
    for (let i = 0; i < TRIES && status !== 401; i++) {
      ({ status } = await unit('GET /units/self/tunnel'));
      if (status !== 401) await sleep(50);
    }
    assert.equal(status, 401);
    const reasonless = await operator(`POST /units/${kept.id}/revoke`, { body: {} });
    assert.equal(reasonless.status, 400);
  });

  test(`Who may not enrol gets no token, and a flood of tokens is slowed (${kind})`, async (t) => {
    const db = await open();
    const rig = await Rig.on(db);
    const { vault } = rig.services;
    const server = await testServer(testServices(db, { vault }), routes);
    t.after(async () => {
      await server.close();
      await db.close();
    });
    const { bergen } = rig.country;
    const fleet = await makeFleet(rig, 1, 1);
    const looker = await server.user(bergen, [{ role: 'trust-user', organisationId: bergen }]);
    const ask = { body: {} };
    const made = await looker(`POST /units/${fleet.units[0]?.id}/enrolment-tokens`, ask);
    assert.equal(made.status, 403);
    const body = fleet.units[0]?.machine.enrol('x'.repeat(43), 'serial');
    const statuses: number[] = [];
    for (let i = 0; i < 40; i++) {
      statuses.push((await server.nobody('POST /enrolments', { body })).status);
    }
    assert.equal(statuses[0], 403);
    assert.ok(statuses.includes(429));
  });
}
