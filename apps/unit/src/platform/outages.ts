// Times without a carrier or without the service, with what they did to the traffic. Pure; the
// same facts and rules as `rmh explain` (apps/cli/src/explain-*.ts), as they come.
//
//   up → missing (told after 0.5 s) → ending (1.5 s, in which late reports come in) → told again
//
// What returns sooner was no outage. What goes again while it is ending goes on as the same one.
import type { ClassSlice, HistoryEvent, HistorySlice } from '@rmh/contract';
import type { Outage } from '@rmh/contract/api';
import type { CarrierFact, Facts } from './facts.ts';

/** Recorded drives: what is shorter is the jitter of one carrier, and nobody notices it. */
const OUTAGE_MS_MIN = 500;
/** After a start a carrier is being tried; a modem registers within this time. */
const START_MS = 10_000;
/** Repairs and reports come in a little later than the fault. */
const AFTER_MS = 1_500;
/** An event says when a silence began only if it is about this one. */
const EVENT_MS = 5_000;
const BEFORE_MS = 5_000;
/** A stream of video or speech has at least so many packets a second. */
const STEADY_PACKETS = 10;
/** Looks are 0.2 s apart, give or take: less than one is not told from chance. */
const QUIET_MS_MIN = 180;
/** Less of the bytes than this was no traffic but probes. */
const CARRIED_SHARE_MIN = 0.1;
/** Seconds that are kept: what a fault did is seen up to a second after it was noticed. */
const SECONDS_KEPT = 10;
/** Told to whoever looks now. */
const LATELY = 3;

const CRITICAL = 0;
const REALTIME = 1;

interface Missing {
  readonly fromMs: number;
  /** When the traffic was moved away. */
  readonly doubtedMs: number;
  readonly carried: boolean;
  readonly steady: { readonly up: boolean; readonly down: boolean };
  readonly bytesBefore: ReadonlyMap<string, number>;
  readonly toldAfterMs: number;
  number: number | null;
  toMs: number | null;
  movedTo: string | null;
  movedAfterMs: number | null;
  movedRttMs: number;
  criticalLost: number;
  quietMs: number;
  repaired: number;
}

export class Outages {
  readonly #takeNumber: () => number;
  /** By carrier; null: the service. */
  readonly #missing = new Map<string | null, Missing>();
  readonly #seen = new Set<string | null>();
  /** By carrier: when it fell silent and was doubted, and when it last answered again. */
  readonly #doubted = new Map<string, { fromMs: number; doubtedMs: number }>();
  readonly #carrying = new Map<string, number>();
  #gateway: string | null = null;
  #seconds: HistorySlice[] = [];
  #lately: Outage[] = [];

  constructor(takeNumber: () => number) {
    this.#takeNumber = takeNumber;
  }

  /** The newest first. */
  get lately(): readonly Outage[] {
    return this.#lately;
  }

  event({ event, fields, atMs }: HistoryEvent): void {
    // An idle gateway is asked seldom: what it misses says little of when.
    const isOther = this.#gateway !== null && fields['peer'] !== this.#gateway;
    if (event !== 'path.state' || isOther) return;
    const link = String(fields['link'] ?? '');
    const to = fields['to'];
    if (to === 'carrying') this.#carrying.set(link, atMs);
    if (to !== 'suspect' || this.#doubted.get(link)?.doubtedMs === atMs) return;
    const silentMs = typeof fields['silentMs'] === 'number' ? fields['silentMs'] : 0;
    this.#doubted.set(link, { fromMs: Math.round(atMs - silentMs), doubtedMs: atMs });
  }

  second(slice: HistorySlice): void {
    this.#seconds = [...this.#seconds.slice(1 - SECONDS_KEPT), slice];
    for (const missing of this.#missing.values()) addSecond(missing, slice);
  }

  /** What began or ended, as it is to be told. */
  look(facts: Facts): Outage[] {
    const told: Outage[] = [];
    this.#gateway = facts.gateway;
    for (const { link, state } of facts.carriers) {
      told.push(...this.#subject(link, state === 'up', facts));
    }
    told.push(...this.#subject(null, facts.up, facts));
    return told;
  }

  /** The unit stops: what is missing ends here, as far as anybody knows. */
  close(atMs: number): Outage[] {
    return [...this.#missing].flatMap(([link, missing]) => {
      if (missing.number === null) return [];
      missing.toMs ??= Math.max(missing.fromMs, atMs);
      return [this.#tell(link, missing)];
    });
  }

  #subject(link: string | null, isUp: boolean, facts: Facts): Outage[] {
    const missing = this.#missing.get(link);
    if (missing === undefined) {
      if (!isUp) this.#missing.set(link, this.#begin(link, facts));
      this.#seen.add(link);
      return [];
    }
    if (!isUp) return this.#goesOn(link, missing, facts);
    missing.toMs ??= Math.max(missing.fromMs, this.#backMs(link, facts.atMs));
    if (missing.number === null) {
      if (missing.toMs - missing.fromMs < missing.toldAfterMs) {
        this.#missing.delete(link);
        return [];
      }
      missing.number = this.#takeNumber();
      this.#findMove(link, missing, facts);
    }
    // A clock that was set back ends it too.
    const waited = facts.atMs - missing.toMs;
    if (waited >= 0 && waited < AFTER_MS) return [];
    this.#missing.delete(link);
    return [this.#tell(link, missing)];
  }

  #goesOn(link: string | null, missing: Missing, facts: Facts): Outage[] {
    missing.toMs = null;
    if (missing.movedTo === null) this.#findMove(link, missing, facts);
    if (missing.number !== null || facts.atMs - missing.fromMs < missing.toldAfterMs) return [];
    missing.number = this.#takeNumber();
    return [this.#tell(link, missing)];
  }

  #begin(link: string | null, facts: Facts): Missing {
    const isFirst = !this.#seen.has(link);
    const { fromMs, doubtedMs } = this.#beganMs(link, facts);
    const missing: Missing = {
      fromMs,
      doubtedMs,
      carried: link === null || this.#carried(link, fromMs),
      steady: this.#steady(fromMs),
      bytesBefore: new Map(facts.carriers.map(({ link, bytesSent }) => [link, bytesSent])),
      toldAfterMs: isFirst ? START_MS : OUTAGE_MS_MIN,
      number: null,
      toMs: null,
      movedTo: null,
      movedAfterMs: null,
      movedRttMs: 0,
      criticalLost: 0,
      quietMs: 0,
      repaired: 0,
    };
    for (const slice of this.#seconds) addSecond(missing, slice);
    return missing;
  }

  /** The service falls silent with the last of its carriers. */
  #beganMs(link: string | null, { atMs, carriers }: Facts): { fromMs: number; doubtedMs: number } {
    const links = link === null ? carriers.map((carrier) => carrier.link) : [link];
    const recent = links
      .flatMap((name) => this.#doubted.get(name) ?? [])
      .filter(({ doubtedMs }) => Math.abs(atMs - doubtedMs) <= EVENT_MS)
      .toSorted((a, b) => b.fromMs - a.fromMs);
    return recent[0] ?? { fromMs: atMs, doubtedMs: atMs };
  }

  #backMs(link: string | null, atMs: number): number {
    const links = link === null ? [...this.#carrying.keys()] : [link];
    const recent = links
      .flatMap((name) => this.#carrying.get(name) ?? [])
      .filter((backMs) => backMs <= atMs && atMs - backMs <= 1_000);
    return recent.length === 0 ? atMs : Math.round(Math.min(...recent));
  }

  /** Where the traffic went: to what carried when the silence was noticed, else to the first. */
  #findMove(link: string | null, missing: Missing, { atMs, carriers }: Facts): void {
    if (link === null || !missing.carried) return;
    const rise = ({ link: other, bytesSent }: CarrierFact) =>
      bytesSent - (missing.bytesBefore.get(other) ?? 0);
    const [best] = carriers
      .filter((other) => other.link !== link && other.state === 'up')
      .toSorted((a, b) => rise(b) - rise(a));
    if (best === undefined) return;
    const wasThere = best.sinceMs <= missing.doubtedMs;
    missing.movedTo = best.link;
    missing.movedAfterMs = Math.max(0, (wasThere ? missing.doubtedMs : atMs) - missing.fromMs);
    missing.movedRttMs = best.rttMs ?? 0;
  }

  #carried(link: string, fromMs: number): boolean {
    const before = this.#seconds.filter(({ atMs }) => atMs >= fromMs - 3_000 && atMs < fromMs);
    const carriers = before.flatMap((slice) => slice.carriers);
    const all = carriers.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
    const own = carriers
      .filter((carrier) => carrier.link === link)
      .reduce((sum, { bytesSent }) => sum + bytesSent, 0);
    return all === 0 || own / all >= CARRIED_SHARE_MIN;
  }

  #steady(fromMs: number): { up: boolean; down: boolean } {
    const before = this.#seconds
      .filter(({ atMs, spanMs }) => atMs >= fromMs - BEFORE_MS && atMs + spanMs <= fromMs)
      .flatMap(({ classes }) => classes[REALTIME] ?? []);
    const isSteady = (field: 'sent' | 'received') => {
      const sum = before.reduce((total, slice) => total + slice[field], 0);
      return before.length > 0 && sum / before.length >= STEADY_PACKETS;
    };
    return { up: isSteady('sent'), down: isSteady('received') };
  }

  #tell(link: string | null, missing: Missing): Outage {
    const { number, fromMs, toMs, movedTo, movedAfterMs, criticalLost } = missing;
    const outage: Outage = {
      number: number ?? 1,
      link,
      fromMs,
      toMs,
      movedTo,
      movedAfterMs,
      criticalLost,
      frozenMs: toMs === null ? 0 : Math.round(frozenMs(missing, toMs)),
    };
    const others = this.#lately.filter((other) => other.number !== outage.number);
    this.#lately = [outage, ...others].slice(0, LATELY);
    return outage;
  }
}

function addSecond(missing: Missing, slice: HistorySlice): void {
  const endMs = slice.atMs + slice.spanMs;
  const isBefore = endMs <= missing.fromMs;
  const isAfter = missing.toMs !== null && slice.atMs > missing.toMs + AFTER_MS;
  if (isBefore || isAfter) return;
  const lost = (one: ClassSlice | undefined) => (one?.lost ?? 0) + (one?.unsent ?? 0);
  const realtime = slice.classes[REALTIME];
  missing.criticalLost += lost(slice.classes[CRITICAL]);
  missing.quietMs = Math.max(missing.quietMs, realtime?.quietMs ?? 0);
  missing.repaired += (realtime?.repaired ?? 0) + (realtime?.unsent ?? 0);
}

/**
 * Of what came in, the longest silence. Of what went out nobody here sees a picture stand: what
 * was on the silent carrier came late by the time until it was sent again, and half a round trip.
 */
function frozenMs(missing: Missing, toMs: number): number {
  if (!missing.carried) return 0;
  const { steady, quietMs, movedAfterMs, movedRttMs, repaired } = missing;
  const down = steady.down && quietMs >= QUIET_MS_MIN ? quietMs : 0;
  if (!steady.up) return down;
  if (movedAfterMs === null) return Math.max(down, toMs - missing.fromMs);
  return repaired === 0 ? down : Math.max(down, movedAfterMs + movedRttMs / 2);
}
