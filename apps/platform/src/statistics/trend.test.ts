// Days of organisations, counted again from raw samples by plain loops.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '@rmh/base';
import type { Sample } from '@rmh/contract/api';
import { type Database, type Scope, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { takeIn } from '../telemetry/intake.ts';
import { rebuild } from '../telemetry/rollup.ts';
import { STEPS } from '../telemetry/rollup-sql.ts';
import { given, type PlantedUnit, plantFleet, randomDrive } from '../telemetry/testing.ts';
import { dayOf } from './period.ts';
import { type TrendDay, trendOf } from './questions.ts';

const DAY_MS = 86_400_000;
// Noon in Norway, so that no test is a different test near midnight.
const NOW_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - 13 * 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();
const QUESTION = { from: iso(NOW_MS - 25 * DAY_MS), to: iso(NOW_MS), simulated: false };

async function deliver(db: Database, { unitId }: PlantedUnit, samples: Sample[]): Promise<void> {
  const batch = { journal: crypto.randomUUID(), samples };
  await db.transaction(SYSTEM, (sql) => takeIn(db, sql, [{ unitId, batch }], NOW_MS));
}

async function rollUp(db: Database): Promise<void> {
  for (const step of Object.values(STEPS)) await rebuild(db, step, NOW_MS);
}

/** Up and down of these organisations' vehicles, by day and link ('' the service). */
async function recount(db: Database, own: readonly number[]) {
  const rows = await db.transaction(SYSTEM, (sql) =>
    sql.query<{ at: Date; link: string; up_ms: number; down_ms: number; organisation_id: number }>(
      `SELECT at, '' AS link, up_ms, down_ms, organisation_id FROM sample
       UNION ALL SELECT at, link, up_ms, down_ms, organisation_id FROM sample_path`,
    ),
  );
  const sums = new Map<string, { up: number; down: number }>();
  for (const row of rows) {
    if (!own.includes(row.organisation_id)) continue;
    const key = `${dayOf(+row.at)} ${row.link}`;
    const sum = sums.get(key) ?? { up: 0, down: 0 };
    sums.set(key, { up: sum.up + row.up_ms, down: sum.down + row.down_ms });
  }
  return sums;
}

function compare(days: readonly TrendDay[], sums: Awaited<ReturnType<typeof recount>>): void {
  const told = new Map<string, number | null>(
    days.flatMap(({ day, availability, carriers }) => [
      [`${day} `, availability] as const,
      ...carriers.map((one) => [`${day} ${one.link}`, one.availability] as const),
    ]),
  );
  const known = [...told].filter(([, share]) => share !== null);
  assert.equal(known.length, [...sums.values()].filter(({ up, down }) => up + down > 0).length);
  for (const [key, { up, down }] of sums) {
    if (up + down > 0) assert.equal(told.get(key), up / (up + down), key);
  }
}

for (const { kind, open } of databases()) {
  test(`The trend is what a slow count of the raw rows gives (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const random = new Random(11);
    const { units, regions, stations } = await plantFleet(db, 4);
    const [north, west] = [given(regions[0]), given(regions[1])];
    for (const unit of units) {
      for (const days of [21, 9, 2]) {
        const from = NOW_MS - days * DAY_MS - random.below(DAY_MS / 2);
        await deliver(db, unit, randomDrive(random, from, 40));
      }
    }
    await rollUp(db);
    const trend = (scope: Scope, organisationId?: number) =>
      db.transaction(scope, (sql) => trendOf(sql, { ...QUESTION, organisationId }, NOW_MS));
    const below = (...organisationIds: number[]): Scope => ({ kind: 'roots', organisationIds });
    const [all, northern, none] = [stations, stations.slice(0, 1), []];
    const cases = [
      ['the platform itself', SYSTEM, undefined, all],
      ['the platform, of a region', SYSTEM, north, northern],
      ['the nation', below(1), undefined, all],
      ['the nation, of a region', below(1), north, northern],
      ['a region', below(north), undefined, northern],
      ['a region that asks for the nation gets its part', below(north), 1, northern],
      ['a region that asks for another gets nothing', below(north), west, none],
      ['two regions', below(north, west), undefined, all],
      ['a region, and a station in it: once each', below(north, ...northern), undefined, northern],
    ] as const;
    for (const [name, scope, organisationId, own] of cases) {
      await t.test(name, async () => {
        compare(await trend(scope, organisationId), await recount(db, own));
      });
    }

    await t.test('what comes late is in its day', async () => {
      const before = await recount(db, all);
      await deliver(db, given(units[0]), randomDrive(random, NOW_MS - 15 * DAY_MS, 40));
      const after = await recount(db, all);
      assert.ok(after.size > before.size, 'a day more');
      assert.throws(() => compare([], after), 'the control: the count notices what lacks');
      await rollUp(db);
      compare(await trend(below(1)), after);
    });
  });
}
