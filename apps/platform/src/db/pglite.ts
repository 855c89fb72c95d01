// The embedded database, seen from the platform's thread: one connection, so one transaction
// after the other. Those of people go before those of machines and jobs, which are many.
//
// What it does not promise: nothing is forced to the disk. A row that was acknowledged lies with
// the kernel, so it outlives the death of this process (crash.e2e.test.ts kills it), but not a
// power cut of the machine. PostgreSQL promises that too.
import { strict as assert } from 'node:assert';
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { RmhError } from '@rmh/contract';
import { lockDirectory } from './data-lock.ts';
import {
  type Database,
  DatabaseError,
  type DriverFault,
  databaseError,
  type Scope,
  type Sql,
} from './database.ts';
import { type ColumnTypes, insertRows } from './insert.ts';
import type { WorkerNews, WorkerOrder, WorkerStart } from './pglite-words.ts';
import { again, beginText, notInside } from './scope.ts';

// Nobody else writes a checkpoint in a database of one process, and a start after SIGKILL reads
// back what was written since the last one.
const CHECKPOINT_MS = 60_000;
// Nor does anybody clear away dead rows or count them for the planner.
const VACUUM_MS = 3_600_000;
// Then one of the others has its turn, whatever people ask.
const PEOPLE_IN_A_ROW = 8;

type Plain<T> = T extends unknown ? Omit<T, 'id'> : never;

export class EmbeddedDatabase implements Database {
  readonly kind = 'pglite';
  readonly #worker: Worker;
  readonly #unlock: () => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #ears = new Map<string, Set<(payload: string) => void>>();
  readonly #types: ColumnTypes = new Map();
  readonly #timers: NodeJS.Timeout[] = [];
  #lastId = 0;
  readonly #people: (() => Promise<void>)[] = [];
  readonly #others: (() => Promise<void>)[] = [];
  #isTaken = false;
  #wrote = false;
  #broken: DatabaseError | null = null;

  /** Use `openEmbedded`. */
  constructor(worker: Worker, unlock: () => void) {
    this.#worker = worker;
    this.#unlock = unlock;
    worker.on('message', (news: WorkerNews) => this.#receive(news));
    worker.on('error', (error) => this.#break(error as Error));
    worker.unref();
    worker.on('exit', () => this.#break({ message: 'the embedded database has ended' }));
    this.#timers.push(
      setInterval(() => void this.#maintain('CHECKPOINT'), CHECKPOINT_MS).unref(),
      setInterval(() => void this.#maintain('VACUUM (ANALYZE)'), VACUUM_MS).unref(),
    );
  }

  transaction<T>(scope: Scope, work: (sql: Sql) => Promise<T>): Promise<T> {
    const queue = scope.kind === 'roots' || scope.first === true ? this.#people : this.#others;
    return notInside(() =>
      again(async () => {
        const { result, committed } = await this.#inTurn(() => this.#once(scope, work), queue);
        await committed;
        return result;
      }),
    );
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

  async listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>> {
    const ears = this.#ears.get(channel) ?? new Set();
    const isFirst = ears.size === 0;
    ears.add(heard);
    this.#ears.set(channel, ears);
    if (isFirst) await this.#inTurn(() => this.#order({ kind: 'listen', channel }));
    return async () => {
      ears.delete(heard);
    };
  }

  async notify(sql: Sql, channel: string, payload: string): Promise<void> {
    await sql.query('SELECT pg_notify($1, $2)', [channel, payload]);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#inTurn(() => this.#order({ kind: 'close' }));
    await this.#worker.terminate();
    this.#unlock();
  }

  /** All of it as a tar file that `openEmbedded` begins with. */
  async image(): Promise<Uint8Array> {
    return (await this.#inTurn(() => this.#order({ kind: 'image' }))) as Uint8Array;
  }

  /**
   * BEGIN goes with the first statement, and the next transaction does not wait for the answer to
   * COMMIT: the worker keeps the order. Each answer that is waited for costs two changes of
   * thread, which on a busy machine is more than the statement.
   */
  async #once<T>(
    scope: Scope,
    work: (sql: Sql) => Promise<T>,
  ): Promise<{ result: T; committed: Promise<unknown> }> {
    let open = true;
    let begun: Promise<unknown> | null = null;
    const sql: Sql = {
      query: async <Row>(text: string, values?: readonly unknown[]) => {
        assert(open, 'a statement after the end of its transaction');
        begun ??= this.#query(beginText(scope), null);
        const [rows] = await Promise.all([this.#query(text, values ?? null), begun]);
        return rows as readonly Row[];
      },
    };
    try {
      const result = await work(sql);
      open = false;
      if (begun === null) return { result, committed: Promise.resolve() };
      this.#wrote = true;
      const committed = this.#query('COMMIT', null);
      // Whoever waits for it hears of a failure; it must not fall on nobody meanwhile.
      committed.catch(() => {});
      return { result, committed };
    } catch (error) {
      open = false;
      if (begun !== null && this.#broken === null) await this.#query('ROLLBACK', null);
      throw error;
    }
  }

  /** One after the other; a failure of one is not the next one's. */
  #inTurn<T>(work: () => Promise<T>, queue = this.#others): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    queue.push(AsyncLocalStorage.bind(() => work().then(resolve, reject)));
    if (!this.#isTaken) void this.#takeTurns();
    return promise;
  }

  async #takeTurns(): Promise<void> {
    this.#isTaken = true;
    for (let inARow = 0; ; ) {
      const isPersons = this.#people.length > 0 && inARow < PEOPLE_IN_A_ROW;
      const next = isPersons
        ? this.#people.shift()
        : (this.#others.shift() ?? this.#people.shift());
      if (next === undefined) break;
      inARow = isPersons ? inARow + 1 : 0;
      await next();
    }
    this.#isTaken = false;
  }

  async #maintain(text: string): Promise<void> {
    if (!this.#wrote) return;
    this.#wrote = false;
    // What fails here fails for the next transaction too, and there somebody hears of it.
    await this.#inTurn(() => this.#query(text, null)).catch(() => {});
  }

  async #query(text: string, values: readonly unknown[] | null): Promise<unknown> {
    return await this.#order({ kind: 'query', text, values: values === null ? null : [...values] });
  }

  #order(order: Plain<WorkerOrder>): Promise<unknown> {
    if (this.#broken !== null) return Promise.reject(this.#broken);
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    // What waits for an answer keeps the process alive; an open database alone does not.
    this.#worker.ref();
    this.#worker.postMessage({ ...order, id });
    return answer.promise;
  }

  #receive(news: WorkerNews): void {
    switch (news.kind) {
      case 'done':
        this.#taken(news.id)?.resolve(news.result);
        return;
      case 'fault':
        this.#taken(news.id)?.reject(databaseError(news.fault));
        return;
      case 'heard':
        for (const heard of this.#ears.get(news.channel) ?? []) heard(news.payload);
        return;
      case 'ready':
      case 'failed':
        return;
    }
  }

  #taken(id: number): PromiseWithResolvers<unknown> | undefined {
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    return answer;
  }

  #break(fault: DriverFault): void {
    this.#broken ??= new DatabaseError(fault.message, '08006', null);
    for (const answer of this.#waiting.values()) answer.reject(this.#broken);
    this.#waiting.clear();
  }
}

/** `directory` null: in memory. Throws RMH_DATA_IN_USE, RMH_DATA_UNUSABLE. */
export async function openEmbedded(
  directory: string | null,
  image: Uint8Array | null = null,
): Promise<EmbeddedDatabase> {
  const unlock = directory === null ? () => {} : prepare(directory);
  const start: WorkerStart = {
    directory: directory === null ? null : join(directory, 'database'),
    image,
  };
  const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url), { workerData: start });
  try {
    await began(worker);
    return new EmbeddedDatabase(worker, unlock);
  } catch (error) {
    unlock();
    await worker.terminate();
    const message = `the embedded database in ${directory ?? 'memory'} does not start`;
    throw new RmhError('RMH_DATA_UNUSABLE', message, { cause: error });
  }
}

function prepare(directory: string): () => void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return lockDirectory(directory);
  } catch (error) {
    if (error instanceof RmhError) throw error;
    const message = `the data directory ${directory} cannot be used`;
    throw new RmhError('RMH_DATA_UNUSABLE', message, { cause: error });
  }
}

function began(worker: Worker): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.once('message', (news: WorkerNews) => {
    if (news.kind === 'ready') resolve();
    else reject(news.kind === 'failed' ? databaseError(news.fault) : new Error(news.kind));
  });
  worker.once('error', reject);
  return promise;
}
