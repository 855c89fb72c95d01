// Coverage counted again from the raw rows, by plain loops and the library that knows H3.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '@rmh/base';
import { COVERAGE_VEHICLES_LEAST, type CoverageCell, type Sample } from '@rmh/contract/api';
import { cellToParent } from 'h3-js';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { type CoverageQuestion, coverageOf } from '../statistics/coverage.ts';
import { addUpCoverage } from './coverage-days.ts';
import { takeIn } from './intake.ts';
import { chance, given, type PlantedUnit, plantFleet, randomDrive } from './testing.ts';

const DAY_MS = 86_400_000;
// Noon: the samples of each of the days lie within it.
const NOW_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
const DAYS_AGO = [0, 1, 2];
const span = {
  from: new Date(NOW_MS - 2 * DAY_MS).toISOString(),
  to: new Date(NOW_MS).toISOString(),
};

/** Some of each cell's vehicles come on one day and some on another. */
function drive(random: Random, daysAgo: number, firstSequence: number): Sample[] {
  const fromMs = NOW_MS - daysAgo * DAY_MS - 11 * 3_600_000;
  return randomDrive(random, fromMs, 25).map((sample, i) => ({
    ...sample,
    sequence: firstSequence + i,
    outages: [],
    place: chance(random, 0.9)
      ? {
          latitude: 63 + random.below(8) / 12,
          longitude: 10 + random.below(3) / 50,
          speedMs: 12,
          headingDeg: 90,
        }
      : null,
  }));
}

interface Raw {
  readonly cell: string;
  readonly link: string;
  readonly vehicle_id: number;
  readonly organisation_id: number;
  readonly up_ms: number;
  readonly down_ms: number;
  readonly rtt_us: number | null;
}

const RAW = `SELECT to_hex(s.cell) AS cell, own.link, s.vehicle_id,
    s.organisation_id, own.up_ms, own.down_ms, own.rtt_us
  FROM sample s CROSS JOIN LATERAL (
    SELECT '' AS link, s.up_ms, s.down_ms, NULL AS rtt_us UNION ALL
    SELECT link, up_ms, down_ms, rtt_us FROM sample_path p
      WHERE p.unit_id = s.unit_id AND p.at = s.at) AS own
  WHERE s.cell IS NOT NULL`;

/** By cell: how many vehicles, seconds, and of each carrier: share up, mean round trip in ms. */
function recount(rows: readonly Raw[], resolution: number) {
  const byCell = Map.groupBy(rows, ({ cell }) => cellToParent(cell, resolution));
  const counted: Record<string, unknown> = {};
  for (const [cell, ofCell] of byCell) {
    const service = ofCell.filter(({ link }) => link === '');
    const vehicles = new Set(service.map((row) => row.vehicle_id)).size;
    if (vehicles < COVERAGE_VEHICLES_LEAST) continue;
    const carriers: Record<string, unknown> = {};
    for (const link of new Set(ofCell.map((row) => row.link))) {
      const own = ofCell.filter((row) => row.link === link);
      const enough = new Set(own.map((row) => row.vehicle_id)).size >= COVERAGE_VEHICLES_LEAST;
      if (link !== '' && enough) carriers[link] = [upOf(own), rttMsOf(own)];
    }
    const seconds = service.reduce((sum, row) => sum + row.up_ms + row.down_ms, 0) / 1_000;
    counted[cell] = { vehicles, seconds, up: upOf(service), carriers };
  }
  return counted;
}

const rounded = (value: number) => Math.round(value * 1e9) / 1e9;

function upOf(rows: readonly Raw[]): number | null {
  const upMs = rows.reduce((sum, row) => sum + row.up_ms, 0);
  const knownMs = rows.reduce((sum, row) => sum + row.down_ms, upMs);
  return knownMs > 0 ? rounded(upMs / knownMs) : null;
}

function rttMsOf(rows: readonly Raw[]): number | null {
  const told = rows.filter((row) => row.rtt_us !== null);
  const ms = told.reduce((sum, row) => sum + row.up_ms, 0);
  const weighed = told.reduce((sum, row) => sum + (row.rtt_us ?? 0) * row.up_ms, 0);
  return ms > 0 ? rounded(weighed / ms / 1_000) : null;
}

async function asked(db: Database, organisationIds: readonly number[], resolution: number) {
  const items: CoverageCell[] = [];
  for (let after: string | null = null; ; ) {
    const question: CoverageQuestion = { ...span, resolution, simulated: false, limit: 15, after };
    const page: Awaited<ReturnType<typeof coverageOf>> = await db.transaction(
      { kind: 'roots', organisationIds },
      (sql) => coverageOf(sql, question),
    );
    items.push(...page.items);
    after = page.next;
    if (after === null) break;
  }
  return Object.fromEntries(
    items.map(({ cell, vehicles, seconds, service, carriers }) => {
      const shares = carriers.map(({ link, up, rttMs }) => {
        return [link, [up === null ? null : rounded(up), rttMs === null ? null : rounded(rttMs)]];
      });
      const up = service === null ? null : rounded(service);
      return [cell, { vehicles, seconds, up, carriers: Object.fromEntries(shares) as unknown }];
    }),
  );
}

for (const database of databases()) {
  test(`Coverage is a recount of the raw rows, added up or not (${database.kind})`, async (t) => {
    const db = await database.open();
    t.after(() => db.close());
    const random = new Random(16);
    const { units, stations, regions } = await plantFleet(db, 8);
    const journals = new Map(units.map(({ unitId }) => [unitId, crypto.randomUUID()]));
    const take = (some: readonly PlantedUnit[], daysAgo: number, first: number) =>
      db.transaction(SYSTEM, (sql) => {
        const deliveries = some.map(({ unitId }) => {
          const journal = given(journals.get(unitId));
          return { unitId, batch: { journal, samples: drive(random, daysAgo, first) } };
        });
        return takeIn(db, sql, deliveries, NOW_MS);
      });
    const [nation, one] = [1, given(regions[0])];
    // Nation, a region, both at once, a station; a station has no sums.
    const askers = [
      { roots: [nation], of: stations },
      { roots: [one], of: [given(stations[0])] },
      { roots: regions, of: stations },
      { roots: [given(stations[1])], of: [given(stations[1])] },
    ];
    const differ = async () => {
      const raw = await db.transaction(SYSTEM, (sql) => sql.query<Raw>(RAW));
      let differing = 0;
      for (const { roots, of } of askers) {
        const own = raw.filter((row) => of.includes(row.organisation_id));
        for (const resolution of [5, 6, 7, 8]) {
          const found = await asked(db, roots, resolution);
          const wanted = recount(own, resolution);
          assert.ok(Object.keys(wanted).length > 3, 'enough cells to differ in');
          try {
            assert.deepEqual(found, wanted);
          } catch {
            differing++;
          }
        }
      }
      return differing;
    };
    const change = (text: string) => db.transaction(SYSTEM, (sql) => sql.query(text));

    for (const [i, daysAgo] of DAYS_AGO.toReversed().entries())
      await take(units, daysAgo, 1 + i * 50);
    assert.equal(await differ(), 0, 'nothing is added up');
    await addUpCoverage(db, NOW_MS);
    assert.equal(await differ(), 0, 'two days are, and today is not');
    await take(units.slice(2, 5), 1, 201);
    assert.equal(await differ(), 0, 'late samples, in before they are added up');
    await addUpCoverage(db, NOW_MS);
    await addUpCoverage(db, NOW_MS);
    assert.equal(await differ(), 0, 'and after');
    const dirty = await change('SELECT DISTINCT day FROM coverage_dirty');
    assert.deepEqual(dirty, [{ day: new Date(NOW_MS).toISOString().slice(0, 10) }], 'only today');

    // Controls: sums that are not those of the rows, and a mark that is not there.
    await change('UPDATE coverage_sum_day SET up_ms = up_ms + 1000');
    assert.equal(await differ(), 12, 'three that have sums, four resolutions');
    await change('UPDATE coverage_sum_day SET up_ms = up_ms - 1000');
    await change('DELETE FROM coverage_dirty');
    assert.equal(await differ(), 12, 'today is missing');
  });
}
