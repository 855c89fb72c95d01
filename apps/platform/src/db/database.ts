// What the platform asks of a database, whichever of the two it is: embedded (PGlite) or
// PostgreSQL 15 and newer. The same SQL runs on both, and gives the same values:
//
//   bigint, numeric → number · timestamptz → Date · date → 'YYYY-MM-DD' · bytea → Uint8Array
//   json, jsonb → what JSON.parse gives · arrays → arrays
//
// A value for jsonb is bound as JSON text, one for an array as an array.

/** Runs one statement; values are bound, never pasted. Throws DatabaseError. */
export interface Sql {
  /** Without `values`, several statements may stand in `text`; the rows are the last one's. */
  query<Row = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<readonly Row[]>;
}

/**
 * For whom a transaction runs. `roots`: the organisations on which the asker holds the verb in
 * question; the database shows and takes only rows at or below them (row-level security).
 */
export type Scope =
  /** Jobs, ingestion and sign-in: the owner of the tables. */
  | { readonly kind: 'system'; readonly first?: true }
  | {
      readonly kind: 'roots';
      readonly organisationIds: readonly number[];
      /** Carriers for whom the asker speaks: cases sent to them are shown too. */
      readonly carrierIds?: readonly number[];
    };

export const SYSTEM: Scope = { kind: 'system' };
/** Before a person is answered: the embedded database takes persons first. */
export const WHO_ASKS: Scope = { kind: 'system', first: true };

export interface Database {
  readonly kind: 'pglite' | 'postgres';
  /**
   * One transaction: all of it, or nothing when `work` throws. Serialization faults and deadlocks
   * run it again, so `work` does nothing that cannot be done twice. Never one inside another, and
   * never waiting for anything but the database: the embedded one has a single connection.
   */
  transaction<T>(scope: Scope, work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Many rows by one statement, in the order of `columns`. `conflict`: 'ON CONFLICT'. */
  insert(
    sql: Sql,
    table: string,
    columns: readonly string[],
    rows: readonly (readonly unknown[])[],
    conflict?: string,
  ): Promise<void>;
  /**
   * Hears what any process of the platform notifies on `channel`; returns how to stop. An empty
   * payload says that the line was broken for a while, and something may have been missed.
   */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>;
  /** At most 7,900 bytes; sent when the transaction commits. */
  notify(sql: Sql, channel: string, payload: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * A statement failed. Carries no bound values and no detail line, for both hold what people wrote;
 * `constraint` names the rule that refused.
 */
export class DatabaseError extends Error {
  override name = 'DatabaseError';
  /** SQLSTATE, such as '23505'; '08006' when the connection broke. */
  readonly sqlState: string;
  readonly constraint: string | null;

  constructor(message: string, sqlState: string, constraint: string | null) {
    super(message);
    this.sqlState = sqlState;
    this.constraint = constraint;
  }
}

/** What both drivers throw has these fields, and others that must not be logged. */
export interface DriverFault {
  readonly message: string;
  readonly code?: unknown;
  readonly constraint?: unknown;
}

export function databaseError(fault: DriverFault): DatabaseError {
  const { message, code, constraint } = fault;
  // A socket's error has a code of its own kind (ECONNRESET), or none.
  const sqlState = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : '08006';
  return new DatabaseError(message, sqlState, typeof constraint === 'string' ? constraint : null);
}
