import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { verifyAudit } from '../audit/verify.ts';
import { audit } from '../identity/audit.ts';
import { dumpStream, moveDatabase, readBackup, writeBackup } from './backup-file.ts';
import { type Database, SYSTEM } from './database.ts';
import { dump } from './dump.ts';
import { databases } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-backup-'));
after(() => rmSync(folder, { recursive: true }));

/** Something in every kind of column, an audit chain, and a table that refers to itself. */
async function plant(db: Database): Promise<void> {
  await db.transaction(SYSTEM, async (sql) => {
    await sql.query(`INSERT INTO organisation (id, parent_id, kind, name, short_name) VALUES
      (1, NULL, 'national', 'Norge "æøå" \\ ''', 'N'), (9, 1, 'rhf', 'Nord', 'Nord'),
      (4, 9, 'hf', 'UNN', 'UNN')`);
    await sql.query(`SELECT setval('organisation_id_seq', 10)`);
    await sql.query(
      `INSERT INTO vehicle (organisation_id, call_sign, kind, stage)
       VALUES (4, 'A-1', 'boat', 'planned')`,
    );
    await sql.query(
      `INSERT INTO unit (organisation_id, vehicle_id, serial, state, identity_key, addresses,
         enrolled_at) VALUES (4, 1, 'S', 'enrolled', '\\x00ff', '{10.0.0.1/32,"a,b"}',
         '2026-11-25 12:00:00.123456Z')`,
    );
    const nowMs = Date.UTC(2026, 10, 25);
    for (const name of ['first', 'second']) {
      const object = { kind: 'test', id: name };
      await audit(sql, { nowMs, action: 'test.do', organisationId: 4, object, after: { n: 1.5 } });
    }
  });
}

async function linesOf(db: Database): Promise<string[]> {
  const lines: string[] = [];
  await dump(db, async (line) => void lines.push(line));
  return lines;
}

const all = databases();
for (const from of all) {
  for (const to of all) {
    test(`Everything moves from ${from.kind} to ${to.kind}, to the last bit`, async () => {
      const [source, target] = [await from.open(), await to.open()];
      await plant(source);
      const rows = await moveDatabase(source, target);
      assert.ok(rows > 8);
      assert.deepEqual(await linesOf(target), await linesOf(source));
      const verdict = await target.transaction(SYSTEM, (sql) =>
        verifyAudit(sql, { key: '', inFile: null, kept: null }),
      );
      assert.equal(verdict.kind, 'whole');
      const [made] = await target.transaction(SYSTEM, (sql) =>
        sql.query<{ id: number }>(
          `INSERT INTO organisation (parent_id, kind, name, short_name)
           VALUES (1, 'rhf', 'Vest', 'Vest') RETURNING id`,
        ),
      );
      assert.equal(made?.id, 10, 'numbers go on after the highest');
      const [tree] = await target.transaction(SYSTEM, (sql) =>
        sql.query<{ n: number }>('SELECT count(*) AS n FROM organisation_tree'),
      );
      assert.equal(tree?.n, 8, 'triggers work again');
      await source.close();
      await target.close();
    });
  }
}

for (const { kind, open } of all) {
  test(`A back-up is restored whole, or not at all (${kind})`, async () => {
    const source = await open();
    await plant(source);
    const file = join(folder, `${kind}.gz`);
    await writeBackup(dumpStream(source), file);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const wanted = await linesOf(source);
    await source.close();

    const target = await open();
    const cut = join(folder, `${kind}-cut.gz`);
    writeFileSync(cut, readFileSync(file).subarray(0, -200));
    await assert.rejects(readBackup(target, cut), /RMH_BACKUP_INVALID|back-up|unexpected end/);
    await readBackup(target, file);
    assert.deepEqual(await linesOf(target), wanted);
    await assert.rejects(readBackup(target, file), /not empty/);
    await target.close();
  });
}
