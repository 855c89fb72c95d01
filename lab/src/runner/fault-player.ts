// Lets the faults of a run happen at their times.
import { nowUs } from '@rmh/netio';
import type { Carriers } from './carriers.ts';
import type { Daemons } from './daemons.ts';
import type { Fault } from './faults.ts';

export class FaultPlayer {
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #startUs: number;

  constructor(faults: readonly Fault[], startUs: number, carriers: Carriers, daemons: Daemons) {
    this.#startUs = startUs;
    for (const fault of faults) {
      if (fault.target === 'carrier') {
        this.#at(fault.atMs, () => carriers.fault(fault.carrier, fault.kind, true));
        if (fault.forMs === null) continue;
        this.#at(fault.atMs + fault.forMs, () => carriers.fault(fault.carrier, fault.kind, false));
        continue;
      }
      if (fault.kind === 'drain') {
        this.#at(fault.atMs, () => void daemons.drainGateway(fault.gateway));
        continue;
      }
      this.#at(fault.atMs, () => daemons.killGateway(fault.gateway));
      if (fault.forMs === null) continue;
      this.#at(fault.atMs + fault.forMs, () => daemons.restartGateway(fault.gateway));
    }
  }

  /** What did not happen yet will not. */
  end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #at(ms: number, work: () => void): void {
    this.#timers.push(setTimeout(work, ms + (this.#startUs - nowUs()) / 1000));
  }
}
