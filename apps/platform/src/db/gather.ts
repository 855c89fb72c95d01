// What many units bring at once goes into one transaction: whoever comes while one is being
// written shares the next. Nobody waits for others to come, and under load a transaction costs
// thirty times less a sample (measured in the embedded database: 18 ms alone, 0.6 ms among two
// hundred).
import { problem } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { type Database, DatabaseError, type Sql, SYSTEM } from './database.ts';

type Used = Pick<Services, 'db' | 'nowMs'>;

export interface Gathered<Item, Result> {
  readonly unitOf: (item: Item) => number;
  /** In rows of one kind; what one unit says now is 1. */
  readonly sizeOf: (item: Item) => number;
  /** More of them wait for nobody: "unavailable", and the unit comes again by itself. */
  readonly waitingMost: number;
  /** At most one item a unit; the results in the order of the items. */
  readonly write: (services: Used, sql: Sql, items: readonly Item[]) => Promise<readonly Result[]>;
}

// 2,000 units deliver one sample each ten seconds: two seconds' worth in one transaction.
const AT_ONCE = 400;
// More than this is a backlog: one in each transaction, so that the live ones get through.
const BACKLOG_LEAST = 20;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly settled: PromiseWithResolvers<Result>;
}

export class Gather<Item, Result> {
  readonly #services: Used;
  readonly #how: Gathered<Item, Result>;
  #waiting: Waiting<Item, Result>[] = [];
  #size = 0;
  #isRunning = false;

  constructor(services: Used, how: Gathered<Item, Result>) {
    this.#services = services;
    this.#how = how;
  }

  /** Resolves when it is written and committed. Throws "unavailable" when too many wait. */
  take(item: Item): Promise<Result> {
    const size = this.#how.sizeOf(item);
    if (this.#size + size > this.#how.waitingMost) throw problem('unavailable');
    const settled = Promise.withResolvers<Result>();
    this.#waiting.push({ item, settled });
    this.#size += size;
    if (!this.#isRunning) void this.#run();
    return settled.promise;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (;;) {
      const { group, rest } = chooseGroup(this.#waiting, this.#how);
      if (group.length === 0) break;
      this.#waiting = rest;
      for (const { item } of group) this.#size -= this.#how.sizeOf(item);
      await this.#write(group);
    }
    this.#isRunning = false;
  }

  async #write(group: readonly Waiting<Item, Result>[]): Promise<void> {
    const items = group.map(({ item }) => item);
    try {
      const results = await this.#services.db.transaction(SYSTEM, (sql) =>
        this.#how.write(this.#services, sql, items),
      );
      for (const [i, { settled }] of group.entries()) settled.resolve(results[i] as Result);
    } catch (error) {
      // One that the database refuses must not take the others with it.
      if (group.length > 1 && !isDown(error)) for (const one of group) await this.#write([one]);
      else for (const { settled } of group) settled.reject(error);
    }
  }
}

/** The database itself is gone or stopping: trying each by itself would only take longer. */
function isDown(error: unknown): boolean {
  return error instanceof DatabaseError && /^(08|53|57)/.test(error.sqlState);
}

/** In the order of arrival, each unit once, one backlog at most. */
export function chooseGroup<Item, One extends { readonly item: Item }>(
  waiting: readonly One[],
  { unitOf, sizeOf }: Pick<Gathered<Item, unknown>, 'unitOf' | 'sizeOf'>,
): { group: One[]; rest: One[] } {
  const group: One[] = [];
  const rest: One[] = [];
  const units = new Set<number>();
  let sum = 0;
  let backlogs = 0;
  for (const one of waiting) {
    const size = sizeOf(one.item);
    const unitId = unitOf(one.item);
    const isBacklog = size >= BACKLOG_LEAST;
    const hasRoom = isBacklog ? backlogs === 0 : sum + size <= AT_ONCE;
    // A unit that is passed over stays passed over: what it brings keeps its order.
    if (!hasRoom || units.has(unitId)) rest.push(one);
    else {
      group.push(one);
      if (isBacklog) backlogs++;
      else sum += size;
    }
    units.add(unitId);
  }
  return { group, rest };
}

/** The one gather of its kind for each database of this process. */
export function gathering<Item, Result>(
  how: Gathered<Item, Result>,
): (services: Used) => Gather<Item, Result> {
  const known = new WeakMap<Database, Gather<Item, Result>>();
  return (services) => {
    const gather = known.get(services.db) ?? new Gather(services, how);
    known.set(services.db, gather);
    return gather;
  };
}
