// Both databases for the tests, fresh and migrated:
//
//   for (const { kind, open } of databases()) {
//     test(`A claim (${kind})`, async (t) => { const db = await open(); … await db.close(); });
//   }
//
// The embedded one always; PostgreSQL where RMH_TEST_DATABASE_URL names a server that may make
// databases, or where the packaged one starts. Where neither is there, one skipped test of the file
// says so; under CI=true that is a failure.
import { createHash, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { type Database, type Sql, SYSTEM } from './database.ts';
import { type ColumnTypes, insertRows } from './insert.ts';
import { migrate, readMigrations } from './migrate.ts';
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
  test('The same with PostgreSQL', { skip: reason });
  return [embedded];
}

/** What a database held when it was new. */
interface Content {
  /** Names of all tables, indexes and sequences, and how many constraints and the like. */
  readonly relations: string;
  /** Rows that the migrations bring, as JSON, by table. */
  readonly rows: readonly (readonly [table: string, json: string])[];
}

/** An embedded database between two tests. */
interface Used {
  readonly database: EmbeddedDatabase;
  readonly content: Content;
}

const idle: Used[] = [];

/** The embedded database with the migrations, in memory. */
export async function openFreshEmbedded(): Promise<Database> {
  const used = idle.pop();
  if (used !== undefined && (await isEmptied(used.database, used.content))) return borrowed(used);
  await used?.database.close();
  const database = await openEmbedded(null, await migratedImage());
  return borrowed({ database, content: await database.transaction(SYSTEM, contentOf) });
}

function migratedImage(): Promise<Uint8Array> {
  const state = createHash('sha256');
  for (const { sha256 } of readMigrations()) state.update(sha256);
  return cachedBytes(`pglite-migrated-${state.digest('hex').slice(0, 16)}`, async () => {
    const database = await openEmbedded(null);
    await migrate(database);
    const image = await database.image();
    await database.close();
    return image;
  });
}

const TABLES = `FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
  AND relname <> 'schema_migration' AND pg_relation_size(oid) > 0`;
const RELATIONS = `SELECT concat_ws(' ', string_agg(relname, ' ' ORDER BY relname),
    (SELECT count(*) FROM pg_constraint), (SELECT count(*) FROM pg_proc),
    (SELECT count(*) FROM pg_trigger WHERE tgenabled = 'O')) AS relations
  FROM pg_class WHERE relnamespace = 'public'::regnamespace`;

async function contentOf(sql: Sql): Promise<Content> {
  const [found] = await sql.query<{ relations: string }>(RELATIONS);
  const rows: [string, string][] = [];
  for (const { relname } of await sql.query<{ relname: string }>(`SELECT relname ${TABLES}`)) {
    const [row] = await sql.query<{ json: string }>(
      `SELECT json_agg(t)::text AS json FROM ${relname} AS t`,
    );
    if (row !== undefined) rows.push([relname, row.json]);
  }
  return { relations: found?.relations ?? '', rows };
}

/** To start another one costs 3 s of work, to empty a used one 0.1 s. False: its tables changed. */
async function isEmptied(database: Database, { relations, rows }: Content): Promise<boolean> {
  return await database.transaction(SYSTEM, async (sql) => {
    const [found] = await sql.query<{ relations: string }>(RELATIONS);
    if (found?.relations !== relations) return false;
    await sql.query(`UNLISTEN *; DO $$ BEGIN EXECUTE (
      SELECT 'TRUNCATE ' || string_agg(oid::regclass::text, ', ') || ' RESTART IDENTITY CASCADE'
      ${TABLES}); END $$`);
    for (const [table, json] of rows) {
      await sql.query(
        `INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1::json)`,
        [json],
      );
    }
    return true;
  });
}

/** The same database, which goes back to the others when it is closed. */
function borrowed(used: Used): Database {
  const { database } = used;
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
      idle.push(used);
    },
  };
}

let server: Promise<{ running: PostgresServer; content: Content }> | null = null;
/** Addresses of databases whose tests are over. */
const left: string[] = [];

/** One server for all tests of this process; it dies with the process. */
async function openFreshPostgres(): Promise<Database> {
  server ??= firstServer();
  const { running, content } = await server;
  const used = left.pop();
  if (used !== undefined) {
    const database = await openPostgres(used);
    if (await isEmptied(database, content)) return leaving(database, used);
    await database.close();
  }
  // A thousand files, to make and to remove: so it serves the next test too.
  const made = await running.createDatabase(nameOf('test'), TEMPLATE);
  return leaving(await openPostgres(made), made);
}

/** The same database, whose address goes back to the others when it is closed. */
function leaving(database: Database, url: string): Database {
  const close = database.close.bind(database);
  return Object.assign(database, {
    close: async () => {
      await close();
      left.push(url);
    },
  });
}

const TEMPLATE = `rmh_template_${process.pid}`;
const nameOf = (word: string) => `rmh_${word}_${randomUUID().replaceAll('-', '')}`;

async function firstServer() {
  const given = process.env['RMH_TEST_DATABASE_URL'];
  const running = given === undefined ? await startPostgres() : serverFrom(given);
  const template = await openPostgres(await running.createDatabase(TEMPLATE));
  await migrate(template);
  const content = await template.transaction(SYSTEM, contentOf);
  await template.close();
  return { running, content };
}
