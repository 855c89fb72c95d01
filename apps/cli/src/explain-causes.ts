// What the history of a span has that a person would feel as a gap: causes, without words.
import type { HistoryEvent } from '@rmh/contract';
import { type Effect, effectOf } from './explain-effect.ts';
import { silencesOf } from './explain-silence.ts';
import type { Span } from './explain-time.ts';
import { number, type Timeline, text } from './explain-timeline.ts';

/** Traffic that went on elsewhere: on which carrier or gateway, and how long after. */
export interface Moved {
  readonly to: string;
  readonly afterMs: number;
}

interface Lasting {
  readonly fromMs: number;
  /** Null: it goes on. */
  readonly toMs: number | null;
}

export type Cause =
  /** `carried`: traffic was on it. `others`: were other carriers there at all? */
  | (Lasting & {
      kind: 'silent';
      link: string;
      carried: boolean;
      moved: Moved | null;
      others: boolean;
      effect: Effect;
    })
  | (Lasting & { kind: 'allSilent'; links: string[]; effect: Effect })
  | (Lasting & {
      kind: 'gatewaySilent';
      gateway: string;
      active: boolean;
      moved: Moved | null;
      effect: Effect;
    })
  /** The device or its network went away; `state` as in LinkState. */
  | (Lasting & { kind: 'gone'; link: string; state: string; moved: Moved | null; effect: Effect })
  | (Lasting & { kind: 'lossy'; link: string; share: number })
  | (Lasting & { kind: 'slow'; link: string; rttMs: number; usualMs: number })
  /** `how`: the signal or error code, or null when it ended without a word. */
  | { kind: 'restarted'; fromMs: number | null; toMs: number; how: string | null }
  | { kind: 'switched'; fromMs: number; from: string; to: string; why: string }
  | { kind: 'readdressed'; fromMs: number; link: string }
  | { kind: 'clock'; fromMs: number; seconds: number }
  | { kind: 'reloaded'; fromMs: number }
  | { kind: 'refused'; fromMs: number; gateway: string }
  | { kind: 'noDataplane'; fromMs: number; code: string };

/** In the order of time. */
export function causesIn(timeline: Timeline, span: Span): Cause[] {
  const silences = silencesOf(timeline);
  const gone = goneLinks(timeline);
  const told = [...silences, ...gone];
  const all = [
    ...told,
    ...weakLinks(timeline, span, told),
    ...restarts(timeline),
    ...timeline.events.flatMap((event) => momentOf(event, silences)),
  ];
  return all.filter((cause) => overlaps(cause, span)).sort((a, b) => timeOf(a) - timeOf(b));
}

export function timeOf(cause: Cause): number {
  return cause.fromMs ?? ('toMs' in cause ? (cause.toMs ?? 0) : 0);
}

function overlaps(cause: Cause, { fromMs, toMs }: Span): boolean {
  const endMs = 'toMs' in cause ? (cause.toMs ?? Number.POSITIVE_INFINITY) : cause.fromMs;
  return timeOf(cause) <= toMs && endMs >= fromMs;
}

/** From its loss until a path of it carries again. */
function goneLinks(timeline: Timeline): Cause[] {
  return timeline.named('link.lost').map((lost) => {
    const link = text(lost, 'link');
    const isBack = (event: HistoryEvent) =>
      event.atMs > lost.atMs &&
      text(event, 'link') === link &&
      ((event.event === 'path.state' && text(event, 'to') === 'carrying') ||
        event.event === 'link.lost');
    const toMs = timeline.events.find(isBack)?.atMs ?? null;
    const [to] = timeline.carryingAt(lost.atMs).filter((other) => other !== link);
    const moved = to === undefined ? null : { to, afterMs: 0 };
    const fromMs = lost.atMs;
    const effect = effectOf(timeline, { fromMs, toMs, moved });
    return { kind: 'gone', fromMs, toMs, link, state: text(lost, 'state'), moved, effect };
  });
}

/** Of a second's packets on one carrier. */
const LOSS_SHARE_MIN = 0.05;
const LOST_MIN = 5;
/** Against the carrier's own median in the history. */
const SLOW_TIMES = 3;
const SLOW_MS_MIN = 200;
const JOIN_MS = 3_000;

/** Carriers that answered, but badly. What a silence or its end explains is passed over. */
function weakLinks(timeline: Timeline, span: Span, told: readonly Cause[]): Cause[] {
  return timeline.links().flatMap((link) => {
    const usualMs = median(timeline.carrierWithin(link, 0, Number.POSITIVE_INFINITY));
    const causes: Cause[] = [];
    for (const { atMs, spanMs, carriers } of timeline.within(span.fromMs, span.toMs)) {
      const carrier = carriers.find((one) => one.link === link);
      const toMs = atMs + spanMs;
      if (carrier === undefined || told.some((cause) => explains(cause, link, atMs))) continue;
      const share = carrier.sent === 0 ? 0 : Math.min(1, carrier.lost / carrier.sent);
      if (share >= LOSS_SHARE_MIN && carrier.lost >= LOST_MIN) {
        join(causes, { kind: 'lossy', fromMs: atMs, toMs, link, share });
      }
      const rttMs = carrier.rttMs ?? 0;
      if (rttMs >= Math.max(SLOW_TIMES * usualMs, usualMs + SLOW_MS_MIN)) {
        join(causes, { kind: 'slow', fromMs: atMs, toMs, link, rttMs, usualMs });
      }
    }
    return causes;
  });
}

type Weak = Extract<Cause, { kind: 'lossy' | 'slow' }>;

/** Seconds that follow each other are one cause, as bad as its worst. */
function join(causes: Cause[], next: Weak): void {
  const at = causes.findLastIndex(({ kind }) => kind === next.kind);
  const last = causes[at];
  if (last?.kind === 'lossy' && next.kind === 'lossy' && touches(last, next)) {
    causes[at] = { ...last, toMs: next.toMs, share: Math.max(last.share, next.share) };
  } else if (last?.kind === 'slow' && next.kind === 'slow' && touches(last, next)) {
    causes[at] = { ...last, toMs: next.toMs, rttMs: Math.max(last.rttMs, next.rttMs) };
  } else causes.push(next);
}

function touches(last: Weak, next: Weak): boolean {
  return next.fromMs - (last.toMs ?? 0) <= JOIN_MS;
}

function explains(cause: Cause, link: string, atMs: number): boolean {
  const isOfAll = cause.kind === 'allSilent' || cause.kind === 'gatewaySilent';
  if (!isOfAll && !('link' in cause && cause.link === link)) return false;
  const toMs = 'toMs' in cause ? (cause.toMs ?? Number.POSITIVE_INFINITY) : timeOf(cause);
  return atMs + 1000 >= timeOf(cause) && atMs <= toMs + 2000;
}

function restarts(timeline: Timeline): Cause[] {
  return timeline.named('daemon.starting').map((start) => {
    const ends = timeline.events.filter(({ event, atMs }) => {
      return (
        atMs < start.atMs && ['daemon.stopping', 'daemon.failed', 'daemon.starting'].includes(event)
      );
    });
    const end = ends.at(-1);
    const said = end?.event === 'daemon.starting' ? undefined : end;
    const carries = timeline.events.find((event) => {
      return (
        event.atMs > start.atMs && event.event === 'path.state' && text(event, 'to') === 'carrying'
      );
    });
    return {
      kind: 'restarted',
      fromMs: said?.atMs ?? timeline.lifeBefore(start.atMs),
      toMs: carries?.atMs ?? start.atMs,
      how: said === undefined ? null : text(said, 'signal') || text(said, 'code'),
    };
  });
}

function momentOf(event: HistoryEvent, silences: readonly Cause[]): Cause[] {
  const fromMs = event.atMs;
  switch (event.event) {
    case 'gateway.switched': {
      const [from, to, why] = [text(event, 'from'), text(event, 'to'), text(event, 'why')];
      const isTold = silences.some((one) => {
        return one.kind === 'gatewaySilent' && one.gateway === from && one.moved?.to === to;
      });
      return why === 'first' || isTold ? [] : [{ kind: 'switched', fromMs, from, to, why }];
    }
    case 'link.changed':
      return [{ kind: 'readdressed', fromMs, link: text(event, 'link') }];
    case 'clock.stepped':
      return [{ kind: 'clock', fromMs, seconds: number(event, 'seconds') }];
    case 'reload.done':
      return [{ kind: 'reloaded', fromMs }];
    case 'handshake.refused':
      return [{ kind: 'refused', fromMs, gateway: text(event, 'peer') }];
    case 'dataplane.retry':
      return [{ kind: 'noDataplane', fromMs, code: text(event, 'code') }];
    default:
      return [];
  }
}

function median(carriers: readonly { readonly rttMs: number | null }[]): number {
  const rtts = carriers.flatMap(({ rttMs }) => rttMs ?? []).sort((a, b) => a - b);
  return rtts[rtts.length >> 1] ?? 0;
}
