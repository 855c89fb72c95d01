// Feeds the picture of this process and tells its streams. However many streams there are, each
// changed row is read once a tick; what differs between askers is looked up in memory.
//
// 1. listen: which units and alarms changed, in any process of the platform
// 2. every 250 ms: read those rows, put them into the picture, offer them to the readers
// 3. every 15 s: read all rows again, so that a lost notification heals and what is gone is seen
// 4. every 5 s: read what each asker may see; who may see nothing any more is cut off
import { randomBytes } from 'node:crypto';
import { COALESCE_MS } from '@rmh/contract/api';
import { ALARM_CHANNEL, readAlarmsById, seenBy, toAlarm } from '../alarms/rows.ts';
import type { Sql } from '../db/database.ts';
import type { Asker } from '../identity/asker.ts';
import type { Services } from '../services.ts';
import { Picture } from './picture.ts';
import { LiveReader } from './reader.ts';
import { LIVE_CHANNEL } from './report.ts';
import { type LatestRow, liveOf, readAllLatest, readLatest } from './rows.ts';
import { askerKey, BLIND, narrow, readSights, readSignedIn } from './sight.ts';

const RESYNC_MS = 15_000;
const SIGHT_MS = 5_000;
// Kept for a line that broke: a browser tries again after some seconds.
const LINGER_MS = 60_000;
// A console has one; six is what a browser opens to one host. A wall of screens needs some.
export const STREAMS_PER_ASKER_MAX = 12;

export interface Stream {
  readonly asker: Asker;
  readonly reader: LiveReader;
  /** Narrows the sight to this organisation and what lies below it; null: all of it. */
  readonly organisationId: number | null;
  /** Aborted when the asker may see nothing any more, or the hub ends. */
  readonly ended: AbortController;
}

export class Hub {
  readonly #services: Pick<Services, 'db' | 'nowMs'>;
  readonly #onEnd: () => void;
  readonly #picture = new Picture(randomBytes(6).toString('hex'));
  readonly #streams = new Set<Stream>();
  /** Which vehicle a unit's row was last shown as. */
  readonly #vehicleOf = new Map<number, number>();
  readonly #dirty = new Set<number>();
  readonly #alarms = new Set<number>();
  readonly #unlisten: (() => Promise<void>)[] = [];
  #timer: NodeJS.Timeout | null = null;
  #hasEnded = false;
  #resyncAtMs = 0;
  #sightAtMs = 0;
  #idleSinceMs: number | null = null;

  constructor(services: Pick<Services, 'db' | 'nowMs'>, onEnd: () => void) {
    this.#services = services;
    this.#onEnd = onEnd;
  }

  async start(): Promise<void> {
    const { db, nowMs } = this.#services;
    this.#unlisten.push(
      await db.listen(LIVE_CHANNEL, (ids) => {
        for (const id of ids.split(',')) this.#dirty.add(Number(id));
      }),
      await db.listen(ALARM_CHANNEL, (ids) => {
        for (const id of ids.split(',')) this.#alarms.add(Number(id));
      }),
    );
    await this.#resync(nowMs());
    this.#sightAtMs = nowMs() + SIGHT_MS;
    this.#next();
  }

  isFull(asker: Asker): boolean {
    const key = askerKey(asker);
    const mine = [...this.#streams].filter((stream) => askerKey(stream.asker) === key);
    return mine.length >= STREAMS_PER_ASKER_MAX;
  }

  /** Null: the asker has as many as he may. */
  async open(
    asker: Asker,
    organisationId: number | null,
    lastEventId: string | null,
  ): Promise<Stream | null> {
    const { db, nowMs } = this.#services;
    const sight = await db.transaction({ kind: 'system' }, async (sql) => {
      const sights = await readSights(sql, [asker], nowMs());
      return await narrow(sql, sights.get(askerKey(asker)) ?? BLIND, organisationId);
    });
    if (this.isFull(asker)) return null;
    const reader = new LiveReader(this.#picture, sight, lastEventId);
    const stream = { asker, reader, organisationId, ended: new AbortController() };
    this.#streams.add(stream);
    this.#idleSinceMs = null;
    return stream;
  }

  leave(stream: Stream): void {
    this.#streams.delete(stream);
    if (this.#streams.size === 0) this.#idleSinceMs = this.#services.nowMs();
  }

  /** Ends every stream. The hub is not usable afterwards. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#onEnd();
    for (const { ended } of this.#streams) ended.abort();
    await Promise.all(this.#unlisten.map((unlisten) => unlisten()));
  }

  #next(): void {
    this.#timer = setTimeout(() => {
      this.#tick().then(
        () => {
          if (!this.#hasEnded) this.#next();
        },
        // The database is away. The streams end, and their askers come again to a new hub.
        () => this.end().catch(() => {}),
      );
    }, COALESCE_MS);
    // A stream holds the process, not this.
    this.#timer.unref();
  }

  async #tick(): Promise<void> {
    const nowMs = this.#services.nowMs();
    if (this.#idleSinceMs !== null && nowMs > this.#idleSinceMs + LINGER_MS) {
      await this.end();
      return;
    }
    if (nowMs >= this.#resyncAtMs) await this.#resync(nowMs);
    else await this.#readChanges();
    if (nowMs >= this.#sightAtMs) await this.#lookAtSights(nowMs);
    for (const { reader } of this.#streams) if (reader.hasNews) reader.wake();
  }

  async #resync(nowMs: number): Promise<void> {
    this.#resyncAtMs = nowMs + RESYNC_MS;
    // Emptied before the rows are read: a change during the read is read again.
    this.#dirty.clear();
    const rows = await this.#read((sql) => readAllLatest(sql));
    const there = new Set(rows.map((row) => row.vehicle_id));
    this.#put(rows);
    for (const vehicleId of [...this.#picture.vehicles.keys()]) {
      if (!there.has(vehicleId)) this.#drop(vehicleId);
    }
    await this.#readAlarms();
  }

  async #readChanges(): Promise<void> {
    if (this.#dirty.size > 0) {
      const unitIds = [...this.#dirty];
      this.#dirty.clear();
      const rows = await this.#read((sql) => readLatest(sql, unitIds));
      const found = new Set(rows.map((row) => row.unit_id));
      for (const unitId of unitIds) {
        const vehicleId = this.#vehicleOf.get(unitId);
        if (!found.has(unitId) && vehicleId !== undefined) this.#drop(vehicleId);
      }
      this.#put(rows);
    }
    await this.#readAlarms();
  }

  async #readAlarms(): Promise<void> {
    if (this.#alarms.size === 0) return;
    const ids = [...this.#alarms];
    this.#alarms.clear();
    for (const row of await this.#read((sql) => readAlarmsById(sql, ids))) {
      const alarm = this.#picture.addAlarm(row.id, seenBy(row), JSON.stringify(toAlarm(row)));
      for (const { reader } of this.#streams) reader.offerAlarm(alarm);
    }
  }

  #put(rows: readonly LatestRow[]): void {
    for (const row of rows) {
      this.#vehicleOf.set(row.unit_id, row.vehicle_id);
      const live = JSON.stringify(liveOf(row));
      if (this.#picture.put(row.vehicle_id, row.organisation_id, live)) this.#offer(row.vehicle_id);
    }
  }

  #drop(vehicleId: number): void {
    if (this.#picture.remove(vehicleId)) this.#offer(vehicleId);
  }

  #offer(vehicleId: number): void {
    for (const { reader } of this.#streams) reader.offer(vehicleId);
  }

  async #lookAtSights(nowMs: number): Promise<void> {
    this.#sightAtMs = nowMs + SIGHT_MS;
    const streams = [...this.#streams];
    if (streams.length === 0) return;
    const askers = streams.map(({ asker }) => asker);
    await this.#services.db.transaction({ kind: 'system' }, async (sql) => {
      const sights = await readSights(sql, askers, nowMs);
      const signedIn = await readSignedIn(sql, askers, nowMs);
      for (const stream of streams) {
        const { asker, reader, organisationId, ended } = stream;
        const sight = await narrow(sql, sights.get(askerKey(asker)) ?? BLIND, organisationId);
        const out = asker.kind === 'user' && !signedIn.has(asker.userId);
        if (out || sight.vehicles.size === 0) ended.abort();
        else reader.setSight(sight);
      }
    });
  }

  #read<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#services.db.transaction({ kind: 'system' }, work);
  }
}
