import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '@rmh/base';
import { ALARM, type Alarm, type AlarmKind } from '@rmh/contract/api';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import type { ProblemError } from '../http/problem.ts';
import type { Ask, Route } from '../http/route.ts';
import { writeLatest } from '../live/report.ts';
import {
  asking,
  type Clock,
  emptied,
  fakeServices,
  plainLink,
  plainNow,
  plantUser,
  START_MS,
} from '../live/testing.ts';
import { type PlantedUnit, plantFleet } from '../telemetry/testing.ts';
import { routes } from './index.ts';
import { type AlarmRow, SELECT_ALARM, toAlarm } from './rows.ts';
import { Watch } from './watch.ts';

/** A fleet of two regions in one place, the engine, and a clock. */
class Stage {
  readonly clock: Clock = { ms: START_MS };
  readonly db: Database;
  readonly units: PlantedUnit[];
  readonly regions: number[];
  readonly lost = new Map<number, number>();
  watch = new Watch();

  constructor(db: Database, planted: { units: PlantedUnit[]; regions: number[] }) {
    this.db = db;
    this.units = planted.units;
    this.regions = planted.regions;
  }

  get services() {
    return fakeServices(this.db, this.clock);
  }

  lose(units: readonly PlantedUnit[]): void {
    for (const { unitId } of units) this.lost.set(unitId, this.clock.ms);
  }

  /** The nation's rule for carriers, short, so that a test has few steps. */
  async shortTolerance(): Promise<void> {
    await this.db.transaction(SYSTEM, (sql) =>
      sql.query(`INSERT INTO alarm_rule VALUES (1, 'carrier-down', 'minor', 5, 5, true)`),
    );
  }

  /** Every unit speaks, then the engine steps, `seconds` times. */
  async run(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      this.clock.ms += 1_000;
      if (i % 5 === 0) await this.speak();
      await this.watch.run(this.services);
    }
  }

  async speak(): Promise<void> {
    const { ms } = this.clock;
    await this.db.transaction(SYSTEM, async (sql) => {
      for (const unit of this.units) {
        const lostMs = this.lost.get(unit.unitId);
        const telia = plainLink('telia', lostMs === undefined ? 'up' : 'down', lostMs ?? START_MS);
        const carriers = [plainLink('telenor', 'up', START_MS), telia];
        await writeLatest(sql, [{ speaker: unit, now: plainNow(ms, { carriers }) }], ms);
      }
    });
  }

  async alarms(): Promise<Alarm[]> {
    const rows = await this.db.transaction(SYSTEM, (sql) =>
      sql.query<AlarmRow>(`${SELECT_ALARM} ORDER BY a.id`),
    );
    return rows.map(toAlarm).map((alarm) => ALARM.parse(alarm));
  }

  /** As an ICT operator of a region, or the national operator. */
  async as(role: 'ict-operator' | 'national-operator', organisationId: number) {
    const asker = await plantUser(this.db, role, organisationId);
    return async (id: string, ask: Partial<Ask> = {}) => {
      const route = present(
        routes.find((one) => one.id === id),
        `a route ${id}`,
      ) as Route;
      const given = { ...ask, asker, query: { limit: 100, ...(ask.query as object) } };
      const answer = await asking(this.services, given, [organisationId], (all) =>
        route.answer(all),
      );
      return route.reply === null ? answer.body : route.reply.parse(answer.body);
    };
  }
}

async function stage(db: Database, units: number): Promise<Stage> {
  return new Stage(db, await plantFleet(db, units));
}

type PageOf = { items: Alarm[]; next: string | null };
const kinds = (alarms: readonly Alarm[]): AlarmKind[] => alarms.map(({ kind }) => kind);
const refusal = (name: string) => (error: ProblemError) => error.problem === name;

for (const database of databases()) {
  const { kind } = database;
  const fresh = emptied(() => database.open());

  test(`An area's outage is one row, even over a change of process (${kind})`, async () => {
    const on = await stage(await fresh(), 12);
    await on.run(2);
    on.lose(on.units);
    await on.run(40);
    assert.deepEqual(kinds(await on.alarms()), ['carrier-area']);
    on.watch = new Watch();
    await on.run(40);
    // The old one comes back, as after a broken line to the database.
    assert.deepEqual(kinds(await on.alarms()), ['carrier-area']);
    const [area] = await on.alarms();
    assert.equal(area?.vehicles, 12);
    assert.equal(area?.carrier, 'telia');
    assert.equal(area?.clearedAt, null);
    on.lost.clear();
    await on.run(140);
    const [cleared, ...others] = await on.alarms();
    assert.equal(cleared?.state, 'cleared');
    assert.deepEqual(others, []);
  });

  test(`Two regions see an area of both; its owner alone handles it (${kind})`, async () => {
    const on = await stage(await fresh(), 12);
    const nation = 1;
    on.lose(on.units);
    await on.run(40);
    const [area] = await on.alarms();
    assert.equal(area?.organisationId, nation);
    const regional = await on.as('ict-operator', present(on.regions[0], 'a region'));
    const list = (await regional('alarms.list')) as PageOf;
    assert.deepEqual(kinds(list.items), ['carrier-area']);
    const params = { alarmId: area?.id };
    await assert.rejects(regional('alarms.acknowledge', { params }), refusal('forbidden'));
    const national = await on.as('national-operator', nation);
    const acknowledged = (await national('alarms.acknowledge', { params })) as Alarm;
    assert.equal(acknowledged.acknowledgedBy, 'Kari');
    const again = (await national('alarms.acknowledge', { params })) as Alarm;
    assert.equal(again.version, acknowledged.version);
  });

  test(`Alarms are listed in pages, each within its region, and filtered (${kind})`, async () => {
    const on = await stage(await fresh(), 8);
    await on.shortTolerance();
    // Three at a time are no area.
    for (const from of [0, 3, 6]) {
      on.clock.ms += 70_000;
      on.lose(on.units.slice(from, from + 3));
      await on.run(7);
    }
    assert.equal((await on.alarms()).length, 8);
    const [first, second] = on.regions as [number, number];
    const regional = await on.as('ict-operator', first);
    const seen: Alarm[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: 3, ...(cursor === undefined ? {} : { cursor }) };
      const page = (await regional('alarms.list', { query })) as PageOf;
      seen.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    assert.equal(seen.length, 4);
    assert.deepEqual(
      seen.map(({ id }) => id),
      seen.map(({ id }) => id).sort((a, b) => b - a),
    );
    const [mine] = seen as [Alarm];
    const one = { query: { vehicleId: mine.vehicleId, open: true, kind: 'carrier-down' } };
    assert.equal(((await regional('alarms.list', one)) as PageOf).items.length, 1);
    const other = await on.as('ict-operator', second);
    const params = { alarmId: mine.id };
    for (const id of ['alarms.get', 'alarms.clear', 'alarms.comments']) {
      await assert.rejects(other(id, { params }), refusal('not-found'));
    }
    await regional('alarms.comment', { params, body: { text: 'Ringt Telia.' } });
    const said = (await regional('alarms.comments', { params })) as { items: { text: string }[] };
    assert.deepEqual(
      said.items.map(({ text }) => text),
      ['Ringt Telia.'],
    );
  });

  test(`Cleared by hand it stays away while its cause lasts (${kind})`, async () => {
    const on = await stage(await fresh(), 2);
    await on.shortTolerance();
    await on.run(1);
    on.lose(on.units.slice(0, 1));
    await on.run(8);
    const [alarm] = await on.alarms();
    const regional = await on.as('ict-operator', present(on.regions[0], 'a region'));
    const cleared = (await regional('alarms.clear', { params: { alarmId: alarm?.id } })) as Alarm;
    assert.equal(cleared.clearedBy, 'Kari');
    await on.run(10);
    on.watch = new Watch();
    await on.run(10);
    assert.equal((await on.alarms()).length, 1);
    on.lost.clear();
    await on.run(12);
    on.lose(on.units.slice(0, 1));
    await on.run(12);
    assert.equal((await on.alarms()).length, 2);
  });

  test(`A region's rule holds for all below it, until it is taken back (${kind})`, async () => {
    const on = await stage(await fresh(), 2);
    const region = present(on.regions[0], 'a region');
    const regional = await on.as('ict-operator', region);
    const station = present(on.units[0], 'a unit').organisationId;
    const ruleAt = async (organisationId: number) => {
      const rules = (await regional('alarm-rules.list', { params: { organisationId } })) as {
        kind: string;
        raiseAfterS: number;
        fromOrganisationId: number | null;
      }[];
      return rules.find((rule) => rule.kind === 'carrier-down');
    };
    assert.equal((await ruleAt(station))?.fromOrganisationId, null);
    const params = { organisationId: region, kind: 'carrier-down' };
    const body = { severity: 'major', raiseAfterS: 5, clearAfterS: 5, enabled: true };
    await regional('alarm-rules.put', { params, body, ifMatch: 0 });
    const again = regional('alarm-rules.put', { params, body, ifMatch: 0 });
    await assert.rejects(again, refusal('changed-meanwhile'));
    const inherited = await ruleAt(station);
    assert.deepEqual([inherited?.raiseAfterS, inherited?.fromOrganisationId], [5, region]);
    on.lose(on.units);
    await on.run(20);
    assert.deepEqual(
      (await on.alarms()).map(({ severity, organisationId }) => [severity, organisationId]),
      [['major', station]],
    );
    await regional('alarm-rules.remove', { params, ifMatch: 1 });
    assert.equal((await ruleAt(station))?.fromOrganisationId, null);
    const elsewhere = regional('alarm-rules.list', { params: { organisationId: on.regions[1] } });
    await assert.rejects(elsewhere, refusal('not-found'));
  });
}
