// Where a link stood still or lost everything, read from echo probes (or from bins, as sparser
// probes). An answer at t with RTT r arrived at t + r:
//
//   missing for half a second or more           → an outage that drops
//   RTTs that fall as fast as time passes       → answers were let go together: one that delays,
//   (t + rtt stays put)                           from the first late probe to their release

export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
  readonly state: 'drops' | 'delays';
}

/** Shorter silence is loss: three probes of 5 Hz in a row. */
const DROP_MS_MIN = 500;
/** A smaller excess is jitter or a full queue. */
const DELAY_MS_MIN = 400;
/** Beyond a round trip: time for the backlog of probes to be served. */
const RELEASE_MS = 60;
/** The first answers of a release come up to this long before the rest. */
const EARLY_MS = 250;
/** Share of the send spacing by which neighbouring answers of one release may still fall apart. */
const SLOPE_MIN = 0.6;

/**
 * `times` ascending; `rtts` NaN where no answer came. Two neighbours further apart than gapMs were
 * not measured between. `endMs` ends the last sample.
 */
export function outagesFrom(
  times: readonly number[],
  rtts: readonly number[],
  gapMs: number,
  endMs: number,
): Outage[] {
  const baseMs = median(rtts.filter((rtt) => !Number.isNaN(rtt)));
  const delays = delaysFrom(times, rtts, gapMs, Number.isNaN(baseMs) ? 0 : baseMs);
  const drops = dropsFrom(times, rtts, gapMs, endMs);
  return combine(delays, drops, clearMsOf(Number.isNaN(baseMs) ? 0 : baseMs));
}

/** How long the link is up after a release, so that what it let go passes both ways. */
export function clearMsOf(usualRttMs: number): number {
  return RELEASE_MS + usualRttMs;
}

function dropsFrom(
  times: readonly number[],
  rtts: readonly number[],
  gapMs: number,
  endMs: number,
): Outage[] {
  const outages: Outage[] = [];
  for (let i = 0; i < times.length; i++) {
    if (!Number.isNaN(rtts[i])) continue;
    const fromMs = times[i] ?? 0;
    let toMs = fromMs;
    for (; i < times.length && Number.isNaN(rtts[i]); i++) {
      const nextMs = times[i + 1] ?? endMs;
      const tMs = times[i] ?? 0;
      toMs = Math.min(nextMs, tMs + gapMs);
      if (nextMs - tMs > gapMs) break;
    }
    if (toMs - fromMs >= DROP_MS_MIN) outages.push({ fromMs, toMs, state: 'drops' });
  }
  return outages;
}

function delaysFrom(
  times: readonly number[],
  rtts: readonly number[],
  gapMs: number,
  baseMs: number,
): Outage[] {
  const answered = times.map((_, i) => i).filter((i) => !Number.isNaN(rtts[i]));
  const at = (k: number) => {
    const i = answered[k] ?? -1;
    return { tMs: times[i] ?? Number.NaN, rttMs: rtts[i] ?? Number.NaN };
  };
  const outages: Outage[] = [];
  for (let k = 0; k + 1 < answered.length; k++) {
    const first = at(k);
    let last = first;
    let run = 1;
    for (; k + 1 < answered.length && fallTogether(last, at(k + 1), gapMs); run++) {
      k++;
      last = at(k);
    }
    if (first.rttMs - last.rttMs < DELAY_MS_MIN) continue;
    const restMs = Math.min(last.rttMs, baseMs);
    const toMs = first.tMs + first.rttMs - restMs;
    const before = at(k - run);
    const beforeMs = before.tMs + before.rttMs - restMs;
    const isEarly = beforeMs <= toMs && toMs - beforeMs <= EARLY_MS;
    const isOfIt = isEarly && before.rttMs >= DELAY_MS_MIN && first.tMs - before.tMs <= gapMs;
    const fromMs = isOfIt ? before.tMs : first.tMs;
    outages.push({ fromMs, toMs, state: 'delays' });
  }
  return outages;
}

interface Answer {
  readonly tMs: number;
  readonly rttMs: number;
}

/** Few lost between them does not part two answers of one release. */
function fallTogether(a: Answer, b: Answer, gapMs: number): boolean {
  const apartMs = b.tMs - a.tMs;
  return apartMs <= 3 * gapMs && a.rttMs - b.rttMs >= SLOPE_MIN * apartMs;
}

/** In order, apart; where both claim a time it was a delay: something did come out of it. */
function combine(delays: readonly Outage[], drops: readonly Outage[], clearMs: number): Outage[] {
  const apart: Outage[] = [];
  for (const outage of delays) {
    const fromMs = Math.max(outage.fromMs, (apart.at(-1)?.toMs ?? -1e15) + clearMs);
    if (fromMs < outage.toMs) apart.push({ ...outage, fromMs });
  }
  const cleared = apart.map((outage) => ({ ...outage, toMs: outage.toMs + clearMs }));
  const parts = drops.flatMap((drop) => without(drop, cleared));
  return [...apart, ...parts].sort((a, b) => a.fromMs - b.fromMs);
}

function without(drop: Outage, delays: readonly Outage[]): Outage[] {
  let left = [drop];
  for (const { fromMs, toMs } of delays) {
    if (toMs <= drop.fromMs || fromMs >= drop.toMs) continue;
    left = left.flatMap((part) => [
      ...(fromMs > part.fromMs ? [{ ...part, toMs: Math.min(part.toMs, fromMs) }] : []),
      ...(toMs < part.toMs ? [{ ...part, fromMs: Math.max(part.fromMs, toMs) }] : []),
    ]);
  }
  return left.filter((part) => part.toMs > part.fromMs);
}

export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
