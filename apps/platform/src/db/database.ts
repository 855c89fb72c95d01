// What the platform asks of a database, whichever of the two it is: embedded (PGlite) or
// PostgreSQL 15 and newer. The same SQL runs on both.

/** Runs one statement; values are bound, never pasted. */
export interface Sql {
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
  | { readonly kind: 'system' }
  | { readonly kind: 'roots'; readonly organisationIds: readonly number[] };

export interface Database {
  readonly kind: 'pglite' | 'postgres';
  /** One transaction: all of it, or nothing when `work` throws. Serialization faults run again. */
  transaction<T>(scope: Scope, work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Many rows at once by COPY or one multi-row insert; `rows` are in the order of `columns`. */
  insert(
    sql: Sql,
    table: string,
    columns: readonly string[],
    rows: readonly (readonly unknown[])[],
    conflict?: string,
  ): Promise<void>;
  /** Hears what any process of the platform notifies on `channel`; returns how to stop. */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>;
  /** At most 7,900 bytes; sent when the transaction commits. */
  notify(sql: Sql, channel: string, payload: string): Promise<void>;
  close(): Promise<void>;
}
