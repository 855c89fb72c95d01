// Who was silent: one carrier, all of them, or a gateway. From the episodes of each path.
//
//   all carriers silent towards one gateway, another gateway answers → that gateway
//   all carriers silent, and nobody else answers                     → all carriers
//   else                                                             → each carrier by itself
import type { Cause, Moved } from './explain-causes.ts';
import { effectOf } from './explain-effect.ts';
import { type Episode, type Timeline, text } from './explain-timeline.ts';

/**
 * An idle gateway is asked every 2 s: that it was not missed for less says nothing of the road
 * to it.
 */
const KNOWN_MS_MIN = 3_000;
/** A carrier that fell silent so long before the others was silent by itself first. */
const EARLIER_MS_MIN = 1_000;
/** Two silences with less between them are one for whoever waits. */
const JOIN_MS = 1_000;
/** Less of the bytes than this was no traffic but probes. */
const CARRIED_SHARE_MIN = 0.1;

export function silencesOf(timeline: Timeline): Cause[] {
  const gateways = [...new Set(timeline.episodes.map(({ gateway }) => gateway))];
  const common = gateways.flatMap((gateway) => commonOf(timeline, gateway));
  const causes = common.map((each) => causeOfAll(timeline, each)).filter((one) => one !== null);
  const left = timeline.episodes.filter((episode) => {
    return !common.some((each) => isPartOf(episode, each));
  });
  return [...causes, ...timeline.links().flatMap((link) => silencesOfLink(timeline, link, left))];
}

/** A time in which no carrier answered one gateway. */
interface Common {
  readonly gateway: string;
  readonly fromMs: number;
  readonly toMs: number | null;
}

function commonOf(timeline: Timeline, gateway: string): Common[] {
  const links = timeline.links();
  const own = timeline.episodes.filter((episode) => episode.gateway === gateway);
  // With one carrier, its silence is told as its own.
  if (links.length < 2) return [];
  const found: Common[] = [];
  for (const last of own) {
    if (found.some((common) => overlap(common, { fromMs: last.fromMs, toMs: last.fromMs })))
      continue;
    // The last to fall silent begins it, if every other carrier is silent or not there then.
    const silent = own.filter((each) => each.fromMs <= last.fromMs && endOf(each) > last.fromMs);
    const carrying = timeline.carryingAt(last.doubtedMs);
    const isActive = timeline.activeAt(last.fromMs) === gateway;
    const names = new Set(silent.map(({ link }) => link));
    const isAll = links.every((link) => {
      return names.has(link) || (isActive && !carrying.includes(link));
    });
    if (!isAll || names.size < 2) continue;
    const toMs = silent.reduce(
      (least, each) => Math.min(least, endOf(each)),
      Number.POSITIVE_INFINITY,
    );
    found.push({ gateway, fromMs: last.fromMs, toMs: Number.isFinite(toMs) ? toMs : null });
  }
  return found;
}

function isPartOf(episode: Episode, common: Common): boolean {
  if (episode.gateway !== common.gateway) return false;
  const isEarlier = common.fromMs - episode.fromMs >= EARLIER_MS_MIN;
  return !isEarlier && overlap(episode, common);
}

function causeOfAll(timeline: Timeline, common: Common): Cause | null {
  const { gateway, fromMs, toMs } = common;
  const isActive = timeline.activeAt(fromMs) === gateway;
  const left = timeline.named('gateway.switched').find((event) => {
    const isThen = event.atMs >= fromMs && event.atMs <= (toMs ?? event.atMs) + JOIN_MS;
    return isThen && text(event, 'from') === gateway;
  });
  const moved = left === undefined ? null : { to: text(left, 'to'), afterMs: left.atMs - fromMs };
  const effect = effectOf(timeline, { fromMs, toMs: left?.atMs ?? toMs, moved });
  if (left !== undefined || othersAnswer(timeline, common)) {
    return { kind: 'gatewaySilent', fromMs, toMs, gateway, active: isActive, moved, effect };
  }
  if (!isActive) return null; // the active gateway's own silence tells it
  return { kind: 'allSilent', fromMs, toMs, links: timeline.links(), effect };
}

/** Another gateway answered for long enough to know. */
function othersAnswer(timeline: Timeline, { gateway, fromMs, toMs }: Common): boolean {
  const endMs = toMs ?? timeline.history.nowMs;
  if (endMs - fromMs < KNOWN_MS_MIN) return false;
  const known = timeline.named('path.state').filter((event) => text(event, 'peer') !== gateway);
  const active = timeline.activeAt(fromMs);
  const others = new Set([...known.map((event) => text(event, 'peer')), active ?? gateway]);
  others.delete(gateway);
  return [...others].some((other) => {
    const silent = timeline.episodes.filter((episode) => {
      return episode.gateway === other && overlap(episode, { fromMs, toMs });
    });
    return new Set(silent.map(({ link }) => link)).size < timeline.links().length;
  });
}

function silencesOfLink(timeline: Timeline, link: string, left: readonly Episode[]): Cause[] {
  const own = left.filter((episode) => episode.link === link);
  const active = own.filter(({ gateway, fromMs }) => timeline.activeAt(fromMs) === gateway);
  const idle = own.filter((episode) => {
    return !active.includes(episode) && !active.some((other) => overlap(other, episode));
  });
  const causes: Cause[] = [];
  for (const episode of joined([...active, ...idle])) {
    const moved = movedFrom(timeline, episode);
    const effect = effectOf(timeline, { ...episode, moved });
    const { fromMs, toMs } = episode;
    const others = timeline.links().length > 1;
    const carried = wasCarrying(timeline, episode);
    causes.push({ kind: 'silent', fromMs, toMs, link, carried, moved, others, effect });
  }
  return causes;
}

function joined(episodes: readonly Episode[]): Episode[] {
  const all: Episode[] = [];
  for (const next of episodes.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = all.at(-1);
    if (last === undefined || next.fromMs - endOf(last) > JOIN_MS) all.push(next);
    else if (endOf(next) > endOf(last)) all[all.length - 1] = { ...last, toMs: next.toMs };
  }
  return all;
}

/** Where the traffic went: what carried when the silence was noticed, or what came first then. */
function movedFrom(timeline: Timeline, episode: Episode): Moved | null {
  const { link, fromMs, doubtedMs } = episode;
  const there = timeline.carryingAt(doubtedMs).filter((other) => other !== link);
  const bytes = (other: string) => timeline.bytesSent(other, doubtedMs, doubtedMs + 1000);
  const [best] = there.sort((a, b) => bytes(b) - bytes(a));
  if (best !== undefined) return { to: best, afterMs: doubtedMs - fromMs };
  const found = timeline.named('path.state').find((event) => {
    const isThen = event.atMs > doubtedMs && event.atMs < endOf(episode);
    return isThen && text(event, 'link') !== link && text(event, 'to') === 'carrying';
  });
  return found === undefined ? null : { to: text(found, 'link'), afterMs: found.atMs - fromMs };
}

function wasCarrying(timeline: Timeline, { link, fromMs }: Episode): boolean {
  const bytes = (one: string) => timeline.bytesSent(one, fromMs - 3000, fromMs - 1000);
  const all = timeline.links().reduce((sum, one) => sum + bytes(one), 0);
  return all === 0 || bytes(link) / all >= CARRIED_SHARE_MIN;
}

function endOf({ toMs }: { readonly toMs: number | null }): number {
  return toMs ?? Number.POSITIVE_INFINITY;
}

type Extent = { readonly fromMs: number; readonly toMs: number | null };

function overlap(a: Extent, b: Extent): boolean {
  return a.fromMs <= endOf(b) && b.fromMs <= endOf(a);
}
