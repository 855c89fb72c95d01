import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { MissionFigures, Sample, Urgency } from '@rmh/contract/api';
import { endMission, setMission } from '../configuration/missions.ts';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { type Client, testServer, testServices } from '../http/testing.ts';
import { takeIn } from '../telemetry/intake.ts';
import { addUpMissions } from '../telemetry/mission-days.ts';
import { rebuild } from '../telemetry/rollup.ts';
import { STEPS } from '../telemetry/rollup-sql.ts';
import { given, plainSample, plantFleet } from '../telemetry/testing.ts';
import { missionExportRoutes } from './mission-export.ts';
import { missionRoutes } from './missions.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
// Noon sixteen days ago, in whole minutes: its week is over.
const T0_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - 15.5 * DAY_MS;
const LOST = { class: 'critical', received: 8, repaired: 1, late: 0, quietMs: 0 } as const;
const iso = (ms: number) => new Date(ms).toISOString();
const spanOf = (days: number) =>
  `from=${iso(T0_MS - days * DAY_MS)}&to=${iso(T0_MS + days * DAY_MS)}`;
const SPAN = spanOf(1);

/** A minute of six samples: the first 4 s of each are down, and one packet in ten is lost. */
function minuteAt(atMs: number, first: number): Sample[] {
  return Array.from({ length: 6 }, (_, i) =>
    plainSample(first + i, atMs + i * 10_000, {
      ...{ upMs: 6_000, downMs: 4_000 },
      classes: [{ ...LOST, sent: 10, lost: 1 }],
    }),
  );
}

async function rollUp(db: Database): Promise<void> {
  for (const step of Object.values(STEPS)) await rebuild(db, step, Date.now() + DAY_MS);
  await addUpMissions(db, Date.now() + DAY_MS);
}

async function figures(client: Client, more = ''): Promise<Map<Urgency, MissionFigures>> {
  const { body, text } = await client(`GET /statistics/missions?${SPAN}${more}`);
  assert.ok(body['urgencies'], text);
  // The week around it in one piece.
  const { body: ofWeek } = await client(`GET /statistics/missions?${spanOf(8)}${more}`);
  assert.deepEqual(ofWeek['urgencies'], body['urgencies']);
  return new Map((body['urgencies'] as MissionFigures[]).map((one) => [one.urgency, one]));
}

for (const { kind, open } of databases()) {
  test(`What vehicles had on missions of each urgency (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const { units, regions } = await plantFleet(db, 2);
    const [car, other] = [given(units[0]), given(units[1])];
    let nowMs = T0_MS;
    const routes = [setMission, endMission, ...missionRoutes, ...missionExportRoutes];
    const then = await testServer(testServices(db, { nowMs: () => nowMs }), routes);
    t.after(() => then.close());
    const grants = [{ role: 'national-operator' as const, organisationId: 1 }];
    const dispatch = await then.user(1, grants);
    const server = await testServer(testServices(db), routes);
    t.after(() => server.close());
    const nation = await server.user(1, grants);
    const north = given(regions[0]);
    const region = await server.user(north, [
      { role: 'regional-coordinator', organisationId: north },
    ]);
    const journal = crypto.randomUUID();
    const tell = (samples: Sample[], unitId = car.unitId, own = journal) =>
      db.transaction(SYSTEM, (sql) =>
        takeIn(db, sql, [{ unitId, batch: { journal: own, samples } }], Date.now()),
      );
    const say = async (atMs: number, urgency: Urgency, forMinutes: number) => {
      nowMs = atMs;
      const reply = await dispatch(`POST /vehicles/${car.vehicleId}/mission`, {
        body: { urgency, forMinutes },
      });
      assert.equal(reply.status, 200, reply.text);
    };
    // Acute from 0 to 10, told again at 5 until 12, urgent from 12 until told that it is over at
    // 15; ordinary from 20, of which nothing more is heard: it ends by itself at 22.
    await say(T0_MS, 'acute', 10);
    await say(T0_MS + 5 * MINUTE_MS, 'acute', 20);
    await say(T0_MS + 12 * MINUTE_MS, 'urgent', 60);
    nowMs = T0_MS + 15 * MINUTE_MS;
    await dispatch(`DELETE /vehicles/${car.vehicleId}/mission`);
    await say(T0_MS + 20 * MINUTE_MS, 'ordinary', 2);
    nowMs = T0_MS + 40 * MINUTE_MS;
    // All minutes from 0 to 30 but those from 4 to 8, which come late.
    const minutes = Array.from({ length: 30 }, (_, i) => i);
    const samplesOf = (some: number[], from: number) =>
      some.flatMap((m, i) => minuteAt(T0_MS + m * MINUTE_MS, from + i * 6));
    await tell(samplesOf(minutes.slice(0, 4), 1));
    await tell(samplesOf(minutes.slice(8), 49));
    await tell(samplesOf(minutes, 1), other.unitId, crypto.randomUUID());
    await rollUp(db);

    await t.test('minutes count where they began, each in one mission', async () => {
      const of = await figures(nation);
      const told = [...of.values()].map(({ urgency, missions, vehicles, times, gaps }) => {
        return [urgency, missions, vehicles, times.up, times.down, gaps.longer];
      });
      assert.deepEqual(told, [
        ['acute', 1, 1, 8 * 36, 8 * 24, 0],
        ['urgent', 1, 1, 3 * 36, 3 * 24, 0],
        ['ordinary', 1, 1, 2 * 36, 2 * 24, 0],
      ]);
      assert.equal(of.get('acute')?.availability, 0.6);
      const critical = of.get('urgent')?.classes[0];
      assert.deepEqual(critical, { class: 'critical', sent: 180, lost: 18, late: 0, repaired: 18 });
    });

    await t.test('a day has its own alone', async () => {
      const [from, to] = [T0_MS - 3 * DAY_MS, T0_MS - 2 * DAY_MS].map(iso);
      const { body } = await nation(`GET /statistics/missions?from=${from}&to=${to}`);
      const missions = (body['urgencies'] as MissionFigures[]).map((one) => one.missions);
      assert.deepEqual(missions, [0, 0, 0]);
    });

    await t.test('what comes late is added up anew, and an outage where it began', async () => {
      const late = samplesOf(minutes.slice(4, 8), 25);
      const [first] = late;
      given(first).outages.push({
        ...{ number: 1, link: null, fromMs: T0_MS + 4 * MINUTE_MS, movedTo: null },
        ...{
          toMs: T0_MS + 4 * MINUTE_MS + 5_000,
          movedAfterMs: null,
          criticalLost: 0,
          frozenMs: 0,
        },
      });
      await tell(
        late.map((one, i) => ({ ...one, sequence: i + 1 })),
        car.unitId,
        crypto.randomUUID(),
      );
      await rollUp(db);
      const acute = (await figures(nation)).get('acute');
      assert.deepEqual([acute?.times.up, acute?.gaps.under10s], [12 * 36, 1]);
      assert.equal(acute?.missions, 1, 'and the missions are not more');
    });

    await t.test('a region has its own, made-up vehicles stand apart', async () => {
      assert.equal((await figures(region)).get('acute')?.missions, 1);
      const others = given(regions[1]);
      const west = await server.user(others, [
        { role: 'regional-coordinator', organisationId: others },
      ]);
      assert.equal((await figures(west)).get('acute')?.missions, 0);
      assert.equal((await figures(nation, '&simulated=true')).get('acute')?.missions, 0);
    });

    await t.test('as CSV: a row an urgency and class', async () => {
      const { text } = await region(`GET /exports/missions.csv?${SPAN}`);
      const rows = text.trim().split('\r\n');
      assert.equal(rows.length, 1 + 3 * 4);
      assert.match(given(rows[1]), /^acute,1,1,432,288,0\.6,0,1,0,0,0,critical,720,72,0,72$/);
    });
  });
}
