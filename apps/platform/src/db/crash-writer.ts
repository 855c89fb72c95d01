// The process that crash.e2e.test.ts kills: writes rows, and tells each number once it is
// committed. Started again, it goes on after the highest that it finds.
import { writeSync } from 'node:fs';
import { SYSTEM } from './database.ts';
import { openEmbedded } from './pglite.ts';

const db = await openEmbedded(process.argv[2] ?? '');
const next = await db.transaction(SYSTEM, async (sql) => {
  await sql.query(
    'CREATE TABLE IF NOT EXISTS acknowledged (n integer PRIMARY KEY, filler text NOT NULL)',
  );
  const [row] = await sql.query<{ n: number }>(
    'SELECT coalesce(max(n), 0) + 1 AS n FROM acknowledged',
  );
  return row?.n ?? 1;
});
for (let n = next; ; n++) {
  await db.transaction(SYSTEM, (sql) =>
    sql.query(`INSERT INTO acknowledged VALUES ($1, repeat('x', 3000))`, [n]),
  );
  writeSync(1, `${n}\n`);
}
