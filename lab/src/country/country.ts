// Everything of `./rmh up` that lives outside the lab's namespaces: the console, the platform, the
// machines' enrolment, the simulated fleet.
//
//   console built → platform started → country and carriers → machines enrolled → bridge
//     → (the lab runs) … and beside it the fleet
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CARRIERS } from '../fleet/coverage.ts';
import { largestTowns } from '../fleet/geography.ts';
import type { FleetOrder, FleetWord } from '../fleet/main.ts';
import { seedCountry, stationKey } from '../fleet/seed.ts';
import { NODE } from '../runner/children.ts';
import type { Enrolled } from '../runner/protocol.ts';
import type { CarrierName } from '../topology/addresses.ts';
import { type Bridge, openBridge } from './bridge.ts';
import { makeCatalogue } from './catalogue.ts';
import { LivePlatform } from './live-platform.ts';
import { signIn } from './sign-in.ts';
import { enrolMachines, makeCarriers } from './workshop.ts';

const BUILD_CONSOLE = fileURLToPath(
  new URL('../../../apps/console/src/build/main.ts', import.meta.url),
);
const FLEET = fileURLToPath(new URL('../fleet/main.ts', import.meta.url));
/** So that statistics and coverage have something to say from the first minute. */
const HISTORY_HOURS = 6;

export type CountryPhase = 'console' | 'platform' | 'enrolling' | 'ready';

export interface CountryOptions {
  readonly directory: string;
  readonly port: number;
  /** 0: none. */
  readonly fleet: number;
  readonly seed: number;
  /** Of each vehicle of the lab. */
  readonly carriers: readonly (readonly CarrierName[])[];
  readonly onPhase: (phase: CountryPhase) => void;
  readonly onFleet: (word: FleetWord) => void;
}

export class Country {
  readonly enrolled: Enrolled;
  readonly consoleUrl: string;
  /** Signs in once; printed for whoever started this. */
  readonly link: string;
  readonly #platform: LivePlatform;
  readonly #bridge: Bridge;
  readonly #fleet: ChildProcess | null;
  readonly #ending = new AbortController();
  #isOut = false;

  private constructor(parts: {
    enrolled: Enrolled;
    link: string;
    platform: LivePlatform;
    bridge: Bridge;
    fleet: ChildProcess | null;
  }) {
    this.enrolled = parts.enrolled;
    this.link = parts.link;
    this.consoleUrl = parts.platform.consoleUrl;
    this.#platform = parts.platform;
    this.#bridge = parts.bridge;
    this.#fleet = parts.fleet;
  }

  static async found(options: CountryOptions): Promise<Country> {
    const { directory, onPhase } = options;
    onPhase('console');
    await buildConsole();
    onPhase('platform');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const isNew = !existsSync(join(directory, 'data'));
    const platform = await LivePlatform.start({ directory, port: options.port });
    try {
      onPhase('enrolling');
      const platformSocket = join(directory, 'platform.sock');
      const machines = await settle(platform, options);
      rmSync(platformSocket, { force: true });
      const there = { host: '127.0.0.1', port: platform.machinePort };
      const bridge = await openBridge({ path: platformSocket }, there);
      const fleet = options.fleet === 0 ? null : await startFleet(platform, options, isNew);
      const link = await platform.link();
      onPhase('ready');
      return new Country({
        enrolled: { ...machines, platformSocket },
        link,
        platform,
        bridge,
        fleet,
      });
    } catch (error) {
      await platform.stop();
      throw error;
    }
  }

  /** Kills the platform as a power cut would, and starts it again after `forMs`. */
  async interrupt(forMs: number): Promise<void> {
    if (this.#isOut) return;
    this.#isOut = true;
    await this.#platform.kill();
    const { signal } = this.#ending;
    await sleep(forMs, null, { signal }).catch(() => {});
    try {
      if (!signal.aborted) await this.#platform.startAgain();
    } catch (error) {
      // Stopped while it started.
      if (!signal.aborted) throw error;
    }
    this.#isOut = false;
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    this.#fleet?.kill('SIGTERM');
    this.#bridge.close();
    await this.#platform.stop();
  }
}

async function settle(platform: LivePlatform, { directory, carriers }: CountryOptions) {
  const client = await signIn(await platform.link());
  const stations = await seedCountry(client);
  const names = CARRIERS.map(({ key, name, colour }) => ({ key, name, colour }));
  await makeCarriers(client, names);
  await makeCatalogue(client);
  const workshop = {
    client,
    directory: join(directory, 'machines'),
    benchUrl: platform.machineUrl,
  };
  return await enrolMachines(workshop, carriers, homesOfLab(stations, carriers.length));
}

/** One vehicle in the largest town of each region in turn. */
function homesOfLab(stations: ReadonlyMap<string, number>, vehicles: number): number[] {
  const towns = largestTowns();
  return Array.from({ length: vehicles }, (_, v) => {
    const home = towns[v % towns.length];
    return stations.get(stationKey(home?.trust ?? '', home?.town.name ?? '')) ?? 0;
  });
}

async function startFleet(
  platform: LivePlatform,
  { fleet: vehicles, seed, onFleet }: CountryOptions,
  isNew: boolean,
): Promise<ChildProcess> {
  const order: FleetOrder = {
    link: await platform.link(),
    machineUrl: platform.machineUrl,
    fingerprint: platform.fingerprint,
    vehicles,
    historyHours: isNew ? HISTORY_HOURS : 0,
    seed,
  };
  const child = fork(FLEET, [], { stdio: ['pipe', 'ignore', 'inherit', 'ipc'] });
  child.on('message', (word: FleetWord) => onFleet(word));
  child.stdin?.end(JSON.stringify(order));
  return child;
}

/** Its own process: a bundler that ends leaves nothing behind in ours. */
export async function buildConsole(): Promise<void> {
  const [command = '', ...args] = [...NODE, BUILD_CONSOLE];
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data) => {
    said += String(data);
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the console was not built (exit ${code})\n${said.slice(-1500)}`);
}
