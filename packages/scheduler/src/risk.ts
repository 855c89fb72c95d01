import { TrafficClass } from '@rmh/base';
import { type Path, reportDelayUs } from '@rmh/paths';
import { PATHS_MAX } from '@rmh/wire';
import type { Load } from './load.ts';
import type { ClassPolicy } from './policy.ts';

/**
 * How often a path fails, learned on the road: outages a second, remembered for about ten minutes
 * and mixed with what recorded drives show, so that a new path is neither trusted nor shunned.
 */
export class OutageRate {
  #weight = 0;
  #atUs = 0;
  #sinceUs = -1;

  note(nowUs: number): void {
    this.#weight = this.#faded(nowUs) + 1;
    this.#atUs = nowUs;
    if (this.#sinceUs < 0) this.#sinceUs = nowUs;
  }

  /** Outages a second. */
  perSecond(nowUs: number): number {
    if (this.#sinceUs < 0) this.#sinceUs = nowUs;
    const seenSeconds = MEMORY_S * (1 - Math.exp((this.#sinceUs - nowUs) / (MEMORY_S * 1e6)));
    return (PRIOR_OUTAGES + this.#faded(nowUs)) / (PRIOR_SECONDS + seenSeconds);
  }

  #faded(nowUs: number): number {
    return this.#weight * Math.exp((this.#atUs - nowUs) / (MEMORY_S * 1e6));
  }
}

/**
 * Which paths fail together: of the outages of one, how many found the other down too. Carriers
 * that share a mast or a tunnel are worth less to each other than two that do not.
 */
export class SharedFate {
  /** Before anything was seen of a pair, 0 … 1. */
  prior: number;
  readonly #outages = new Float64Array(PATHS_MAX);
  readonly #together = new Float64Array(PATHS_MAX * PATHS_MAX);

  constructor(prior: number) {
    this.prior = prior;
  }

  /** `path` failed, and these others were down within the same while. */
  note(path: number, down: readonly number[]): void {
    this.#outages[path] = (this.#outages[path] ?? 0) + 1;
    for (const other of down) {
      const at = path * PATHS_MAX + other;
      this.#together[at] = (this.#together[at] ?? 0) + 1;
    }
  }

  /** Chance that the other is down when the one is; the worse of both directions, 0 … 1. */
  between(a: number, b: number): number {
    return Math.max(this.#given(a, b), this.#given(b, a));
  }

  #given(path: number, other: number): number {
    const together = this.#together[path * PATHS_MAX + other] ?? 0;
    const outages = this.#outages[path] ?? 0;
    return (this.prior * PRIOR_PAIRS + together) / (PRIOR_PAIRS + outages);
  }
}

/** Of a path that every class uses: behind the last of them. */
export const NOT_SPARED = TrafficClass.bulk + 1;

/** A path as the verdict sees it. */
export type Way = Path & {
  readonly outages: OutageRate;
  readonly load: Load;
  /** Packets of this class and those behind it spare the path: its data budget is spent. */
  readonly sparedFrom: number;
  /** Chance that it fails within the next seconds, as passes of this road say; 0: nothing said. */
  readonly foreseenRisk: number;
};

/**
 * The predicted chance that a packet which leaves now on `way` misses its deadline, 0 … 1: it
 * comes too late, it is lost, or the path fails before we notice. Where a repair over another path
 * still comes in time, a loss only counts as far as the repair may fail too.
 *
 * @param repairs may losses be counted on to be repaired (not for what must not even wait)
 */
export function missShare(
  way: Way,
  policy: ClassPolicy,
  ageUs: number,
  repairs: boolean,
  nowUs: number,
): number {
  const leftUs = policy.deadlineUs - ageUs - way.oneWayUs;
  if (leftUs <= 0) return 1;
  const spreadUs = Math.max(SPREAD_LEAST_US, way.rtt.varianceUs);
  const late = Math.exp(-leftUs / spreadUs) / 2;
  const patienceUs = way.patienceUs;
  // Whatever leaves between the failure of a path and our suspicion is lost with it.
  const failing =
    Math.min(1, way.outages.perSecond(nowUs) * (patienceUs / 1e6)) +
    doubtOf(way, nowUs) +
    way.foreseenRisk * FORESEEN_LOSES;
  const repairUs = patienceUs + way.oneWayUs;
  const repaired = repairs && leftUs > repairUs && policy.repairUntilUs > ageUs + patienceUs;
  if (repaired) return Math.min(1, late + (way.lossShare + failing) * REPAIR_FAILS);
  return Math.min(1, late + failing + unrebuiltShare(way.lossShare, policy.protectEvery));
}

/** Of single losses a symbol rebuilds all but those that have another in their group. */
function unrebuiltShare(lossShare: number, protectEvery: number): number {
  return protectEvery === 0 ? lossShare : lossShare * Math.min(1, protectEvery * lossShare);
}

/**
 * An answer is overdue, though not so late that the path is suspect: 0 … 0.5 over the last part of
 * its patience.
 */
function doubtOf(way: Way, nowUs: number): number {
  const lateAtUs = way.lateAtUs;
  if (lateAtUs === null) return 0;
  const marginUs = way.patienceUs - way.rtt.smoothedUs - reportDelayUs(way.rtt.smoothedUs);
  const overdueUs = nowUs - (lateAtUs - marginUs);
  if (overdueUs <= 0 || marginUs <= 0) return 0;
  const share = Math.min(1, overdueUs / marginUs);
  return (share * share) / 2;
}

const MEMORY_S = 600;
/** Recorded drives: 26 to 60 outages over 0.5 s a driving hour (docs/drives.md); here 30. */
const PRIOR_OUTAGES = 1;
const PRIOR_SECONDS = 120;
/** The pair's prior weighs as much as so many outages seen. */
const PRIOR_PAIRS = 5;
const SPREAD_LEAST_US = 3_000;
/** Of what leaves before a foreseen failure so much meets it: it comes within seconds. */
const FORESEEN_LOSES = 0.3;
/** The repairing path may fail or lose as well; a path that failed takes its neighbours along. */
const REPAIR_FAILS = 0.1;
