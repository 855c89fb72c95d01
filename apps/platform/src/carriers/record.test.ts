// What is kept of the carriers over time, from samples of a week: holes, months, shared fate.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CarrierCase, Evidence, Scorecard, SharedFate } from '@rmh/contract/api';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { testServer, testServices } from '../http/testing.ts';
import { dayOf, dayStart } from '../statistics/period.ts';
import { rebuild } from '../telemetry/rollup.ts';
import { STEPS } from '../telemetry/rollup-sql.ts';
import { type PlantedUnit, plantFleet } from '../telemetry/testing.ts';
import { buildFate } from './fate.ts';
import { freezeDue } from './freeze.ts';
import { joined, openHoles } from './holes.ts';
import { routes } from './index.ts';
import { monthsBefore } from './record-routes.ts';
import { type Drive, deliver, plantCarriers, type Span } from './testing.ts';

const HOLE = { latitude: 68.1, longitude: 15.2 };
const BEYOND = { latitude: 68.4, longitude: 15.9 };
const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const NOON = (daysAgo: number) => dayStart(Date.now()) - daysAgo * DAY_MS + DAY_MS / 2;

/** Two minutes in one place, 80 seconds of them without the carrier. */
function visit(unit: PlantedUnit, place: typeof HOLE, { fromMs }: Span, links?: string[]): Drive {
  const lost = [{ fromMs: fromMs + 20 * SECOND_MS, toMs: fromMs + 100 * SECOND_MS }];
  return { unit, ...place, north: 0, lost, ...(links !== undefined && { links }) };
}

const visits = (daysAgo: number): Span => ({
  fromMs: NOON(daysAgo),
  toMs: NOON(daysAgo) + 130 * SECOND_MS,
});

/** Three lose Telia at one place on six days, three others Telia and Ice at another on four. */
async function plantWeek(db: Database, units: readonly PlantedUnit[]): Promise<void> {
  for (let daysAgo = 2; daysAgo <= 7; daysAgo++) {
    const span = visits(daysAgo);
    const drives = [
      ...units.slice(0, 3).map((unit) => visit(unit, HOLE, span)),
      ...(daysAgo > 5 ? [] : units.slice(3)).map((unit) =>
        visit(unit, BEYOND, span, ['ice', 'telia']),
      ),
    ];
    await deliver(db, drives, span, Date.now());
  }
  await rollUp(db);
}

async function rollUp(db: Database): Promise<void> {
  for (const step of [STEPS.minute, STEPS.quarter, STEPS.day]) await rebuild(db, step, Date.now());
}

test('Cells that touch are one hole, of one carrier', () => {
  const cell = (cell: string, link = 'telia') => {
    return { cell, link, simulated: false, organisations: [1], lost_ms: 10 };
  };
  // Two neighbours; the last lies far off.
  const holes = joined([
    cell('8809990001fffff'),
    cell('8809990003fffff'),
    cell('8809990003fffff', 'ice'),
    cell('88099a0001fffff'),
  ]);
  assert.deepEqual(
    holes.map(({ link, cells }) => [link, cells.length]),
    [
      ['telia', 2],
      ['telia', 1],
      ['ice', 1],
    ],
  );
});

test('Months are those of Norway, through a change of the clock and of the year', () => {
  const months = monthsBefore(Date.UTC(2026, 0, 31, 23, 30), 4);
  assert.deepEqual(
    months.map(({ first, fromMs }) => [first, new Date(fromMs).toISOString()]),
    [
      ['2026-02-01', '2026-01-31T23:00:00.000Z'],
      ['2026-01-01', '2025-12-31T23:00:00.000Z'],
      ['2025-12-01', '2025-11-30T23:00:00.000Z'],
      ['2025-11-01', '2025-10-31T23:00:00.000Z'],
    ],
  );
});

for (const { kind, open } of databases()) {
  test(`A week of losses becomes holes, months and shared fates (${kind})`, async (t) => {
    const db = await open();
    const { units, regions } = await plantFleet(db, 6);
    await plantCarriers(db);
    await plantWeek(db, units);
    const services = testServices(db);
    const server = await testServer(services, routes);
    const as = (organisationId: number) =>
      server.user(organisationId, [{ role: 'ict-operator', organisationId }]);
    const nation = await as(1);

    await t.test('the place of six days is one case; the one of four is none', async () => {
      assert.equal(await openHoles(db, Date.now()), 1);
      assert.equal(await openHoles(db, Date.now()), 0, 'its cause has a case');
      assert.equal(await freezeDue(services), 1);
      const hole = (await nation('GET /carrier-cases/1')).body as unknown as CarrierCase;
      assert.deepEqual([hole.kind, hole.carrier, hole.vehicles], ['hole', 'Telia', 3]);
      const reply = await nation('GET /carrier-cases/1/evidence/1');
      const evidence = reply.body as unknown as Evidence;
      // 3 vehicles × 6 days × 80 s.
      assert.equal(evidence.lostMs, 1_440_000);
      assert.equal(evidence.days.length, 6);
      assert.deepEqual(
        evidence.held.map(({ carrier }) => carrier),
        ['ice', 'telenor'],
      );
      const csv = await nation('GET /carrier-cases/1/evidence/1/pack.csv');
      assert.equal(csv.text.trimEnd().split('\r\n').length, 7);
      const withdrawn = await nation('POST /carrier-cases/1/command', {
        body: { command: 'withdraw', reason: 'Tunnel', reference: null },
        headers: { 'idempotency-key': 'withdraw-1', 'if-match': `"${hole.version}"` },
      });
      assert.equal(withdrawn.status, 200, withdrawn.text);
      assert.equal(await openHoles(db, Date.now()), 0, 'nor are the same days a new case');
    });

    await t.test('a month is what the raw rows say, for the nation and each region', async () => {
      for (const [client, region] of [
        [nation, null],
        [await as(regions[0] ?? 0), regions[0]],
      ] as const) {
        const reply = await client('GET /carriers/scorecard?months=2');
        const card = reply.body as unknown as Scorecard;
        const raw = await db.transaction(SYSTEM, (sql) =>
          sql.query<{ month: string; share: number }>(
            `SELECT to_char(at AT TIME ZONE 'Europe/Oslo', 'YYYY-MM-01') AS month,
               sum(up_ms)::float8 / sum(up_ms + down_ms) AS share FROM sample_path
             WHERE link = 'telia' AND ($1::integer IS NULL OR organisation_id IN (
               SELECT organisation_id FROM organisation_tree WHERE ancestor_id = $1))
             GROUP BY 1`,
            [region],
          ),
        );
        for (const { month, share } of raw) {
          const found = card.months.find((one) => one.carrier === 'Telia' && one.month === month);
          assert.ok(Math.abs((found?.availability ?? 0) - share) < 1e-9);
        }
        const opened = card.months.reduce((sum, one) => sum + one.casesOpened, 0);
        assert.deepEqual([opened, card.open], [1, []]);
      }
    });

    await t.test('who fails together is told apart from who fails alone', async () => {
      assert.equal(await buildFate(db, Date.now()), 3 * 6 + 3 * 4);
      assert.equal(await buildFate(db, Date.now()), 0, 'nothing has come since');
      const found = async () =>
        (await nation('GET /carriers/shared-fate')).body as unknown as SharedFate;
      const { pairs, cells, through } = await found();
      const pair = pairs.find(({ first, second }) => first === 'ice' && second === 'telia');
      // Together 3 × 4 times 80 s; either of them 3 × 6 more.
      assert.deepEqual([pair?.bothMs, pair?.eitherMs], [960_000, 2_400_000]);
      assert.ok((pair?.lift ?? 0) > 1);
      const alone = pairs.find(({ first, second }) => first === 'telenor' && second === 'telia');
      assert.deepEqual([alone?.bothMs, alone?.lift], [0, null]);
      assert.deepEqual(
        cells.map(({ first, second, vehicles, share }) => [first, second, vehicles, share]),
        [['ice', 'telia', 3, 1]],
      );
      assert.equal(through, dayOf(NOON(2)));
      const regional = await as(regions[0] ?? 0);
      const own = (await regional('GET /carriers/shared-fate')).body as unknown as SharedFate;
      assert.deepEqual(own.cells, [], 'of fewer than three vehicles nothing is shown');

      const late = { fromMs: NOON(3) + 600_000, toMs: NOON(3) + 600_000 + 130 * SECOND_MS };
      const [unit] = units.slice(3) as [PlantedUnit];
      await deliver(db, [visit(unit, BEYOND, late, ['ice', 'telia'])], late, Date.now());
      await rollUp(db);
      assert.equal(await buildFate(db, Date.now()), 1, 'the one day that late samples changed');
      const after = (await found()).pairs.find((one) => one.second === 'telia');
      assert.equal(after?.bothMs, 1_040_000);
    });
    await server.close();
    await db.close();
  });
}
