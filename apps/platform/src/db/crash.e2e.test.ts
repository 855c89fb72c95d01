// What was acknowledged outlives SIGKILL: of the platform's process with the embedded database, of
// the server with PostgreSQL. RMH_KILLS says how often (50 before a release).
import { strict as assert } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { type Sql, SYSTEM } from './database.ts';
import { openEmbedded } from './pglite.ts';
import { openPostgres } from './postgres.ts';
import { startPostgres, whyNot } from './testing-postgres.ts';

const KILLS = Number(process.env['RMH_KILLS'] ?? 5);
const WRITER = join(import.meta.dirname, 'crash-writer.ts');

// A row of 3 kB, so that a kill falls into the middle of pages and of log segments.
const count = (sql: Sql) =>
  sql.query<{ n: number; highest: number; bytes: number }>(
    `SELECT count(*) AS n, coalesce(max(n), 0) AS highest, coalesce(sum(length(filler)), 0) AS bytes
     FROM acknowledged`,
  );

/** Kills when `acknowledged` rows have been told; returns the last one told. */
async function killAfter(child: ChildProcess, acknowledged: number): Promise<number> {
  assert(child.stdout !== null);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  let last = 0;
  let told = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    if (++told === acknowledged) child.kill('SIGKILL');
  }
  await gone;
  return last;
}

test(`The embedded database keeps what it acknowledged through ${KILLS} kills`, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'rmh-crash-'));
  t.after(() => rmSync(directory, { recursive: true }));
  let last = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, [WRITER, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const told = await killAfter(child, 20 + ((kill * 97) % 400));
    assert.ok(told > last, 'it went on where it was');
    last = told;
  }
  const db = await openEmbedded(directory);
  const [row] = await db.transaction(SYSTEM, count);
  await db.close();
  assert.ok(row !== undefined && row.highest >= last, `${last} was acknowledged`);
  assert.equal(row.n, row.highest, 'no number is missing');
  assert.equal(row.bytes, row.n * 3_000, 'each row is whole');
  t.diagnostic(`${row.n} rows, ${KILLS} kills`);
});

test('PostgreSQL keeps what it acknowledged, and the platform comes back by itself', async (t) => {
  const reason = whyNot();
  if (reason !== null) return t.skip(reason);
  const server = await startPostgres({ durable: true });
  const db = await openPostgres(await server.createDatabase('crash'));
  await db.transaction(SYSTEM, (sql) =>
    sql.query('CREATE TABLE acknowledged (n integer PRIMARY KEY, filler text NOT NULL)'),
  );
  const broken = Promise.withResolvers<void>();
  const said: string[] = [];
  await db.listen('line', (payload) => {
    if (payload === '') broken.resolve();
    else said.push(payload);
  });
  let restarted: Promise<void> = Promise.resolve();
  let acknowledged = 0;
  let failures = 0;
  for (let n = 1; n <= 300; n++) {
    if (n % 100 === 50) {
      await restarted;
      restarted = server.kill().then(() => server.restart());
    }
    for (;;) {
      try {
        await db.transaction(SYSTEM, (sql) =>
          sql.query(
            `INSERT INTO acknowledged VALUES ($1, repeat('x', 3000)) ON CONFLICT DO NOTHING`,
            [n],
          ),
        );
        acknowledged = n;
        break;
      } catch {
        failures++; // in doubt: sent again, as a unit does
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
  await restarted;
  const [row] = await db.transaction(SYSTEM, count);
  assert.deepEqual([row?.n, row?.highest], [acknowledged, 300]);
  assert.ok(failures > 0, 'the control: the kills were felt');
  await broken.promise;
  // The line may still be broken from the last kill: what is said meanwhile nobody hears.
  while (said.length === 0) {
    await db.transaction(SYSTEM, (sql) => db.notify(sql, 'line', 'again'));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await db.close();
  await server.stop();
});
