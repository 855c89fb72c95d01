// One carrier's samples (and probes) into a timeline of link conditions:
//
//   bins → conditions (rates, delay, jitter, loss, with defaults) → outages laid over them
import type { LinkCondition, LinkState } from '../carriers/condition.ts';
import type { Timeline } from '../carriers/timeline.ts';
import type { Samples } from './columns.ts';
import {
  isRsrp,
  JITTER_US_DEFAULT,
  LOSS_DEFAULT,
  RSRP_DBM_MIN,
  RTT_MS_DEFAULT,
  ratesOf,
} from './defaults.ts';
import { clearMsOf, median, type Outage, outagesFrom } from './outages.ts';

/** A sample stands for its bin; a silence up to this long, or this many bins, is bridged by it. */
const HOLD_MS = 3000;
const HOLD_BINS = 3;
/** One unanswered ping proves this much silence at most, however long its bin is. */
const PING_TIMEOUT_MS = 1000;
/** Jitter above this is queueing that the median already tells. */
const JITTER_US_MAX = 100_000;

/** The time between a carrier's samples. */
export function binMsOf(times: readonly number[]): number {
  const steps = times.slice(1).map((t, i) => t - (times[i] ?? t));
  const typical = median(steps);
  return Number.isNaN(typical) ? 1000 : Math.max(50, typical);
}

interface Piece {
  readonly fromMs: number;
  readonly toMs: number;
  readonly condition: LinkCondition;
}

/** `isRecording` says whether any carrier was measured at a time. */
export function buildTimeline(
  samples: Samples,
  probes: Samples | null,
  isRecording: (tMs: number) => boolean,
): Timeline {
  const outages = outagesOf(samples, probes);
  const pieces = piecesOf(samples, probes, outages);
  const filled = fillGaps(pieces, isRecording);
  const usualMs = usualMsOf(samples, probes);
  return toTimeline(layOver(filled, overlaysOf(outages, usualMs), usualMs * 500));
}

function outagesOf(samples: Samples, probes: Samples | null): Outage[] {
  if (probes !== null) {
    const binMs = binMsOf(probes.tMs);
    const endMs = (probes.tMs.at(-1) ?? 0) + binMs;
    return outagesFrom(probes.tMs, probes.rttMs, Math.max(1000, 3 * binMs), endMs);
  }
  // A bin is a probe if it was asked at all: an RTT came back, or everything was lost.
  const asked = samples.tMs
    .map((_, i) => i)
    .filter((i) => !Number.isNaN(samples.rttMs[i]) || samples.loss[i] === 1);
  const times = asked.map((i) => samples.tMs[i] ?? 0);
  const rtts = asked.map((i) => (samples.loss[i] === 1 ? Number.NaN : (samples.rttMs[i] ?? 0)));
  const binMs = binMsOf(samples.tMs);
  const gapMs = binMs > 2 * PING_TIMEOUT_MS ? PING_TIMEOUT_MS : HOLD_BINS * binMs;
  return outagesFrom(times, rtts, gapMs, (times.at(-1) ?? 0) + Math.min(binMs, gapMs));
}

function piecesOf(samples: Samples, probes: Samples | null, outages: readonly Outage[]): Piece[] {
  const binMs = binMsOf(samples.tMs);
  const cursor = probes === null ? null : new ProbeCursor(probes, outages);
  const usualMs = usualMsOf(samples, probes);
  let rttMs = Number.NaN;
  let jitterUs = JITTER_US_DEFAULT;
  return samples.tMs.map((fromMs, i) => {
    const nextMs = samples.tMs[i + 1] ?? fromMs + binMs;
    const toMs = nextMs - fromMs <= Math.max(HOLD_MS, HOLD_BINS * binMs) ? nextMs : fromMs + binMs;
    const own = samples.rttMs[i] ?? Number.NaN;
    let loss = samples.loss[i] ?? Number.NaN;
    const seen = cursor?.take(fromMs, toMs) ?? null;
    if (seen !== null) {
      ({ jitterUs } = seen);
      rttMs = Number.isNaN(seen.rttMs) ? usualMs : seen.rttMs;
      loss = seen.loss;
    } else if (cursor !== null) {
      // All its probes lie in an outage, whose wait is not the path's own delay.
      rttMs = usualMs;
      loss = LOSS_DEFAULT;
    } else if (!Number.isNaN(own)) rttMs = own;
    if (loss === 1) loss = LOSS_DEFAULT; // an outage, laid over below
    const condition: LinkCondition = {
      ...ratesOf(
        samples.downKbps[i] ?? Number.NaN,
        samples.upKbps[i] ?? Number.NaN,
        samples.rsrpDbm[i] ?? Number.NaN,
      ),
      oneWayUs: (Number.isNaN(rttMs) ? RTT_MS_DEFAULT : rttMs) * 500,
      jitterUs,
      loss: Number.isNaN(loss) ? LOSS_DEFAULT : loss,
      state: stateOf(samples, i),
      measured: true,
    };
    return { fromMs, toMs, condition };
  });
}

/** With nothing but the signal, the signal says whether there is service. */
function stateOf(samples: Samples, i: number): LinkState {
  const measured = [samples.rttMs, samples.loss, samples.downKbps, samples.upKbps];
  if (measured.some((column) => !Number.isNaN(column[i]))) return 'up';
  const rsrpDbm = samples.rsrpDbm[i] ?? Number.NaN;
  return isRsrp(rsrpDbm) && rsrpDbm < RSRP_DBM_MIN ? 'drops' : 'up';
}

interface Seen {
  readonly rttMs: number;
  readonly jitterUs: number;
  readonly loss: number;
}

/** Walks the probes along the bins; those inside outages say nothing of delay and loss. */
class ProbeCursor {
  readonly #probes: Samples;
  readonly #outages: readonly Outage[];
  #at = 0;
  #outageAt = 0;

  constructor(probes: Samples, outages: readonly Outage[]) {
    this.#probes = probes;
    this.#outages = outages;
  }

  /** Delay is the least RTT, jitter what the mean adds, each half a direction. */
  take(fromMs: number, toMs: number): Seen | null {
    const { tMs, rttMs } = this.#probes;
    while ((tMs[this.#at] ?? toMs) < fromMs) this.#at++;
    let lost = 0;
    const answered: number[] = [];
    for (; (tMs[this.#at] ?? toMs) < toMs; this.#at++) {
      if (this.#isInOutage(tMs[this.#at] ?? 0)) continue;
      const rtt = rttMs[this.#at] ?? Number.NaN;
      if (Number.isNaN(rtt)) lost++;
      else answered.push(rtt);
    }
    if (lost + answered.length === 0) return null;
    // An echo is lost on the way there or back: each direction takes half the chance.
    const loss = lost / (lost + answered.length) / 2;
    const rtt = answered.length === 0 ? Number.NaN : Math.min(...answered);
    const mean = answered.reduce((sum, value) => sum + value, 0) / Math.max(1, answered.length);
    const jitterUs = Math.min(JITTER_US_MAX, Math.max(0, (mean - rtt) * 500));
    return { rttMs: rtt, jitterUs: Number.isNaN(jitterUs) ? 0 : jitterUs, loss };
  }

  #isInOutage(tMs: number): boolean {
    while ((this.#outages[this.#outageAt]?.toMs ?? Number.POSITIVE_INFINITY) <= tMs) {
      this.#outageAt++;
    }
    return (this.#outages[this.#outageAt]?.fromMs ?? Number.POSITIVE_INFINITY) <= tMs;
  }
}

/**
 * A hole of this carrier while others were measured: it had no coverage, or its recorder failed;
 * either way nothing may pass that nobody saw pass. A hole of all is a hole in the recording: the
 * last condition is held.
 */
function fillGaps(pieces: readonly Piece[], isRecording: (tMs: number) => boolean): Piece[] {
  const filled: Piece[] = [];
  for (const piece of pieces) {
    const before = filled.at(-1);
    if (before !== undefined && before.toMs < piece.fromMs) {
      const { toMs: fromMs, condition } = before;
      const middleMs = (fromMs + piece.fromMs) / 2;
      const state: LinkState = isRecording(middleMs) ? 'drops' : condition.state;
      const gap = { ...condition, state, measured: false };
      filled.push({ fromMs, toMs: piece.fromMs, condition: gap });
    }
    filled.push(piece);
  }
  return filled;
}

function usualMsOf(samples: Samples, probes: Samples | null): number {
  const usual = median((probes ?? samples).rttMs.filter((rtt) => !Number.isNaN(rtt)));
  return Number.isNaN(usual) ? RTT_MS_DEFAULT : usual;
}

interface Overlay {
  readonly fromMs: number;
  readonly toMs: number;
  readonly state: LinkState;
}

/** The outages, and after each that delays the moment in which its backlog passes. */
function overlaysOf(outages: readonly Outage[], usualMs: number): Overlay[] {
  return outages.flatMap((outage, i): Overlay[] => {
    if (outage.state === 'drops') return [outage];
    const fromMs = outage.toMs;
    const nextMs = outages[i + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
    const toMs = Math.min(fromMs + clearMsOf(usualMs), nextMs);
    return fromMs < toMs ? [outage, { fromMs, toMs, state: 'up' }] : [outage];
  });
}

/**
 * Under an overlay the delay is the usual one: what answers waited longer is the outage, which
 * the link does by itself.
 */
function layOver(
  pieces: readonly Piece[],
  overlays: readonly Overlay[],
  usualOneWayUs: number,
): Piece[] {
  const out: Piece[] = [];
  let first = 0;
  for (const piece of pieces) {
    while ((overlays[first]?.toMs ?? Number.POSITIVE_INFINITY) <= piece.fromMs) first++;
    let atMs = piece.fromMs;
    for (let i = first; i < overlays.length && atMs < piece.toMs; i++) {
      const overlay = overlays[i];
      if (overlay === undefined || overlay.fromMs >= piece.toMs) break;
      if (overlay.fromMs > atMs) out.push({ ...piece, fromMs: atMs, toMs: overlay.fromMs });
      const fromMs = Math.max(atMs, overlay.fromMs);
      const toMs = Math.min(piece.toMs, overlay.toMs);
      const oneWayUs = Math.min(piece.condition.oneWayUs, usualOneWayUs);
      const { state } = overlay;
      const condition = { ...piece.condition, oneWayUs, jitterUs: 0, state };
      out.push({ fromMs, toMs, condition });
      atMs = toMs;
    }
    if (atMs < piece.toMs) out.push({ ...piece, fromMs: atMs });
  }
  return out;
}

function toTimeline(pieces: readonly Piece[]): Timeline {
  const kept = pieces.filter((piece, i) => !isSame(piece.condition, pieces[i - 1]?.condition));
  return {
    startMs: Float64Array.from(kept, ({ fromMs }) => fromMs),
    conditions: kept.map(({ condition }) => condition),
  };
}

function isSame(a: LinkCondition, b: LinkCondition | undefined): boolean {
  if (b === undefined) return false;
  return (Object.keys(a) as (keyof LinkCondition)[]).every((key) => a[key] === b[key]);
}
