// What passes of a road say of one carrier, place by place: how often it failed within the next
// seconds of this place, in this direction. No car needs to know the road ahead: the place where it
// is says what came after it.
import { present } from '@rmh/base';
import type { CarrierSeconds } from './seconds.ts';

/** Seconds at one place less than this apart are one pass: a queue at a light is no second one. */
const PASS_GAP_MS = 600_000;

/** One pass of one place. */
interface Pass {
  readonly fromMs: number;
  toMs: number;
  seconds: number;
  failing: number;
}

/** Passes that a question must not use: those near these times. */
export interface HeldBack {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Passes stay apart, so that those on which the map is tried can be held back from it. */
export class RoadMap {
  readonly #places = new Map<string, Pass[]>();
  readonly #passesLeast: number;

  /** @param passesLeast passes without which nothing is said of a place */
  constructor(passesLeast: number) {
    this.#passesLeast = passesLeast;
  }

  learn({ tMs, places, fails }: CarrierSeconds): void {
    for (const [i, place] of places.entries()) {
      if (place === null) continue;
      const pass = this.#passAt(place, present(tMs[i], 'columns of one length'));
      pass.seconds++;
      if (fails[i] === true) pass.failing++;
    }
  }

  /**
   * Chance that the carrier fails within the next AHEAD_S seconds, 0 … 1: the mean of the passes,
   * however slow each was. Null: too few passes know the place.
   */
  riskAt(place: string, held: HeldBack): number | null {
    let known = 0;
    let risk = 0;
    for (const { fromMs, toMs, seconds, failing } of this.#places.get(place) ?? []) {
      if (toMs >= held.fromMs && fromMs <= held.toMs) continue;
      known++;
      risk += failing / seconds;
    }
    return known < this.#passesLeast ? null : risk / known;
  }

  #passAt(place: string, tMs: number): Pass {
    const passes = this.#places.get(place) ?? [];
    if (passes.length === 0) this.#places.set(place, passes);
    const last = passes.at(-1);
    if (last !== undefined && tMs - last.toMs <= PASS_GAP_MS) {
      last.toMs = tMs;
      return last;
    }
    const pass = { fromMs: tMs, toMs: tMs, seconds: 0, failing: 0 };
    passes.push(pass);
    return pass;
  }
}

/** Nothing that was seen so near to a time may tell of it: it was the same pass of the road. */
const HELD_MS = 900_000;

export function heldBackAround(fromMs: number, toMs: number): HeldBack {
  return { fromMs: fromMs - HELD_MS, toMs: toMs + HELD_MS };
}
