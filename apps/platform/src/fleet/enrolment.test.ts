import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import {
  type Enrolled,
  type GatewayUnits,
  parseEnrolmentToken,
  type UnitTunnel,
} from '@rmh/contract/api';
import { databases } from '../db/testing.ts';
import { enrol } from './enrolment.ts';
import {
  freshTunnelKey,
  Machine,
  makeFleet,
  NOBODY,
  Rig,
  secretOf,
  user,
} from './enrolment-testing.ts';
import { unitToken } from './enrolment-tokens.ts';
import { createGateway } from './gateways.ts';
import { gatewayUnits, unitTunnel } from './gateways-list.ts';
import { rotateKeys } from './keys-rotation.ts';
import { replaceUnit, revokeUnit } from './revocation.ts';

const HOUR_MS = 3_600_000;

for (const { kind, open } of databases()) {
  test(`A machine becomes known by its token, once (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const rig = await Rig.on(db);
    const { bergen, west, north } = rig.country;
    const operator = user('ict-operator', west);
    const vehicleId = await rig.vehicle(bergen, 'B-1');
    const unitId = await rig.unit(bergen, vehicleId, 'S-1');
    const machine = new Machine();
    const invite = () =>
      rig.call<{ token: string }>(unitToken, operator, { params: { unitId }, body: {} });
    const enrolled = async (secret: string, serial = 'S-1', who = machine) =>
      (await rig.call<Enrolled>(enrol, NOBODY, { body: who.enrol(secret, serial) })).body;

    await t.test(
      'the token carries all that a bare machine needs, and the table only a hash',
      async () => {
        const { token } = (await invite()).body;
        const parsed = parseEnrolmentToken(token);
        assert.match(parsed?.url ?? '', /^https:/);
        const rows = await rig.sql('SELECT * FROM enrolment_token');
        assert.equal(rows.length, 1);
        assert.ok(!JSON.stringify(rows).includes(parsed?.secret ?? '-'));
      },
    );

    await t.test('another region does not even find the unit', async () => {
      const stranger = user('ict-operator', north);
      await assert.rejects(
        rig.call(unitToken, stranger, { params: { unitId }, body: {} }),
        /not-found|no such thing/,
      );
    });

    await t.test('a newer token withdraws the one before', async () => {
      const first = await secretOf(invite());
      await invite();
      await assert.rejects(enrolled(first), /token is not known/);
    });

    await t.test('a token that is too old is refused', async () => {
      const secret = await secretOf(invite());
      rig.nowMs += 73 * HOUR_MS;
      await assert.rejects(enrolled(secret), /token is not known/);
    });

    await t.test('it is bound to the serial number, the proof and a usable key', async () => {
      const secret = await secretOf(invite());
      await assert.rejects(enrolled(secret, 'S-2'), /another serial/);
      const forged = {
        ...machine.enrol(secret, 'S-1'),
        proof: new Machine().enrol(secret, '').proof,
      };
      await assert.rejects(rig.call(enrol, NOBODY, { body: forged }), /proof/);
      // All zero: a point of small order.
      const weak = { ...machine.enrol(secret, 'S-1'), tunnelKey: `${'A'.repeat(43)}=` };
      await assert.rejects(rig.call(enrol, NOBODY, { body: weak }), /no usable key/);
    });

    const secret = await secretOf(invite());
    await t.test('the same machine asks again and gets the same answer', async () => {
      const answer = await enrolled(secret);
      assert.deepEqual(answer, {
        kind: 'unit',
        id: unitId,
        name: `unit-${unitId}`,
        addresses: ['10.64.0.17/32'],
        lan: '10.64.0.24/29',
        endpoint: null,
      });
      assert.deepEqual(await enrolled(secret), answer);
      rig.nowMs += 1_000 * HOUR_MS;
      assert.deepEqual(await enrolled(secret), answer);
    });

    await t.test(
      'another machine with the used token is refused, and that is audited',
      async () => {
        await assert.rejects(enrolled(secret, 'S-1', new Machine()), /another machine/);
        const half = { ...machine.enrol(secret, 'S-1'), tunnelKey: freshTunnelKey() };
        await assert.rejects(rig.call(enrol, NOBODY, { body: half }), /another machine/);
        const actions = await rig.sql<{ reason: string }>(
          `SELECT reason FROM audit WHERE action = 'unit.enrol-refused'`,
        );
        assert.ok(actions.filter(({ reason }) => /another machine/.test(reason)).length >= 2);
      },
    );

    await t.test('a key that another machine has is refused', async () => {
      const other = await rig.unit(bergen, await rig.vehicle(bergen, 'B-2'), 'S-9');
      const made = rig.call<{ token: string }>(unitToken, operator, {
        params: { unitId: other },
        body: {},
      });
      await assert.rejects(enrolled(await secretOf(made), 'S-9'), /one of these keys/);
    });
  });

  test(`A replaced unit leaves addresses, layer and history (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const rig = await Rig.on(db);
    const { units } = await makeFleet(rig, 2, 1);
    const [unit] = units;
    assert.ok(unit);
    const operator = user('ict-operator', rig.country.west);
    await rig.sql(
      `INSERT INTO configuration_layer (kind, organisation_id, unit_id, name)
       VALUES ('unit', $1, $2, 'own')`,
      [rig.country.bergen, unit.id],
    );
    const body = { serial: 'NEW', model: null, reason: 'burnt' };
    const made = await rig.call<{ unitId: number; token: string }>(replaceUnit, operator, {
      params: { unitId: unit.id },
      body,
    });
    const machine = new Machine();
    const answer = await rig.call<Enrolled>(enrol, NOBODY, {
      body: machine.enrol(await secretOf(Promise.resolve(made)), 'NEW'),
    });
    assert.deepEqual(answer.body.addresses, ['10.64.0.17/32']);
    assert.equal(answer.body.lan, '10.64.0.24/29');
    const rows = await rig.sql('SELECT id, state, vehicle_id FROM unit ORDER BY id');
    assert.deepEqual(rows, [
      { id: unit.id, state: 'revoked', vehicle_id: unit.vehicleId },
      { id: made.body.unitId, state: 'enrolled', vehicle_id: unit.vehicleId },
    ]);
    const [layer] = await rig.sql('SELECT unit_id FROM configuration_layer');
    assert.equal(layer?.['unit_id'], made.body.unitId);
    const again = rig.call(replaceUnit, operator, { params: { unitId: unit.id }, body });
    await assert.rejects(again, /serial number/);
  });

  test(`A unit learns its gateways, and each gateway its units (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const rig = await Rig.on(db);
    const { units, gateways } = await makeFleet(rig, 2, 4);
    const tunnels = await Promise.all(
      units.map(async ({ asker }) => (await rig.call<UnitTunnel>(unitTunnel, asker)).body),
    );

    await t.test('in an order that spreads the units', () => {
      const first = tunnels.map((tunnel) => tunnel.gateways[0]?.name);
      for (const name of ['gw1', 'gw2']) {
        assert.equal(first.filter((one) => one === name).length, 2);
      }
      for (const tunnel of tunnels) assert.equal(tunnel.gateways.length, 2);
    });

    await t.test('both ends of each pair hold one key, and every pair another', async () => {
      const keys = new Set<string>();
      for (const [at, gateway] of gateways.entries()) {
        const list = (await rig.call(gatewayUnits, gateway.asker)).body as {
          units: { id: number; presharedKey: string; publicKey: string; allowedIps: string[] }[];
        };
        assert.equal(list.units.length, 4);
        for (const [i, unit] of units.entries()) {
          const listed = list.units.find(({ id }) => id === unit.id);
          const mine = tunnels[i]?.gateways.find(({ name }) => name === `gw${at + 1}`);
          assert.equal(listed?.presharedKey, mine?.presharedKey);
          assert.equal(listed?.publicKey, unit.machine.tunnelKey);
          assert.equal(mine?.publicKey, gateway.machine.tunnelKey);
          assert.deepEqual(listed?.allowedIps, [...(tunnels[i]?.addresses ?? []), tunnels[i]?.lan]);
          keys.add(listed?.presharedKey ?? '');
        }
      }
      assert.equal(keys.size, 8);
      const stored = await rig.sql<{ sealed: Uint8Array }>('SELECT sealed FROM preshared_key');
      for (const { sealed } of stored) {
        assert.ok(!keys.has(Buffer.from(sealed.slice(1)).toString('base64')), 'sealed');
      }
    });

    await t.test('a revoked unit is gone from them, with its keys', async () => {
      const [unit] = units;
      assert.ok(unit);
      const body = { reason: 'stolen' };
      await rig.call(revokeUnit, user('ict-operator', rig.country.west), {
        params: { unitId: unit.id },
        body,
      });
      for (const gateway of gateways) {
        const list = (await rig.call(gatewayUnits, gateway.asker)).body as { units: unknown[] };
        assert.equal(list.units.length, 3);
      }
      const [row] = await rig.sql('SELECT identity_key, tunnel_key FROM unit WHERE id = $1', [
        unit.id,
      ]);
      assert.deepEqual(row, { identity_key: null, tunnel_key: null });
      const [entry] = await rig.sql(`SELECT reason FROM audit WHERE action = 'unit.revoke'`);
      assert.equal(entry?.['reason'], 'stolen');
    });

    await t.test('a unit that is moved gets the addresses of its new vehicle', async () => {
      const [, unit] = units;
      assert.ok(unit);
      const vehicleId = await rig.vehicle(rig.country.fonna, 'F-1');
      await rig.sql('UPDATE unit SET vehicle_id = $2, organisation_id = $3 WHERE id = $1', [
        unit.id,
        vehicleId,
        rig.country.fonna,
      ]);
      const listed = async () => {
        const { body } = await rig.call(gatewayUnits, gateways[0]?.asker ?? NOBODY);
        return (body as unknown as GatewayUnits).units.find(({ id }) => id === unit.id)?.allowedIps;
      };
      assert.equal(await listed(), undefined, 'it has none yet');
      await rig.run(rotateKeys);
      const before = tunnels[1];
      const after = (await rig.call<UnitTunnel>(unitTunnel, unit.asker)).body;
      assert.notDeepEqual(after.addresses, before?.addresses);
      assert.deepEqual(await listed(), [...after.addresses, after.lan]);
    });

    await t.test('a fifth gateway is refused, for a unit holds four', async () => {
      const national = user('national-operator', rig.country.national);
      const make = (name: string) =>
        rig.call(createGateway, national, {
          body: { name, site: 'Oslo', endpoint: '192.0.2.9:51820', allowedIps: ['172.30.0.0/16'] },
        });
      await make('gw3');
      await make('gw4');
      await assert.rejects(make('gw5'), /4 gateways at most/);
    });
  });
}
