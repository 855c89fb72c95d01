// The job that runs the engine: look, decide, carry out, each second in one of the processes.
import { randomUUID } from 'node:crypto';
import type { Database, Sql } from '../db/database.ts';
import type { Job, Services } from '../services.ts';
import { EMPTY, type Memory, step } from './engine.ts';
import { Look } from './look.ts';
import { carryOut } from './orders.ts';
import { recall } from './recall.ts';

// Steps are a second apart; when the process that runs them dies, another begins 16 s later at the
// latest (job-runner.ts). After a longer pause the platform itself may have been away, and nobody
// knows who was silent meanwhile.
const PAUSE_MS = 25_000;

export class Watch {
  readonly #name = randomUUID();
  #memory: Memory = EMPTY;
  #look = new Look();

  async run({ db, nowMs }: Pick<Services, 'db' | 'nowMs'>): Promise<void> {
    const now = nowMs();
    // Remembered only when the transaction has committed: a step that failed was none.
    this.#memory = await db.transaction({ kind: 'system' }, async (sql) => {
      const { listeningSinceMs, wasMine } = await this.#begin(sql, now);
      const memory = wasMine ? this.#memory : await this.#takeOver(sql, now);
      const facts = await this.#look.facts(sql, now, listeningSinceMs);
      const result = step(memory, facts);
      await carryOut(db, sql, result.orders, now);
      return result.memory;
    });
  }

  async #takeOver(sql: Sql, nowMs: number): Promise<Memory> {
    this.#look = new Look();
    return await recall(sql, nowMs);
  }

  /** Signs for this step, and tells since when somebody has listened. */
  async #begin(sql: Sql, nowMs: number) {
    const [before] = await sql.query<{
      runner: string;
      ran_at: Date | string;
      listening_since: Date | string;
    }>('SELECT runner, ran_at, listening_since FROM alarm_engine FOR UPDATE');
    const paused = before === undefined || nowMs - ms(before.ran_at) > PAUSE_MS;
    const listeningSinceMs = paused ? nowMs : ms(before.listening_since);
    await sql.query(
      `INSERT INTO alarm_engine (runner, ran_at, listening_since)
       VALUES ($1, to_timestamp($2::float8 / 1000), to_timestamp($3::float8 / 1000))
       ON CONFLICT (one) DO UPDATE SET runner = EXCLUDED.runner, ran_at = EXCLUDED.ran_at,
         listening_since = EXCLUDED.listening_since`,
      [this.#name, nowMs, listeningSinceMs],
    );
    return { listeningSinceMs, wasMine: before?.runner === this.#name };
  }
}

function ms(at: Date | string): number {
  return new Date(at).getTime();
}

const watches = new WeakMap<Database, Watch>();

export const watchAlarms: Job = {
  name: 'alarms.watch',
  everyMs: 1_000,
  async run(services) {
    let watch = watches.get(services.db);
    if (watch === undefined) {
      watch = new Watch();
      watches.set(services.db, watch);
    }
    await watch.run(services);
  },
};
