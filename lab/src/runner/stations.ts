// All stations of a run: started, begun, ended and asked together.
import type { StationPlan } from '../devices/plan.ts';
import {
  ALONE_ADDRESS,
  type CarrierName,
  SITE_ADDRESS,
  type VehicleAddresses,
} from '../topology/addresses.ts';
import type { Namespaces } from '../topology/namespaces.ts';
import { spawnStation, tailOf } from './children.ts';
import { StationClient } from './station-client.ts';

export interface StationPair {
  readonly car: StationClient;
  readonly site: StationClient;
}

export class Stations {
  readonly pairs: StationPair[];
  readonly #workspace: string;

  constructor(
    vehicles: readonly { at: VehicleAddresses; carriers: CarrierName[] }[],
    flowIds: number[],
    namespaces: Namespaces,
    workspace: string,
  ) {
    this.#workspace = workspace;
    this.pairs = vehicles.map(({ at, carriers }, v) => {
      const plan: Omit<StationPlan, 'side'> = {
        vehicle: at.index,
        flowIds,
        carAddress: at.car,
        siteAddress: SITE_ADDRESS,
        aloneAddress: ALONE_ADDRESS,
        carriers,
      };
      const { lan = -1, unit = -1 } = namespaces.vehicles[v] ?? {};
      const { helsenett, internet } = namespaces;
      // The site first: it listens when the car calls.
      const site = this.#spawn({ ...plan, side: 'site' }, [helsenett, internet]);
      const car = this.#spawn({ ...plan, side: 'car' }, [lan, unit]);
      return { car, site };
    });
  }

  /** Throws when one did not come up. */
  async ready(): Promise<void> {
    await Promise.all(this.#all().map((station) => station.ready()));
    for (const { failed, name } of this.#all()) {
      if (failed === null) continue;
      throw new Error(`${name} ${failed}\n${tailOf(this.#workspace, name)}`);
    }
  }

  start(atUs: number): void {
    for (const station of this.#all()) station.send({ kind: 'start', atUs });
  }

  stopSending(atUs: number): void {
    for (const station of this.#all()) station.send({ kind: 'stopSending', atUs });
  }

  async finish(): Promise<void> {
    await Promise.all(this.#all().map((station) => station.finish()));
  }

  mishaps(): string[] {
    return this.#all().flatMap(({ name, failed }) =>
      failed === null ? [] : [`${name} ${failed}`],
    );
  }

  /** Every car's held connection answered a question that was asked after `us`. */
  heldSince(us: number): boolean {
    return this.pairs.every(({ car }) => (car.last?.hold?.answeredAskUs ?? 0) > us);
  }

  #all(): StationClient[] {
    return this.pairs.flatMap(({ car, site }) => [site, car]);
  }

  #spawn(plan: StationPlan, netnsFds: readonly [number, number]): StationClient {
    const name = `${plan.side}${plan.vehicle}`;
    const child = spawnStation(plan.side, JSON.stringify(plan), netnsFds, name, this.#workspace);
    return new StationClient(name, child);
  }
}
