// Every requirement of the national set against tables that make it met and tables that make it
// fail, through the facts, on both databases.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Database, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { evaluate } from './evaluate.ts';
import { AT, FIXTURES, type Fixture } from './fixtures.ts';
import { NATIONAL_SET } from './shipped.ts';

const AT_MS = Date.parse(AT);

async function run(db: Database, texts: readonly string[]): Promise<void> {
  await db.transaction(SYSTEM, async (sql) => {
    for (const text of texts) await sql.query(text);
  });
}

async function stateOf(db: Database, code: string, vehicleId: number | null, orgId: number) {
  const rows = await db.transaction(SYSTEM, (sql) =>
    sql.query<{ state: string; figures: unknown }>(
      `SELECT state, figures FROM requirement_result x
       JOIN requirement r ON r.id = x.requirement_id
       WHERE r.code = $1 AND x.vehicle_id IS NOT DISTINCT FROM $2::integer
         AND x.organisation_id = $3 AND x.to_at IS NULL`,
      [code, vehicleId, orgId],
    ),
  );
  return rows[0];
}

const NATION = 1;
const HF = 3;

async function setUp(db: Database): Promise<void> {
  await run(db, [
    `INSERT INTO organisation (id, parent_id, kind, name, short_name) VALUES
       (1, NULL, 'national', 'Norge', 'N'), (2, 1, 'rhf', 'Nord', 'Nord'), (3, 2, 'hf', 'U', 'U');
     SELECT setval('organisation_id_seq', 10)`,
    `INSERT INTO carrier (id, key, name, colour) VALUES (1, 'telenor', 'Telenor', 1),
       (2, 'telia', 'Telia', 2)`,
    `INSERT INTO gateway (id, organisation_id, name, site, endpoint, allowed_ips, state) VALUES
       (8, 1, 'gw-8', 'Oslo', '192.0.2.8:51820', '{}', 'enrolled'),
       (9, 1, 'gw-9', 'Oslo', '192.0.2.9:51820', '{}', 'enrolled')`,
    `INSERT INTO alarm_engine (runner, ran_at, listening_since) VALUES ('x', '${AT}', '${AT}')`,
  ]);
}

/** A vehicle or a region of its own for each fixture; the numbers of those are ours. */
let next = 100;

async function plant(db: Database, level: string, texts: readonly string[]): Promise<number> {
  const id = next++;
  const [before, $o]: [string[], number] =
    level === 'vehicle'
      ? [
          [
            `INSERT INTO vehicle (id, organisation_id, call_sign, kind, stage)
             VALUES (${id}, ${HF}, 'A-${id}', 'ambulance', 'in-operation')`,
            `INSERT INTO unit (id, organisation_id, vehicle_id, serial, state)
             VALUES (${id}, ${HF}, ${id}, 'serial-${id}', 'enrolled')`,
          ],
          HF,
        ]
      : level === 'rhf'
        ? [
            [
              `INSERT INTO organisation (id, parent_id, kind, name, short_name)
               VALUES (${id}, 1, 'rhf', 'R${id}', 'R${id}')`,
            ],
            id,
          ]
        : [[], NATION];
  const said = texts.map((text) =>
    text
      // An alarm of a region is about no vehicle of it.
      .replaceAll(/\$[uv]\b/g, level === 'vehicle' ? String(id) : 'NULL')
      .replaceAll(/\$o\b/g, String($o)),
  );
  await run(db, [...before, ...said]);
  return id;
}

for (const { kind, open } of databases()) {
  for (const side of ['met', 'failed'] as const) {
    test(`Each requirement is ${side} where its fixture makes it so (${kind})`, async () => {
      const db = await open();
      await setUp(db);
      const planted: [code: string, vehicleId: number | null, organisationId: number][] = [];
      for (const { code, binds } of NATIONAL_SET) {
        const fixture: Fixture | undefined = FIXTURES[code];
        assert.ok(fixture !== undefined, `${code} has a fixture`);
        const id = await plant(db, binds, fixture[side]);
        if (binds === 'vehicle') planted.push([code, id, HF]);
        else planted.push([code, null, binds === 'rhf' ? id : NATION]);
      }
      await evaluate(db, AT_MS);
      for (const [code, vehicleId, organisationId] of planted) {
        const found = await stateOf(db, code, vehicleId, organisationId);
        assert.equal(found?.state, side, `${code} ${JSON.stringify(found)}`);
      }
      await db.close();
    });
  }

  test(`Of a vehicle that has never spoken, nothing is met by silence (${kind})`, async () => {
    const db = await open();
    await setUp(db);
    const id = await plant(db, 'vehicle', []);
    await evaluate(db, AT_MS);
    const silent = [
      ...['T-03', 'T-04', 'T-05', 'T-06', 'T-07', 'T-08', 'S-02', 'S-04', 'K-01', 'K-02', 'K-03'],
    ];
    for (const code of silent) {
      assert.equal((await stateOf(db, code, id, HF))?.state, 'unknown', code);
    }
    assert.equal((await stateOf(db, 'T-01', id, HF))?.state, 'failed');
    await db.close();
  });
}

test('No fixture is left for a requirement that there is not', () => {
  const codes = NATIONAL_SET.map(({ code }) => code);
  assert.deepEqual(Object.keys(FIXTURES).toSorted(), codes.toSorted());
});
