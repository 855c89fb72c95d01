// Looks and seconds made into samples of ten seconds, aligned to the clock. Pure.
//
//   each look: the time since the last one is up or down, for the service and each carrier
//   each second of the history: packets, bytes, round trips, classes
//   a sample ends with its ten seconds, with a hole in time, and when the clock is set
//
// Spans of one journal never overlap: when the clock is set back, a new journal begins.
import type { CarrierSlice, HistorySlice } from '@rmh/contract';
import {
  type CarrierSample,
  type CarrierState,
  type ClassSample,
  type Outage,
  SAMPLE_MS,
  type Sample,
} from '@rmh/contract/api';
import type { PreviousRun } from '@rmh/contract/machine';
import { sumOfCarrier, sumOfClass } from '../record-history.ts';
import type { CarrierFact, Facts } from './facts.ts';

export type SampleBody = Omit<Sample, 'sequence'>;
/** What no look tells: asked for when a sample ends. */
export type Surroundings = Pick<Sample, 'health' | 'place'>;

export interface Sampled {
  /** What ended with this look, in order. */
  readonly samples: SampleBody[];
  /** The clock was set back: what comes next is of a new journal. */
  readonly renew: boolean;
}

/** Looks are 0.2 s apart. After so long without one, nothing is known of the time between. */
const HOLE_MS = 3_000;
/** NTP slews a clock by less between two looks; whatever is more was a step. */
const STEP_MS = 1_000;
/** A contract's bound; ten seconds hold far fewer. */
const OUTAGES_MAX = 100;

interface Tally {
  state: CarrierState;
  upMs: number;
  downMs: number;
}

export class Sampler {
  #previous: PreviousRun | null;
  #atMs: number | null = null;
  #steadyMs = 0;
  #startMs = 0;
  #up = { upMs: 0, downMs: 0 };
  #carriers = new Map<string, Tally>();
  #duplicatedBefore = new Map<string, number>();
  #seconds: HistorySlice[] = [];
  #outages: Outage[] = [];
  #latest: Facts | null = null;

  constructor(previous: PreviousRun) {
    this.#previous = previous;
  }

  second(slice: HistorySlice): void {
    this.#seconds.push(slice);
  }

  outage(outage: Outage): void {
    this.#outages.push(outage);
  }

  /** `steadyMs`: a clock that nobody sets. */
  look(facts: Facts, steadyMs: number, surroundings: () => Surroundings): Sampled {
    const samples: SampleBody[] = [];
    const lastMs = this.#atMs;
    const steadyStepMs = steadyMs - this.#steadyMs;
    // Set back by less than a step, the clock waits until it has caught up.
    let atMs = facts.atMs;
    const isSet = lastMs !== null && Math.abs(atMs - lastMs - steadyStepMs) >= STEP_MS;
    const isBack = lastMs !== null && atMs < lastMs && isSet;
    if (lastMs !== null && !isBack) atMs = Math.max(atMs, lastMs);
    if (lastMs === null || isSet || steadyStepMs > HOLE_MS) {
      const held = this.#end(surroundings);
      if (held !== null) samples.push(held);
      this.#begin(facts, atMs);
    } else {
      this.#count(facts, atMs - lastMs);
      if (Math.floor(atMs / SAMPLE_MS) !== Math.floor(this.#startMs / SAMPLE_MS)) {
        this.#atMs = atMs;
        this.#latest = facts;
        const ended = this.#end(surroundings);
        if (ended !== null) samples.push(ended);
        this.#begin(facts, atMs);
      }
    }
    this.#atMs = atMs;
    this.#steadyMs = steadyMs;
    this.#latest = facts;
    return { samples, renew: isBack };
  }

  /** What is held of the sample that has begun, or null. */
  close(surroundings: () => Surroundings): SampleBody | null {
    const held = this.#end(surroundings);
    this.#atMs = null;
    return held;
  }

  #begin(facts: Facts, atMs: number): void {
    this.#startMs = atMs;
    this.#up = { upMs: 0, downMs: 0 };
    this.#carriers = new Map();
    this.#duplicatedBefore = new Map(
      facts.carriers.map(({ link, bytesDuplicated }) => [link, bytesDuplicated]),
    );
  }

  #count({ up, carriers }: Facts, stepMs: number): void {
    if (up) this.#up.upMs += stepMs;
    else this.#up.downMs += stepMs;
    for (const { link, state } of carriers) {
      const tally = this.#carriers.get(link) ?? { state, upMs: 0, downMs: 0 };
      tally.state = state;
      if (state === 'up') tally.upMs += stepMs;
      if (state === 'down') tally.downMs += stepMs;
      this.#carriers.set(link, tally);
    }
  }

  #end(surroundings: () => Surroundings): SampleBody | null {
    const facts = this.#latest;
    const spanMs = this.#up.upMs + this.#up.downMs;
    if (this.#atMs === null || facts === null || spanMs === 0) return null;
    const carriers = [...this.#carriers].map(([link, tally]) => {
      const fact = facts.carriers.find((one) => one.link === link);
      return this.#carrier(link, tally, fact);
    });
    const sample: SampleBody = {
      atMs: this.#startMs,
      spanMs,
      previous: this.#previous,
      ...this.#up,
      gateway: facts.gateway,
      ...surroundings(),
      carriers,
      classes: this.#classes(),
      outages: this.#outages.slice(-OUTAGES_MAX),
    };
    this.#previous = null;
    this.#seconds = [];
    this.#outages = [];
    this.#up = { upMs: 0, downMs: 0 };
    return sample;
  }

  #carrier(link: string, tally: Tally, fact: CarrierFact | undefined): CarrierSample {
    const slices = this.#seconds.flatMap(({ carriers }) =>
      carriers.filter((carrier) => carrier.link === link),
    );
    const last = slices.at(-1);
    const sum: CarrierSlice | null = last === undefined ? null : sumOfCarrier(last, slices);
    const duplicatedBefore = this.#duplicatedBefore.get(link) ?? 0;
    const sent = sum?.sent ?? 0;
    const lost = sum?.lost ?? 0;
    return {
      link,
      ...tally,
      rttMs: sum?.rttMs ?? fact?.rttMs ?? null,
      lossShare: sent === 0 ? null : Math.min(1, lost / sent),
      packetsSent: sent,
      packetsLost: lost,
      bytesSent: sum?.bytesSent ?? 0,
      bytesReceived: sum?.bytesReceived ?? 0,
      bytesDuplicated: Math.max(0, (fact?.bytesDuplicated ?? 0) - duplicatedBefore),
      radio: null,
      ...(fact?.data === undefined ? {} : { data: fact.data }),
    };
  }

  #classes(): ClassSample[] {
    return CLASSES.flatMap((name, i) => {
      const slices = this.#seconds.flatMap(({ classes }) => classes[i] ?? []);
      if (slices.length === 0) return [];
      const { unsent, lost, ...sum } = sumOfClass(slices);
      // Had no path, or no copy was answered in time: to whoever waited it is the same.
      return [{ class: name, ...sum, lost: unsent + (lost ?? 0) }];
    });
  }
}

/** In the order of a slice's classes. */
const CLASSES = ['critical', 'realtime', 'interactive', 'bulk'] as const;
