import type { LinkCondition } from '../carriers/condition.ts';
import { constantWindow } from './road.ts';
import type { DriveWindow } from './types.ts';

/** A carrier of constant rate and delay without loss. */
export function steadyCondition(mbit: number, oneWayMs: number): LinkCondition {
  return {
    upKbps: mbit * 1000,
    downKbps: mbit * 1000,
    oneWayUs: oneWayMs * 1000,
    jitterUs: 0,
    loss: 0,
    state: 'up',
    measured: true,
  };
}

/** Two carriers, different enough that packets overtake each other, with a little loss. */
export function roughWindow(seconds: number): DriveWindow {
  const fast = { ...steadyCondition(6, 20), loss: 0.01, jitterUs: 5000 };
  const slow = { ...steadyCondition(4, 45), loss: 0.02, jitterUs: 10_000 };
  return constantWindow({ fast, slow }, seconds * 1000);
}
