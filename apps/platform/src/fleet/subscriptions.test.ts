import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Page, Subscription } from '@rmh/contract/api';
import { databases } from '../db/testing.ts';
import { Rig, user } from './enrolment-testing.ts';
import { changeSubscription, createSubscription, listSubscriptions } from './subscriptions.ts';

for (const { kind, open } of databases()) {
  test(`A card is found in its drawer, goes into a vehicle and out (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const rig = await Rig.on(db);
    const { bergen, fonna, west } = rig.country;
    const asker = user('ict-operator', west);
    await rig.sql(`INSERT INTO carrier (id, key, name, colour) VALUES (1, 'telia', 'Telia', 1)
      ON CONFLICT DO NOTHING`);
    const car = await rig.vehicle(bergen, 'A-101');
    const make = async (organisationId: number, vehicleId: number | null, iccid: string) => {
      const body = { organisationId, vehicleId, carrierId: 1, iccid, priority: false };
      return (await rig.call<Subscription>(createSubscription, asker, { body })).body;
    };
    await make(bergen, car, '89470800000000000001');
    const loose = await make(bergen, null, '89470800000000000002');
    await make(fonna, null, '89470800000000000013');
    const found = async (query: object, limit = 100) => {
      const asked = { query: { ...query, limit } };
      const { body } = await rig.call<Page<Subscription>>(listSubscriptions, asker, asked);
      return body.items.map(({ iccid }) => Number(iccid.slice(-2)));
    };
    assert.deepEqual(await found({}), [1, 2, 13]);
    assert.deepEqual(await found({}, 2), [1, 2]);
    assert.deepEqual(await found({ inVehicle: 'false' }), [2, 13]);
    assert.deepEqual(await found({ inVehicle: 'true' }), [1]);
    assert.deepEqual(await found({ organisationId: fonna }), [13]);
    assert.deepEqual(await found({ organisationId: west, inVehicle: 'false' }), [2, 13]);
    assert.deepEqual(await found({ search: '0013' }), [13]);
    assert.deepEqual(await found({ search: 'a-10' }), [1]);
    const move = async (vehicleId: number | null, version: number) => {
      const { id, version: _, ...rest } = loose;
      const body = { ...rest, vehicleId };
      const ask = { params: { subscriptionId: id }, body, ifMatch: version };
      await rig.call(changeSubscription, asker, ask);
    };
    await move(car, 1);
    assert.deepEqual(await found({ vehicleId: car }), [1, 2]);
    await move(null, 2);
    assert.deepEqual(await found({ vehicleId: car }), [1]);
  });
}
