import assert from 'node:assert/strict';
import test from 'node:test';
import { SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { addUpCoverage } from './coverage-days.ts';
import { takeIn } from './intake.ts';
import { endMsOf, keepRetention } from './retention.ts';
import { given, plainSample, plantFleet } from './testing.ts';

const NOW_MS = Math.floor(Date.now() / 60_000) * 60_000;
const DAY_MS = 86_400_000;

// The first ended at $1, Unix ms; the second lately, and the third holds since.
const RESULTS = `WITH old AS (SELECT to_timestamp($1::bigint / 1000) AS at),
    nation AS (SELECT id FROM organisation ORDER BY id LIMIT 1),
    made AS (INSERT INTO requirement (organisation_id, code) SELECT id, 'T-99' FROM nation
      RETURNING id)
  INSERT INTO requirement_result
    (id, requirement_id, version, organisation_id, simulated, state, from_at, to_at, figures)
  SELECT n, made.id, 1, nation.id, false, 'met', old.at,
    CASE n WHEN 1 THEN old.at WHEN 2 THEN now() END, '{}'
  FROM made, nation, old, generate_series(1, 3) AS n`;

test('A partition is known by its name', () => {
  assert.equal(endMsOf('sample_20261231'), Date.UTC(2027, 0, 1));
  assert.equal(endMsOf('rollup_path_60_202612'), Date.UTC(2027, 0, 1));
});

for (const database of databases()) {
  test(`Raw days leave after their time, positions before them (${database.kind})`, async () => {
    const db = await database.open();
    try {
      const { units } = await plantFleet(db, 1);
      const { unitId } = given(units[0]);
      const place = { latitude: 60, longitude: 10, speedMs: null, headingDeg: null };
      const samples = [25, 8, 1].map((days, i) =>
        plainSample(i + 1, NOW_MS - days * DAY_MS, { place }),
      );
      const batch = { journal: crypto.randomUUID(), samples };
      await db.transaction(SYSTEM, (sql) => takeIn(db, sql, [{ unitId, batch }], NOW_MS));
      await db.transaction(SYSTEM, (sql) =>
        sql.query('UPDATE retention SET raw_days = 20, position_days = 5'),
      );
      await db.transaction(SYSTEM, (sql) => sql.query(RESULTS, [NOW_MS - 38 * 31 * DAY_MS]));
      await addUpCoverage(db, NOW_MS);
      await keepRetention(db, NOW_MS);
      const left = await db.transaction(SYSTEM, async (sql) => ({
        samples: await sql.query<{ latitude: number | null }>(
          'SELECT latitude FROM sample ORDER BY at',
        ),
        cells: await sql.query('SELECT FROM coverage_day'),
        sums: await sql.query('SELECT DISTINCT day FROM coverage_sum_day'),
        results: await sql.query('SELECT id FROM requirement_result ORDER BY id'),
        watch: await sql.query<{ first_at: Date }>('SELECT first_at FROM vehicle_watch'),
      }));
      assert.deepEqual(
        left.samples.map(({ latitude }) => latitude),
        [null, 60],
      );
      assert.deepEqual(left.results, [{ id: 2 }, { id: 3 }], 'ended long ago, lately, not yet');
      // The service and three carriers of one day.
      assert.equal(left.cells.length, 4);
      assert.equal(left.sums.length, 1);
      assert.equal(+given(left.watch[0]).first_at, NOW_MS - 25 * DAY_MS);
      // What the platform was off for is made up: a week from now has its days as well.
      await keepRetention(db, NOW_MS + 20 * DAY_MS);
      const [late] = await db.transaction(SYSTEM, (sql) =>
        takeIn(
          db,
          sql,
          [{ unitId, batch: { ...batch, samples: [plainSample(4, NOW_MS + 20 * DAY_MS)] } }],
          NOW_MS + 20 * DAY_MS,
        ),
      );
      assert.equal(late?.through, 4);
    } finally {
      await db.close();
    }
  });
}
