// When the carriers of a generated drive fail: each by itself, some together, and in tunnels.
//
//   own:     independent, a Poisson process per carrier
//   common:  a place with bad coverage; each carrier joins with some chance, about then
//   tunnels: long; each carrier has coverage inside, at a lower rate, or has none
import type { Random } from '@rmh/base';
import { type Interval, joined } from '../intervals.ts';
import { type CarrierParameters, type Profile, parameters } from './parameters.ts';

export interface CarrierOutages {
  readonly drops: readonly Interval[];
  readonly delays: readonly Interval[];
  /** Tunnels passed with coverage. */
  readonly slow: readonly Interval[];
}

/** A shared event of the road: where, how long, and whether it is a tunnel. */
export interface RoadEvent extends Interval {
  readonly isTunnel: boolean;
}

export function roadEvents(random: Random, profile: Profile, spanMs: number): RoadEvent[] {
  const { common, tunnels } = parameters;
  const places = arrivals(random, common.eventsAnHour * profile.common, spanMs).map((fromMs) => {
    const lengthMs = 1000 * logNormal(random, common.lengthMedianS, common.lengthSigma);
    const toMs = fromMs + Math.min(lengthMs, parameters.outages.lengthSMax * 1000);
    return { fromMs, toMs, isTunnel: false };
  });
  const passages = arrivals(random, profile.tunnelsAnHour, spanMs).map((fromMs) => {
    const drawn = logNormal(
      random,
      tunnels.lengthMedianM * profile.tunnelLength,
      tunnels.lengthSigma,
    );
    const lengthM = Math.min(tunnels.lengthMMax, Math.max(tunnels.lengthMMin, drawn));
    return { fromMs, toMs: fromMs + (lengthM / (profile.kmh / 3.6)) * 1000, isTunnel: true };
  });
  return [...places, ...passages].sort((a, b) => a.fromMs - b.fromMs);
}

/** When a carrier is down, and when it is slow: ascending and apart. */
export interface Troubles {
  readonly down: readonly Interval[];
  /** Tunnels passed with coverage. */
  readonly slow: readonly Interval[];
}

export function carrierTroubles(
  random: Random,
  carrier: CarrierParameters,
  profile: Profile,
  events: readonly RoadEvent[],
  spanMs: number,
): Troubles {
  const { common } = parameters;
  const slow: Interval[] = [];
  const all: Interval[] = arrivals(random, profile.outages * carrier.outagesAnHour, spanMs).map(
    (fromMs) => ({ fromMs, toMs: fromMs + ownLengthMs(random) }),
  );
  for (const { fromMs, toMs, isTunnel } of events) {
    const joins = random.unit();
    const shiftMs = random.normal() * common.startSpreadS * 500;
    const stretch = Math.exp(random.normal() * 0.3);
    if (isTunnel) (joins < carrier.tunnelDead ? all : slow).push({ fromMs, toMs });
    else if (joins < common.joinShare) {
      const startMs = Math.max(0, fromMs + shiftMs);
      all.push({ fromMs: startMs, toMs: startMs + (toMs - fromMs) * stretch });
    }
  }
  const ascending = all.sort((a, b) => a.fromMs - b.fromMs);
  return { down: joined(ascending.filter(({ fromMs }) => fromMs < spanMs)), slow };
}

/** Short ones mostly delay; of a long one, the end may: the buffer kept the newest. */
export function carrierOutages(random: Random, { down, slow }: Troubles): CarrierOutages {
  const { delayShare, delayLengthSMax } = parameters.outages;
  const drops: Interval[] = [];
  const delays: Interval[] = [];
  for (const { fromMs, toMs } of down) {
    const delaysMs = random.unit() < delayShare ? delayLengthSMax * 1000 : 0;
    const turnMs = Math.max(fromMs, toMs - delaysMs);
    if (fromMs < turnMs) drops.push({ fromMs, toMs: turnMs });
    if (turnMs < toMs) delays.push({ fromMs: turnMs, toMs });
  }
  return { drops, delays, slow };
}

/** A log-normal body and a Pareto tail: the median is 1 s, the worst in a hundred half a minute. */
function ownLengthMs(random: Random): number {
  const o = parameters.outages;
  const isTail = random.unit() < o.tailShare;
  const body = logNormal(random, o.lengthMedianS, o.lengthSigma);
  const tail = o.tailScaleS / (1 - random.unit()) ** (1 / o.tailExponent);
  return 1000 * Math.min(o.lengthSMax, Math.max(0.4, isTail ? tail : body));
}

function arrivals(random: Random, anHour: number, spanMs: number): number[] {
  const times: number[] = [];
  if (anHour <= 0) return times;
  for (let t = random.exponential(3_600_000 / anHour); t < spanMs; ) {
    times.push(t);
    t += random.exponential(3_600_000 / anHour);
  }
  return times;
}

function logNormal(random: Random, median: number, sigma: number): number {
  return median * Math.exp(random.normal() * sigma);
}
