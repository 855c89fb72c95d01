import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type Database, DatabaseError, SYSTEM } from './database.ts';
import { databases } from './testing.ts';

const below = (...organisationIds: number[]) => ({ kind: 'roots', organisationIds }) as const;

async function plant(db: Database): Promise<void> {
  await db.transaction(SYSTEM, (sql) =>
    db.insert(
      sql,
      'organisation',
      ['id', 'parent_id', 'kind', 'name', 'short_name'],
      [
        [1, null, 'national', 'Nasjonal "drift" \\ {1,2}', 'N'],
        [2, 1, 'rhf', 'Nord', 'Nord'],
        [3, 1, 'rhf', 'Vest', 'Vest'],
        [4, 2, 'hf', 'UNN', 'UNN'],
      ],
    ),
  );
}

for (const { kind, open } of databases()) {
  test(`A transaction sees its roots and what lies below, nothing else (${kind})`, async () => {
    const db = await open();
    await plant(db);
    const seen = async (...roots: number[]) => {
      const rows = await db.transaction(below(...roots), (sql) =>
        sql.query<{ id: number }>('SELECT id FROM organisation ORDER BY id'),
      );
      return rows.map(({ id }) => id);
    };
    assert.deepEqual(await seen(2), [2, 4]);
    assert.deepEqual(await seen(3, 4), [3, 4]);
    assert.deepEqual(await seen(), []);
    assert.deepEqual(await seen(1), [1, 2, 3, 4]);
    await db.close();
  });

  test(`A row outside the roots is refused, not only hidden (${kind})`, async () => {
    const db = await open();
    await plant(db);
    const add = (organisationId: number) =>
      db.transaction(below(2), (sql) =>
        sql.query(`INSERT INTO app_user (organisation_id, name) VALUES ($1, 'X')`, [
          organisationId,
        ]),
      );
    await add(4);
    await assert.rejects(add(3), (error: DatabaseError) => error.sqlState === '42501');
    await db.close();
  });

  test(`A transaction that throws leaves nothing, and the next one works (${kind})`, async () => {
    const db = await open();
    await plant(db);
    const broken = db.transaction(SYSTEM, async (sql) => {
      await sql.query(`UPDATE organisation SET name = 'lost'`);
      await sql.query('SELECT * FROM nowhere');
    });
    await assert.rejects(broken, (error: DatabaseError) => error.sqlState === '42P01');
    const rows = await db.transaction(SYSTEM, (sql) =>
      sql.query<{ name: string }>('SELECT name FROM organisation WHERE id = 1'),
    );
    assert.equal(rows[0]?.name, 'Nasjonal "drift" \\ {1,2}');
    await db.close();
  });

  test(`An error carries neither values nor details (${kind})`, async () => {
    const db = await open();
    await plant(db);
    const twice = db.transaction(SYSTEM, (sql) =>
      sql.query(
        `INSERT INTO organisation (id, kind, name, short_name) VALUES (1, 'rhf', $1, 'x')`,
        ['hemmelig'],
      ),
    );
    await assert.rejects(twice, (error: Error) => {
      assert(error instanceof DatabaseError);
      return !JSON.stringify(Object.entries(error)).includes('hemmelig') && error.message !== '';
    });
    await db.close();
  });

  test(`Values come back the same from both databases (${kind})`, async () => {
    const db = await open();
    const [row] = await db.transaction(SYSTEM, (sql) =>
      sql.query(
        `SELECT 9007199254740991::bigint AS big, 1.25::numeric AS exact, DATE '2026-11-25' AS day,
           $1::timestamptz AS at, $2::bytea AS bytes, $3::jsonb AS json, $4::text[] AS words,
           ARRAY[1, NULL]::bigint[] AS bigs, $5::integer[] AS numbers, NULL AS nothing`,
        [new Date(5), Uint8Array.of(0, 255), '{"a":[1]}', ['a"b', null], [1, 2]],
      ),
    );
    const bytes = [...((row?.['bytes'] ?? []) as Uint8Array)];
    assert.deepEqual(
      { ...row, bytes },
      {
        big: Number.MAX_SAFE_INTEGER,
        exact: 1.25,
        day: '2026-11-25',
        at: new Date(5),
        bytes: [0, 255],
        json: { a: [1] },
        words: ['a"b', null],
        bigs: [1, null],
        numbers: [1, 2],
        nothing: null,
      },
    );
    await db.close();
  });

  test(`Many rows of every type are inserted as they are (${kind})`, async () => {
    const db = await open();
    const columns = ['i', 't', 'b', 'j', 'a', 'f', 'at', 'o'];
    const rows = Array.from({ length: 12_000 }, (_, i) => {
      const odd = i % 2 === 1;
      const text = odd ? null : `NULL ${i} "\\{},'`;
      return [i, text, Uint8Array.of(i & 255), { i }, [text ?? '', 'ø'], i / 7, new Date(i), odd];
    });
    const sums = await db.transaction(SYSTEM, async (sql) => {
      await sql.query(`CREATE TABLE many (i bigint PRIMARY KEY, t text, b bytea, j jsonb, a text[],
        f double precision, at timestamptz, o boolean)`);
      await db.insert(sql, 'many', columns, rows);
      await db.insert(sql, 'many', columns, rows.slice(0, 10), 'ON CONFLICT DO NOTHING');
      return await sql.query(
        `SELECT count(*) AS n, count(t) AS texts, sum((j ->> 'i')::bigint) AS i, sum(f) AS f,
           count(*) FILTER (WHERE o) AS odd, (SELECT a[1] FROM many WHERE i = 2) AS word FROM many`,
      );
    });
    assert.equal(sums[0]?.['word'], `NULL 2 "\\{},'`);
    const { n, texts, i, odd } = sums[0] ?? {};
    assert.deepEqual([n, texts, i, odd], [12_000, 6_000, (12_000 * 11_999) / 2, 6_000]);
    await db.close();
  });

  test(`A notification is heard after the commit, and not after a rollback (${kind})`, async () => {
    const db = await open();
    const heard: string[] = [];
    const arrived = Promise.withResolvers<void>();
    const stop = await db.listen('vehicles', (payload) => {
      heard.push(payload);
      if (payload === 'second') arrived.resolve();
    });
    const lost = db.transaction(SYSTEM, async (sql) => {
      await db.notify(sql, 'vehicles', 'lost');
      throw new Error('rolled back');
    });
    await assert.rejects(lost, /rolled back/);
    for (const word of ['first', 'second']) {
      await db.transaction(SYSTEM, (sql) => db.notify(sql, 'vehicles', word));
    }
    await arrived.promise;
    assert.deepEqual(heard, ['first', 'second']);
    await stop();
    await db.close();
  });

  test(`A transaction inside a transaction is our fault, said at once (${kind})`, async () => {
    const db = await open();
    const nested = db.transaction(SYSTEM, () => db.transaction(SYSTEM, async () => {}));
    await assert.rejects(nested, /a transaction inside a transaction/);
    await db.close();
  });
}
