import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '@rmh/base';
import type { Sample } from '@rmh/contract/api';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { takeIn } from './intake.ts';
import { rebuild } from './rollup.ts';
import { STEPS } from './rollup-sql.ts';
import {
  chance,
  given,
  type PlantedUnit,
  plainSample,
  plantFleet,
  randomDrive,
} from './testing.ts';

const NOW_MS = Math.floor(Date.now() / 60_000) * 60_000;
const HOUR_MS = 3_600_000;
const journalOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

async function send(db: Database, unitId: number, journal: string, samples: readonly Sample[]) {
  const delivery = { unitId, batch: { journal, samples: [...samples] } };
  return await db.transaction(SYSTEM, (sql) => takeIn(db, sql, [delivery], NOW_MS));
}

async function rollUp(db: Database): Promise<void> {
  for (const step of [STEPS.minute, STEPS.quarter, STEPS.day]) await rebuild(db, step, NOW_MS);
}

const WRITTEN = {
  samples: 'SELECT * FROM sample',
  paths: 'SELECT * FROM sample_path',
  outages: 'SELECT * FROM outage',
  missing: 'SELECT unit_id, journal, first, last, reason FROM sample_missing',
  off: 'SELECT * FROM vehicle_off',
  watch: 'SELECT * FROM vehicle_watch',
  service: 'SELECT * FROM rollup_service',
  carriers: 'SELECT * FROM rollup_path',
  coverage: 'SELECT *, cell::text AS cell FROM coverage_day',
} as const;

/** Everything of some units, without the numbers that a database gives, in one order. */
async function contents(db: Database, units: readonly PlantedUnit[]) {
  const known = new Map(units.map(({ unitId }, i) => [unitId, i]));
  return await db.transaction(SYSTEM, async (sql) => {
    const all: Record<string, string[]> = {};
    for (const [name, text] of Object.entries(WRITTEN)) {
      const rows = await sql.query<{ unit_id: number }>(text);
      all[name] = rows
        .filter((row) => known.has(row.unit_id))
        .map((row) => {
          const unit = known.get(row.unit_id);
          return JSON.stringify({ ...row, id: null, vehicle_id: null, unit_id: unit });
        })
        .toSorted();
    }
    return all;
  });
}

interface Voyage {
  readonly unit: PlantedUnit;
  readonly journal: string;
  readonly samples: readonly Sample[];
}

/** As a unit sends over a bad line: parts of any size, again and again, old copies late. */
async function sendBadly(db: Database, random: Random, voyages: readonly Voyage[]): Promise<void> {
  const lines = voyages.map((voyage) => ({ ...voyage, known: 0, late: [] as Sample[][] }));
  for (;;) {
    const open = lines.filter(({ known, samples }) => known < given(samples.at(-1)).sequence);
    if (open.length === 0) break;
    const line = given(open[random.below(open.length)]);
    const rest = line.samples.filter(({ sequence }) => sequence > line.known);
    const part = rest.slice(0, 1 + random.below(Math.min(60, rest.length)));
    const copies = [
      part,
      ...(chance(random, 0.3) ? [part.slice(0, 1 + random.below(part.length))] : []),
    ];
    if (line.late.length > 0 && chance(random, 0.4)) copies.push(given(line.late.pop()));
    // Several connections at once.
    const receipts = await Promise.all(
      copies.map((copy) => send(db, line.unit.unitId, line.journal, copy)),
    );
    line.late.push(part);
    // The answer is lost now and then, and everything is sent again.
    if (chance(random, 0.7)) line.known = given(receipts[0]?.[0]).through;
    if (chance(random, 0.1)) await rollUp(db);
  }
}

for (const database of databases()) {
  const { kind } = database;
  test(`Any split, repetition and delay gives the rows of one pass (${kind})`, async (t) => {
    const seed = Number(process.env['SEED'] ?? 20261125);
    t.diagnostic(`seed ${seed}`);
    const db = await database.open();
    try {
      const { units } = await plantFleet(db, 4);
      const [once, badly] = [units.slice(0, 2), units.slice(2)];
      const random = new Random(seed);
      const drives = once.map(() => {
        const first = randomDrive(random, NOW_MS - 30 * HOUR_MS, 45);
        // The disk was lost: a new journal, a little later.
        return [first, randomDrive(random, given(first.at(-1)).atMs + 90_000, 25)];
      });
      const voyages = (sent: readonly PlantedUnit[], journal: number) =>
        sent.map((unit, i) => ({
          ...{ unit, journal: journalOf(2 * i + journal) },
          samples: given(drives[i]?.[journal]),
        }));
      for (const journal of [0, 1]) {
        for (const voyage of voyages(once, journal)) {
          await send(db, voyage.unit.unitId, voyage.journal, voyage.samples);
        }
        await sendBadly(db, new Random(seed + journal), voyages(badly, journal));
      }
      await rollUp(db);
      const written = await contents(db, once);
      for (const name of Object.keys(WRITTEN)) assert.ok(given(written[name]).length > 0, name);
      assert.deepEqual(await contents(db, badly), written);
    } finally {
      await db.close();
    }
  });

  test(`Hostile clocks: a number is a row or missing, no time counts twice (${kind})`, async () => {
    const db = await database.open();
    try {
      const { units } = await plantFleet(db, 1);
      const { unitId } = given(units[0]);
      const random = new Random(7);
      for (let journal = 0; journal < 3; journal++) {
        let sequence = 0;
        for (let batch = 0; batch < 6; batch++) {
          const samples: Sample[] = [];
          for (let i = 0; i < 20; i++) {
            sequence += 1 + random.below(2);
            const atMs = NOW_MS - random.below(HOUR_MS);
            const offMs = chance(random, 0.1) ? 365 * 24 * HOUR_MS * (1 - random.below(3)) : 0;
            samples.push(plainSample(sequence, atMs + offMs, { spanMs: 1 + random.below(60_000) }));
          }
          await send(db, unitId, journalOf(journal), samples);
        }
      }
      await db.transaction(SYSTEM, async (sql) => {
        const numbers = await sql.query<{ due: number; written: number; missing: number }>(
          `SELECT (SELECT sum(through) FROM sample_cursor) AS due,
            (SELECT count(*) FROM sample) AS written,
            (SELECT sum(last - first + 1) FROM sample_missing) AS missing`,
        );
        const { due, written, missing } = given(numbers[0]);
        assert.ok(written > 0 && missing > 0);
        assert.equal(written + missing, due);
        const twice = await sql.query(
          `SELECT FROM sample a JOIN sample b ON a.unit_id = b.unit_id AND a.at < b.at
          AND a.at + a.span_ms * interval '1 ms' > b.at`,
        );
        assert.equal(twice.length, 0);
      });
    } finally {
      await db.close();
    }
  });

  test(`An outage that a run took with it ends with that run (${kind})`, async () => {
    const db = await database.open();
    try {
      const { units } = await plantFleet(db, 1);
      const { unitId } = given(units[0]);
      const atMs = NOW_MS - HOUR_MS;
      const outage = {
        ...{ number: 1, link: null, movedTo: null, movedAfterMs: null, criticalLost: 0 },
        ...{ frozenMs: 0, fromMs: atMs + 4_000, toMs: null },
      };
      await send(db, unitId, journalOf(1), [
        plainSample(1, atMs, { outages: [outage] }),
        plainSample(2, atMs + 10_000),
        plainSample(3, atMs + 600_000, { previous: 'crashed' }),
      ]);
      const rows = await db.transaction(SYSTEM, (sql) =>
        sql.query<{ to_at: Date }>('SELECT to_at FROM outage'),
      );
      assert.equal(+given(rows[0]).to_at, atMs + 20_000);
    } finally {
      await db.close();
    }
  });
}
