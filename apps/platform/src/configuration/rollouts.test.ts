import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import type { Rollout, UnitConfiguration } from '@rmh/contract/api';
import { databases } from '../db/testing.ts';
import { makeUnit, Rig, type RigUnit, user } from '../fleet/enrolment-testing.ts';
import { endMission, setMission } from './missions.ts';
import {
  commandRollout,
  createRollout,
  getRollout,
  listRollouts,
  rolloutUnits,
} from './rollouts.ts';
import { advanceRollouts } from './rollouts-advance.ts';
import { configurationOutcome, unitConfiguration } from './unit-configuration.ts';

/** A fleet in Helse Bergen that has its first configuration, and a person who rolls out. */
class Field {
  readonly rig: Rig;
  readonly units: RigUnit[];
  readonly region = () => user('ict-operator', this.rig.country.west);

  constructor(rig: Rig, units: RigUnit[]) {
    this.rig = rig;
    this.units = units;
  }

  static async of(rig: Rig, count: number): Promise<Field> {
    const units: RigUnit[] = [];
    for (let i = 1; i <= count; i++) units.push(await makeUnit(rig, rig.country.bergen, i));
    const field = new Field(rig, units);
    await rig.sql(
      `INSERT INTO configuration_layer (kind, organisation_id, name) VALUES ('rhf', $1, 'Vest')`,
      [rig.country.west],
    );
    for (const unit of units) await field.confirm(unit, (await field.ask(unit)).version);
    return field;
  }

  /** The region's layer says so from now on; nobody is told of it. */
  async say(recordMb: number): Promise<void> {
    await this.rig.sql('UPDATE configuration_layer SET given = $1, version = version + 1', [
      JSON.stringify({ recordMb }),
    ]);
  }

  async ask(unit: RigUnit): Promise<UnitConfiguration> {
    return (await this.rig.call<UnitConfiguration>(unitConfiguration, unit.asker)).body;
  }

  async confirm(unit: RigUnit, version: number, outcome = 'confirmed'): Promise<void> {
    const body = { version, outcome, reason: outcome === 'confirmed' ? null : 'no gateway' };
    await this.rig.call(configurationOutcome, unit.asker, { body });
  }

  async draft(rings: number[], successLeast: number, unitIds: number[] | null = null) {
    const organisationId = this.rig.country.west;
    const body = { organisationId, name: 'try', rings, successLeast, unitIds };
    return (await this.rig.call<Rollout>(createRollout, this.region(), { body })).body;
  }

  async order(id: number, command: string): Promise<Rollout> {
    const params = { rolloutId: id };
    const ifMatch = (await this.get(id)).version;
    const call = { params, body: { command }, ifMatch };
    return (await this.rig.call<Rollout>(commandRollout, this.region(), call)).body;
  }

  async get(id: number): Promise<Rollout> {
    const call = { params: { rolloutId: id } };
    return (await this.rig.call<Rollout>(getRollout, this.region(), call)).body;
  }

  async advance(id: number): Promise<Rollout> {
    await this.rig.run(advanceRollouts);
    return await this.get(id);
  }

  /** Each unit asks; those that have something new do `how`. Returns who had. */
  async round(how: (unit: RigUnit) => string): Promise<number[]> {
    const told: number[] = [];
    for (const unit of this.units) {
      const [before] = await this.rig.sql<{ version: number }>(
        'SELECT version FROM unit_configuration WHERE unit_id = $1',
        [unit.id],
      );
      const { version } = await this.ask(unit);
      if (version === before?.version) continue;
      told.push(unit.id);
      await this.confirm(unit, version, how(unit));
    }
    return told;
  }
}

for (const { kind, open } of databases()) {
  test(`A rollout goes ring by ring, and later edits do not reach it (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const field = await Field.of(await Rig.on(db), 6);
    await field.say(300);
    assert.deepEqual(await field.round(() => 'confirmed'), [], 'a layer alone tells nobody');
    const { id } = await field.draft([0.3, 1], 0.75);
    await field.order(id, 'start');
    await field.say(999);
    const first = await field.round(() => 'confirmed');
    assert.equal(first.length, 2);
    assert.equal((await field.get(id)).ring, 0, 'nothing moves before the job looks');
    assert.equal((await field.advance(id)).ring, 1);
    assert.equal((await field.round(() => 'confirmed')).length, 4);
    assert.equal((await field.advance(id)).state, 'done');
    for (const unit of field.units) {
      const { values, version } = await field.ask(unit);
      assert.deepEqual([values.recordMb, version], [300, 2]);
    }
    await assert.rejects(field.order(id, 'stop'), /takes no stop/);
  });

  test(`Who falls back runs the version before, and enough of them pause (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const field = await Field.of(await Rig.on(db), 4);
    await field.say(300);
    const { id } = await field.draft([0.5, 1], 0.9);
    await field.order(id, 'start');
    const [canary] = await field.round(() => 'fell-back');
    const unit = field.units.find((one) => one.id === canary);
    assert.ok(unit);
    const { version, values } = await field.ask(unit);
    assert.deepEqual([version, values.recordMb], [1, 200], 'what it ran before');
    const paused = await field.advance(id);
    assert.deepEqual([paused.state, paused.pausedBecause], ['paused', 'fell-back']);
    assert.equal(paused.counts.fellBack, 2);
    assert.equal((await field.round(() => 'confirmed')).length, 0, 'nobody else gets it');

    await field.order(id, 'resume');
    assert.equal((await field.advance(id)).state, 'running', 'a person has seen it');
    assert.equal((await field.round(() => 'confirmed')).length, 2);
    const done = await field.advance(id);
    assert.equal(done.state, 'done');
    const units = await field.rig.call<{ items: { state: string; reason: string | null }[] }>(
      rolloutUnits,
      field.region(),
      { params: { rolloutId: id } },
    );
    assert.equal(units.body.items.filter(({ reason }) => reason === 'no gateway').length, 2);

    // Version numbers are not used again: what it is told next is the third.
    await field.say(400);
    const next = await field.draft([1], 1);
    await field.order(next.id, 'start');
    assert.equal((await field.ask(unit)).version, 3);
  });

  test(`Nothing is sent to a vehicle on a mission, until it ends (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const { rig, ...rest } = await Field.of(await Rig.on(db), 2);
    const field = new Field(rig, rest.units);
    await field.say(300);
    const { id } = await field.draft([1], 1);
    await field.order(id, 'start');
    const [busy, free] = field.units;
    assert.ok(busy && free);
    const params = { vehicleId: busy.vehicleId };
    const body = { urgency: 'acute', forMinutes: 30 };
    await rig.call(setMission, field.region(), { params, body });
    assert.deepEqual(await field.round(() => 'confirmed'), [free.id]);
    const { counts, state } = await field.advance(id);
    assert.deepEqual([counts.onMission, counts.waiting, state], [1, 0, 'running']);
    await rig.call(endMission, field.region(), { params });
    assert.equal((await field.get(id)).counts.onMission, 0, 'it was told to be over');
    await rig.call(setMission, field.region(), { params, body });
    rig.nowMs += 30 * 60_000 - 2_000;
    assert.equal((await field.ask(busy)).version, 1, 'two seconds before its end');
    rig.nowMs += 2_000;
    assert.equal((await field.ask(busy)).version, 2, 'it ends by itself');
    const stranger = user('ict-operator', rig.country.north);
    await assert.rejects(rig.call(setMission, stranger, { params, body }), /no such thing/);
  });

  test(`A unit is in one open rollout at a time, free of stopped ones (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const field = await Field.of(await Rig.on(db), 3);
    await assert.rejects(
      field.draft([1], 1).then(({ id }) => field.order(id, 'start')),
      /every unit runs/,
    );
    await field.say(300);
    const one = await field.draft([1], 1, [field.units[0]?.id ?? 0]);
    const all = await field.draft([1], 1);
    const started = await field.order(one.id, 'start');
    assert.equal(started.counts.waiting, 1, 'only the named unit');
    await assert.rejects(field.order(all.id, 'start'), /in the rollout "try"/);
    await field.order(one.id, 'stop');
    assert.deepEqual(await field.round(() => 'confirmed'), []);
    assert.equal((await field.order(all.id, 'start')).counts.waiting, 3);
    // Seen by the regions below with the counts of their own units, and not changed by them.
    const { rig } = field;
    const north = user('ict-operator', rig.country.north);
    const seen = await rig.call<{ items: Rollout[] }>(listRollouts, north);
    assert.deepEqual(seen.body.items, []);
    const trust = user('regional-coordinator', rig.country.fonna);
    const below = await rig.call<{ items: Rollout[] }>(listRollouts, trust);
    assert.equal(below.body.items.length, 3);
    assert.ok(below.body.items.every(({ counts }) => counts.waiting === 0));
    const call = { params: { rolloutId: all.id }, body: { command: 'stop' }, ifMatch: 2 };
    await assert.rejects(rig.call(commandRollout, trust, call), /Your role/);
  });

  test(`Whatever happens in a rollout, its counts add up to its units (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const field = await Field.of(await Rig.on(db), 7);
    const { rig } = field;
    const random = new Random(19);
    await field.say(300);
    const { id } = await field.draft([0.2, 0.6, 1], 0.6);
    await field.order(id, 'start');
    let gone = 0;
    for (let i = 0; i < 60; i++) {
      const unit = field.units[random.below(field.units.length)] as RigUnit;
      const params = { vehicleId: unit.vehicleId };
      switch (random.below(8)) {
        case 0: {
          const body = { urgency: 'urgent', forMinutes: 1 + random.below(5) };
          await rig.call(setMission, field.region(), { params, body });
          break;
        }
        case 1:
          rig.nowMs += 60_000 * random.below(4);
          break;
        case 2:
          await rig.run(advanceRollouts);
          break;
        case 3: {
          const { state } = await field.get(id);
          if (state === 'paused') await field.order(id, 'resume');
          else if (state === 'running') await field.order(id, 'pause');
          break;
        }
        case 4:
          if (gone === 0 && i > 30) {
            await rig.sql(`UPDATE unit SET state = 'revoked' WHERE id = $1`, [unit.id]);
            field.units.splice(field.units.indexOf(unit), 1);
            gone = 1;
          }
          break;
        default: {
          const { version } = await field.ask(unit);
          // Any outcome, of this version or another, said once or twice.
          const outcome = random.unit() < 0.7 ? 'confirmed' : 'fell-back';
          await field.confirm(unit, version - random.below(2), outcome);
        }
      }
      const { counts, ring, state } = await field.get(id);
      const sum = Object.values(counts).reduce((a, b) => a + b, 0);
      assert.equal(sum, 7 - gone, `step ${i}`);
      const early = await rig.sql(
        `SELECT 1 FROM rollout_unit WHERE rollout_id = $1 AND state <> 'waiting' AND ring > $2`,
        [id, ring],
      );
      assert.equal(early.length, 0, `step ${i}: nobody is told before the ring begins (${state})`);
    }
  });
}
