import { assert } from '@rmh/base';
import type { LinkCondition } from './condition.ts';

/** A carrier's conditions over time: plain data, so that it can be handed to a worker. */
export interface Timeline {
  /** Ascending; condition i holds from startMs[i] until the next. */
  readonly startMs: Float64Array;
  readonly conditions: readonly LinkCondition[];
}

/** Index of the condition in force at tMs; before the first, the first. */
export function indexAt(timeline: Timeline, tMs: number): number {
  const { startMs } = timeline;
  assert(startMs.length > 0, 'a timeline has a condition');
  let low = 0;
  let high = startMs.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((startMs[middle] ?? 0) <= tMs) low = middle;
    else high = middle;
  }
  return low;
}

export function conditionAt(timeline: Timeline, tMs: number): LinkCondition {
  const condition = timeline.conditions[indexAt(timeline, tMs)];
  assert(condition !== undefined, 'as many conditions as starts');
  return condition;
}

/** When the condition next changes after tMs; Infinity if never again. */
export function nextChangeMs(timeline: Timeline, tMs: number): number {
  const first = timeline.startMs[0] ?? Number.POSITIVE_INFINITY;
  if (tMs < first) return first;
  return timeline.startMs[indexAt(timeline, tMs) + 1] ?? Number.POSITIVE_INFINITY;
}

export function constantTimeline(condition: LinkCondition): Timeline {
  return { startMs: Float64Array.of(0), conditions: [condition] };
}

/**
 * Plays a timeline against a clock: from `fromMs` on, in a circle over [fromMs, toMs) if looped,
 * otherwise the last condition stays.
 */
export class Playback {
  readonly #timeline: Timeline;
  readonly #fromMs: number;
  readonly #spanMs: number;
  readonly #loop: boolean;

  constructor(timeline: Timeline, fromMs: number, toMs: number, loop: boolean) {
    assert(toMs > fromMs, 'a playback has a length');
    this.#timeline = timeline;
    this.#fromMs = fromMs;
    this.#spanMs = toMs - fromMs;
    this.#loop = loop;
  }

  at(elapsedMs: number): LinkCondition {
    return conditionAt(this.#timeline, this.#driveMs(elapsedMs));
  }

  /** Elapsed time of the next change after elapsedMs. */
  nextChangeMs(elapsedMs: number): number {
    const driveMs = this.#driveMs(elapsedMs);
    const endMs = this.#fromMs + this.#spanMs;
    const changeMs = Math.min(nextChangeMs(this.#timeline, driveMs), endMs);
    if (changeMs >= endMs && !this.#loop) return Number.POSITIVE_INFINITY;
    // At least one µs on, whatever rounding does: a deadline that fired must move.
    return elapsedMs + Math.max(changeMs - driveMs, 0.001);
  }

  #driveMs(elapsedMs: number): number {
    if (this.#loop) return this.#fromMs + (elapsedMs % this.#spanMs);
    return this.#fromMs + Math.min(elapsedMs, this.#spanMs);
  }
}
