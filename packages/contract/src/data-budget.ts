// How near a link is to the end of its data budget, in one reading for all who show it.
import type { LinkData } from './status.ts';

// At an even pace six days of the month are left: time to order more, or to look what eats it.
const NEARLY_SPENT_SHARE = 0.8;

export interface DataLeft {
  readonly stage: 'within' | 'nearly' | 'spent';
  /** Of the month's budget; 1 where there is none to use. More than 1 when it was passed. */
  readonly share: number;
  readonly leftBytes: number;
}

export function dataLeftOf({ monthBytes, monthlyBytes, spent }: LinkData): DataLeft {
  const share = monthlyBytes === 0 ? 1 : monthBytes / monthlyBytes;
  const stage = spent ? 'spent' : share >= NEARLY_SPENT_SHARE ? 'nearly' : 'within';
  return { stage, share, leftBytes: Math.max(0, monthlyBytes - monthBytes) };
}
