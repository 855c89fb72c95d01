// Words of units, and askers, for tests.

import { after } from 'node:test';
import { NOW, type Now, type NowSent } from '@rmh/contract/api';
import { type Database, SYSTEM } from '../db/database.ts';
import type { Ask, RawReply } from '../http/route.ts';
import { testServices } from '../http/testing.ts';
import type { Asker } from '../identity/asker.ts';
import type { Services } from '../services.ts';

/**
 * One database for all tests of a file, emptied for each: a new one takes seconds on a machine
 * that is busy. It closes after the last test.
 */
export function emptied(open: () => Promise<Database>): () => Promise<Database> {
  let opened: Promise<Database> | null = null;
  after(async () => await (await opened)?.close());
  return async () => {
    opened ??= open();
    const db = await opened;
    await db.transaction(SYSTEM, (sql) =>
      sql.query('TRUNCATE organisation, alarm_engine, carrier RESTART IDENTITY CASCADE'),
    );
    return db;
  };
}

export const START_MS = Date.UTC(2026, 0, 15, 12);

export function plainNow(atMs: number, change: Partial<NowSent> = {}): Now {
  return NOW.parse({
    atMs,
    up: true,
    sinceMs: atMs - 60_000,
    gateway: 'gw-a',
    place: { latitude: 59.91, longitude: 10.75, speedMs: 12, headingDeg: 90 },
    carriers: ['telenor', 'telia', 'ice'].map((link) => plainLink(link, 'up', atMs - 60_000)),
    outages: [],
    softwareVersion: '0.1.0',
    configurationVersion: 3,
    waiting: 0,
    ...change,
  });
}

export function plainLink(link: string, state: 'up' | 'down' | 'absent', sinceMs: number) {
  return { link, state, sinceMs, rttMs: 40, lossShare: 0, radio: null };
}

/** A clock in the hand of the test. */
export interface Clock {
  ms: number;
}

export function fakeServices(db: Database, clock: Clock): Services {
  return testServices(db, { nowMs: () => clock.ms, publicUrl: 'https://rmh.example' });
}

/** A user with a session and one role. */
export async function plantUser(db: Database, role: string, organisationId: number) {
  return await db.transaction(SYSTEM, async (sql): Promise<Asker & { kind: 'user' }> => {
    const [user] = await sql.query<{ id: number }>(
      'INSERT INTO app_user (organisation_id, name) VALUES ($1, $2) RETURNING id',
      [organisationId, 'Kari'],
    );
    const userId = user?.id ?? 0;
    await sql.query('INSERT INTO user_grant VALUES ($1, $2, $3)', [userId, role, organisationId]);
    await sql.query(
      `INSERT INTO session (token_hash, user_id, csrf, created_at, used_at, expires_at)
       VALUES ($1, $2, '', now(), now(), 'infinity')`,
      [Buffer.from(`session-${userId}`), userId],
    );
    const grants = [{ role, organisationId }] as (Asker & { kind: 'user' })['grants'];
    return { kind: 'user', userId, name: 'Kari', grants };
  });
}

type Asked = Partial<Ask> & { asker: Asker };

/** What a route gets that runs without a transaction. */
export function plainAsk(services: Services, ask: Asked): Ask {
  return {
    sql: { query: () => Promise.reject(new Error('this route has no transaction')) },
    params: {},
    query: {},
    body: {},
    ifMatch: null,
    requestId: 'test',
    nowMs: services.nowMs(),
    services,
    lastEventId: null,
    ...ask,
  };
}

/** What a route gets, in a transaction of the given roots (none: system). */
export async function asking<T>(
  services: Services,
  ask: Asked,
  roots: readonly number[] | null,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const scope = roots === null ? SYSTEM : ({ kind: 'roots', organisationIds: [...roots] } as const);
  return await services.db.transaction(scope, (sql) => work(plainAsk(services, { sql, ...ask })));
}

/** Collects what a stream writes; `pause` makes its asker slow. */
export class FakeReply implements RawReply {
  readonly #gone = new AbortController();
  readonly signal = this.#gone.signal;
  readonly events: { event: string; id: string | null; data: Record<string, unknown> }[] = [];
  #held: Promise<void> = Promise.resolve();
  #release: () => void = () => {};
  #heard: () => void = () => {};

  async write(chunk: string | Uint8Array): Promise<boolean> {
    for (const block of String(chunk).split('\n\n')) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      const id = /^id: (.*)$/m.exec(block)?.[1] ?? null;
      if (event !== undefined) this.events.push({ event, id, data: JSON.parse(data ?? '{}') });
    }
    this.#heard();
    await this.#held;
    return !this.signal.aborted;
  }

  pause(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    this.#release = resolve;
  }

  resume(): void {
    this.#release();
    this.#held = Promise.resolve();
  }

  leave(): void {
    this.#gone.abort();
    this.#release();
  }

  /** Waits, as long as the test may run, until `done` holds. */
  async until(done: () => boolean): Promise<void> {
    while (!done()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#heard = resolve;
      await promise;
    }
  }

  /** The newest state of each vehicle that was told, as a console would have it. */
  get screen(): ReadonlyMap<number, Record<string, unknown>> {
    const screen = new Map<number, Record<string, unknown>>();
    for (const { event, data } of this.events) {
      for (const id of (data['vehicleIds'] as number[] | undefined) ?? []) screen.delete(id);
      if (event === 'alarm') continue;
      for (const live of (data['vehicles'] as Record<string, unknown>[] | undefined) ?? []) {
        screen.set(live['vehicleId'] as number, live);
      }
    }
    return screen;
  }
}
