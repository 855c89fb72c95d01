// Lets the faults of a run happen at their times.
import { nowUs } from '@rmh/netio';
import type { Carriers } from './carriers.ts';
import type { Daemons } from './daemons.ts';
import type { Fault } from './faults.ts';

export class FaultPlayer {
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #carriers: Carriers;
  readonly #daemons: Daemons;

  constructor(carriers: Carriers, daemons: Daemons) {
    this.#carriers = carriers;
    this.#daemons = daemons;
  }

  /** Those of an order, at their times after `startUs`. */
  plan(faults: readonly Fault[], startUs: number): void {
    for (const fault of faults) this.strike(1, fault, fault.atMs + (startUs - nowUs()) / 1000);
  }

  /** In `inMs`; `vehicle` counts from 1. */
  strike(vehicle: number, fault: Fault, inMs: number): void {
    const carriers = this.#carriers;
    const daemons = this.#daemons;
    const endMs = fault.forMs === null ? null : inMs + fault.forMs;
    if (fault.target === 'carrier') {
      const { carrier, kind } = fault;
      this.#in(inMs, () => carriers.fault(vehicle, carrier, kind, true));
      if (endMs !== null) this.#in(endMs, () => carriers.fault(vehicle, carrier, kind, false));
      return;
    }
    if (fault.kind === 'drain') {
      this.#in(inMs, () => void daemons.drainGateway(fault.gateway));
      return;
    }
    this.#in(inMs, () => daemons.killGateway(fault.gateway));
    if (endMs !== null) this.#in(endMs, () => daemons.restartGateway(fault.gateway));
  }

  /** What did not happen yet will not. */
  end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #in(ms: number, work: () => void): void {
    this.#timers.push(setTimeout(work, ms));
  }
}
