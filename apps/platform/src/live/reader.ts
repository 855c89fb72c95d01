// One stream's place in the picture: what its asker has seen and what it has still to be told.
import { SNAPSHOT_PART } from '@rmh/contract/api';
import { ALARMS_KEPT, type AlarmSeen, type Picture } from './picture.ts';
import type { Sight } from './sight.ts';

export class LiveReader {
  readonly #picture: Picture;
  #sight: Sight;
  /** Vehicles that the asker has on the screen. */
  readonly #known = new Set<number>();
  readonly #pending = new Set<number>();
  readonly #alarms = new Map<number, string>();
  #inSnapshot: boolean;
  #wake: () => void = () => {};

  /** Takes up after `lastEventId` where it still can, or begins with a snapshot. */
  constructor(picture: Picture, sight: Sight, lastEventId: string | null) {
    this.#picture = picture;
    this.#sight = sight;
    const missed = this.#missedSince(lastEventId);
    this.#inSnapshot = missed === null;
    for (const [vehicleId, { organisationId }] of picture.vehicles) {
      if (!sight.vehicles.has(organisationId)) continue;
      if (missed === null) this.#pending.add(vehicleId);
      else this.#known.add(vehicleId);
    }
    if (missed === null) return;
    for (const vehicleId of missed.vehicleIds) this.offer(vehicleId);
    for (const { vehicleId, organisationId } of missed.gone) {
      if (!sight.vehicles.has(organisationId)) continue;
      this.#known.add(vehicleId);
      this.#pending.add(vehicleId);
    }
    for (const alarm of missed.alarms) this.offerAlarm(alarm);
  }

  get hasNews(): boolean {
    return this.#inSnapshot || this.#pending.size > 0 || this.#alarms.size > 0;
  }

  /** How much waits: never more than the fleet and the alarms that are kept. */
  get waiting(): number {
    return this.#pending.size + this.#alarms.size;
  }

  offer(vehicleId: number): void {
    if (this.#sees(vehicleId) || this.#known.has(vehicleId)) this.#pending.add(vehicleId);
  }

  offerAlarm(alarm: AlarmSeen): void {
    const { alarmId, organisationIds, json } = alarm;
    const { alarms } = this.#sight;
    const mine = organisationIds?.some((id) => alarms.has(id)) ?? alarms.size > 0;
    if (!mine) return;
    this.#alarms.delete(alarmId);
    this.#alarms.set(alarmId, json);
    if (this.#alarms.size > ALARMS_KEPT) {
      for (const oldest of this.#alarms.keys()) {
        this.#alarms.delete(oldest);
        break;
      }
    }
  }

  /** Grants changed: what came into sight is told, and what went out of it is gone. */
  setSight(sight: Sight): void {
    if (sameSet(sight.vehicles, this.#sight.vehicles) && sameSet(sight.alarms, this.#sight.alarms))
      return;
    this.#sight = sight;
    for (const vehicleId of this.#picture.vehicles.keys()) {
      if (this.#sees(vehicleId) !== this.#known.has(vehicleId)) this.#pending.add(vehicleId);
    }
    // Offered under the old sight; the list of alarms is the place to look them up.
    this.#alarms.clear();
  }

  /** The next messages as an event-stream chunk; null or '' when there is nothing to say. */
  take(): string | null {
    for (const [alarmId, json] of this.#alarms) {
      this.#alarms.delete(alarmId);
      return this.#chunk('alarm', `{"alarm":${json}}`);
    }
    if (this.#pending.size === 0 && !this.#inSnapshot) return null;
    const shown: string[] = [];
    const gone: number[] = [];
    for (const vehicleId of this.#pending) {
      if (shown.length === SNAPSHOT_PART || gone.length === SNAPSHOT_PART) break;
      this.#pending.delete(vehicleId);
      const seen = this.#picture.vehicles.get(vehicleId);
      if (seen !== undefined && this.#sight.vehicles.has(seen.organisationId)) {
        this.#known.add(vehicleId);
        shown.push(seen.json);
      } else if (this.#known.delete(vehicleId)) gone.push(vehicleId);
    }
    return this.#vehicleChunks(shown, gone);
  }

  /** Resolves when there may be news. */
  news(): Promise<void> {
    if (this.hasNews) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    this.#wake();
  }

  #vehicleChunks(shown: readonly string[], gone: readonly number[]): string {
    const goneChunk =
      gone.length === 0 ? '' : this.#chunk('gone', JSON.stringify({ vehicleIds: gone }));
    const vehicles = `"vehicles":[${shown.join(',')}]`;
    if (!this.#inSnapshot) {
      return goneChunk + (shown.length === 0 ? '' : this.#chunk('vehicles', `{${vehicles}}`));
    }
    const last = this.#pending.size === 0;
    if (last) this.#inSnapshot = false;
    return goneChunk + this.#chunk('snapshot', `{${vehicles},"last":${last}}`);
  }

  // Only a message after which nothing waits has an id: a line that breaks earlier takes up from
  // the id before, and is told twice rather than not at all.
  #chunk(event: string, data: string): string {
    const id = this.hasNews
      ? ''
      : `id: ${this.#picture.name}.${this.#picture.revision}.${sightMark(this.#sight)}\n`;
    return `${id}event: ${event}\ndata: ${data}\n\n`;
  }

  #missedSince(lastEventId: string | null) {
    const [name, revision, mark] = lastEventId?.split('.') ?? [];
    if (name !== this.#picture.name || mark !== sightMark(this.#sight)) return null;
    return this.#picture.since(Number(revision));
  }

  #sees(vehicleId: number): boolean {
    const seen = this.#picture.vehicles.get(vehicleId);
    return seen !== undefined && this.#sight.vehicles.has(seen.organisationId);
  }
}

/** Another sight is no place to resume from: FNV-1a over the organisations' numbers. */
function sightMark(sight: Sight): string {
  let hash = 0x811c9dc5;
  for (const ids of [sight.vehicles, sight.alarms]) {
    for (const id of [...ids, -1].sort((a, b) => a - b)) {
      hash = Math.imul(hash ^ id, 0x01000193) >>> 0;
    }
  }
  return hash.toString(36);
}

function sameSet(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((id) => b.has(id));
}
