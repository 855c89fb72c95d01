// The sums of changes beside the results that they are sums of.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { dayOf } from '../statistics/period.ts';
import { keepRetention } from '../telemetry/retention.ts';
import { plantFleet } from '../telemetry/testing.ts';
import { evaluate } from './evaluate.ts';

const NOW_MS = Date.parse('2026-11-25T12:00:00.000Z');
const DAY_MS = 86_400_000;

const ask = <Row>(db: Database, text: string) =>
  db.transaction(SYSTEM, (sql) => sql.query<Row>(text));

/** Row by row, in plain loops; what comes to nothing is left out. */
async function recount(db: Database): Promise<Map<string, number>> {
  const trees = await ask<{ organisation_id: number; ancestor_id: number }>(
    db,
    'SELECT * FROM organisation_tree',
  );
  const sums = new Map<string, number>();
  const add = (key: string, n: number) => {
    const sum = (sums.get(key) ?? 0) + n;
    if (sum === 0) sums.delete(key);
    else sums.set(key, sum);
  };
  for (const row of await ask<Record<string, unknown>>(db, 'SELECT * FROM requirement_result')) {
    const { from_at: from, to_at: to } = row as { from_at: Date; to_at: Date | null };
    const ofVehicle = row['vehicle_id'] !== null;
    const whose = [ofVehicle, row['simulated'], row['state']].join(' ');
    for (const { ancestor_id: above } of trees.filter(
      (tree) => tree.organisation_id === row['organisation_id'],
    )) {
      add(`${above} ${dayOf(+from)} ${whose}`, 1);
      if (to !== null) add(`${above} ${dayOf(+to)} ${whose}`, -1);
    }
  }
  return sums;
}

async function kept(db: Database): Promise<Map<string, number>> {
  const rows = await ask<Record<string, unknown> & { n: number }>(
    db,
    'SELECT * FROM requirement_change WHERE n <> 0',
  );
  const key = ['organisation_id', 'day', 'of_vehicle', 'simulated', 'state'];
  return new Map(rows.map((row) => [key.map((name) => row[name]).join(' '), row.n]));
}

const sorted = (sums: Map<string, number>) => [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1));

for (const { kind, open } of databases()) {
  test(`Changes of results are summed as they are written (${kind})`, async (t) => {
    const db = await open();
    t.after(() => db.close());
    await plantFleet(db, 3);
    const same = async () => assert.deepEqual(sorted(await kept(db)), sorted(await recount(db)));

    await evaluate(db, NOW_MS - 3 * DAY_MS);
    await same();
    assert.ok((await kept(db)).size >= 4, 'something was judged');

    await ask(db, `INSERT INTO carrier (key, name, colour) VALUES ('telia', 'Telia', 1)`);
    await ask(
      db,
      `INSERT INTO subscription (organisation_id, vehicle_id, carrier_id, iccid, priority)
       SELECT organisation_id, id, 1, '89470800000000000' || id, true FROM vehicle WHERE id < 3`,
    );
    await evaluate(db, NOW_MS - 2 * DAY_MS);
    await same();
    await ask(db, 'DELETE FROM subscription');
    await ask(db, `UPDATE vehicle SET stage = 'retired' WHERE id = 1`);
    await evaluate(db, NOW_MS);
    await same();

    await t.test('and those that leave are taken off', async () => {
      const before = await kept(db);
      await keepRetention(db, NOW_MS + 37 * 31 * DAY_MS + DAY_MS);
      await same();
      const [zero] = await ask<{ n: number }>(
        db,
        'SELECT count(*) AS n FROM requirement_change WHERE n = 0',
      );
      assert.equal(zero?.n, 0);
      assert.notDeepEqual(sorted(await kept(db)), sorted(before), 'something has left');
    });

    await t.test('the control: one result that is written past them is noticed', async () => {
      await ask(db, 'ALTER TABLE requirement_result DISABLE TRIGGER USER');
      await ask(db, `UPDATE requirement_result SET from_at = from_at - interval '9 days'`);
      await ask(db, 'ALTER TABLE requirement_result ENABLE TRIGGER USER');
      await assert.rejects(same());
    });
  });
}
