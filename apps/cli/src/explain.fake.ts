// A unit's history as a test wants it: a quiet drive on two carriers, and what is added to it.
import type { CarrierSlice, ClassSlice, History, HistoryEvent, HistorySlice } from '@rmh/contract';

/** 2026-11-24 14:00:00 by the local clock, whatever that is. */
export const START_MS = new Date(2026, 10, 24, 14, 0, 0).getTime();
const SECONDS = 600;

const CLASS: ClassSlice = {
  sent: 20,
  received: 20,
  repaired: 0,
  late: 0,
  unsent: 0,
  lost: 0,
  quietMs: 0,
};

/** Times are seconds after 14:00:00. */
export class Story {
  readonly links: readonly string[];
  readonly #events: HistoryEvent[] = [];
  readonly #slices: (HistorySlice | undefined)[];
  sinceMs = START_MS;
  nowMs = START_MS + SECONDS * 1000;

  constructor(links: readonly string[] = ['telia', 'telenor'], gateways = ['oslo', 'trondheim']) {
    this.links = links;
    this.#slices = Array.from({ length: SECONDS }, (_, i) => quietSecond(links, i));
    for (const gateway of gateways) {
      for (const link of links) this.path(gateway, link, 'validating', 'carrying', 0);
    }
    this.event('gateway.switched', 0.1, { from: '', to: 'oslo', why: 'first' });
  }

  event(event: string, atS: number, fields: HistoryEvent['fields'] = {}): this {
    this.#events.push({ atMs: START_MS + Math.round(atS * 1000), event, fields });
    return this;
  }

  path(peer: string, link: string, from: string, to: string, atS: number, silentMs = 0): this {
    const path = this.links.indexOf(link);
    return this.event('path.state', atS, { peer, path, link, from, to, silentMs });
  }

  /** `noticedMs`: how long an answer was awaited before the path was doubted. */
  silent(peer: string, link: string, fromS: number, toS: number | null, noticedMs = 60): this {
    const doubtedS = fromS + noticedMs / 1000;
    this.path(peer, link, 'carrying', 'suspect', doubtedS, noticedMs);
    if (toS === null || toS - fromS > 3)
      this.path(peer, link, 'suspect', 'parked', fromS + 3, 3000);
    return toS === null ? this : this.path(peer, link, 'suspect', 'carrying', toS);
  }

  /** Changes the seconds from `fromS` up to `toS`. */
  seconds(fromS: number, toS: number, change: (slice: HistorySlice) => HistorySlice): this {
    for (let i = fromS; i < toS; i++) {
      const slice = this.#slices[i];
      if (slice !== undefined) this.#slices[i] = change(slice);
    }
    return this;
  }

  classes(fromS: number, toS: number, index: number, change: Partial<ClassSlice>): this {
    return this.seconds(fromS, toS, (slice) => ({
      ...slice,
      classes: slice.classes.map((one, i) => (i === index ? { ...one, ...change } : one)),
    }));
  }

  carrier(fromS: number, toS: number, link: string, change: Partial<CarrierSlice>): this {
    return this.seconds(fromS, toS, (slice) => ({
      ...slice,
      carriers: slice.carriers.map((one) => (one.link === link ? { ...one, ...change } : one)),
    }));
  }

  /** Nothing ran. */
  dark(fromS: number, toS: number): this {
    for (let i = fromS; i < toS; i++) this.#slices[i] = undefined;
    return this;
  }

  history(): History {
    const slices = this.#slices.filter((slice) => slice !== undefined);
    const { sinceMs, nowMs } = this;
    return { format: 1, name: 'amb-1', nowMs, sinceMs, events: this.#events, slices };
  }
}

function quietSecond(links: readonly string[], i: number): HistorySlice {
  const carriers = links.map((link, at): CarrierSlice => {
    const bytes = at === 0 ? 60_000 : 20_000;
    const counts = { sent: 60, lost: 0, bytesSent: bytes, bytesReceived: bytes };
    return { link, state: 'carrying', rttMs: 40 + 20 * at, ...counts };
  });
  const classes = [CLASS, CLASS, CLASS, CLASS];
  return { atMs: START_MS + i * 1000, spanMs: 1000, active: 'oslo', classes, carriers };
}
