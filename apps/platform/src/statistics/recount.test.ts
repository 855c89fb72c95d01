// The figures, counted again by another way: every raw row is read, and plain loops add it up. No
// rollup, no SQL that sums, no bucket, none of the code that the figures are made with.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '@rmh/base';
import type { Figures, Sample } from '@rmh/contract/api';
import { type Database, type Sql, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { takeIn } from '../telemetry/intake.ts';
import { rebuild } from '../telemetry/rollup.ts';
import { STEPS } from '../telemetry/rollup-sql.ts';
import { chance, given, type PlantedUnit, plantFleet, randomDrive } from '../telemetry/testing.ts';
import { figuresBy, selectionOf } from './questions.ts';

// Noon in Norway, so that no test is a different test near midnight.
const NOW_MS = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 13 * 3_600_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface RawSample extends Record<string, unknown> {
  readonly unit_id: number;
  readonly at: Date;
  readonly span_ms: number;
  readonly previous: string | null;
  readonly supply: string | null;
}

async function rows<Row>(sql: Sql, text: string): Promise<Row[]> {
  return [...(await sql.query<Row>(text))];
}

/** What /statistics must say of these units between two times. */
async function recount(sql: Sql, units: readonly number[], fromMs: number, toMs: number) {
  const own = (row: { unit_id: number }) => units.includes(row.unit_id);
  const samples = (await rows<RawSample>(sql, 'SELECT * FROM sample')).filter(own);
  const paths = (await rows<RawSample & { link: string }>(sql, 'SELECT * FROM sample_path')).filter(
    own,
  );
  const outages = (
    await rows<{ unit_id: number; link: string | null; from_at: Date; to_at: Date | null }>(
      sql,
      'SELECT * FROM outage',
    )
  ).filter(own);
  const within = (at: Date) => +at >= fromMs && +at < toMs;
  const endMs = Math.min(toMs, NOW_MS);
  const counted = { up: 0, down: 0, off: 0, unknown: 0, vehicles: 0, lost: 0 };
  const carriers = new Map<string, { up: number; down: number; off: number; unknown: number }>();
  for (const unit of units) {
    const mine = samples.filter((row) => row.unit_id === unit).toSorted((a, b) => +a.at - +b.at);
    const first = mine[0];
    if (first === undefined || +first.at >= endMs) continue;
    counted.vehicles++;
    let [up, down, off] = [0, 0, 0];
    let before: RawSample | null = null;
    for (const row of mine) {
      if (within(row.at)) {
        up += Number(row['up_ms']);
        down += Number(row['down_ms']);
        counted.lost += Number(row['critical_lost']);
      }
      if (before !== null && row.previous !== null) {
        const isOff =
          row.previous === 'stopped' || (row.previous === 'power' && before.supply === 'battery');
        const gapFrom = Math.max(+before.at + before.span_ms, fromMs);
        if (isOff) off += Math.max(0, Math.min(+row.at, endMs) - gapFrom);
      }
      before = row;
    }
    const watched = endMs - Math.max(fromMs, +first.at);
    counted.up += up;
    counted.down += down;
    counted.off += off;
    counted.unknown += Math.max(0, watched - up - down - off);
    const links = paths.filter((row) => row.unit_id === unit && within(row.at));
    for (const link of new Set(links.map((row) => row.link))) {
      let [linkUp, linkDown] = [0, 0];
      for (const row of links) {
        if (row.link !== link) continue;
        linkUp += Number(row['up_ms']);
        linkDown += Number(row['down_ms']);
      }
      const sum = carriers.get(link) ?? { up: 0, down: 0, off: 0, unknown: 0 };
      sum.up += linkUp;
      sum.down += linkDown;
      sum.off += off;
      sum.unknown += Math.max(0, watched - linkUp - linkDown - off);
      carriers.set(link, sum);
    }
  }
  const gaps = [0, 0, 0, 0, 0];
  for (const { link, from_at: from, to_at: to } of outages) {
    if (link !== null || to === null || !within(from)) continue;
    const seconds = (+to - +from) / 1_000;
    const at = [1, 10, 60, 600].findIndex((most) => seconds < most);
    gaps[at === -1 ? 4 : at] = given(gaps[at === -1 ? 4 : at]) + 1;
  }
  return { counted, carriers, gaps };
}

function same(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) < 0.001, `${what}: ${actual}, recounted ${expected}`);
}

function compare(figures: Figures, truth: Awaited<ReturnType<typeof recount>>): void {
  const { counted, carriers, gaps } = truth;
  assert.equal(figures.vehicles, counted.vehicles);
  for (const name of ['up', 'down', 'off', 'unknown'] as const) {
    same(figures.times[name], counted[name] / 1_000, name);
  }
  const known = counted.up + counted.down;
  assert.equal(figures.availability, known > 0 ? counted.up / known : null);
  assert.equal(given(figures.classes.find((one) => one.class === 'critical')).lost, counted.lost);
  assert.deepEqual(Object.values(figures.gaps), gaps);
  assert.deepEqual(
    figures.carriers.map(({ link }) => link),
    [...carriers.keys()].toSorted(),
  );
  for (const { link, times } of figures.carriers) {
    for (const name of ['up', 'down', 'off', 'unknown'] as const) {
      same(times[name], given(carriers.get(link))[name] / 1_000, `${link} ${name}`);
    }
  }
}

async function deliver(db: Database, random: Random, unit: PlantedUnit, samples: Sample[]) {
  const journal = crypto.randomUUID();
  for (let i = 0; i < samples.length; i += 40) {
    const batch = { journal, samples: samples.slice(i, i + 40) };
    const delivery = [{ unitId: unit.unitId, batch }];
    const times = chance(random, 0.3) ? 2 : 1;
    for (let n = 0; n < times; n++) {
      await db.transaction(SYSTEM, (sql) => takeIn(db, sql, delivery, NOW_MS));
    }
  }
}

async function rollUp(db: Database): Promise<void> {
  for (const step of Object.values(STEPS)) await rebuild(db, step, NOW_MS);
}

for (const database of databases()) {
  const { kind } = database;
  test(`The figures are those that a slow count of the raw rows gives (${kind})`, async (t) => {
    const seed = Number(process.env['SEED'] ?? 4);
    t.diagnostic(`seed ${seed}`);
    const random = new Random(seed);
    const db = await database.open();
    try {
      const { units, regions } = await plantFleet(db, 4);
      const drives = units.map((_, i) => {
        return randomDrive(random, NOW_MS - (i < 2 ? 8 : 60) * HOUR_MS, 80);
      });
      // Two have driven in weeks that are over.
      const earlier = [20, 11].map((days) => randomDrive(random, NOW_MS - days * DAY_MS, 40));
      // One unit comes with everything after the figures were made: late data correct them.
      for (const [i, unit] of units.entries()) {
        if (i === 2) continue;
        if (i === 3) await deliver(db, random, unit, given(earlier[1]));
        await deliver(db, random, unit, given(drives[i]));
      }
      await rollUp(db);
      await deliver(db, random, given(units[2]), given(earlier[0]));
      await deliver(db, random, given(units[2]), given(drives[2]));
      await rollUp(db);

      let offSeconds = 0;
      for (const hours of [70, 70, 70, 100, 70, 17 * 24, 24 * 24]) {
        const short = hours <= 70;
        const toMs = NOW_MS - random.below((short ? 3 : 1) * HOUR_MS);
        const fromMs = toMs - (short ? 1 + random.below(hours) : hours) * HOUR_MS;
        const nation = await db.transaction(SYSTEM, async (sql) => {
          const question = { from: iso(fromMs), to: iso(toMs), simulated: false };
          const selection = selectionOf(question, NOW_MS);
          const { period } = selection;
          if (hours > 16 * 24) assert.ok(period.parts.some(({ stepS }) => stepS === 604_800));
          const truth = (ids: number[]) => recount(sql, ids, period.fromMs, period.toMs);
          const all = units.map(({ unitId }) => unitId);
          const [figures] = await figuresBy(sql, selection, 'nation');
          compare(given(figures), await truth(all));
          const cars = await figuresBy(sql, selection, 'vehicle');
          for (const car of cars) {
            const unit = given(units.find(({ vehicleId }) => vehicleId === car.group.id));
            compare(car, await truth([unit.unitId]));
          }
          const region = { ...selection, organisationId: given(regions[0]) };
          const [ofRegion] = await figuresBy(sql, region, 'rhf');
          const own = units.filter((_, n) => n % 2 === 0).map(({ unitId }) => unitId);
          if (ofRegion !== undefined) compare(ofRegion, await truth(own));
          return given(figures);
        });
        offSeconds += nation.times.off;
      }
      assert.ok(offSeconds > 0, 'the drives had none of it');
    } finally {
      await db.close();
    }
  });

  test(`The count notices one sample that the figures lack (${kind})`, async () => {
    const random = new Random(9);
    const db = await database.open();
    try {
      const { units } = await plantFleet(db, 1);
      const unit = given(units[0]);
      await deliver(db, random, unit, randomDrive(random, NOW_MS - 2 * HOUR_MS, 30));
      await rollUp(db);
      await db.transaction(SYSTEM, async (sql) => {
        await sql.query(`UPDATE sample SET up_ms = up_ms - 10, down_ms = down_ms + 10
          WHERE at = (SELECT max(at) FROM sample)`);
        const question = { from: iso(NOW_MS - 9 * HOUR_MS), to: iso(NOW_MS), simulated: false };
        const selection = selectionOf(question, NOW_MS);
        const [figures] = await figuresBy(sql, selection, 'nation');
        const { fromMs, toMs } = selection.period;
        const truth = await recount(sql, [unit.unitId], fromMs, toMs);
        assert.throws(() => compare(given(figures), truth), /recounted/);
      });
    } finally {
      await db.close();
    }
  });
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
