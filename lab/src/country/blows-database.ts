// The platform's database from outside: the server that is killed, and the tables once the
// platform has stopped. Both come from the platform's own files, which no package exports: only
// whoever doubts its answers reads its tables.

export interface Sql {
  query<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

export interface Database {
  transaction<T>(scope: { kind: 'system' }, work: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface PostgresServer {
  readonly pid: number | null;
  createDatabase(name: string): Promise<string>;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const PLATFORM = new URL('../../../apps/platform/src/', import.meta.url);

/** `databaseUrl` undefined: the embedded database in `directory`. */
export async function openTables(directory: string, databaseUrl?: string): Promise<Database> {
  if (databaseUrl === undefined) {
    type Embedded = { openEmbedded: (directory: string) => Promise<Database> };
    return await (await part<Embedded>('db/pglite.ts')).openEmbedded(directory);
  }
  type Postgres = { openPostgres: (url: string) => Promise<Database> };
  return await (await part<Postgres>('db/postgres.ts')).openPostgres(databaseUrl);
}

interface Testing {
  readonly whyNot: () => string | null;
  readonly startPostgres: (options: { durable: boolean }) => Promise<PostgresServer>;
}

/** The reason, where there is no server on this machine. */
export async function whyNoServer(): Promise<string | null> {
  return (await part<Testing>('db/testing-postgres.ts')).whyNot();
}

/** Or the reason, where there is no server on this machine. */
export async function startServer(): Promise<PostgresServer | string> {
  const testing = await part<Testing>('db/testing-postgres.ts');
  return testing.whyNot() ?? (await testing.startPostgres({ durable: true }));
}

const DAY_MS = 86_400_000;

/** All that is still dirty, at every step; of coverage today too, before it is over. */
export async function rollUp(db: Database): Promise<void> {
  type Rollup = { rebuild: (db: Database, step: number, beforeMs: number) => Promise<number> };
  const { rebuild } = await part<Rollup>('telemetry/rollup.ts');
  for (const step of [60, 900, 86_400]) await rebuild(db, step, Date.now());
  type Coverage = { addUpCoverage: (db: Database, nowMs: number) => Promise<void> };
  await (await part<Coverage>('telemetry/coverage-days.ts')).addUpCoverage(db, Date.now() + DAY_MS);
}

async function part<T>(file: string): Promise<T> {
  return (await import(new URL(file, PLATFORM).href)) as T;
}
