// A drive from the model: the same columns as a recorded one, so that one reader serves both.
import { Random } from '@rmh/base';
import type { Interval } from '../intervals.ts';
import {
  type CarrierOutages,
  carrierOutages,
  carrierTroubles,
  roadEvents,
  type Troubles,
} from './outage-process.ts';
import {
  CARRIERS,
  type CarrierParameters,
  type Profile,
  type ProfileName,
  parameters,
} from './parameters.ts';

export interface GenerateOptions {
  readonly profile: ProfileName;
  readonly seed: number;
  readonly minutes: number;
}

export interface GeneratedDrive {
  /** Lines with their header, of NAME.csv and NAME.probe.csv. */
  readonly rows: string[];
  readonly probes: string[];
}

/** Times are relative: a drive that was never driven has no date. */
const PROBE_MS = 200;
const BIN_MS = 1000;
export const MINUTES_MAX = 24 * 60;

/** How a drive is one of several along one road; without, it is the only one. */
export interface OfSeveral {
  /** When it begins, ms. */
  readonly fromMs: number;
  /** What a carrier meets, of what this drive alone would have drawn for it. */
  readonly meets: (carrier: string, drawn: Troubles) => Troubles;
}

const ONLY_ONE: OfSeveral = { fromMs: 0, meets: (_, drawn) => drawn };

export function generateDrive(
  options: GenerateOptions,
  { fromMs, meets }: OfSeveral = ONLY_ONE,
): GeneratedDrive {
  const profile = parameters.profiles[options.profile];
  const spanMs = Math.round(options.minutes * 60) * 1000;
  const random = new Random(options.seed);
  const events = roadEvents(new Random(random.u32()), profile, spanMs);
  const weather = new LogRate(new Random(random.u32()));
  const common = Array.from({ length: spanMs / BIN_MS }, () => weather.next());
  const track = trackOf(profile);
  const rows: string[][] = Array.from({ length: spanMs / BIN_MS }, () => []);
  const probes: string[][] = Array.from({ length: spanMs / PROBE_MS }, () => []);
  for (const name of CARRIERS) {
    const own = new Random(random.u32());
    const carrier = parameters.carriers[name];
    const ofOutages = new Random(own.u32());
    const drawn = carrierTroubles(ofOutages, carrier, profile, events, spanMs);
    const outages = carrierOutages(ofOutages, meets(name, drawn));
    const echo = echoes(new Random(own.u32()), carrier, outages, spanMs);
    const rates = ratesOf(new Random(own.u32()), carrier, profile, outages, common);
    for (const [i, rtt] of echo.entries()) {
      probes[i]?.push(`${fromMs + i * PROBE_MS},${name},${rtt === null ? '' : rtt.toFixed(1)}`);
    }
    for (const [i, rate] of rates.entries()) {
      const within = echo.slice((i * BIN_MS) / PROBE_MS, ((i + 1) * BIN_MS) / PROBE_MS);
      const place = track((i * profile.kmh) / 3600);
      rows[i]?.push(rowOf(fromMs + i * BIN_MS, name, rate, within, place));
    }
  }
  return {
    rows: ['t_ms,carrier,down_kbps,up_kbps,rtt_ms,loss,rsrp_dbm,lat,lon', ...rows.flat()],
    probes: ['t_ms,carrier,rtt_ms', ...probes.flat()],
  };
}

interface Rate {
  readonly downKbps: number;
  readonly upKbps: number;
  readonly rsrpDbm: number;
}

/** Two first-order processes of the log rate: seconds (fading, load) and a minute (terrain). */
class LogRate {
  readonly #random: Random;
  #fast: number;
  #slow: number;

  constructor(random: Random) {
    this.#random = random;
    this.#fast = random.normal();
    this.#slow = random.normal();
  }

  /** One second on; standard normal. */
  next(): number {
    const { fastShare, fastS, slowS } = parameters.rate;
    this.#fast = drift(this.#fast, fastS, this.#random);
    this.#slow = drift(this.#slow, slowS, this.#random);
    return Math.sqrt(fastShare) * this.#fast + Math.sqrt(1 - fastShare) * this.#slow;
  }
}

function drift(value: number, timeConstant: number, random: Random): number {
  const keep = Math.exp(-1 / timeConstant);
  return value * keep + random.normal() * Math.sqrt(1 - keep * keep);
}

function ratesOf(
  random: Random,
  carrier: CarrierParameters,
  profile: Profile,
  outages: CarrierOutages,
  common: readonly number[],
): Rate[] {
  const { rate, tunnels } = parameters;
  const sigma = rate.sigma * profile.rateSigma;
  const process = new LogRate(random);
  const isSlow = within(outages.slow);
  const isDown = within([...outages.drops, ...outages.delays].sort((a, b) => a.fromMs - b.fromMs));
  return common.map((shared, i) => {
    const z =
      Math.sqrt(rate.commonShare) * shared + Math.sqrt(1 - rate.commonShare) * process.next();
    const scale = profile.rateScale * (isSlow(i * BIN_MS) ? tunnels.liveRate : 1);
    const down = carrier.downMbit * 1000 * scale * Math.exp(sigma * z);
    const up = carrier.upMbit * 1000 * scale * Math.exp(sigma * rate.upSigmaShare * z);
    const rsrpDbm = isDown(i * BIN_MS) ? -126 + 2 * z : -98 + 9 * z - 6 * (1 - profile.rateScale);
    return {
      downKbps: Math.min(rate.kbpsMax, Math.max(rate.kbpsMin, down)),
      upKbps: Math.min(rate.kbpsMax, Math.max(rate.kbpsMin, up)),
      rsrpDbm: Math.max(-140, Math.min(-60, rsrpDbm)),
    };
  });
}

/** Round-trip time of a probe every 0.2 s; null where it is lost. */
function echoes(
  random: Random,
  carrier: CarrierParameters,
  outages: CarrierOutages,
  spanMs: number,
): (number | null)[] {
  const { rtt } = parameters;
  const isDropping = within(outages.drops);
  const release = releaseOf(outages.delays);
  const stepS = PROBE_MS / 1000;
  let slow = random.normal();
  return Array.from({ length: spanMs / PROBE_MS }, (_, i) => {
    const tMs = i * PROBE_MS;
    slow = drift(slow, rtt.slowS / stepS, random);
    const jitterMs = random.exponential(rtt.jitterMs);
    const isLost = random.unit() < rtt.loss;
    if (isDropping(tMs) || isLost) return null;
    // Calm most of the time; far out in the drift lie cell edges and others' load.
    const peak = rtt.peak * Math.max(0, slow - 1) ** 2;
    const passMs = carrier.rttMs * (Math.exp(rtt.sigma * slow) + peak) + jitterMs;
    const releasedMs = release(tMs);
    // Let go together: jitter would blur the slope by which the reader knows the outage.
    return releasedMs === null ? passMs : releasedMs - tMs + carrier.rttMs;
  });
}

/** For ascending times. */
function within(intervals: readonly Interval[]): (tMs: number) => boolean {
  const release = releaseOf(intervals);
  return (tMs) => release(tMs) !== null;
}

/** The end of the interval around tMs, or null; for ascending times. */
function releaseOf(intervals: readonly Interval[]): (tMs: number) => number | null {
  let at = 0;
  return (tMs) => {
    while ((intervals[at]?.toMs ?? Number.POSITIVE_INFINITY) <= tMs) at++;
    const interval = intervals[at];
    return interval !== undefined && interval.fromMs <= tMs ? interval.toMs : null;
  };
}

function rowOf(
  tMs: number,
  carrier: string,
  rate: Rate,
  echo: readonly (number | null)[],
  place: readonly [number, number],
): string {
  const answered = echo.filter((rtt) => rtt !== null).sort((a, b) => a - b);
  const middle = answered[answered.length >> 1];
  return [
    tMs,
    carrier,
    rate.downKbps.toFixed(0),
    rate.upKbps.toFixed(0),
    middle === undefined ? '' : middle.toFixed(1),
    (1 - answered.length / echo.length).toFixed(1),
    rate.rsrpDbm.toFixed(0),
    place[0].toFixed(5),
    place[1].toFixed(5),
  ].join(',');
}

/** Where the car is after so many km along the route; at its end it turns back. */
function trackOf(profile: Profile): (km: number) => [number, number] {
  const points = profile.route.map(([lat = 0, lon = 0]) => [lat, lon] as const);
  const legsKm = points.slice(1).map((to, i) => kmBetween(points[i] ?? to, to));
  const totalKm = legsKm.reduce((sum, km) => sum + km, 0);
  return (km) => {
    const lap = km % (2 * totalKm);
    let leftKm = lap <= totalKm ? lap : 2 * totalKm - lap;
    for (const [i, legKm] of legsKm.entries()) {
      const [from, to] = [points[i], points[i + 1]];
      if (from === undefined || to === undefined) break;
      if (leftKm <= legKm || i === legsKm.length - 1) {
        const share = Math.min(1, leftKm / legKm);
        return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
      }
      leftKm -= legKm;
    }
    return [points[0]?.[0] ?? 0, points[0]?.[1] ?? 0];
  };
}

/** Flat enough between neighbours of a route: 111.2 km a degree. */
function kmBetween(a: readonly [number, number], b: readonly [number, number]): number {
  const northKm = (b[0] - a[0]) * 111.2;
  const eastKm = (b[1] - a[1]) * 111.2 * Math.cos((a[0] * Math.PI) / 180);
  return Math.hypot(northKm, eastKm);
}
