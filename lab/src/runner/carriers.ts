// The emulated carriers of a run as the engine uses them: started, struck by faults, stopped.
import { setTimeout as sleep } from 'node:timers/promises';
import { CarrierEmulator } from '../carriers/emulator.ts';
import type { CarrierName, VehicleAddresses } from '../topology/addresses.ts';
import { carrierCommand, carrierLinks, linkName } from '../topology/carrier-links.ts';
import type { Namespaces } from '../topology/namespaces.ts';
import type { CarrierFaultKind } from './faults.ts';
import type { CarrierSource } from './protocol.ts';
import { linkSources } from './sources.ts';

// A drive plays from the emulator's start, but its window is to begin with the first packet: so
// it starts this much before the window, which is what daemons and tunnels usually take.
export const LEAD_MS = 5_000;

interface Vehicle {
  readonly at: VehicleAddresses;
  readonly carriers: readonly CarrierName[];
  readonly source: CarrierSource;
}

export class Carriers {
  readonly mishaps: string[] = [];
  readonly #emulator: CarrierEmulator;
  readonly #vehicles: readonly Vehicle[];
  readonly #leadEndMs: number;

  private constructor(emulator: CarrierEmulator, vehicles: readonly Vehicle[]) {
    this.#emulator = emulator;
    this.#vehicles = vehicles;
    const drives = vehicles.some(({ source }) => source.kind === 'drive');
    this.#leadEndMs = drives ? Date.now() + LEAD_MS : 0;
  }

  static async start(
    vehicles: readonly Vehicle[],
    namespaces: Namespaces,
    seed: number,
  ): Promise<Carriers> {
    const played = await Promise.all(
      vehicles.map(async ({ carriers, source }) => ({
        carriers,
        sources: await linkSources(source, LEAD_MS),
      })),
    );
    const links = carrierLinks(played, namespaces);
    return new Carriers(await CarrierEmulator.start({ links, seed }), vehicles);
  }

  /** Until the window of the drive begins. */
  async lead(): Promise<void> {
    await sleep(Math.max(0, this.#leadEndMs - Date.now()));
  }

  /** `vehicle` counts from 1, `carrier` from 0. */
  fault(vehicle: number, carrier: number, kind: CarrierFaultKind, on: boolean): void {
    const name = this.#vehicles[vehicle - 1]?.carriers[carrier];
    if (name === undefined) return;
    this.#emulator
      .command(carrierCommand(kind, linkName(vehicle, name), on))
      .catch((error: unknown) => {
        this.mishaps.push(`${name.name}: ${kind} failed: ${String(error)}`);
      });
  }

  /** The latest that a packet left the emulator after its time. */
  lateUsMax(): number {
    const stats = this.#emulator.stats();
    return Math.max(
      0,
      ...stats.flatMap(({ up, down }) => [up, down].map((d) => d.releaseLateUsMax)),
    );
  }

  async stop(): Promise<void> {
    await this.#emulator.stop();
  }
}
