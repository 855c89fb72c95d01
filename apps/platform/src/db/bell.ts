// Wakes the long polls of this process, whichever process changed what they wait for.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Services } from '../services.ts';
import type { Database } from './database.ts';

export interface Waiting {
  readonly channel: string;
  /** The row that the channel's payloads name. */
  readonly id: number;
  /** The poll ends after so long. */
  readonly forMs: number;
  /** Looks so often even when nothing rings: a bell may be missed when its connection breaks. */
  readonly lookEveryMs: number;
  /** The asker has gone. */
  readonly signal: AbortSignal;
  readonly isOther: () => Promise<boolean>;
}

/** Until something is other than the asker holds it, the time is up, or he has gone. */
export async function waitForOther({ db, nowMs }: Services, waiting: Waiting): Promise<void> {
  const { channel, id, forMs, lookEveryMs, signal, isOther } = waiting;
  const bell = await bellOf(db, channel);
  const endMs = nowMs() + forMs;
  for (;;) {
    const sleeper = bell.listenFor(id);
    try {
      const leftMs = endMs - nowMs();
      if ((await isOther()) || leftMs <= 0 || signal.aborted) return;
      await firstOf(sleeper.rung, Math.min(leftMs, lookEveryMs), signal);
    } finally {
      sleeper.leave();
    }
  }
}

const bells = new WeakMap<Database, Map<string, Promise<Bell>>>();

/** One ear a channel, database and process, from the first long poll on. */
function bellOf(db: Database, channel: string): Promise<Bell> {
  const ofDatabase = bells.get(db) ?? new Map<string, Promise<Bell>>();
  bells.set(db, ofDatabase);
  let bell = ofDatabase.get(channel);
  if (bell === undefined) {
    bell = Bell.hang(db, channel);
    ofDatabase.set(channel, bell);
    // The next poll tries again.
    bell.catch(() => ofDatabase.delete(channel));
  }
  return bell;
}

class Bell {
  readonly #sleepers = new Map<number, Set<() => void>>();

  static async hang(db: Database, channel: string): Promise<Bell> {
    const bell = new Bell();
    await db.listen(channel, (payload) => bell.#ring(payload));
    return bell;
  }

  /** The payload names one row, or all when empty. */
  #ring(payload: string): void {
    const rung = payload === '' ? [...this.#sleepers.keys()] : [Number(payload)];
    for (const id of rung) for (const wake of this.#sleepers.get(id) ?? []) wake();
  }

  /** Call before looking: what is rung between look and `rung` is then not missed. */
  listenFor(id: number): Sleeper {
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleepers = this.#sleepers.get(id) ?? new Set();
    this.#sleepers.set(id, sleepers.add(resolve));
    return {
      rung: promise,
      leave: () => {
        sleepers.delete(resolve);
        if (sleepers.size === 0) this.#sleepers.delete(id);
      },
    };
  }
}

interface Sleeper {
  readonly rung: Promise<void>;
  leave(): void;
}

async function firstOf(rung: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  await Promise.race([rung, sleep(ms, undefined, { signal: either }).catch(() => {})]);
  done.abort();
}
