import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { Document, Report, ReportEntry, Role } from '@rmh/contract/api';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { renderPdf } from '../document/index.ts';
import { readPdf, type Spoken } from '../document/testing.ts';
import { type Client, testServer, testServices } from '../http/testing.ts';
import { takeIn } from '../telemetry/intake.ts';
import { rebuild } from '../telemetry/rollup.ts';
import { STEPS } from '../telemetry/rollup-sql.ts';
import { given, type PlantedUnit, plainSample, plantFleet } from '../telemetry/testing.ts';
import { bodyOf } from './body.ts';
import { routes } from './index.ts';
import { makeDue } from './make.ts';

const MONTH = '2026-10-01';
const MEASURED_MS = Date.parse('2026-10-20T10:00:00Z');
const OVER_MS = Date.parse('2026-10-31T23:00:00Z');
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Each vehicle: ten samples, 2 s down in each; Telia is down for all of one in five. */
const drive = (unit: PlantedUnit, fromMs: number) => ({
  unitId: unit.unitId,
  batch: {
    journal: crypto.randomUUID(),
    samples: Array.from({ length: 10 }, (_, i) =>
      plainSample(i + 1, fromMs + i * 10_000, {
        ...{ upMs: 8_000, downMs: 2_000 },
        classes: [
          { class: 'critical', sent: 10, received: 10, repaired: 0, late: 1, lost: 1, quietMs: 0 },
        ],
      }),
    ),
  },
});

async function tell(db: Database, units: readonly PlantedUnit[], fromMs: number): Promise<void> {
  const deliveries = units.map((unit) => drive(unit, fromMs));
  await db.transaction(SYSTEM, (sql) => takeIn(db, sql, deliveries, fromMs + HOUR_MS));
  for (const step of Object.values(STEPS)) await rebuild(db, step, OVER_MS + 60 * DAY_MS);
}

const told = (top: Spoken): string => [top.text, ...top.below.map(told)].join('\n');

for (const { kind, open } of databases()) {
  test(`The month's report, from kept rows to paper (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    const { units, regions } = await plantFleet(db, 5);
    const [north, west] = [given(regions[0]), given(regions[1])];
    await db.transaction(SYSTEM, (sql) =>
      sql.query(`SELECT telemetry_partitions('2026-10-01', '2026-11-20');
        INSERT INTO carrier (id, key, name, colour) VALUES (7, 'telia', 'Telia', 1);
        INSERT INTO carrier_case (organisation_id, seen_by, carrier_id, kind, state, simulated,
          from_at, cells, opened_at, opened_by, ended_at)
        SELECT 1, ARRAY[${north}], 7, 'area', 'closed', false, opened, '{}', opened, 'platform',
          ended
        FROM (VALUES ('2026-09-12'::date, '2026-09-13'::date), ('2026-09-28', '2026-10-02'),
          ('2026-10-20', '2026-11-02'), ('2026-10-25', NULL)) AS c (opened, ended);
        INSERT INTO alarm (key, organisation_id, seen_by, kind, severity, simulated, carrier,
          vehicles, since, raised_at, updated_at, cleared_at)
        SELECT 'area', 1, ARRAY[${north}], 'carrier-area', 'major', false, 'telia', 12, at, at,
          at, at + interval '90 minutes'
        FROM (SELECT '2026-10-20 12:00Z'::timestamptz AS at) AS a`),
    );
    await tell(db, units, MEASURED_MS);
    let nowMs = OVER_MS + 2 * DAY_MS;
    const server = await testServer(testServices(db, { nowMs: () => nowMs }), routes);
    t.after(() => server.close());
    const as = (role: Role, organisationId: number) =>
      server.user(organisationId, [{ role, organisationId }], role);
    const list = async (client: Client, more = '') =>
      (await client(`GET /reports${more}`)).body['items'] as ReportEntry[];
    const wanted = { organisationId: 1, month: MONTH, simulated: false };
    const body = (now: number) => db.transaction(SYSTEM, (sql) => bodyOf(sql, wanted, now));

    await t.test('it is made when late data have had three days, once', async () => {
      assert.equal(await makeDue(db, nowMs), 0);
      nowMs = OVER_MS + 4 * DAY_MS;
      assert.equal(await makeDue(db, nowMs), 3, 'the nation and two regions');
      assert.equal(await makeDue(db, nowMs + DAY_MS), 0, 'nothing has changed');
      const texts = await Promise.all([nowMs, nowMs + 20 * DAY_MS].map(body));
      assert.equal(JSON.stringify(texts[0]), JSON.stringify(texts[1]), 'letter by letter');
    });

    await t.test('its figures are the statistics’, and no vehicle is named', async () => {
      const { whole, groups, areas, cases } = await body(nowMs);
      assert.deepEqual([whole.vehicles, whole.availability], [5, 0.8]);
      assert.deepEqual(whole.bestAlone, { link: 'ice', availability: 1 });
      assert.deepEqual(
        groups.map(({ name, vehicles, figures }) => [name, vehicles, figures?.availability]),
        [
          ['Helse Nord', 3, 0.8],
          ['Helse Vest', 2, undefined],
        ],
        'two vehicles are too few to be told apart from one',
      );
      assert.deepEqual(areas, [
        { carrier: 'telia', outages: 1, minutes: 90, longestMinutes: 90, vehiclesMost: 12 },
      ]);
      assert.deepEqual(cases, [{ carrier: 'telia', opened: 2, closed: 1, openAtEnd: 2 }]);
      assert.doesNotMatch(JSON.stringify(await body(nowMs)), /A-100\d|serial-/);
    });

    await t.test(
      'a region reads its own and the nation’s, an auditor changes nothing',
      async () => {
        const coordinator = await as('regional-coordinator', north);
        const names = (all: readonly ReportEntry[]) => all.map(({ organisation }) => organisation);
        const own = await list(coordinator);
        assert.deepEqual(names(own).toSorted(), ['Helse Nord', 'Norge']);
        const auditor = await as('auditor', west);
        const theirs = await list(auditor);
        assert.deepEqual(names(theirs).toSorted(), ['Helse Vest', 'Norge']);
        const other = theirs.find(({ organisationId }) => organisationId === west);
        assert.equal((await coordinator(`GET /reports/${other?.id}`)).status, 404);
        assert.equal((await coordinator(`GET /reports/${other?.id}/pdf`)).status, 404);
        const make = (client: Client, organisationId: number, month = MONTH) =>
          client('POST /reports', { body: { organisationId, month } });
        assert.equal((await make(coordinator, north)).status, 200, 'the kept one');
        assert.equal((await make(coordinator, 1)).status, 404);
        assert.equal((await make(coordinator, north, '2026-11-01')).status, 409, 'not over');
        assert.equal((await make(coordinator, north, '2026-09-01')).status, 201);
        assert.equal((await make(auditor, west)).status, 403);
      },
    );

    await t.test('what comes late is a new version that says what changed', async () => {
      const nation = await as('national-operator', 1);
      await tell(db, units.slice(0, 1), MEASURED_MS + HOUR_MS);
      assert.equal(await makeDue(db, nowMs + DAY_MS), 2, 'of the nation and of that region');
      const [newest] = await list(nation, '?organisationId=1');
      assert.equal(newest?.version, 2);
      assert.equal((await list(nation, '?organisationId=1&newest=false')).length, 2);
      const { changes } = (await nation(`GET /reports/${newest?.id}`)).body as unknown as Report;
      const up = changes.find(({ figure }) => figure === 'whole.times.up');
      assert.deepEqual(up, { figure: 'whole.times.up', before: 400, after: 480 });
      assert.ok(!changes.some(({ figure }) => figure.startsWith('organisation')));
    });

    await t.test('as a document in both languages, and on paper', async () => {
      const nation = await as('national-operator', 1);
      const [newest] = await list(nation, '?organisationId=1');
      const path = `/reports/${newest?.id}`;
      for (const [language, words] of [
        ['nb', ['Månedsrapport – Norge, oktober 2026', 'færre enn tre kjøretøy', '80,000 %']],
        ['en', ['Monthly report – Norge, October 2026', 'fewer than three vehicles', '80.000%']],
      ] as const) {
        const reply = await nation(`GET ${path}/document?language=${language}`);
        const pdf = readPdf(await renderPdf(reply.body as unknown as Document));
        const text = told(pdf.structure).replaceAll('\u00A0', ' ');
        assert.equal(pdf.language, language);
        for (const word of words)
          assert.ok(text.includes(word), `${word} in ${text.slice(0, 400)}`);
        assert.doesNotMatch(text, /\uFFFD|undefined|NaN|\{\w+\}/);
      }
      const file = await nation(`GET ${path}/pdf`);
      assert.equal(file.headers['content-type'], 'application/pdf');
      assert.ok(file.text.startsWith('%PDF-1.7'));
    });
  });
}
