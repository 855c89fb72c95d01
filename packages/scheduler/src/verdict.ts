import { TrafficClass as Class, type TrafficClass } from '@rmh/base';
import type { Path } from '@rmh/paths';

/**
 * How a class is treated. Times in µs.
 * - copies: how many paths carry each packet at once
 * - repairUntilUs: age after which an unanswered packet is no longer sent again
 * - holdMostUs: how long the receiver may hold packets back to restore their order; 0: never
 */
export interface ClassTreatment {
  readonly copies: number;
  readonly repairUntilUs: number;
  readonly holdMostUs: number;
}

/** First set of verdicts (docs/decisions); the deadlines are the classes' own (glossary). */
export const TREATMENTS: Readonly<Record<TrafficClass, ClassTreatment>> = {
  [Class.critical]: { copies: 3, repairUntilUs: 500_000, holdMostUs: 0 },
  [Class.realtime]: { copies: 1, repairUntilUs: 300_000, holdMostUs: 0 },
  [Class.interactive]: { copies: 1, repairUntilUs: 2_000_000, holdMostUs: 300_000 },
  [Class.bulk]: { copies: 1, repairUntilUs: 3_000_000, holdMostUs: 500_000 },
};

/**
 * The paths in the order in which a packet should use them, best first, written to `order`;
 * returns how many may carry. A pure function of the estimates: it changes nothing.
 *
 * Carrying paths come first by expected arrival; when none carries, suspect ones serve, because
 * a doubtful path is better than none; parked ones last, where a packet is a probe as good as any.
 * Paths whose address is not proved never carry.
 */
export function rankPaths(paths: readonly Path[], favourite: number, order: Int32Array): number {
  let count = 0;
  for (const wanted of RANKS) {
    for (const path of paths) {
      if (path.state !== wanted) continue;
      let at = count++;
      const cost = costUs(path, favourite);
      while (at > 0 && beats(paths, order[at - 1] ?? 0, wanted, cost, favourite)) {
        order[at] = order[at - 1] ?? 0;
        at--;
      }
      order[at] = paths.indexOf(path);
    }
  }
  return count;
}

const RANKS = ['carrying', 'suspect', 'parked'] as const;

function beats(
  paths: readonly Path[],
  before: number,
  wanted: string,
  cost: number,
  favourite: number,
): boolean {
  const other = paths[before];
  return other !== undefined && other.state === wanted && costUs(other, favourite) > cost;
}

/**
 * Expected time to arrive, with what losing costs (a repair takes about a round trip more). The
 * path in use gets a discount, so that two like paths do not take turns.
 */
function costUs(path: Path, favourite: number): number {
  const rtt = path.rtt.samples === 0 ? UNMEASURED_US : path.rtt.smoothedUs;
  const cost = rtt / 2 + path.lossShare * (rtt + REPAIR_US);
  return path.id === favourite ? cost * FAVOURITE : cost;
}

const UNMEASURED_US = 200_000;
const REPAIR_US = 50_000;
const FAVOURITE = 0.75;
