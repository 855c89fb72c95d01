import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { plantFleet } from '../telemetry/testing.ts';
import { evaluate } from './evaluate.ts';

const NOW_MS = Date.parse('2026-11-25T12:00:00.000Z');
const MINUTE_MS = 60_000;

interface Row {
  readonly code: string;
  readonly version: number;
  readonly vehicle_id: number | null;
  readonly organisation_id: number;
  readonly state: string;
  readonly from_at: Date;
  readonly to_at: Date | null;
  readonly figures: Record<string, number | null>;
}

const ask = (db: Database, text: string, values: readonly unknown[] = []) =>
  db.transaction(SYSTEM, (sql) => sql.query(text, values));

async function results(db: Database, where: string): Promise<readonly Row[]> {
  return await db.transaction(SYSTEM, (sql) =>
    sql.query<Row>(
      `SELECT r.code, x.* FROM requirement_result x JOIN requirement r ON r.id = x.requirement_id
       WHERE ${where} ORDER BY x.id`,
    ),
  );
}

for (const { kind, open } of databases()) {
  test(`History takes a row only when something changes (${kind})`, async (t) => {
    const db = await open();
    const { units, stations } = await plantFleet(db, 4);
    const [first] = units;
    const vehicleId = first?.vehicleId ?? 0;
    const began = await evaluate(db, NOW_MS);
    assert.ok(began.begun > 4 * 15);
    const fitted = () => results(db, `r.code = 'T-02' AND x.vehicle_id = ${vehicleId}`);

    await t.test('nothing changed, nothing written', async () => {
      const again = await evaluate(db, NOW_MS + 15 * MINUTE_MS);
      assert.deepEqual([again.begun, again.ended], [0, 0]);
    });

    await t.test('a figure that crosses its limit ends one result and begins another', async () => {
      await ask(db, `INSERT INTO carrier (key, name, colour) VALUES ('telia', 'Telia', 1)`);
      await ask(
        db,
        `INSERT INTO subscription (organisation_id, vehicle_id, carrier_id, iccid, priority)
         SELECT organisation_id, id, 1, '894708000000000000', true FROM vehicle WHERE id = $1`,
        [vehicleId],
      );
      const change = await evaluate(db, NOW_MS + 30 * MINUTE_MS);
      assert.deepEqual([change.begun, change.ended], [1, 1]);
      const [before, after, ...more] = await fitted();
      assert.deepEqual(more, []);
      assert.equal(before?.state, 'failed');
      assert.equal(+(before?.to_at ?? 0), NOW_MS + 30 * MINUTE_MS);
      assert.equal(after?.state, 'met');
      assert.deepEqual(after?.figures, { prioritySubscriptions: 1 });
      assert.equal(after?.to_at, null);
    });

    await t.test('a new version begins anew, though the verdict is the same', async () => {
      await ask(
        db,
        `INSERT INTO requirement_version SELECT v.requirement_id, 2, v.organisation_id, at, author,
           'strengere', content, binds, '2026-11-25', NULL
         FROM requirement_version v JOIN requirement r ON r.id = v.requirement_id
         WHERE r.code = 'T-02'`,
      );
      await evaluate(db, NOW_MS + 45 * MINUTE_MS);
      const open_ = (await fitted()).filter(({ to_at }) => to_at === null);
      assert.deepEqual(
        open_.map(({ version, state }) => [version, state]),
        [[2, 'met']],
      );
    });

    await t.test(
      'a version of tomorrow does not bind today, and one that ended never',
      async () => {
        await ask(
          db,
          `INSERT INTO requirement_version SELECT requirement_id, 3, organisation_id, at, author,
           '', content, binds, '2026-11-26', '2026-11-27'
         FROM requirement_version WHERE note = 'strengere'`,
        );
        await evaluate(db, NOW_MS + 60 * MINUTE_MS);
        assert.equal((await fitted()).at(-1)?.version, 2);
        await evaluate(db, NOW_MS + 24 * 60 * MINUTE_MS);
        assert.equal((await fitted()).at(-1)?.version, 3);
        await evaluate(db, NOW_MS + 48 * 60 * MINUTE_MS);
        assert.ok((await fitted()).every(({ to_at }) => to_at !== null));
      },
    );

    await t.test('a vehicle that moves leaves its history behind and begins anew', async () => {
      const other = stations.find((one) => one !== first?.organisationId) ?? 0;
      const before = await results(db, `x.vehicle_id = ${vehicleId} AND x.to_at IS NULL`);
      await ask(db, 'UPDATE vehicle SET organisation_id = $2 WHERE id = $1', [vehicleId, other]);
      await evaluate(db, NOW_MS + 49 * 60 * MINUTE_MS);
      const after = await results(db, `x.vehicle_id = ${vehicleId} AND x.to_at IS NULL`);
      assert.equal(after.length, before.length);
      assert.ok(after.every((row) => row.organisation_id === other));
    });

    await t.test('a vehicle out of operation is bound by nothing', async () => {
      await ask(db, `UPDATE vehicle SET stage = 'retired' WHERE id = $1`, [vehicleId]);
      await evaluate(db, NOW_MS + 50 * 60 * MINUTE_MS);
      assert.deepEqual(await results(db, `x.vehicle_id = ${vehicleId} AND x.to_at IS NULL`), []);
      const rows = await ask(db, 'SELECT FROM requirement_subject WHERE vehicle_id = $1', [
        vehicleId,
      ]);
      assert.equal(rows.length, 0);
    });
    await db.close();
  });

  test(`The national set is entered once, and its owner's changes stay (${kind})`, async () => {
    const db = await open();
    await evaluate(db, NOW_MS);
    assert.deepEqual(await ask(db, 'SELECT FROM requirement'), [], 'there is no nation yet');
    await plantFleet(db, 1);
    await evaluate(db, NOW_MS);
    const [{ n } = { n: 0 }] = (await ask(
      db,
      'SELECT count(*)::integer AS n FROM requirement_version',
    )) as { n: number }[];
    assert.ok(n >= 25);
    await ask(db, `UPDATE requirement SET version = 2 WHERE code = 'T-01'`);
    await evaluate(db, NOW_MS);
    const kept = await ask(db, `SELECT version FROM requirement WHERE code = 'T-01'`);
    assert.deepEqual(kept, [{ version: 2 }]);
    const [run] = (await ask(db, 'SELECT ran_at, wanted FROM requirement_run')) as {
      ran_at: Date;
      wanted: boolean;
    }[];
    assert.equal(+(run?.ran_at ?? 0), NOW_MS);
    assert.equal(run?.wanted, false);
    await db.close();
  });
}
