// Rings of a rollout as pure rules: who belongs to which, and what follows from how it went.
import { createHash } from 'node:crypto';

/**
 * Ring of each unit. Units stand in the order of a hash of their number, the same in every
 * rollout, so that an operator knows who goes first; a ring takes them up to its share, at least
 * one. Ring 0 of 700 vehicles at 1 % is 7 of them, from all over the country.
 */
export function ringsOf(
  unitIds: readonly number[],
  shares: readonly number[],
): Map<number, number> {
  const order = [...unitIds].sort((a, b) => compare(hashOf(a), hashOf(b)) || a - b);
  const rings = new Map<number, number>();
  shares.forEach((share, ring) => {
    const upTo = ring === shares.length - 1 ? order.length : Math.ceil(share * order.length);
    for (let i = rings.size; i < upTo; i++) rings.set(order[i] as number, ring);
  });
  return rings;
}

function hashOf(unitId: number): string {
  return createHash('sha256').update(`unit ${unitId}`).digest('hex');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The units of the ring that is under way, without those revoked meanwhile. */
export interface RingCount {
  readonly units: number;
  readonly confirmed: number;
  /** Fell back, and nobody has said yet that it may go on all the same. */
  readonly fellBack: number;
  readonly forgiven: number;
}

export type RingVerdict = 'wait' | 'next' | 'done' | 'pause';

/**
 * A ring is through when enough of it has confirmed. It pauses at the moment when so many fell
 * back that this can no longer happen: with 0.9 of 20, at the third. The forgiven do not count.
 */
export function ringVerdict(count: RingCount, successLeast: number, isLast: boolean): RingVerdict {
  const judged = count.units - count.forgiven;
  // 0.07 × 100 is 7.000000000000001.
  const needed = Math.ceil(successLeast * judged - 1e-9);
  if (judged - count.fellBack < needed) return 'pause';
  if (count.confirmed < needed) return 'wait';
  return isLast ? 'done' : 'next';
}
