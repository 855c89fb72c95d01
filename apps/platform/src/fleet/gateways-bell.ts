// Wakes the long polls of gateways in this process, whichever process changed their list.
import type { Database } from '../db/database.ts';

export const GATEWAY_UNITS_CHANNEL = 'gateway-units';

const bells = new WeakMap<Database, Promise<Bell>>();

/** One ear a database and process, from the first long poll on. */
export function bellOf(db: Database): Promise<Bell> {
  let bell = bells.get(db);
  if (bell === undefined) {
    bell = Bell.hang(db);
    bells.set(db, bell);
    // The next poll tries again.
    bell.catch(() => bells.delete(db));
  }
  return bell;
}

export class Bell {
  readonly #sleepers = new Map<number, Set<() => void>>();

  static async hang(db: Database): Promise<Bell> {
    const bell = new Bell();
    await db.listen(GATEWAY_UNITS_CHANNEL, (payload) => bell.ring(payload));
    return bell;
  }

  /** The payload names one gateway, or all when empty. */
  ring(payload: string): void {
    const rung = payload === '' ? [...this.#sleepers.keys()] : [Number(payload)];
    for (const gatewayId of rung) for (const wake of this.#sleepers.get(gatewayId) ?? []) wake();
  }

  /** Call before looking at the list: what is rung between look and `rung` is then not missed. */
  listenFor(gatewayId: number): Sleeper {
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleepers = this.#sleepers.get(gatewayId) ?? new Set();
    this.#sleepers.set(gatewayId, sleepers.add(resolve));
    return {
      rung: promise,
      leave: () => {
        sleepers.delete(resolve);
        if (sleepers.size === 0) this.#sleepers.delete(gatewayId);
      },
    };
  }
}

export interface Sleeper {
  readonly rung: Promise<void>;
  leave(): void;
}
