import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type DatabaseError, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { audit, verifyAudit } from './audit.ts';

const ORGANISATION = `INSERT INTO organisation (id, kind, name, short_name)
  VALUES (1, 'national', 'N', 'N')`;
const NOW_MS = Date.UTC(2026, 10, 25, 12);

for (const { kind, open } of databases()) {
  test(`The audit log is written once; its chain tells what was altered (${kind})`, async () => {
    const db = await open();
    const verify = () => db.transaction(SYSTEM, verifyAudit);
    await db.transaction(SYSTEM, (sql) => sql.query(ORGANISATION));
    const below = { kind: 'roots', organisationIds: [1] } as const;
    // As the role of the application, and many at once.
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        db.transaction(below, (sql) =>
          audit(sql, {
            nowMs: NOW_MS + i,
            action: 'test.do',
            organisationId: null,
            object: { kind: 'test', id: i },
            before: { text: 'æ "quoted" \u2028', n: 0.1 },
            after: [i],
            reason: 'fordi',
          }),
        ),
      ),
    );
    const whole = await verify();
    assert.equal(whole.kind, 'whole');
    assert.equal(whole.kind === 'whole' && whole.entries, 20);

    for (const text of ['UPDATE audit SET reason = NULL', 'DELETE FROM audit']) {
      const asApplication = db.transaction(below, (sql) => sql.query(text));
      await assert.rejects(asApplication, (error: DatabaseError) => error.sqlState === '42501');
      const asOwner = db.transaction(SYSTEM, (sql) => sql.query(text));
      await assert.rejects(asOwner, /written once/);
    }

    const forge = (text: string) =>
      db.transaction(SYSTEM, async (sql) => {
        await sql.query('ALTER TABLE audit DISABLE TRIGGER audit_is_written_once');
        await sql.query(text);
        await sql.query('ALTER TABLE audit ENABLE TRIGGER audit_is_written_once');
      });
    await forge(`UPDATE audit SET reason = 'derfor' WHERE sequence = 7`);
    assert.deepEqual(await verify(), { kind: 'broken', sequence: 7 });
    await forge(`UPDATE audit SET reason = 'fordi' WHERE sequence = 7`);
    assert.equal((await verify()).kind, 'whole', 'the control: put back, it fits again');
    await forge('DELETE FROM audit WHERE sequence = 12');
    assert.deepEqual(await verify(), { kind: 'broken', sequence: 13 });
    await db.close();
  });
}
