import { assert, present } from '@rmh/base';
import type { LinkCondition } from '../carriers/condition.ts';
import { conditionAt, nextChangeMs, type Timeline } from '../carriers/timeline.ts';
import { binMsOf, buildTimeline } from './build.ts';
import { DriveError, type Samples } from './columns.ts';

export interface Position {
  readonly lat: number;
  readonly lon: number;
}

/** What several carriers were like along one road, at times of the recording (ms). */
export class Drive {
  readonly carriers: readonly string[];
  readonly fromMs: number;
  /** The end of the last sample. */
  readonly toMs: number;
  readonly #timelines: ReadonlyMap<string, Timeline>;
  readonly #ends: ReadonlyMap<string, number>;
  readonly #track: Track;

  constructor(
    carriers: ReadonlyMap<string, Samples>,
    probes: ReadonlyMap<string, Samples> = new Map(),
  ) {
    const all = [...carriers.entries()];
    assert(all.length > 0, 'a drive has a carrier');
    this.carriers = all.map(([name]) => name).sort();
    this.#ends = new Map(all.map(([name, samples]) => [name, endOf(samples)]));
    this.fromMs = Math.min(...all.map(([, { tMs }]) => tMs[0] ?? 0));
    this.toMs = Math.max(...this.#ends.values());
    const isRecording = recordingTimes(all.map(([, samples]) => samples));
    this.#timelines = new Map(
      all.map(([name, samples]) => {
        return [name, buildTimeline(samples, probes.get(name) ?? null, isRecording)];
      }),
    );
    this.#track = trackOf(all.map(([, samples]) => samples));
  }

  /** Data that a worker may be handed; holds from its first sample on, see sample(). */
  timeline(carrier: string): Timeline {
    const known = this.#timelines.get(carrier);
    if (known !== undefined) return known;
    throw new DriveError(
      `no carrier "${carrier}" in this drive; it has ${this.carriers.join(', ')}`,
    );
  }

  /** Before a carrier's first sample the first condition holds, after its last the last. */
  sample(carrier: string, tMs: number): LinkCondition {
    return conditionAt(this.timeline(carrier), tMs);
  }

  nextChangeMs(carrier: string, tMs: number): number {
    return nextChangeMs(this.timeline(carrier), tMs);
  }

  /** The end of this carrier's last sample. */
  endMs(carrier: string): number {
    return this.#ends.get(carrier) ?? this.toMs;
  }

  /** Whether the drive measured this carrier at that time. */
  isMeasured(carrier: string, tMs: number): boolean {
    const timeline = this.timeline(carrier);
    if (tMs < (timeline.startMs[0] ?? 0) || tMs >= this.endMs(carrier)) return false;
    return conditionAt(timeline, tMs).measured;
  }

  /** Null where the drive has no positions; between two, on the line. */
  position(tMs: number): Position | null {
    return positionOn(this.#track, tMs);
  }

  /**
   * A part of the drive. Absolute Unix ms, or ms from its start: numbers below its first time
   * are relative. Throws DriveError if nothing of the drive lies within.
   */
  window(from: number | undefined, to: number | undefined): { fromMs: number; toMs: number } {
    const absolute = (t: number) => (t < this.fromMs ? this.fromMs + t : t);
    const fromMs = from === undefined ? this.fromMs : absolute(from);
    const toMs = to === undefined ? this.toMs : Math.min(this.toMs, absolute(to));
    if (fromMs < toMs) return { fromMs, toMs };
    throw new DriveError(
      `nothing of the drive lies from ${from ?? 'its start'} to ${to ?? 'its end'}: ` +
        `it goes from ${this.fromMs} to ${this.toMs} ms`,
    );
  }
}

function endOf({ tMs }: Samples): number {
  return (tMs.at(-1) ?? 0) + binMsOf(tMs);
}

/** Whether any carrier's sample covers that second. */
function recordingTimes(all: readonly Samples[]): (tMs: number) => boolean {
  const seconds = new Set<number>();
  for (const { tMs } of all) {
    const binMs = binMsOf(tMs);
    for (const t of tMs) {
      for (let atMs = t; atMs < t + binMs; atMs += 1000) seconds.add(Math.floor(atMs / 1000));
    }
  }
  return (tMs) => seconds.has(Math.floor(tMs / 1000));
}

interface Track {
  readonly tMs: readonly number[];
  readonly lat: readonly number[];
  readonly lon: readonly number[];
}

/** The carrier with the most positions tells the way. */
function trackOf(all: readonly Samples[]): Track {
  let best: Track = { tMs: [], lat: [], lon: [] };
  for (const { tMs, lat, lon } of all) {
    const at = tMs.map((_, i) => i).filter((i) => !Number.isNaN((lat[i] ?? 0) + (lon[i] ?? 0)));
    if (at.length <= best.tMs.length) continue;
    const pick = (column: readonly number[]) => at.map((i) => present(column[i], 'a row is full'));
    best = { tMs: pick(tMs), lat: pick(lat), lon: pick(lon) };
  }
  return best;
}

function positionOn({ tMs, lat, lon }: Track, t: number): Position | null {
  let low = 0;
  let high = tMs.length;
  if (high === 0) return null;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((tMs[middle] ?? 0) <= t) low = middle;
    else high = middle;
  }
  const next = Math.min(low + 1, tMs.length - 1);
  const spanMs = (tMs[next] ?? 0) - (tMs[low] ?? 0);
  const share = spanMs > 0 ? Math.min(1, Math.max(0, (t - (tMs[low] ?? 0)) / spanMs)) : 0;
  const between = (column: readonly number[]) =>
    (column[low] ?? 0) + share * ((column[next] ?? 0) - (column[low] ?? 0));
  return { lat: between(lat), lon: between(lon) };
}
