// The measured acceptance drive, judged: figures in, a verdict out. docs/ordering.md has the words.
import type { DriveFigure } from '@rmh/contract/api';

/** No carrier of its own, and there is nothing to judge it by. */
export const SUBSCRIPTIONS_LEAST = 1;
/** A quarter of an hour is 90 samples, and some 12 km at 50 km/h. */
export const LENGTH_LEAST_S = 900;
/** H3 cells of resolution 8 are 0.9 km across: five of them are no round in a car park. */
export const CELLS_LEAST = 5;
/**
 * Two thirds of the shortest drive. Holes in a carrier's net are not the installation's fault; a
 * carrier that is there for less was not seen for long enough to know.
 */
export const CARRIER_UP_LEAST_S = 600;
/**
 * Against the fleet's median in the same cells. 6 dB are three quarters of the power: what a bad
 * connector, a pinched cable or an antenna without its ground plane costs, and about twice what
 * whole vehicles differ by from drive to drive.
 */
export const ANTENNA_LEAST_DB = -6;
/** One cell may be a street canyon; three in the same direction are the antenna. */
export const ANTENNA_CELLS_LEAST = 3;
/** As the common requirement asks. */
export const FAILOVER_MOST_MS = 1_000;

export interface LinkFacts {
  readonly link: string;
  readonly upMs: number;
  /** Mean of the vehicle and median of the fleet, by cell: those cells that both have. */
  readonly cells: readonly { readonly ownDbm: number; readonly fleetDbm: number }[];
}

export interface LinkOutage {
  /** Null: it carried too little to move, or the rest had nowhere to go. */
  readonly movedAfterMs: number | null;
  /** The service stayed up for all of it. */
  readonly serviceHeld: boolean;
}

export interface DriveFacts {
  /** What was measured of the drive, up or down. */
  readonly knownMs: number;
  readonly cells: number;
  /** Carriers that the vehicle has subscriptions of. */
  readonly expected: readonly string[];
  readonly links: readonly LinkFacts[];
  /** Times without one carrier during the drive, in their order. */
  readonly outages: readonly LinkOutage[];
}

export function judgeDrive(facts: DriveFacts): { passed: boolean; figures: DriveFigure[] } {
  const figures = [
    atLeast('length', null, Math.floor(facts.knownMs / 1_000), LENGTH_LEAST_S, 's'),
    atLeast('cells', null, facts.cells, CELLS_LEAST, 'cells'),
    atLeast('subscriptions', null, facts.expected.length, SUBSCRIPTIONS_LEAST, 'carriers'),
    ...facts.expected.flatMap((link) => {
      const seen = facts.links.find((one) => one.link === link);
      const upS = Math.floor((seen?.upMs ?? 0) / 1_000);
      return [
        atLeast('carrier', link, upS, CARRIER_UP_LEAST_S, 's'),
        antenna(link, seen?.cells ?? []),
      ];
    }),
    failover(facts.outages),
  ];
  return { passed: figures.every(({ result }) => result !== 'failed'), figures };
}

function atLeast(
  check: DriveFigure['check'],
  link: string | null,
  measured: number,
  limit: number,
  unit: DriveFigure['unit'],
): DriveFigure {
  const result = measured >= limit ? 'passed' : 'failed';
  return { check, link, result, measured, limit, unit, of: 0 };
}

/**
 * Where fewer than three other vehicles were, there is nothing to compare with: the first vehicle
 * of a region would never pass. That is said, and is no failure.
 */
function antenna(link: string, cells: LinkFacts['cells']): DriveFigure {
  const differences = cells.map(({ ownDbm, fleetDbm }) => ownDbm - fleetDbm);
  const measured = median(differences);
  const known = cells.length >= ANTENNA_CELLS_LEAST && measured !== null;
  const result = !known ? 'not-measurable' : measured >= ANTENNA_LEAST_DB ? 'passed' : 'failed';
  return {
    check: 'antenna',
    link,
    result,
    measured: known ? Math.round(measured * 10) / 10 : null,
    limit: ANTENNA_LEAST_DB,
    unit: 'dB',
    of: cells.length,
  };
}

/**
 * The last time that a carrier was lost, its traffic moved, and the service was not lost: none, and
 * nothing is shown. A carrier on which nothing was may flicker as it likes, before and after.
 */
function failover(outages: readonly LinkOutage[]): DriveFigure {
  const last = outages.findLast(({ movedAfterMs, serviceHeld }) => {
    return serviceHeld && movedAfterMs !== null;
  });
  const measured = last?.movedAfterMs ?? null;
  const result = measured !== null && measured <= FAILOVER_MOST_MS ? 'passed' : 'failed';
  const of = outages.length;
  return {
    check: 'failover',
    link: null,
    result,
    measured,
    limit: FAILOVER_MOST_MS,
    unit: 'ms',
    of,
  };
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}
