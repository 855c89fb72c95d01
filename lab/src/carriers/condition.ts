/** What one carrier's link is like at one moment, both directions. */
export interface LinkCondition {
  /** kbit/s of IP packets; 0 lets nothing through (packets wait), Infinity does not limit. */
  readonly upKbps: number;
  readonly downKbps: number;
  /** Propagation, each direction, without queueing. */
  readonly oneWayUs: number;
  /** Mean of the exponential delay added on top, held for JITTER_HOLD_US at a time. */
  readonly jitterUs: number;
  /** Share of packets lost at random, each direction, 0 … 1. */
  readonly loss: number;
  readonly state: LinkState;
  /** False where the drive holds no measurement and a default stands in. */
  readonly measured: boolean;
}

/**
 * up: packets pass. drops: an outage that discards what is offered and what is queued.
 * delays: an outage during which packets wait in the operator's buffer until it ends.
 */
export type LinkState = 'up' | 'drops' | 'delays';

/** The same, seen by the packets of one direction. */
export interface DirectionCondition {
  readonly rateKbps: number;
  readonly oneWayUs: number;
  readonly jitterUs: number;
  readonly loss: number;
  readonly state: LinkState;
}

export type Direction = 'up' | 'down';

export function directionOf(condition: LinkCondition, direction: Direction): DirectionCondition {
  return {
    rateKbps: direction === 'up' ? condition.upKbps : condition.downKbps,
    oneWayUs: condition.oneWayUs,
    jitterUs: condition.jitterUs,
    loss: condition.loss,
    state: condition.state,
  };
}
