// Brings the tables to where this program expects them: each file of migrations/ once, in order,
// in a transaction of its own. Any number of processes may start at the same time.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { RmhError } from '@rmh/contract';
import { type Database, type Sql, SYSTEM } from './database.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  readonly sha256: string;
}

// Held while one process migrates; the others wait and find it done. 'rmh' and a number, made up.
const LOCK = 7_265_001;

export function readMigrations(
  directory = new URL('../../migrations/', import.meta.url),
): Migration[] {
  return readdirSync(directory)
    .filter((name) => /^\d{4}-.+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(name, directory), 'utf8');
      const sha256 = createHash('sha256').update(text).digest('hex');
      return { number: Number(name.slice(0, 4)), name, text, sha256 };
    });
}

/** Returns the names of those that were run. Throws RMH_DATABASE_NEWER, RMH_DATABASE_ALTERED. */
export async function migrate(
  database: Database,
  migrations: readonly Migration[] = readMigrations(),
): Promise<string[]> {
  await database.transaction(SYSTEM, async (sql) => {
    await lock(sql);
    await sql.query(`CREATE TABLE IF NOT EXISTS schema_migration (
      number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now())`);
  });
  const ran: string[] = [];
  for (const migration of migrations) {
    const isNew = await database.transaction(SYSTEM, async (sql) => {
      await lock(sql);
      return await apply(sql, migration, migrations);
    });
    if (isNew) ran.push(migration.name);
  }
  return ran;
}

async function lock(sql: Sql): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
}

async function apply(sql: Sql, migration: Migration, all: readonly Migration[]): Promise<boolean> {
  const { number, name, text, sha256 } = migration;
  const rows = await sql.query<{ number: number; name: string; sha256: string }>(
    'SELECT number, name, sha256 FROM schema_migration ORDER BY number',
  );
  const unknown = rows.find((row) => !all.some((one) => one.number === row.number));
  if (unknown !== undefined) {
    throw new RmhError('RMH_DATABASE_NEWER', `the database has ${unknown.name}, which is not here`);
  }
  const before = rows.find((row) => row.number === number);
  if (before === undefined) {
    await sql.query(text);
    await sql.query('INSERT INTO schema_migration (number, name, sha256) VALUES ($1, $2, $3)', [
      number,
      name,
      sha256,
    ]);
    return true;
  }
  if (before.sha256 !== sha256) {
    throw new RmhError('RMH_DATABASE_ALTERED', `${name} is not what this database was made with`);
  }
  return false;
}
