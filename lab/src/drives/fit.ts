// The figures by which drives are compared, and to which the model is fitted: how often carriers
// fail, for how long, together or apart, delaying or dropping, and how rate and RTT behave.
import type { LinkCondition } from '../carriers/condition.ts';
import type { Drive } from './drive.ts';
import { type Interval, intersect, joined, totalMs } from './intervals.ts';

export interface CarrierFigures {
  readonly carrier: string;
  readonly hours: number;
  readonly outagesPerHourOver500Ms: number;
  readonly outagesPerHourOver1S: number;
  /** Of the outages over 0.5 s. */
  readonly lengthS: { readonly p50: number; readonly p90: number; readonly p99: number };
  readonly unusableShare: number;
  /** Of the outages over 0.5 s, those during which packets waited instead of being lost. */
  readonly delayingShare: number;
  readonly downMbit: Quantiles;
  readonly upMbit: Quantiles;
  /** Highest ÷ lowest downlink rate (50 kbit/s at least) within each minute. */
  readonly swingAMinute: { readonly p50: number; readonly p90: number };
  readonly rttMs: Quantiles;
}

export interface Quantiles {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

export interface PairFigures {
  readonly pair: readonly [string, string];
  readonly hours: number;
  readonly bothDownS: number;
  /** How many times more often than if the two failed independently; NaN if one never fails. */
  readonly timesIndependence: number;
}

export interface DriveFigures {
  readonly carriers: readonly CarrierFigures[];
  readonly pairs: readonly PairFigures[];
  readonly allMeasuredHours: number;
  readonly allDownS: number;
}

const OUTAGE_MS_MIN = 500;
const RATE_KBPS_FLOOR = 50;

export function measureDrive(drive: Drive, window?: Interval): DriveFigures {
  const span = window ?? { fromMs: drive.fromMs, toMs: drive.toMs };
  const histories = drive.carriers.map((carrier) => historyOf(drive, carrier, span));
  const pairs = histories.flatMap((a, i) => histories.slice(i + 1).map((b) => pairOf(a, b)));
  const [first, ...others] = histories;
  const all = (of: (history: History) => readonly Interval[]) =>
    others.reduce((sofar, history) => intersect(sofar, of(history)), first ? of(first) : []);
  return {
    carriers: histories.map(figuresOf),
    pairs,
    allMeasuredHours: hours(all(({ measured }) => measured)),
    allDownS: totalMs(all(({ down }) => down)) / 1000,
  };
}

interface Stretch extends Interval {
  readonly condition: LinkCondition;
}

interface History {
  readonly carrier: string;
  readonly stretches: readonly Stretch[];
  readonly measured: readonly Interval[];
  readonly down: readonly Interval[];
  readonly delaying: readonly Interval[];
}

function historyOf(drive: Drive, carrier: string, span: Interval): History {
  const stretches: Stretch[] = [];
  const { startMs, conditions } = drive.timeline(carrier);
  for (const [i, condition] of conditions.entries()) {
    const fromMs = Math.max(span.fromMs, startMs[i] ?? 0);
    const toMs = Math.min(span.toMs, startMs[i + 1] ?? drive.endMs(carrier));
    if (condition.measured && fromMs < toMs) stretches.push({ fromMs, toMs, condition });
  }
  return {
    carrier,
    stretches,
    measured: joined(stretches),
    down: joined(stretches.filter(({ condition }) => condition.state !== 'up')),
    delaying: joined(stretches.filter(({ condition }) => condition.state === 'delays')),
  };
}

function figuresOf({ carrier, stretches, measured, down, delaying }: History): CarrierFigures {
  const outages = down.filter(({ fromMs, toMs }) => toMs - fromMs >= OUTAGE_MS_MIN);
  const lengthsS = outages.map(({ fromMs, toMs }) => (toMs - fromMs) / 1000);
  const delayed = outages.filter((outage) => {
    return totalMs(intersect([outage], delaying)) * 2 >= outage.toMs - outage.fromMs;
  });
  const up = stretches.filter(({ condition }) => condition.state === 'up');
  const byTime = (of: (condition: LinkCondition) => number) =>
    quantiles(up.map((s) => ({ value: of(s.condition), weight: s.toMs - s.fromMs })));
  const spans = hours(measured);
  const length = quantiles(lengthsS.map((value) => ({ value, weight: 1 })));
  return {
    carrier,
    hours: spans,
    outagesPerHourOver500Ms: outages.length / spans,
    outagesPerHourOver1S: lengthsS.filter((s) => s >= 1).length / spans,
    lengthS: { p50: length.p50, p90: length.p90, p99: length.p99 },
    unusableShare: totalMs(down) / totalMs(measured),
    delayingShare: delayed.length / outages.length,
    downMbit: byTime(({ downKbps }) => downKbps / 1000),
    upMbit: byTime(({ upKbps }) => upKbps / 1000),
    swingAMinute: swingsOf(stretches),
    rttMs: byTime(({ oneWayUs, jitterUs }) => (oneWayUs + jitterUs) / 500),
  };
}

function swingsOf(stretches: readonly Stretch[]): { p50: number; p90: number } {
  const minutes = new Map<number, { low: number; high: number; ms: number }>();
  for (const { fromMs, toMs, condition } of stretches) {
    const kbps = Math.max(RATE_KBPS_FLOOR, condition.downKbps);
    const minute = Math.floor(fromMs / 60_000);
    const seen = minutes.get(minute) ?? { low: kbps, high: kbps, ms: 0 };
    seen.low = Math.min(seen.low, kbps);
    seen.high = Math.max(seen.high, kbps);
    seen.ms += toMs - fromMs;
    minutes.set(minute, seen);
  }
  const full = [...minutes.values()].filter(({ ms }) => ms > 50_000);
  const found = quantiles(full.map(({ low, high }) => ({ value: high / low, weight: 1 })));
  return { p50: found.p50, p90: found.p90 };
}

function pairOf(a: History, b: History): PairFigures {
  const both = intersect(a.measured, b.measured);
  const downMs = ({ down }: History) => totalMs(intersect(down, both));
  const bothDownMs = totalMs(intersect(a.down, b.down));
  const independentMs = (downMs(a) * downMs(b)) / totalMs(both);
  return {
    pair: [a.carrier, b.carrier],
    hours: hours(both),
    bothDownS: bothDownMs / 1000,
    timesIndependence: independentMs > 0 ? bothDownMs / independentMs : Number.NaN,
  };
}

function hours(intervals: readonly Interval[]): number {
  return totalMs(intervals) / 3_600_000;
}

function quantiles(values: readonly { value: number; weight: number }[]): Quantiles {
  const sorted = [...values].sort((a, b) => a.value - b.value);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  const at = (share: number) => {
    let left = share * total;
    for (const { value, weight } of sorted) {
      left -= weight;
      if (left <= 0) return value;
    }
    return sorted.at(-1)?.value ?? Number.NaN;
  };
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

/** For a person, one line a carrier and a pair. */
export function describeFigures(figures: DriveFigures): string {
  const lines = figures.carriers.flatMap((c) => [
    `${c.carrier}: ${n(c.hours)} h measured, unusable ${n(c.unusableShare * 100)} %`,
    `  outages an hour: ${n(c.outagesPerHourOver500Ms)} over 0.5 s, ` +
      `${n(c.outagesPerHourOver1S)} over 1 s; ${n(c.delayingShare * 100)} % of them delay`,
    `  length: median ${n(c.lengthS.p50)} s, p90 ${n(c.lengthS.p90)} s, p99 ${n(c.lengthS.p99)} s`,
    `  down Mbit/s: ${row(c.downMbit)}; swing in a minute: median ${n(c.swingAMinute.p50)}, ` +
      `p90 ${n(c.swingAMinute.p90)}`,
    `  up Mbit/s: ${row(c.upMbit)}`,
    `  RTT ms: ${row(c.rttMs)}`,
  ]);
  const pairs = figures.pairs.map(
    ({ pair, hours, bothDownS, timesIndependence }) =>
      `${pair.join(' and ')}: both down ${n(bothDownS)} s in ${n(hours)} h, ` +
      `${n(timesIndependence)} times what independence gives`,
  );
  const all = `all together: down ${n(figures.allDownS)} s in ${n(figures.allMeasuredHours)} h`;
  return [...lines, ...pairs, all].join('\n');
}

function row({ p10, p50, p90, p99 }: Quantiles): string {
  return `p10 ${n(p10)}, median ${n(p50)}, p90 ${n(p90)}, p99 ${n(p99)}`;
}

function n(value: number): string {
  if (Number.isNaN(value)) return '–';
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
