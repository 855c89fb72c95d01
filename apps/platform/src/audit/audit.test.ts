import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { keepLog } from '@rmh/contract/daemon';
import { type Database, type DatabaseError, type Sql, SYSTEM } from '../db/database.ts';
import { databases } from '../db/testing.ts';
import { testServer, testServices } from '../http/testing.ts';
import { audit } from '../identity/audit.ts';
import { createVault } from '../vault.ts';
import { anchorHead, headFile } from './heads.ts';
import { routes } from './index.ts';
import { verifyFile } from './verify-file.ts';
import { verifyOwn } from './verify-own.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-audit-'));
after(() => rmSync(folder, { recursive: true }));
const NOW_MS = Date.UTC(2026, 10, 25, 12);

const plant = (db: Database) =>
  db.transaction(SYSTEM, (sql) =>
    sql.query(`INSERT INTO organisation (id, parent_id, kind, name, short_name) VALUES
      (1, NULL, 'national', 'Norge', 'N'), (2, 1, 'rhf', 'Nord', 'Nord'),
      (3, 1, 'rhf', 'Vest', 'V')`),
  );

/** Entries 1 to 20, many at once, as the role of the application. */
async function writeEntries(db: Database): Promise<void> {
  await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      db.transaction({ kind: 'roots', organisationIds: [1] }, (sql) =>
        audit(sql, {
          nowMs: NOW_MS + i,
          action: 'test.do',
          organisationId: i % 2 === 0 ? 2 : 3,
          object: { kind: 'test', id: i },
          before: { text: 'æ "quoted"] \u2028', n: 0.1 },
          after: [i],
          reason: 'for\n"di]',
        }),
      ),
    ),
  );
}

const COLUMNS = `at, organisation_id, actor, action, object_kind, object_id, before, after, reason,
  request_id`;

/** As whoever owns the database, who can make hashes that fit, but not sign. */
const FORGERIES: readonly [string, string, string][] = [
  ['an altered entry', `UPDATE audit SET reason = 'derfor' WHERE sequence = 7`, '7 altered'],
  [
    'an altered entry with a hash that fits',
    `UPDATE audit SET reason = 'derfor' WHERE sequence = 7;
     UPDATE audit a SET hash = audit_hash(a) WHERE sequence = 7`,
    '7 altered',
  ],
  ['an entry taken out', 'DELETE FROM audit WHERE sequence = 12', '12 missing'],
  ['the first entry taken out', 'DELETE FROM audit WHERE sequence = 1', '1 missing'],
  [
    'two that changed places',
    `UPDATE audit SET sequence = -8 WHERE sequence = 8;
     UPDATE audit SET sequence = 8 WHERE sequence = 7;
     UPDATE audit SET sequence = 7 WHERE sequence = -8`,
    '7 moved',
  ],
  ['the newest cut off', 'DELETE FROM audit WHERE sequence > 18', '19 cut-off'],
  ['all cut off', 'DELETE FROM audit', '1 cut-off'],
  [
    'the newest cut off, and its signed heads with them',
    'DELETE FROM audit WHERE sequence > 18; DELETE FROM audit_head',
    '19 cut-off',
  ],
  [
    'the whole chain made anew',
    `CREATE TEMP TABLE kept AS SELECT * FROM audit WHERE sequence <> 5 ORDER BY sequence;
     DELETE FROM audit;
     SELECT count(audit_append(${COLUMNS})) FROM kept;
     SELECT audit_append(${COLUMNS}) FROM kept LIMIT 1; DROP TABLE kept`,
    '20 rewritten',
  ],
  [
    'a head that another key signed',
    `UPDATE audit_head SET key = decode(repeat('ab', 32), 'hex')`,
    '20 not-ours',
  ],
];

for (const { kind, open } of databases()) {
  test(`What was done to the log is found, and where (${kind})`, async (t) => {
    const db = await open();
    await plant(db);
    const dataDirectory = mkdtempSync(join(folder, 'data-'));
    const log = keepLog();
    const base = testServices(db, { log, nowMs: () => NOW_MS });
    const services = { ...base, settings: { ...base.settings, dataDirectory } };
    const verify = () => verifyOwn(services, null);
    const anchor = () => anchorHead(services, headFile(dataDirectory));
    assert.equal(await anchor(), true, 'nothing to sign yet');
    await writeEntries(db);
    const unsigned = await verify();
    assert.equal(unsigned.kind === 'whole' && unsigned.signedTo, 0);
    assert.equal(await anchor(), true);

    await t.test('untouched it is whole, and signed to its end', async () => {
      const whole = await verify();
      assert.deepEqual([whole.kind, whole.kind === 'whole' && whole.signedTo], ['whole', 20]);
    });

    await t.test('nobody changes it through the application, nor by mistake', async () => {
      for (const text of ['UPDATE audit SET reason = NULL', 'DELETE FROM audit']) {
        const asApplication = db.transaction({ kind: 'roots', organisationIds: [1] }, (sql) =>
          sql.query(text),
        );
        await assert.rejects(asApplication, (error: DatabaseError) => error.sqlState === '42501');
        const asOwner = db.transaction(SYSTEM, (sql) => sql.query(text));
        await assert.rejects(asOwner, /written once/);
      }
    });

    for (const [what, text, wanted] of FORGERIES) {
      await t.test(`${what}: ${wanted}`, async () => {
        const undone = new Error('undone');
        const verdict = db.transaction(SYSTEM, async (sql) => {
          await sql.query('ALTER TABLE audit DISABLE TRIGGER audit_is_written_once');
          await sql.query(text);
          const found = await verifyOwn({ ...services, db: within(db, sql) }, null);
          assert.equal(found.kind === 'broken' && `${found.sequence} ${found.flaw}`, wanted);
          throw undone;
        });
        await assert.rejects(verdict, undone);
        assert.equal((await verify()).kind, 'whole', 'put back, it fits again');
      });
    }

    await t.test('where the signed end is gone, nothing new is signed over it', async () => {
      await db.transaction(SYSTEM, async (sql) => {
        await sql.query('ALTER TABLE audit DISABLE TRIGGER audit_is_written_once');
        await sql.query('DELETE FROM audit WHERE sequence = 20; DELETE FROM audit_head');
        await audit(sql, {
          ...{ nowMs: NOW_MS, action: 'test.do', organisationId: 2 },
          object: { kind: 'test', id: 'another' },
        });
        await sql.query('ALTER TABLE audit ENABLE TRIGGER audit_is_written_once');
      });
      const before = readFileSync(headFile(dataDirectory), 'utf8');
      assert.equal(await anchor(), false);
      assert.ok(log.lines.some(({ event }) => event === 'audit.broken'));
      assert.equal(readFileSync(headFile(dataDirectory), 'utf8'), before);
      assert.equal((await verify()).kind, 'broken');
    });
    await db.close();
  });

  test(`An export is verified alone, and with the database it came from (${kind})`, async (t) => {
    const db = await open();
    await plant(db);
    await writeEntries(db);
    const services = testServices(db, { vault: createVault(randomBytes(32)) });
    const server = await testServer(services, routes);
    const auditor = await server.user(1, [{ role: 'auditor', organisationId: 1 }]);
    const path = join(folder, `${kind}.jsonl`);
    const verdictOf = async (text: string) => {
      writeFileSync(path, text);
      const verdict = await verifyFile(path);
      return verdict.kind === 'whole' ? 'whole' : `${verdict.sequence} ${verdict.flaw}`;
    };
    const { text } = await auditor('GET /exports/audit.jsonl');
    const lines = text.split('\n');

    await t.test('as it came it is whole, and each line of it is JSON', async () => {
      assert.equal(await verdictOf(text), 'whole');
      for (const line of lines.slice(0, -1)) JSON.parse(line);
      const { end } = JSON.parse(lines.at(-2) ?? '') as { end: { sequence: number; hash: string } };
      const kept = { sequence: end.sequence, hash: end.hash };
      assert.equal((await verifyOwn(services, kept)).kind, 'whole');
      const other = await verifyOwn(services, { sequence: 5, hash: end.hash });
      assert.deepEqual(other, { kind: 'broken', sequence: 5, flaw: 'rewritten' });
      const later = await verifyOwn(services, { sequence: 21, hash: end.hash });
      assert.deepEqual(later, { kind: 'broken', sequence: 21, flaw: 'cut-off' });
    });

    const edited = (change: (lines: string[]) => void) => {
      const copy = [...lines];
      change(copy);
      return copy.join('\n');
    };
    const cases: [string, string, string][] = [
      ['a letter changed', edited((own) => swap(own, 7, 'test.do', 'test.no')), '7 altered'],
      ['an entry taken out', edited((own) => own.splice(12, 1)), '12 missing'],
      [
        'two that changed places',
        edited((own) => own.splice(7, 2, lines[8] ?? '', lines[7] ?? '')),
        '7 moved',
      ],
      ['one told twice', edited((own) => own.splice(8, 0, lines[7] ?? '')), '7 moved'],
      ['the newest left out', edited((own) => own.splice(19, 2)), '19 cut-off'],
      ['cut off in a line', text.slice(0, text.indexOf(lines[15] ?? '') + 99), '15 cut-off'],
      ['the end left out', edited((own) => own.splice(21, 1)), '21 cut-off'],
      ['a field renamed', edited((own) => swap(own, 0, 'actor', 'other')), 'null altered'],
      [
        'another count',
        edited((own) => swap(own, 21, '"entries":20', '"entries":21')),
        'null missing',
      ],
      ['another time', edited((own) => swap(own, 21, '"atMs":1', '"atMs":2')), 'null not-ours'],
      ['something else', 'hei\n', 'null not-ours'],
    ];
    for (const [what, forged, wanted] of cases) {
      await t.test(`${what}: ${wanted}`, async () => assert.equal(await verdictOf(forged), wanted));
    }

    await t.test('a region gets its own entries, and what is left out is no flaw', async () => {
      const regional = await server.user(2, [{ role: 'auditor', organisationId: 2 }]);
      const own = (await regional('GET /exports/audit.jsonl')).text;
      assert.equal(await verdictOf(own), 'whole');
      assert.equal(own.split('\n').length, 1 + 10 + 1 + 1);
      const rows = own.split('\n');
      assert.equal(
        await verdictOf([...rows.slice(0, 4), ...rows.slice(5)].join('\n')),
        'null missing',
      );
      const rest = (await auditor('GET /exports/audit.jsonl?after=15')).text;
      assert.equal(await verdictOf(rest), 'whole');
      assert.equal(rest.split('\n').length, 1 + 5 + 1 + 1);
    });

    await t.test('syslog: one line an entry, whatever a reason holds', async () => {
      const log = (await auditor('GET /exports/audit.syslog')).text.split('\n').slice(0, -1);
      assert.equal(log.length, 20);
      for (const line of log) assert.match(line, SYSLOG);
      assert.match(log[6] ?? '', /sequence="7" .*reason="for \\"di\\]"/);
      assert.equal((await server.nobody('GET /exports/audit.syslog')).status, 401);
      const operator = await server.user(1, [{ role: 'national-operator', organisationId: 1 }]);
      assert.equal((await operator('GET /exports/audit.jsonl')).status, 403);
    });
    await server.close();
    await db.close();
  });
}

// RFC 5424: HEADER SP STRUCTURED-DATA SP MSG, after its ABNF.
const SYSLOG = new RegExp(
  String.raw`^<109>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [\x21-\x7e]{1,255} rmh-platform - ` +
    String.raw`[\x21-\x7e]{1,32} \[rmhAudit@32473( [a-zA-Z]+="([^"\\\]]|\\["\\\]])*")+\] ` +
    String.raw`\uFEFF\[.*\]$`,
  'su',
);

function swap(lines: string[], at: number, from: string, to: string): void {
  const line = lines[at] ?? '';
  assert.ok(line.includes(from));
  lines[at] = line.replace(from, to);
}

/** What the transaction under way sees. */
const within = (db: Database, sql: Sql): Database => {
  return { ...db, transaction: async (_scope, work) => await work(sql) };
};
