import assert from 'node:assert/strict';
import test from 'node:test';
import type { CoverageCell, Page, Statistics } from '@rmh/contract/api';
import { cellToParent, latLngToCell } from 'h3-js';
import { parquetReadObjects } from 'hyparquet';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { type Client, testServer, testServices } from '../http/testing.ts';
import { hashOf } from '../identity/secrets.ts';
import { newServiceToken } from '../identity/tokens.ts';
import { takeIn } from '../telemetry/intake.ts';
import { rebuild } from '../telemetry/rollup.ts';
import { STEPS } from '../telemetry/rollup-sql.ts';
import { given, plainSample, plantFleet } from '../telemetry/testing.ts';
import { csvLine } from './csv.ts';
import { routes } from './index.ts';

const NOW_MS = Math.floor(Date.now() / 60_000) * 60_000;
const HOUR_MS = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();
const span = `from=${iso(NOW_MS - 2 * HOUR_MS)}&to=${iso(NOW_MS)}`;

// A grid a few cells wide: some cells are met by all, some by two, some by one.
function drive(vehicle: number) {
  return Array.from({ length: 30 }, (_, i) =>
    plainSample(i + 1, NOW_MS - HOUR_MS + i * 10_000, {
      place: {
        ...{ latitude: 63.4 + (i % 6) / 50, longitude: 10.4 + (vehicle % 3) * (i > 15 ? 0.2 : 0) },
        ...{ speedMs: 10, headingDeg: null },
      },
    }),
  );
}

for (const database of databases()) {
  const { kind } = database;
  test(`Coverage and exports show what may be shown, page by page (${kind})`, async (t) => {
    const db = await database.open();
    t.after(() => db.close());
    const { units, regions } = await plantFleet(db, 8);
    const deliveries = units.map(({ unitId }, i) => ({
      unitId,
      batch: { journal: crypto.randomUUID(), samples: drive(i) },
    }));
    await db.transaction(SYSTEM, (sql) => takeIn(db, sql, deliveries, NOW_MS));
    for (const step of Object.values(STEPS)) await rebuild(db, step, NOW_MS + HOUR_MS);
    const server = await testServer(testServices(db), routes);
    t.after(() => server.app.close());
    const nation = await server.user(1, [{ role: 'national-operator', organisationId: 1 }]);
    const organisationId = given(regions[0]);
    const region = await server.user(organisationId, [
      { role: 'regional-coordinator', organisationId },
    ]);

    for (const resolution of [5, 7, 8]) {
      const seen = await everyCell(nation, resolution);
      assert.deepEqual(seen, cellsByHand([...units.keys()], resolution), `all, ${resolution}`);
      const own = await everyCell(region, resolution);
      assert.deepEqual(own, cellsByHand([0, 2, 4, 6], resolution), `region, ${resolution}`);
    }

    const figures = (await region(`GET /statistics?${span}&groupBy=rhf`))
      .body as unknown as Statistics;
    assert.deepEqual(
      figures.groups.map(({ group, vehicles }) => [group.id, vehicles]),
      [[organisationId, 4]],
    );
    const pages = (await nation(`GET /statistics?${span}&groupBy=vehicle&limit=5`))
      .body as unknown as Statistics;
    assert.equal(pages.groups.length, 5);
    const rest = (await nation(`GET /statistics?${span}&groupBy=vehicle&cursor=${pages.next}`))
      .body as unknown as Statistics;
    assert.equal(rest.groups.length, 3);
    const simulated = (await nation(`GET /statistics?${span}&simulated=true`))
      .body as unknown as Statistics;
    assert.equal(simulated.groups[0]?.vehicles, 0);

    const csv = (await region(`GET /exports/statistics.csv?${span}`)).text.split('\r\n');
    assert.deepEqual(csv.slice(1, 2)[0]?.split(',').slice(4, 7), ['4', '1200', '0']);
    const trend = await nation(`GET /statistics/trend?${span}`);
    assert.equal(trend.status, 200);

    const token = await exportToken(db, organisationId);
    const file = await parquet(server, token, `/exports/samples.parquet?${span}`);
    assert.equal(file.length, 4 * 30 * 3);
    assert.ok(!('latitude' in given(file[0])));
    const table = await parquet(server, token, `/exports/statistics.parquet?${span}`);
    assert.equal(given(table.find((row) => row['carrier'] === 'ice'))['up_s'], 1_200);
  });
}

async function everyCell(client: Client, resolution: number): Promise<Record<string, number>> {
  const cells: Record<string, number> = {};
  let cursor = '';
  do {
    const reply = await client(`GET /coverage?${span}&resolution=${resolution}&limit=2${cursor}`);
    const page = reply.body as unknown as Page<CoverageCell>;
    for (const { cell, vehicles } of page.items) {
      assert.ok(!(cell in cells), 'a cell on two pages');
      cells[cell] = vehicles;
    }
    cursor = page.next === null ? '' : `&cursor=${page.next}`;
  } while (cursor !== '');
  return cells;
}

/** By the library that knows H3, and a set of vehicles for each cell. */
function cellsByHand(vehicles: readonly number[], resolution: number): Record<string, number> {
  const met = new Map<string, Set<number>>();
  for (const vehicle of vehicles) {
    for (const { place } of drive(vehicle)) {
      const { latitude, longitude } = given(place);
      const cell = cellToParent(latLngToCell(latitude, longitude, 8), resolution);
      met.set(cell, (met.get(cell) ?? new Set()).add(vehicle));
    }
  }
  const shown = [...met].filter(([, by]) => by.size >= 3).map(([cell, by]) => [cell, by.size]);
  return Object.fromEntries(shown) as Record<string, number>;
}

type Server = Awaited<ReturnType<typeof testServer>>;

/** The bytes themselves, which a test's client does not give. */
async function parquet(
  server: Server,
  token: string,
  path: string,
): Promise<Record<string, unknown>[]> {
  const headers = { authorization: `Bearer ${token}` };
  const reply = await server.app.inject({ method: 'GET', url: `/api/v1${path}`, headers });
  assert.equal(reply.statusCode, 200);
  const file = new Uint8Array(reply.rawPayload).buffer;
  return (await parquetReadObjects({ file })) as Record<string, unknown>[];
}

async function exportToken(db: Database, organisationId: number): Promise<string> {
  const token = newServiceToken();
  await db.transaction(SYSTEM, (sql) =>
    sql.query(
      `INSERT INTO service_token (organisation_id, name, verbs, token_hash, created_at, expires_at)
      VALUES ($1, 'export', '{export.read}', $2, now(), now() + interval '1 day')`,
      [organisationId, hashOf(token)],
    ),
  );
  return token;
}

test('A name that looks like a formula stays a name', () => {
  assert.equal(csvLine(['=cmd()', 'a "b"', null, -1]), `'=cmd(),"a ""b""",,-1\r\n`);
});
