// Both databases for the tests, fresh and migrated:
//
//   for (const { kind, open } of databases()) {
//     test(`A claim (${kind})`, async (t) => { const db = await open(); … await db.close(); });
//   }
//
// The embedded one always; PostgreSQL where RMH_TEST_DATABASE_URL names a server that may make
// databases, or where the packaged one starts. Where neither is there, the reason is printed and
// its tests are left out; under CI=true that is a failure.
import { randomUUID } from 'node:crypto';
import { type Database, SYSTEM } from './database.ts';
import { type ColumnTypes, insertRows } from './insert.ts';
import { migrate } from './migrate.ts';
import { type EmbeddedDatabase, openEmbedded } from './pglite.ts';
import { openPostgres } from './postgres.ts';
import { cachedBytes } from './testing-cache.ts';
import { type PostgresServer, serverFrom, startPostgres, whyNot } from './testing-postgres.ts';

export interface TestDatabase {
  readonly kind: Database['kind'];
  /** A database of its own, with all migrations; the caller closes it. */
  readonly open: () => Promise<Database>;
}

export function databases(): readonly TestDatabase[] {
  const embedded: TestDatabase = { kind: 'pglite', open: openFreshEmbedded };
  const given = process.env['RMH_TEST_DATABASE_URL'];
  const reason = given === undefined ? whyNot() : null;
  if (reason === null) return [embedded, { kind: 'postgres', open: openFreshPostgres }];
  if (process.env['CI'] === 'true') throw new Error(`no PostgreSQL to test with: ${reason}`);
  process.stderr.write(`tests with PostgreSQL are left out: ${reason}\n`);
  return [embedded];
}

const idle: EmbeddedDatabase[] = [];

/** The embedded database with the migrations, in memory. */
export async function openFreshEmbedded(): Promise<Database> {
  const database = idle.pop() ?? (await openEmbedded(null, await emptyImage()));
  await database.transaction(SYSTEM, (sql) => sql.query(EMPTY));
  await migrate(database);
  return borrowed(database);
}

// To start another one costs 2 s of work, to empty a used one and to migrate it 0.2 s.
const EMPTY = `UNLISTEN *; DROP SCHEMA public CASCADE; CREATE SCHEMA public;
  GRANT USAGE ON SCHEMA public TO PUBLIC`;

function emptyImage(): Promise<Uint8Array> {
  return cachedBytes('pglite-empty', async () => {
    const database = await openEmbedded(null);
    const image = await database.image();
    await database.close();
    return image;
  });
}

/** The same database, which goes back to the others when it is closed. */
function borrowed(database: EmbeddedDatabase): Database {
  const types: ColumnTypes = new Map();
  const deafen: (() => Promise<void>)[] = [];
  return {
    kind: database.kind,
    transaction: (scope, work) => database.transaction(scope, work),
    insert: (sql, ...rest) => insertRows(sql, types, ...rest),
    notify: (sql, channel, payload) => database.notify(sql, channel, payload),
    listen: async (channel, heard) => {
      const stop = await database.listen(channel, heard);
      deafen.push(stop);
      return stop;
    },
    close: async () => {
      for (const stop of deafen) await stop();
      idle.push(database);
    },
  };
}

let server: Promise<PostgresServer> | null = null;

/** One server for all tests of this process; it dies with the process. */
async function openFreshPostgres(): Promise<Database> {
  server ??= firstServer();
  const running = await server;
  return await openPostgres(await running.createDatabase(nameOf('test'), TEMPLATE));
}

const TEMPLATE = `rmh_template_${process.pid}`;
const nameOf = (word: string) => `rmh_${word}_${randomUUID().replaceAll('-', '')}`;

async function firstServer(): Promise<PostgresServer> {
  const given = process.env['RMH_TEST_DATABASE_URL'];
  const started = given === undefined ? await startPostgres() : serverFrom(given);
  const template = await openPostgres(await started.createDatabase(TEMPLATE));
  await migrate(template);
  await template.close();
  return started;
}
