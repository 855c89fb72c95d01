// PostgreSQL 15 or newer, shared by any number of platform processes.
import { strict as assert } from 'node:assert';
import { RmhError } from '@rmh/contract';
import pg from 'pg';
import {
  type Database,
  type DriverFault,
  databaseError,
  type Scope,
  type Sql,
} from './database.ts';
import { type ColumnTypes, insertRows } from './insert.ts';
import { PostgresEar } from './postgres-ear.ts';
import { again, beginText, notInside } from './scope.ts';

// PostgreSQL allows 100 connections unless told otherwise: eight processes of the platform fit.
const CONNECTIONS = 10;
// Who waits longer for a connection than this gets "unavailable" and tries again.
const CONNECT_MOST_MS = 10_000;

// pg_type.oid, which never change.
const INT8 = 20;
const NUMERIC = 1700;
const DATE = 1082;
const TEXT_ARRAY = 1009;
const INT8_ARRAY = 1016;
const NUMERIC_ARRAY = 1231;

type Parser = (text: string) => unknown;
// The types of pg know only the built-in ones by an enum.
const parserOfPg = pg.types.getTypeParser as (oid: number, format: 'text' | 'binary') => Parser;

function parserOf(oid: number, format: 'text' | 'binary' = 'text'): Parser {
  switch (oid) {
    case INT8:
    case NUMERIC:
      return Number;
    case DATE:
      return (text) => text;
    case INT8_ARRAY:
    case NUMERIC_ARRAY: {
      const strings = parserOfPg(TEXT_ARRAY, 'text') as (text: string) => (string | null)[];
      return (text) => strings(text).map((item) => (item === null ? null : Number(item)));
    }
    default:
      return parserOfPg(oid, format);
  }
}

export function clientConfig(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    types: { getTypeParser: parserOf } as unknown as pg.CustomTypesConfig,
    // Sums over a month look dear to the planner, and compiling them takes longer than they do.
    // A month's coverage by cell and vehicle is a hash of 35 MB; what does not fit is sorted on the
    // disk (a quarter slower). 10 connections × 2 such hashes of 32 MB × 2: 1.3 GB at the worst.
    options: '-c timezone=UTC -c jit=off -c work_mem=32MB',
    application_name: 'rmh-platform',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MOST_MS,
  };
}

export class PostgresDatabase implements Database {
  readonly kind = 'postgres';
  readonly #pool: pg.Pool;
  readonly #ear: PostgresEar;
  readonly #types: ColumnTypes = new Map();

  constructor(url: string) {
    this.#pool = new pg.Pool({ ...clientConfig(url), max: CONNECTIONS, allowExitOnIdle: true });
    // A connection that breaks while it lies idle is simply no longer in the pool.
    this.#pool.on('error', () => {});
    this.#ear = new PostgresEar(clientConfig(url));
  }

  transaction<T>(scope: Scope, work: (sql: Sql) => Promise<T>): Promise<T> {
    return notInside(() => again(() => this.#once(scope, work)));
  }

  insert(
    sql: Sql,
    table: string,
    columns: readonly string[],
    rows: readonly (readonly unknown[])[],
    conflict?: string,
  ): Promise<void> {
    return insertRows(sql, this.#types, table, columns, rows, conflict);
  }

  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>> {
    return this.#ear.listen(channel, heard);
  }

  async notify(sql: Sql, channel: string, payload: string): Promise<void> {
    await sql.query('SELECT pg_notify($1, $2)', [channel, payload]);
  }

  async close(): Promise<void> {
    // Idle connections do not keep the process alive, and so could not say goodbye.
    const alive = setInterval(() => {}, CONNECT_MOST_MS);
    await this.#ear.close();
    await this.#pool.end();
    clearInterval(alive);
  }

  async #once<T>(scope: Scope, work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect().catch(throwDatabaseError);
    let broken: Error | undefined;
    // Without a listener, a connection that breaks between two statements ends the process.
    const onError = (error: Error) => {
      broken = error;
    };
    client.on('error', onError);
    let open = true;
    const sql: Sql = {
      query: async <Row>(text: string, values?: readonly unknown[]) => {
        assert(open, 'a statement after the end of its transaction');
        return (await run(client, text, values)) as readonly Row[];
      },
    };
    try {
      await run(client, beginText(scope));
      const result = await work(sql);
      open = false;
      await run(client, 'COMMIT');
      return result;
    } catch (error) {
      open = false;
      await client.query('ROLLBACK').catch((fault: Error) => {
        broken = fault;
      });
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }
}

async function run(client: pg.ClientBase, text: string, values?: readonly unknown[]) {
  const bound = values?.map((value) => {
    // pg would send any other view of bytes as JSON.
    return value instanceof Uint8Array
      ? Buffer.from(value.buffer, value.byteOffset, value.length)
      : value;
  });
  const result: pg.QueryResult | pg.QueryResult[] = await client
    .query(text, bound)
    .catch(throwDatabaseError);
  // Several statements in one text give a list.
  return (Array.isArray(result) ? result.at(-1)?.rows : result.rows) ?? [];
}

function throwDatabaseError(fault: DriverFault): never {
  throw databaseError(fault);
}

/** Throws RMH_DATABASE_UNREACHABLE, RMH_DATABASE_UNUSABLE. */
export async function openPostgres(url: string): Promise<PostgresDatabase> {
  const client = new pg.Client(clientConfig(url));
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>(
      "SELECT current_setting('server_version_num') AS version",
    );
    const version = Number(rows[0]?.version);
    if (version < 150_000) {
      const major = Math.floor(version / 10_000);
      const message = `the database server is version ${major}, 15 is needed`;
      throw new RmhError('RMH_DATABASE_UNUSABLE', message);
    }
  } catch (error) {
    if (error instanceof RmhError) throw error;
    const { message, sqlState } = databaseError(error as DriverFault);
    throw new RmhError('RMH_DATABASE_UNREACHABLE', `no connection: ${message} (${sqlState})`);
  } finally {
    await client.end().catch(() => {});
  }
  return new PostgresDatabase(url);
}
