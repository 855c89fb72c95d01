import { TrafficClass as Class, type TrafficClass } from '@rmh/base';

/**
 * What the brain is told, as data: how each class is to be treated, and what copies may cost. A
 * policy is judged in the simulator before a vehicle gets it (docs/policy.md has every field with
 * its unit, range and reason).
 */
export interface Policy {
  /** Letters, digits, dot and hyphen: what reports and logs call it. */
  readonly name: string;
  readonly classes: Readonly<Record<TrafficClass, ClassPolicy>>;
  /** Share of all bytes sent that may be copies and repair symbols, 0 … 1. */
  readonly duplicateShareMost: number;
  /**
   * Chance that another path fails too when one has: two carriers that fail together are worth
   * less than two that do not, 0 … 1. What was observed of the pair outweighs it with time.
   */
  readonly sharedFate: number;
  /** Queue that may stand in an operator's buffer while more waits to be sent, µs. */
  readonly queueTargetUs: number;
}

/** Times in µs. */
export interface ClassPolicy {
  /** Age at which a packet has become worthless to its application. */
  readonly deadlineUs: number;
  /** The most paths that carry one packet at once, 1 … 8. */
  readonly copiesMost: number;
  /** A further copy leaves while the predicted chance of missing the deadline is above, 0 … 1. */
  readonly missShareMost: number;
  /** Age after which an unanswered packet is no longer sent again. */
  readonly repairUntilUs: number;
  /** How long the receiver may hold packets back to restore their order; 0: never. */
  readonly holdMostUs: number;
  /** How long a packet may wait for its turn before it is dropped. */
  readonly queueMostUs: number;
  /** What one flow may have waiting, as time at the paths' present rate; then its oldest goes. */
  readonly backlogMostUs: number;
  /** One repair symbol for so many packets where a repair would come too late; 0: none. */
  readonly protectEvery: number;
}

/** The national baseline: what a unit does that was told nothing else. */
export const NATIONAL_POLICY: Policy = {
  name: 'national-1',
  classes: {
    [Class.critical]: {
      deadlineUs: 500_000,
      copiesMost: 3,
      missShareMost: 0.0001,
      repairUntilUs: 500_000,
      holdMostUs: 0,
      queueMostUs: 1_000_000,
      backlogMostUs: 500_000,
      protectEvery: 0,
    },
    [Class.realtime]: {
      deadlineUs: 150_000,
      copiesMost: 2,
      missShareMost: 0.02,
      repairUntilUs: 300_000,
      holdMostUs: 0,
      queueMostUs: 150_000,
      backlogMostUs: 150_000,
      protectEvery: 8,
    },
    [Class.interactive]: {
      deadlineUs: 2_000_000,
      copiesMost: 1,
      missShareMost: 1,
      repairUntilUs: 2_000_000,
      holdMostUs: 300_000,
      queueMostUs: 2_000_000,
      backlogMostUs: 150_000,
      protectEvery: 0,
    },
    [Class.bulk]: {
      deadlineUs: 10_000_000,
      copiesMost: 1,
      missShareMost: 1,
      repairUntilUs: 3_000_000,
      holdMostUs: 500_000,
      queueMostUs: 3_000_000,
      backlogMostUs: 250_000,
      protectEvery: 0,
    },
  },
  duplicateShareMost: 0.2,
  sharedFate: 0.3,
  queueTargetUs: 8_000,
};
