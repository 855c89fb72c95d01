// What a daemon remembers of its last hours, so that it can be asked "why was there a gap at
// 14:02": events with their time, and tallies of each second. Plain data: the status socket
// answers with it (GET /history?from=MS&to=MS), `rmh explain` puts it into words.
import type { LogFields, PathStateName } from './dataplane.ts';

export const HISTORY_FORMAT = 1;

/** Times are Unix ms by the unit's own clock. */
export interface HistoryEvent {
  readonly atMs: number;
  /** A name of the catalogue (events.ts). */
  readonly event: string;
  readonly fields: LogFields;
}

/** Packets of one traffic class within a slice. */
export interface ClassSlice {
  readonly sent: number;
  readonly received: number;
  readonly repaired: number;
  /** Arrived here when nobody waited for them any more. */
  readonly late: number;
  /** Had no path at all. */
  readonly unsent: number;
  /** Sent and given up: no copy was answered in time. Null: the data plane does not say. */
  readonly lost: number | null;
  /** The longest time without a packet from the far end that was seen in the slice, ms. */
  readonly quietMs: number;
}

/** One carrier within a slice, over all gateways; state and RTT towards the active one. */
export interface CarrierSlice {
  readonly link: string;
  readonly state: PathStateName;
  readonly rttMs: number | null;
  readonly sent: number;
  readonly lost: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export interface HistorySlice {
  readonly atMs: number;
  /** 1,000; a minute where a restart left only the minutes. */
  readonly spanMs: number;
  /** The gateway that has the traffic, or null. */
  readonly active: string | null;
  /** In the order of TRAFFIC_CLASSES. */
  readonly classes: ClassSlice[];
  readonly carriers: CarrierSlice[];
}

export interface History {
  readonly format: typeof HISTORY_FORMAT;
  /** Name of the unit. */
  readonly name: string;
  readonly nowMs: number;
  /** Nothing is known of what was before. */
  readonly sinceMs: number;
  readonly events: HistoryEvent[];
  readonly slices: HistorySlice[];
}

/** Two hours of seconds: measured 1.0 kB each with three carriers, 1.5 kB with eight: 11 MB. */
export const SLICES_MAX = 7_200;
/** A car on a bad road makes ten events a minute: nearly seven hours; 150 B each, 0.6 MB. */
export const EVENTS_MAX = 4_096;

/** A bounded memory; the oldest makes room. */
export class HistoryRing {
  readonly #name: string;
  readonly #events: Ring<HistoryEvent>;
  readonly #slices: Ring<HistorySlice>;
  #sinceMs: number;

  constructor(name: string, sinceMs: number, slicesMax = SLICES_MAX, eventsMax = EVENTS_MAX) {
    this.#name = name;
    this.#sinceMs = sinceMs;
    this.#events = new Ring(eventsMax);
    this.#slices = new Ring(slicesMax);
  }

  note(event: HistoryEvent): void {
    this.#forget(this.#events.push(event));
    // What an earlier run left was read back: the memory begins there.
    this.#sinceMs = Math.min(this.#sinceMs, event.atMs);
  }

  add(slice: HistorySlice): void {
    this.#forget(this.#slices.push(slice));
    this.#sinceMs = Math.min(this.#sinceMs, slice.atMs);
  }

  /** What happened from `fromMs` to `toMs`, in the order in which it was written down. */
  between(fromMs: number, toMs: number, nowMs: number): History {
    return {
      format: HISTORY_FORMAT,
      name: this.#name,
      nowMs,
      sinceMs: this.#sinceMs,
      events: this.#events.items().filter(({ atMs }) => atMs >= fromMs && atMs <= toMs),
      slices: this.#slices
        .items()
        .filter(({ atMs, spanMs }) => atMs + spanMs > fromMs && atMs <= toMs),
    };
  }

  #forget(gone: { readonly atMs: number } | null): void {
    if (gone !== null) this.#sinceMs = Math.max(this.#sinceMs, gone.atMs);
  }
}

class Ring<T> {
  readonly #max: number;
  readonly #items: T[] = [];
  #oldest = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Returns what had to go, or null. */
  push(item: T): T | null {
    if (this.#items.length < this.#max) {
      this.#items.push(item);
      return null;
    }
    const gone = this.#items[this.#oldest] ?? null;
    this.#items[this.#oldest] = item;
    this.#oldest = (this.#oldest + 1) % this.#max;
    return gone;
  }

  items(): T[] {
    return [...this.#items.slice(this.#oldest), ...this.#items.slice(0, this.#oldest)];
  }
}
