// A history as it can be asked: who carried at a time, what was sent in a span.
import type { CarrierSlice, History, HistoryEvent, HistorySlice } from '@rmh/contract';

/** The places of the traffic classes in a slice. */
export const CRITICAL = 0;
export const REALTIME = 1;

/** A time in which one carrier did not answer one gateway. */
export interface Episode {
  readonly gateway: string;
  readonly link: string;
  /** The first unanswered packet. */
  readonly fromMs: number;
  /** When the path was given up for others. */
  readonly doubtedMs: number;
  /** Null: it has not ended. */
  readonly toMs: number | null;
}

export class Timeline {
  readonly history: History;
  readonly events: readonly HistoryEvent[];
  readonly slices: readonly HistorySlice[];
  readonly episodes: readonly Episode[];

  constructor(history: History) {
    this.history = history;
    this.events = history.events.toSorted((a, b) => a.atMs - b.atMs);
    this.slices = history.slices.toSorted((a, b) => a.atMs - b.atMs);
    this.episodes = episodesOf(this.events);
  }

  /** The gateway that has the traffic then, or null. */
  activeAt(ms: number): string | null {
    const moves = this.named('gateway.switched').filter(({ atMs }) => atMs <= ms);
    const last = moves.at(-1);
    if (last !== undefined) return text(last, 'to');
    return this.within(ms, ms)[0]?.active ?? this.slices[0]?.active ?? null;
  }

  /** Carriers that answered then, towards the gateway that has the traffic. */
  carryingAt(ms: number): string[] {
    const active = this.activeAt(ms);
    return this.links().filter((link) => this.#stateAt(active, link, ms) === 'carrying');
  }

  /** Every carrier that the history speaks of. */
  links(): string[] {
    const inSlices = this.slices.flatMap(({ carriers }) => carriers.map(({ link }) => link));
    return [...new Set([...inSlices, ...this.episodes.map(({ link }) => link)])];
  }

  named(event: string): HistoryEvent[] {
    return this.events.filter((one) => one.event === event);
  }

  /** Slices that overlap the span. */
  within(fromMs: number, toMs: number): HistorySlice[] {
    return this.slices.filter(({ atMs, spanMs }) => atMs + spanMs > fromMs && atMs <= toMs);
  }

  carrierWithin(link: string, fromMs: number, toMs: number): CarrierSlice[] {
    return this.within(fromMs, toMs).flatMap(({ carriers }) =>
      carriers.filter((carrier) => carrier.link === link),
    );
  }

  bytesSent(link: string, fromMs: number, toMs: number): number {
    return this.carrierWithin(link, fromMs, toMs).reduce(
      (sum, { bytesSent }) => sum + bytesSent,
      0,
    );
  }

  /** The last event or second before `ms`, or null. */
  lifeBefore(ms: number): number | null {
    const ends = this.slices.map(({ atMs, spanMs }) => atMs + spanMs);
    const times = [...this.events.map(({ atMs }) => atMs), ...ends].filter((atMs) => atMs < ms);
    return times.length === 0 ? null : Math.max(...times);
  }

  #stateAt(gateway: string | null, link: string, ms: number): string {
    const changes = this.named('path.state').filter((event) => {
      return event.atMs <= ms && text(event, 'link') === link && text(event, 'peer') === gateway;
    });
    const last = changes.at(-1);
    if (last !== undefined) return text(last, 'to');
    return this.carrierWithin(link, ms, ms)[0]?.state ?? 'untried';
  }
}

function episodesOf(events: readonly HistoryEvent[]): Episode[] {
  const open = new Map<string, Episode>();
  const ended: Episode[] = [];
  for (const event of events) {
    // A unit that begins anew has no paths.
    if (event.event === 'daemon.starting') endAll(open, ended, event.atMs);
    if (event.event !== 'path.state') continue;
    const [gateway, link, to] = [text(event, 'peer'), text(event, 'link'), text(event, 'to')];
    const key = `${gateway} ${link}`;
    const known = open.get(key);
    if (to === 'suspect' || to === 'parked') {
      const fromMs = event.atMs - number(event, 'silentMs');
      if (known === undefined) {
        open.set(key, { gateway, link, fromMs, doubtedMs: event.atMs, toMs: null });
      }
    } else if (known !== undefined && to !== 'validating') {
      ended.push({ ...known, toMs: event.atMs });
      open.delete(key);
    }
  }
  return [...ended, ...open.values()].sort((a, b) => a.fromMs - b.fromMs);
}

function endAll(open: Map<string, Episode>, ended: Episode[], atMs: number): void {
  for (const episode of open.values()) ended.push({ ...episode, toMs: atMs });
  open.clear();
}

export function text(event: HistoryEvent, field: string): string {
  return String(event.fields[field] ?? '');
}

export function number(event: HistoryEvent, field: string): number {
  const value = event.fields[field];
  return typeof value === 'number' ? value : 0;
}
