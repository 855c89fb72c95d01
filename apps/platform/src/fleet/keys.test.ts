// Keys change while machines stop, answers get lost or come late, and jobs run at any moment. What
// a gateway holds must be among what the unit holds, at every moment, on their disks.
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import type { GatewayUnits, UnitTunnel } from '@rmh/contract/api';
import { databases, openFreshEmbedded } from '../db/testing.ts';
import { makeFleet, Rig, type RigGateway, type RigUnit, user } from './enrolment-testing.ts';
import { gatewayUnits, unitTunnel } from './gateways-list.ts';
import { keyAges, rotateKeys, rotateNow } from './keys-rotation.ts';

const DAY_MS = 86_400_000;

/** A unit or a gateway: what lies on its disk, and answers that are under way. */
interface End<List> {
  disk: List | null;
  underWay: List[];
}

class World {
  readonly rig: Rig;
  readonly random: Random;
  readonly units: (RigUnit & End<UnitTunnel>)[];
  readonly gateways: (RigGateway & End<GatewayUnits>)[];
  /** Control: the platform takes what it has sent for what is held. */
  readonly isHasty: boolean;
  leftOut = 0;

  constructor(
    rig: Rig,
    seed: number,
    fleet: { units: RigUnit[]; gateways: RigGateway[] },
    isHasty: boolean,
  ) {
    this.rig = rig;
    this.random = new Random(seed);
    this.units = fleet.units.map((unit) => ({ ...unit, disk: null, underWay: [] }));
    this.gateways = fleet.gateways.map((gateway) => ({ ...gateway, disk: null, underWay: [] }));
    this.isHasty = isHasty;
  }

  async step(): Promise<void> {
    const unit = this.#any(this.units);
    const gateway = this.#any(this.gateways);
    this.rig.nowMs += 1_000;
    switch (this.random.below(10)) {
      case 0:
      case 1:
        await this.rig.run(rotateKeys);
        break;
      case 2:
        await this.rig.sql('UPDATE preshared_key SET wanted = true WHERE unit_id = $1', [unit.id]);
        break;
      case 3:
      case 4:
        await this.unitAsks(unit);
        break;
      case 5:
      case 6:
        await this.gatewayAsks(gateway);
        break;
      case 7:
        this.arrive(unit);
        break;
      case 8:
        this.arrive(gateway);
        break;
      default:
        // A restart: what was under way is lost, the disk is not.
        this.#any([unit, gateway]).underWay.length = 0;
    }
    this.check();
  }

  async unitAsks(unit: World['units'][number]): Promise<void> {
    const query = unit.disk === null ? {} : { holds: unit.disk.version };
    unit.underWay.push((await this.rig.call<UnitTunnel>(unitTunnel, unit.asker, { query })).body);
    if (this.isHasty) {
      await this.rig.sql('UPDATE unit_tunnel SET held_version = version WHERE unit_id = $1', [
        unit.id,
      ]);
    }
  }

  async gatewayAsks(gateway: World['gateways'][number]): Promise<void> {
    const query = { after: gateway.disk?.version ?? 0 };
    const call = { query, wait: false };
    const { body } = await this.rig.call<GatewayUnits | null>(gatewayUnits, gateway.asker, call);
    if (body !== null) gateway.underWay.push(body);
  }

  /** One of the answers under way, not always the oldest; an older list than ours is ignored. */
  arrive<List extends { version: number }>(end: End<List>): void {
    const [list] = end.underWay.splice(this.random.below(end.underWay.length || 1), 1);
    if (list !== undefined && list.version > (end.disk?.version ?? 0)) end.disk = list;
  }

  check(): void {
    for (const unit of this.units) {
      for (const gateway of this.gateways) {
        const peer = unit.disk?.gateways.find((one) => one.publicKey === gateway.machine.tunnelKey);
        const entry = gateway.disk?.units.find((one) => one.id === unit.id);
        if (peer === undefined || entry === undefined) continue;
        const held = [peer.presharedKey, peer.nextPresharedKey];
        if (!held.includes(entry.presharedKey)) this.leftOut++;
      }
    }
  }

  keys(): string[] {
    return this.gateways.flatMap(
      (one) => one.disk?.units.map((unit) => `${unit.presharedKey}`) ?? [],
    );
  }

  /** Everybody works: each step happens, in no special order. */
  async calm(): Promise<void> {
    for (const end of [...this.units, ...this.gateways]) end.underWay.length = 0;
    for (let round = 0; round < 12; round++) {
      await this.rig.run(rotateKeys);
      for (const unit of this.units) {
        await this.unitAsks(unit);
        this.arrive(unit);
      }
      for (const gateway of this.gateways) {
        await this.gatewayAsks(gateway);
        this.arrive(gateway);
      }
      this.check();
    }
  }

  #any<T>(of: readonly T[]): T {
    return of[this.random.below(of.length)] as T;
  }
}

const STEPS = 100;

for (const { kind, open } of databases()) {
  for (const seed of [1, 2]) {
    test(`No change of keys leaves a unit out, seed ${seed} (${kind})`, async (t) => {
      const db = await open();
      t.after(() => db.close());
      const rig = await Rig.on(db);
      const world = new World(rig, seed, await makeFleet(rig, 2, 2), false);
      await world.calm();
      const first = world.keys();
      assert.equal(first.length, 4);
      for (let i = 0; i < STEPS; i++) {
        await world.step();
        assert.equal(world.leftOut, 0, `seed ${seed}, step ${i}`);
        const moving = await rig.sql(
          `SELECT 1 FROM preshared_key WHERE stage <> 'steady'
           GROUP BY unit_id HAVING count(*) > 1`,
        );
        assert.equal(moving.length, 0, 'one gateway of a unit at a time');
      }
      rig.nowMs += DAY_MS;
      await world.calm();
      assert.equal(world.leftOut, 0);
      const stages = await rig.sql(`SELECT 1 FROM preshared_key WHERE stage <> 'steady'`);
      assert.equal(stages.length, 0, 'in calm weather every change ends');
      assert.ok(
        world.keys().every((key) => !first.includes(key)),
        'and every key is a new one',
      );
    });
  }

  test(`People see how old keys are, ask for new ones, and see no key (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const rig = await Rig.on(db);
    const { units } = await makeFleet(rig, 2, 1);
    const params = { unitId: units[0]?.id ?? 0 };
    const operator = user('ict-operator', rig.country.west);
    await rig.call(rotateNow, operator, { params });
    await rig.run(rotateKeys);
    const { body } = await rig.call<{ items: { stage: string }[] }>(keyAges, operator, { params });
    assert.deepEqual(body.items.map(({ stage }) => stage).sort(), ['offered', 'steady']);
    const scope = { kind: 'roots', organisationIds: [rig.country.national] } as const;
    await assert.rejects(
      db.transaction(scope, (sql) => sql.query('SELECT sealed FROM preshared_key')),
      /permission denied/,
    );
    await assert.rejects(
      rig.call(rotateNow, user('ict-operator', rig.country.north), { params }),
      /no such thing/,
    );
  });
}

test('Control: a platform that takes what it sent for what is held leaves units out', async (t) => {
  const db = await openFreshEmbedded();
  t.after(() => db.close());
  const rig = await Rig.on(db);
  const world = new World(rig, 3, await makeFleet(rig, 2, 2), true);
  await world.calm();
  for (let i = 0; i < 4 * STEPS && world.leftOut === 0; i++) await world.step();
  assert.ok(world.leftOut > 0);
});
