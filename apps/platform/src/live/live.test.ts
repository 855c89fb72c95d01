import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present } from '@rmh/base';
import { LIVE, type Live, OVERVIEW, type Overview } from '@rmh/contract/api';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import type { Asker } from '../identity/asker.ts';
import { type PlantedUnit, plantFleet } from '../telemetry/testing.ts';
import { overview } from './overview.ts';
import { reportNow, writeLatest } from './report.ts';
import { liveOf, readAllLatest } from './rows.ts';
import { silence } from './silence.ts';
import { endStreams, streamLive } from './stream.ts';
import {
  asking,
  type Clock,
  emptied,
  FakeReply,
  fakeServices,
  plainAsk,
  plainLink,
  plainNow,
  plantUser,
  START_MS,
} from './testing.ts';

async function speak(
  db: Database,
  unit: PlantedUnit,
  now: ReturnType<typeof plainNow>,
  ms: number,
) {
  const words = [{ speaker: unit, now }];
  return (await db.transaction(SYSTEM, (sql) => writeLatest(sql, words, ms))).length === 1;
}

async function latest(db: Database): Promise<Live[]> {
  const rows = await db.transaction(SYSTEM, readAllLatest);
  return rows.map(liveOf).map((live) => LIVE.parse(live));
}

for (const database of databases()) {
  const { kind } = database;
  const fresh = emptied(() => database.open());

  test(`The newest word of a unit stands, an older one does not (${kind})`, async () => {
    const db = await fresh();
    const { units } = await plantFleet(db, 1);
    const unit = present(units[0], 'a unit');
    const at = START_MS;
    assert.equal(await speak(db, unit, plainNow(at), at), true);
    const lost = plainLink('telia', 'down', at + 900);
    const data = { monthBytes: 900, monthlyBytes: 1_000, spent: false };
    const links = [{ ...plainLink('telenor', 'up', at - 60_000), data }, lost];
    assert.equal(
      await speak(db, unit, plainNow(at + 1_000, { carriers: links }), at + 1_050),
      true,
    );
    assert.equal(await speak(db, unit, plainNow(at + 500), at + 1_100), false);
    const [live] = await latest(db);
    assert.equal(live?.state, 'reduced');
    assert.equal(live?.since, new Date(at + 900).toISOString());
    assert.equal(live?.heardAt, new Date(at + 1_050).toISOString());
    // Ice was not named any more: it is gone from the picture.
    assert.deepEqual(
      live?.carriers.map(({ link }) => link),
      ['telenor', 'telia'],
    );
    assert.deepEqual(live?.carriers[0]?.data, data, 'what is left of a budget is kept with it');
  });

  test(`A clock that ran a year ahead silences no unit once it is set (${kind})`, async () => {
    const db = await fresh();
    const { units } = await plantFleet(db, 1);
    const unit = present(units[0], 'a unit');
    const year = 31_536_000_000;
    assert.equal(await speak(db, unit, plainNow(START_MS + year), START_MS), true);
    assert.equal(await speak(db, unit, plainNow(START_MS + year + 1_000), START_MS + 1_000), true);
    assert.equal(await speak(db, unit, plainNow(START_MS + 2_000), START_MS + 2_050), true);
    // Set back by an hour, it is believed too.
    assert.equal(await speak(db, unit, plainNow(START_MS - 3_600_000), START_MS + 3_000), true);
  });

  test(`Silence makes a unit unknown after 30 s, a good-bye makes it off (${kind})`, async () => {
    const db = await fresh();
    const { units } = await plantFleet(db, 2);
    const [loud, parked] = units as [PlantedUnit, PlantedUnit];
    const clock: Clock = { ms: START_MS };
    const services = fakeServices(db, clock);
    await speak(db, loud, plainNow(START_MS), START_MS);
    await speak(db, parked, plainNow(START_MS, { goodbye: true }), START_MS);
    const states = async () => {
      await silence.run(services);
      const all = await latest(db);
      return [loud, parked].map((unit) => all.find((l) => l.vehicleId === unit.vehicleId)?.state);
    };
    clock.ms += 30_000;
    assert.deepEqual(await states(), ['up', 'off']);
    clock.ms += 1_000;
    assert.deepEqual(await states(), ['unknown', 'off']);
    const silent = (await latest(db)).find(({ vehicleId }) => vehicleId === loud.vehicleId);
    assert.equal(silent?.since, new Date(START_MS).toISOString());
    await speak(db, loud, plainNow(clock.ms), clock.ms);
    assert.deepEqual(await states(), ['up', 'off']);
  });

  test(`A stream shows its asker's vehicles, each change, and no other's (${kind})`, async () => {
    const db = await fresh();
    const { units, regions } = await plantFleet(db, 450);
    const clock: Clock = { ms: START_MS };
    const services = fakeServices(db, clock);
    await db.transaction(SYSTEM, async (sql) => {
      const words = units.map((speaker) => ({ speaker, now: plainNow(START_MS) }));
      await writeLatest(sql, words, START_MS);
    });
    const askers = await Promise.all(regions.map((id) => plantUser(db, 'ict-operator', id)));
    const nation = { ...present(askers[0], 'an asker') };
    const replies = askers.map(() => new FakeReply());
    const streams = askers.map(async (asker, i) => {
      const answer = await asking(services, { asker }, null, (ask) => streamLive.answer(ask));
      await answer.raw?.(present(replies[i], 'a reply'));
    });
    for (const reply of replies) {
      await reply.until(() => reply.events.some(({ data }) => data['last'] === true));
      assert.equal(reply.screen.size, 225);
    }
    const mine = (i: number) => units.filter((_, n) => n % 2 === i).map((unit) => unit.vehicleId);
    assert.deepEqual(new Set(present(replies[0], 'a reply').screen.keys()), new Set(mine(0)));
    const [first, second] = replies as [FakeReply, FakeReply];
    const [changed] = units as [PlantedUnit];
    const before = second.events.length;
    const asker = { kind: 'unit', ...changed } as const;
    const body = plainNow(START_MS + 1_000, { up: false, sinceMs: START_MS + 500 });
    clock.ms += 1_000;
    await reportNow.answer(plainAsk(services, { asker, body }));
    await first.until(() => first.screen.get(changed.vehicleId)?.['state'] === 'down');
    assert.equal(second.events.length, before);

    // The grant goes: the stream of that asker ends within some seconds, the other goes on.
    await db.transaction(SYSTEM, (sql) =>
      sql.query('DELETE FROM user_grant WHERE user_id = $1', [nation.userId]),
    );
    clock.ms += 5_000;
    await streams[0];
    await endStreams(db);
    await Promise.all(streams);
  });

  test(`The start page counts what the asker sees, simulated apart (${kind})`, async () => {
    const db = await fresh();
    const { units, regions, stations } = await plantFleet(db, 20);
    const clock: Clock = { ms: START_MS };
    const services = fakeServices(db, clock);
    await db.transaction(SYSTEM, async (sql) => {
      for (const [i, unit] of units.entries()) {
        if (i >= 18) continue;
        const lost = [plainLink('telenor', 'up', 0), plainLink('telia', 'down', 0)].map((link) => ({
          ...link,
          sinceMs: START_MS,
        }));
        const now = i < 4 ? plainNow(START_MS, { carriers: lost }) : plainNow(START_MS);
        await writeLatest(sql, [{ speaker: unit, now }], START_MS);
      }
      await sql.query('UPDATE vehicle SET simulated = true WHERE id = $1', [units[0]?.vehicleId]);
      await sql.query(
        `INSERT INTO alarm (key, organisation_id, kind, severity, simulated, vehicle_id, vehicles,
           since, raised_at, updated_at)
         SELECT 'k' || v.id, v.organisation_id, 'carrier-down', 'minor', v.simulated, v.id, 1,
           now(), now(), now() FROM vehicle v WHERE v.id <= $1`,
        [units[3]?.vehicleId],
      );
    });
    const page = async (asker: Asker, roots: readonly number[]): Promise<Overview> => {
      const answer = await asking(services, { asker }, roots, (ask) => overview.answer(ask));
      return OVERVIEW.parse(answer.body);
    };
    const region = present(regions[0], 'a region');
    const seen = await page(await plantUser(db, 'ict-operator', region), [region]);
    const [real, made] = seen.fleets;
    assert.equal(seen.fleets.length, 2);
    assert.deepEqual(real?.states, { up: 7, reduced: 1, down: 0, off: 0, unknown: 0, never: 1 });
    assert.deepEqual(made?.states, { up: 0, reduced: 1, down: 0, off: 0, unknown: 0, never: 0 });
    assert.deepEqual(
      real?.carriers.map(({ link, vehicles, down }) => [link, vehicles, down]),
      [
        ['ice', 7, 0],
        ['telenor', 8, 0],
        ['telia', 8, 1],
      ],
    );
    assert.deepEqual(
      real?.organisations.map(({ organisationId }) => organisationId),
      [stations[0]],
    );
    assert.equal(real?.alarms.bySeverity.minor, 1);
    assert.equal(real?.headlines[0]?.fault, 'carrier');
    assert.equal(made?.headlines.length, 1);
    const nobody = await page(await plantUser(db, 'ict-operator', region), []);
    assert.deepEqual(nobody.fleets, []);
  });
}
