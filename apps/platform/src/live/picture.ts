// The live picture of one process: the newest state of every vehicle, in memory once for all
// streams. It knows no clock, no database and no sockets.
//
//   rows ──put──▶ Picture ──offer──▶ LiveReader (a set of vehicle ids) ──take──▶ one message
//
// A reader holds ids and not states: what it writes is the state at the time of writing. So a slow
// one gets fewer, newer messages, and its queue is never longer than the fleet.

export interface Seen {
  readonly organisationId: number;
  /** Of the picture, when this was put: rises by one with each change. */
  readonly revision: number;
  /** LIVE as JSON, made once for all readers. */
  readonly json: string;
}

export interface AlarmSeen {
  readonly alarmId: number;
  /** Who may see it; null: everybody who may see alarms (gateways). */
  readonly organisationIds: readonly number[] | null;
  readonly revision: number;
  /** ALARM as JSON. */
  readonly json: string;
}

// A line that broke is back within a minute or never. At 2,000 vehicles a minute brings some
// tens of alarms and removals; the picture itself serves the vehicles.
export const ALARMS_KEPT = 500;
export const GONE_KEPT = 1_000;

export class Picture {
  /** Names this picture in event ids: one of another process is no place to resume from. */
  readonly name: string;
  readonly vehicles = new Map<number, Seen>();
  revision = 0;
  #alarms: AlarmSeen[] = [];
  #gone: { vehicleId: number; organisationId: number; revision: number }[] = [];
  /** Changes up to this revision have been forgotten: who stands before it begins anew. */
  #forgotten = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** False when nothing changed. */
  put(vehicleId: number, organisationId: number, json: string): boolean {
    const old = this.vehicles.get(vehicleId);
    if (old?.json === json && old.organisationId === organisationId) return false;
    this.revision += 1;
    this.vehicles.set(vehicleId, { organisationId, revision: this.revision, json });
    if (old !== undefined && old.organisationId !== organisationId) this.#bury(vehicleId, old);
    return true;
  }

  remove(vehicleId: number): boolean {
    const old = this.vehicles.get(vehicleId);
    if (old === undefined) return false;
    this.vehicles.delete(vehicleId);
    this.revision += 1;
    this.#bury(vehicleId, old);
    return true;
  }

  addAlarm(alarmId: number, organisationIds: readonly number[] | null, json: string): AlarmSeen {
    this.revision += 1;
    const alarm = { alarmId, organisationIds, json, revision: this.revision };
    this.#alarms = this.#alarms.filter((other) => other.alarmId !== alarmId);
    this.#alarms.push(alarm);
    if (this.#alarms.length > ALARMS_KEPT) this.#forget(this.#alarms.shift());
    return alarm;
  }

  /** What changed after `revision`; null when that is too long ago. */
  since(revision: number) {
    if (!Number.isSafeInteger(revision)) return null;
    if (revision < this.#forgotten || revision > this.revision) return null;
    return {
      vehicleIds: [...this.vehicles].filter(([, at]) => at.revision > revision).map(([id]) => id),
      gone: this.#gone.filter((gone) => gone.revision > revision),
      alarms: this.#alarms.filter((alarm) => alarm.revision > revision),
    };
  }

  #bury(vehicleId: number, old: Seen): void {
    const { organisationId } = old;
    this.#gone.push({ vehicleId, organisationId, revision: this.revision });
    if (this.#gone.length > GONE_KEPT) this.#forget(this.#gone.shift());
  }

  #forget(oldest: { revision: number } | undefined): void {
    if (oldest !== undefined) this.#forgotten = Math.max(this.#forgotten, oldest.revision);
  }
}
