import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Page, Unit, Vehicle } from '@rmh/contract/api';
import { databases } from '../db/testing.ts';
import { asProblem } from '../http/problem.ts';
import { Rig, user } from './enrolment-testing.ts';
import { changeUnit, createUnit } from './units.ts';
import { changeVehicle, createVehicle, listVehicles, readVehicle } from './vehicles.ts';

const STATES = ['up', 'down', 'reduced', 'off', 'unknown'] as const;

/** Vehicles in two trusts, some with a unit that was heard; returns how many. */
async function fill(rig: Rig): Promise<number> {
  const { bergen, fonna } = rig.country;
  for (let i = 0; i < 23; i++) {
    const organisationId = i % 3 === 0 ? fonna : bergen;
    const vehicleId = await rig.vehicle(organisationId, `A-${100 + ((i * 7) % 23)}`);
    if (i % 4 === 0) continue;
    const unitId = await rig.unit(organisationId, vehicleId, `S-${i}`);
    const state = STATES[i % STATES.length];
    const link = state === 'reduced' ? 'down' : 'up';
    const carriers = [
      {
        link: 'telia',
        state: link,
        sinceMs: 1_780_000_000_000,
        rttMs: null,
        lossShare: null,
        radio: null,
      },
    ];
    const body = {
      gateway: null,
      place: null,
      carriers,
      outages: [],
      configurationVersion: null,
      softwareVersion: null,
      waiting: 0,
    };
    await rig.sql(
      `INSERT INTO unit_latest
         (unit_id, vehicle_id, organisation_id, state, since, heard_at, at_ms, body)
       VALUES ($1, $2, $3, $4, now(), to_timestamp($5), 0, $6)`,
      [
        unitId,
        vehicleId,
        organisationId,
        state,
        1_780_000_000 + ((i * 13) % 9),
        JSON.stringify(body),
      ],
    );
  }
  return 23;
}

async function all(rig: Rig, asker: ReturnType<typeof user>, query: object): Promise<Vehicle[]> {
  const found: Vehicle[] = [];
  let cursor: string | null = null;
  do {
    const asked: Record<string, unknown> = {
      ...query,
      limit: 4,
      ...(cursor === null ? {} : { cursor }),
    };
    const { body }: { body: Page<Vehicle> } = await rig.call(listVehicles, asker, { query: asked });
    found.push(...body.items);
    cursor = body.next;
  } while (cursor !== null);
  return found;
}

function isProblem(name: string) {
  return (error: unknown) => asProblem(error)?.problem === name;
}

for (const { kind, open } of databases()) {
  test(`Pages in every order hold each vehicle once (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const rig = await Rig.on(db);
    const count = await fill(rig);
    const asker = user('ict-operator', rig.country.west);
    for (const sort of ['callSign', 'state', 'heardAt']) {
      const found = await all(rig, asker, { sort });
      assert.equal(new Set(found.map(({ id }) => id)).size, count, sort);
      assert.equal(found.length, count, sort);
    }
    const byState = (await all(rig, asker, { sort: 'state' })).map(({ live }) => live?.state);
    assert.equal(byState[0], 'down');
    assert.equal(byState.at(-1), undefined);
    const heard = (await all(rig, asker, { sort: 'heardAt' })).map(
      ({ live }) => live?.heardAt ?? '',
    );
    assert.deepEqual(heard, [...heard].sort().reverse());
  });

  test(`Filters hold what they say, and an asker sees his own only (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const rig = await Rig.on(db);
    await fill(rig);
    const west = user('ict-operator', rig.country.west);
    const down = await all(rig, west, { carrierDown: 'telia' });
    assert.ok(down.length > 0);
    assert.ok(down.every(({ live }) => live?.state === 'reduced'));
    const fonna = await all(rig, user('trust-user', rig.country.fonna), {});
    assert.equal(fonna.length, 8);
    assert.deepEqual(
      (await all(rig, west, { organisationId: rig.country.fonna })).map(({ id }) => id),
      fonna.map(({ id }) => id),
    );
    assert.equal((await all(rig, west, { search: '%' })).length, 0);
    assert.equal((await all(rig, west, { search: 'a-101' })).length, 1);
    assert.equal((await all(rig, user('ict-operator', rig.country.north), {})).length, 0);
    const other = fonna[0];
    await assert.rejects(
      rig.call(readVehicle, user('trust-user', rig.country.bergen), {
        params: { vehicleId: other?.id },
      }),
      isProblem('not-found'),
    );
  });

  test(`A vehicle moves with its unit, and no writer overwrites another (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const rig = await Rig.on(db);
    const { bergen, fonna, west } = rig.country;
    const asker = user('ict-operator', west);
    const write = {
      organisationId: bergen,
      callSign: 'A-1',
      registration: null,
      kind: 'ambulance',
      stage: 'planned',
    };
    const { body: vehicle } = await rig.call<Vehicle>(createVehicle, asker, { body: write });
    await assert.rejects(rig.call(createVehicle, asker, { body: write }), isProblem('conflict'));
    const { body: unit } = await rig.call<Unit>(createUnit, asker, {
      body: { organisationId: bergen, vehicleId: vehicle.id, serial: 'S-1', model: null },
    });
    assert.equal(unit.organisationId, bergen);
    const params = { vehicleId: vehicle.id };
    const moved = { ...write, organisationId: fonna };
    await rig.call(changeVehicle, asker, { params, body: moved, ifMatch: 1 });
    await assert.rejects(
      rig.call(changeVehicle, asker, { params, body: write, ifMatch: 1 }),
      isProblem('changed-meanwhile'),
    );
    const [row] = await rig.sql<{ organisation_id: number }>('SELECT organisation_id FROM unit');
    assert.equal(row?.organisation_id, fonna);
    await assert.rejects(
      rig.call(createUnit, asker, {
        body: { organisationId: fonna, vehicleId: vehicle.id, serial: 'S-2', model: null },
      }),
      isProblem('conflict'),
    );
    const shelf = { organisationId: west, vehicleId: null, serial: 'S-1', model: null };
    const { body: shelved } = await rig.call<Unit>(changeUnit, asker, {
      params: { unitId: unit.id },
      body: shelf,
      ifMatch: 2,
    });
    assert.equal(shelved.vehicleId, null);
  });
}
