// One run, inside the sandbox:
//   1. build: namespaces, wires, configurations, carriers, daemons
//   2. connect: until every unit's tunnel is up and Helsenettet knows the way back
//   3. run: stations send, faults strike, snapshots go out
//   4. drain: what is under way arrives, held connections answer once more
//   5. result: last figures, and whether the daemons stopped in order
import { setTimeout as sleep } from 'node:timers/promises';
import { nowUs } from '@rmh/netio';
import {
  enrolledAddresses,
  gatewayAddresses,
  unitPrefixes,
  vehicleAddresses,
} from '../topology/addresses.ts';
import { Announcer } from '../topology/announcer.ts';
import { enrolledConfigurations, writeConfigurations } from '../topology/configurations.ts';
import { createNamespaces } from '../topology/namespaces.ts';
import { Carriers } from './carriers.ts';
import { spawnBridge, spawnGps } from './children.ts';
import { Daemons } from './daemons.ts';
import { FaultPlayer } from './fault-player.ts';
import type { Fault } from './faults.ts';
import type { FromInside, RunOrder, RunResult, Snapshot } from './protocol.ts';
import { Stations } from './stations.ts';

const SNAPSHOT_EVERY_MS = 500;
const CONNECT_MS_MAX = 60_000;
// After the tunnel is up its other carriers get this long to be validated too.
const SETTLE_MS_MAX = 3_000;
// Stragglers: longer than any deadline that a lost packet could still meet, bulk aside.
const DRAIN_MS = 2_500;
// TCP may be in a long back-off when the last outage ends just before the run does.
const HOLD_MS_MAX = 10_000;
// From the word to the first packet, so that all stations have heard it.
const LEAD_US = 100_000;

type Tell = (message: FromInside) => void;

export class Engine {
  readonly #order: RunOrder;
  readonly #tell: Tell;
  readonly #daemons: Daemons;
  readonly #announcer: Announcer;
  readonly #carriers: Carriers;
  readonly #faults: FaultPlayer;
  readonly #mishaps: string[] = [];
  readonly #vehicles;
  readonly #namespaces;
  #stations: Stations | null = null;
  #startUs: number | null = null;
  #stopAsked: () => void = () => {};
  readonly #stopped = new Promise<void>((resolve) => {
    this.#stopAsked = resolve;
  });

  private constructor(order: RunOrder, tell: Tell, parts: Parts) {
    this.#order = order;
    this.#tell = tell;
    this.#vehicles = parts.vehicles;
    this.#namespaces = parts.namespaces;
    this.#daemons = parts.daemons;
    this.#announcer = parts.announcer;
    this.#carriers = parts.carriers;
    this.#faults = new FaultPlayer(parts.carriers, parts.daemons);
  }

  static async build(order: RunOrder, tell: Tell): Promise<Engine> {
    tell({ kind: 'phase', phase: 'building' });
    return new Engine(order, tell, await buildParts(order));
  }

  stop(): void {
    this.#stopAsked();
  }

  strike(vehicle: number, fault: Fault): void {
    this.#faults.strike(vehicle, fault, 0);
  }

  async run(): Promise<RunResult> {
    this.#tell({ kind: 'phase', phase: 'connecting' });
    const stations = await this.#connect();
    await this.#carriers.lead();
    this.#tell({ kind: 'phase', phase: 'running' });
    const switchesBefore = this.#vehicles.map((_, v) => this.#switches(v));
    const startUs = nowUs() + LEAD_US;
    this.#startUs = startUs;
    stations.start(startUs);
    this.#faults.plan(this.#order.faults, startUs);
    const snapshots = setInterval(() => void this.#sendSnapshot(), SNAPSHOT_EVERY_MS);
    const stopUs = await this.#untilStop(stations, startUs);
    this.#tell({ kind: 'phase', phase: 'draining' });
    await this.#drain(stations, stopUs);
    clearInterval(snapshots);
    this.#faults.end();
    return await this.#result(stations, startUs, stopUs, switchesBefore);
  }

  async #connect(): Promise<Stations> {
    const endMs = Date.now() + CONNECT_MS_MAX;
    let asked = false;
    void this.#stopped.then(() => {
      asked = true;
    });
    await this.#until(() => asked || this.#tunnelsUp(), endMs);
    await this.#preferFirst();
    if (!this.#tunnelsUp() && !asked) {
      this.#mishaps.push(`no tunnel after ${CONNECT_MS_MAX / 1000} s; the run goes on without`);
    }
    const { flowIds, workspace } = this.#order;
    const stations = new Stations(this.#vehicles, flowIds, this.#namespaces, workspace);
    this.#stations = stations;
    await stations.ready();
    await this.#until(() => asked || this.#allCarry(), Date.now() + SETTLE_MS_MAX);
    return stations;
  }

  /** Which gateway answered first is chance; a run begins at gateway1, so that it can be struck. */
  async #preferFirst(): Promise<void> {
    const prefers = this.#vehicles.map((_, v) => this.#daemons.preferGateway(v, 'gateway1'));
    await Promise.all(prefers);
  }

  /** Looks ten times a second. */
  async #until(reached: () => boolean, endMs: number): Promise<void> {
    while (!reached() && Date.now() < endMs) {
      const [ended] = this.#daemons.mishaps;
      if (ended !== undefined) throw new Error(ended);
      await sleep(100);
      await this.#daemons.refresh();
    }
  }

  #tunnelsUp(): boolean {
    return this.#vehicles.every(({ at }, v) => {
      const peers = this.#daemons.unitStatus(v)?.dataplane?.peers ?? [];
      const carries = peers.some(({ active, state }) => active && state === 'established');
      return carries && unitPrefixes(at).every((prefix) => this.#announcer.viaOf(prefix) !== null);
    });
  }

  #switches(vehicle: number): number {
    return this.#daemons.unitStatus(vehicle)?.dataplane?.gatewaySwitches ?? 0;
  }

  /** Every carrier has a path to every gateway that is in use. */
  #allCarry(): boolean {
    return this.#vehicles.every(({ carriers }, v) => {
      const peers = this.#daemons.unitStatus(v)?.dataplane?.peers ?? [];
      if (!peers.some(({ active, name }) => active && name === 'gateway1')) return false;
      return peers.every(({ paths }) => {
        const carrying = new Set(paths.filter((p) => p.state === 'carrying').map((p) => p.link));
        return carriers.every(({ name }) => carrying.has(name));
      });
    });
  }

  /** Returns when the last packet left. */
  async #untilStop(stations: Stations, startUs: number): Promise<number> {
    const { seconds } = this.#order;
    const plannedUs = seconds === null ? null : startUs + seconds * 1e6;
    if (plannedUs !== null) stations.stopSending(plannedUs);
    const planned = new Promise<void>((resolve) => {
      if (plannedUs !== null) setTimeout(resolve, (plannedUs - nowUs()) / 1000);
    });
    await Promise.race([planned, this.#stopped]);
    if (plannedUs !== null && nowUs() >= plannedUs) return plannedUs;
    const stopUs = nowUs();
    stations.stopSending(stopUs);
    return stopUs;
  }

  async #drain(stations: Stations, stopUs: number): Promise<void> {
    await sleep(DRAIN_MS);
    const endMs = Date.now() + HOLD_MS_MAX;
    while (!stations.heldSince(stopUs) && Date.now() < endMs) await sleep(100);
  }

  async #result(
    stations: Stations,
    startUs: number,
    stopUs: number,
    switchesBefore: readonly number[],
  ): Promise<RunResult> {
    await this.#daemons.refresh();
    await stations.finish();
    const last = this.#snapshot();
    const carriersLateUsMax = this.#carriers.lateUsMax();
    await this.#daemons.stop();
    this.#announcer.close();
    await this.#carriers.stop();
    return {
      seconds: Math.round((stopUs - startUs) / 1e5) / 10,
      last,
      carriersLateUsMax,
      vehicles: stations.pairs.map(({ car }, v) => {
        const hold = car.last?.hold ?? null;
        const established = hold?.established ?? false;
        const survived = hold?.broken === null && hold.answeredAskUs > stopUs;
        const gatewaySwitches = this.#switches(v) - (switchesBefore[v] ?? 0);
        return { tcp: { established, survived }, gatewaySwitches };
      }),
      mishaps: [
        ...this.#mishaps,
        ...this.#daemons.mishaps,
        ...this.#carriers.mishaps,
        ...stations.mishaps(),
      ],
    };
  }

  async #sendSnapshot(): Promise<void> {
    await this.#daemons.refresh();
    this.#tell({ kind: 'snapshot', snapshot: this.#snapshot() });
  }

  #snapshot(): Snapshot {
    return {
      elapsedMs: this.#startUs === null ? 0 : Math.max(0, (nowUs() - this.#startUs) / 1000),
      vehicles: this.#vehicles.map(({ at, carriers }, v) => ({
        name: at.name,
        carriers,
        unit: this.#daemons.unitStatus(v),
        car: this.#stations?.pairs[v]?.car.last ?? null,
        site: this.#stations?.pairs[v]?.site.last ?? null,
      })),
      gateways: this.#daemons.gateways(),
    };
  }
}

type Parts = Awaited<ReturnType<typeof buildParts>>;

async function buildParts(order: RunOrder) {
  const { enrolled, workspace } = order;
  const vehicles = order.vehicles.map(({ carriers, source }, v) => {
    const known = enrolled?.vehicles[v];
    const at = known === undefined ? vehicleAddresses(v + 1) : enrolledAddresses(v + 1, known);
    return { at, carriers, source };
  });
  const gateways = [1, 2].map((index) => {
    return { ...gatewayAddresses(index), ...enrolled?.gateways[index - 1] };
  });
  const addresses = vehicles.map(({ at }) => at);
  const namespaces = createNamespaces(addresses, gateways);
  const fleet =
    enrolled === undefined
      ? writeConfigurations(workspace, vehicles, gateways)
      : enrolledConfigurations(enrolled.directory, addresses, gateways);
  if (enrolled !== undefined) {
    await spawnBridge(namespaces.helsenett, enrolled.platformSocket);
    for (const [v, { unit }] of namespaces.vehicles.entries()) {
      spawnGps(v + 1, order.seed, unit, workspace);
    }
  }
  const announcer = new Announcer(
    namespaces.helsenett,
    gateways.map((at, i) => ({ fd: namespaces.gateways[i] ?? -1, at })),
  );
  const carriers = await Carriers.start(vehicles, namespaces, order.seed);
  const daemons = new Daemons(fleet, namespaces, workspace);
  return { vehicles, namespaces, announcer, carriers, daemons };
}
