// Whose fault was it: an outage judged by what both ends saw of its time. Pure.
//
// The first line that fits decides:
//
//   it lasted until the unit lost its power                                power
//   it lasted until the unit's program crashed, or nobody knows why        unit
//   the modem was away, more than it was silent                            unit
//   another carrier of the unit was there meanwhile (one link's outage)    carrier
//   carriers were there, and yet no gateway carried                        gateway
//   four of five other units at its gateway lost it too                    gateway
//   the gateway served others well meanwhile                               carrier
//   anything else                                                          unknown
import type { Sample, VehicleOutage } from '@rmh/contract/api';

export type Cause = VehicleOutage['cause'];

/** Times are ms within the outage's first ten minutes; null: nobody saw. */
export interface OutageFacts {
  readonly link: string | null;
  readonly lengthMs: number;
  /** How the run ended in which the outage lasted to the end; null: it ended before. */
  readonly runEnd: Sample['previous'];
  /** Of the link, or of all links together when the service was down. */
  readonly downMs: number | null;
  readonly absentMs: number | null;
  /** What the best other link (of a service outage: the best link) lacked, seen from either end. */
  readonly bestLostMs: number | null;
  readonly gateway: GatewayFacts | null;
}

export interface GatewayFacts {
  /** Units, other than this one, that the gateway served just before. */
  readonly others: number;
  /** Those of them that it lost for most of the outage. */
  readonly lost: number;
}

// Two others show that a gateway lives; fewer may be anywhere.
const OTHERS_LEAST = 2;
const LOST_SHARE = 0.8;

export function causeOf(facts: OutageFacts): Cause {
  const { link, runEnd, downMs, absentMs, bestLostMs, lengthMs, gateway } = facts;
  if (runEnd === 'power') return 'power';
  if (runEnd === 'crashed' || runEnd === 'unknown') return 'unit';
  if (absentMs !== null && absentMs > (downMs ?? 0)) return 'unit';
  if (bestLostMs !== null && bestLostMs <= lengthMs / 2)
    return link === null ? 'gateway' : 'carrier';
  if (gateway === null || gateway.others < OTHERS_LEAST) return 'unknown';
  return gateway.lost >= gateway.others * LOST_SHARE ? 'gateway' : 'carrier';
}
