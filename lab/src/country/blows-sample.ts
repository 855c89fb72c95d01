// Samples of a drive that never was, as a unit with three carriers makes them.
import { Random } from '@rmh/base';
import type { NowSent, Sample } from '@rmh/contract/api';
import type { RunMarker } from '@rmh/contract/machine';
import { CARRIERS } from '../fleet/coverage.ts';

export const SPAN_MS = 10_000;
/** A run begins a while after the last one broke off. */
const GAP_MS = 20_000;
/** Samples never come from the future, however long the run. */
const BEHIND_MS = 120_000;
const CLASSES = ['critical', 'realtime', 'interactive', 'bulk'] as const;

/** One run of a unit: from where the last one ended, sample after sample. */
export class Drive {
  readonly #marker: Pick<RunMarker, 'previous' | 'takeNumber'>;
  readonly #random: Random;
  #atMs: number;
  #isFirst = true;

  constructor(
    { fromMs, seed }: { readonly fromMs: number; readonly seed: number },
    lastEndMs: number | null,
    marker: Pick<RunMarker, 'previous' | 'takeNumber'>,
  ) {
    this.#marker = marker;
    this.#atMs = lastEndMs === null ? fromMs : lastEndMs + GAP_MS;
    this.#random = new Random(seed + this.#atMs);
  }

  /** Null: the present is reached. */
  next(): Omit<Sample, 'sequence'> | null {
    if (this.#atMs + SPAN_MS > Date.now() - BEHIND_MS) return null;
    const previous = this.#isFirst ? this.#marker.previous : null;
    const take = () => this.#marker.takeNumber();
    const sample = madeUpSample(this.#random, this.#atMs, previous, take);
    this.#isFirst = false;
    this.#atMs += SPAN_MS;
    return sample;
  }
}

/** `takeNumber` is asked for an outage's number, one sample in twenty. */
export function madeUpSample(
  random: Random,
  atMs: number,
  previous: Sample['previous'],
  takeNumber: () => number,
): Omit<Sample, 'sequence'> {
  const downMs = random.below(20) === 0 ? 100 + random.below(SPAN_MS - 100) : 0;
  return {
    ...{ atMs, spanMs: SPAN_MS, previous, upMs: SPAN_MS - downMs, downMs, gateway: 'gw-a' },
    place: placeOf(random),
    health: null,
    carriers: CARRIERS.map(({ key }) => carrierOf(random, key)),
    classes: CLASSES.map((name) => ({
      ...{ class: name, sent: random.below(400), received: random.below(400) },
      ...{ repaired: random.below(5), late: random.below(3), lost: random.below(3), quietMs: 40 },
    })),
    outages: downMs === 0 ? [] : [outageOf(takeNumber(), atMs, downMs)],
  };
}

/** A few cells around a station, so that many samples meet in one row of coverage. */
function placeOf(random: Random): Sample['place'] {
  return {
    latitude: 69.65 + random.below(4) / 100,
    longitude: 18.95 + random.below(4) / 100,
    ...{ speedMs: random.below(30), headingDeg: random.below(360) },
  };
}

function carrierOf(random: Random, link: string): Sample['carriers'][number] {
  const downMs = random.below(10) === 0 ? random.below(SPAN_MS) : 0;
  const packetsSent = random.below(2_000);
  return {
    ...{ link, state: downMs > 0 ? 'down' : 'up', upMs: SPAN_MS - downMs, downMs },
    ...{ rttMs: 30 + random.below(60), lossShare: 0.001, packetsSent },
    ...{ packetsLost: random.below(20), bytesSent: random.below(2_000_000) },
    ...{ bytesReceived: random.below(2_000_000), bytesDuplicated: random.below(100_000) },
    radio: {
      ...{ technology: 'lte', rsrpDbm: -70 - random.below(50), rsrqDb: -9, sinrDb: 12 },
      cell: null,
    },
  };
}

function outageOf(number: number, atMs: number, lastedMs: number): Sample['outages'][number] {
  return {
    ...{ number, link: null, fromMs: atMs, toMs: atMs + lastedMs },
    ...{ movedTo: null, movedAfterMs: null, criticalLost: 0, frozenMs: lastedMs },
  };
}

export function madeUpNow(atMs: number, waiting: number): NowSent {
  return {
    ...{ atMs, up: true, sinceMs: atMs - 60_000, gateway: 'gw-a', place: null, waiting },
    ...{ carriers: [], outages: [], softwareVersion: '0.1.0', configurationVersion: null },
  };
}
