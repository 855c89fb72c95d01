// From the samples of `bench bond` to its figures.
import { bestPath, PLAIN_SHARE, rateMbit, TUNNEL_SHARE } from './capacity.ts';
import { type Spread, spreadOf } from './spread.ts';
import type { BondOptions, BondSample, Congestion, Direction } from './words.ts';

/** Mbit/s of TCP payload within the window; medians over the rounds. */
export interface BondHeadline {
  readonly upMbit: number;
  readonly downMbit: number;
  /** What the paths together carry after every header, each way. */
  readonly sumMbit: number;
  /** upMbit / sumMbit. */
  readonly upRatio: number;
  readonly downRatio: number;
}

export interface BondFigures extends BondHeadline {
  readonly congestion: Congestion;
  readonly up: Spread;
  readonly down: Spread;
  /** From the first byte on, start included. */
  readonly wholeUpMbit: number;
  readonly wholeDownMbit: number;
  /** Over the best path alone; null: not measured. */
  readonly aloneUpMbit: number | null;
  readonly aloneDownMbit: number | null;
  /** Straight over each carrier, all at once, added up; over what that can be at most. */
  readonly plainUpMbit: number | null;
  readonly plainDownMbit: number | null;
  readonly plainSumMbit: number;
}

export function figuresOf(
  options: BondOptions,
  samples: readonly BondSample[],
  congestion: Congestion,
): BondFigures {
  const { paths, faults, skipSeconds, seconds } = options;
  const window = { fromSeconds: skipSeconds, toSeconds: seconds };
  const sumMbit = rateMbit(paths, faults, window) * TUNNEL_SHARE;
  const own = samples.filter((sample) => sample.congestion === congestion);
  const spread = (subject: BondSample['subject'], way: Direction, field: 'mbit' | 'wholeMbit') =>
    spreadOf(
      own
        .filter((sample) => sample.subject === subject && sample.direction === way)
        .map((sample) => sample[field]),
    );
  const control = (subject: 'alone' | 'plain', way: Direction) =>
    own.some((sample) => sample.subject === subject) ? spread(subject, way, 'mbit').median : null;
  const [up, down] = [spread('bond', 'up', 'mbit'), spread('bond', 'down', 'mbit')];
  return {
    congestion,
    upMbit: up.median,
    downMbit: down.median,
    sumMbit,
    upRatio: up.median / sumMbit,
    downRatio: down.median / sumMbit,
    up,
    down,
    wholeUpMbit: spread('bond', 'up', 'wholeMbit').median,
    wholeDownMbit: spread('bond', 'down', 'wholeMbit').median,
    aloneUpMbit: control('alone', 'up'),
    aloneDownMbit: control('alone', 'down'),
    plainUpMbit: control('plain', 'up'),
    plainDownMbit: control('plain', 'down'),
    // The controls run without faults.
    plainSumMbit: rateMbit(paths, [], window) * PLAIN_SHARE,
  };
}

/** The worst of all congestion controls, each field for itself: one claim holds for them all. */
export function worstOf(figures: readonly BondFigures[]): BondHeadline {
  const least = (field: keyof BondHeadline) => Math.min(...figures.map((each) => each[field]));
  return {
    upMbit: least('upMbit'),
    downMbit: least('downMbit'),
    sumMbit: least('sumMbit'),
    upRatio: least('upRatio'),
    downRatio: least('downRatio'),
  };
}

/** What one path alone can be at most, and which: the bar that bonding has to pass. */
export function aloneOf({ paths, faults }: BondOptions): { path: string; sumMbit: number } | null {
  const best = bestPath(paths, faults);
  const path = best === null ? undefined : paths[best];
  return path === undefined ? null : { path: path.name, sumMbit: path.mbit * TUNNEL_SHARE };
}
