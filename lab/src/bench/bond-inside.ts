// `rmh bench bond` inside its sandbox. For each congestion control: in the first round the controls
// (plain, alone), in every round one flow over all paths, up and down.
import { setTimeout as pause } from 'node:timers/promises';
import type { CarrierEmulator } from '../carriers/emulator.ts';
import { carrierCommand } from '../topology/carrier-links.ts';
import type { Ground } from './addresses.ts';
import { aliveAtStart, bestPath } from './capacity.ts';
import { OWN_ROOT } from './children.ts';
import { runInside, say } from './inside-main.ts';
import { type Hosts, mbitOf, runTcp } from './loads.ts';
import {
  carrierDevice,
  createRoadside,
  linkName,
  roadLinks,
  routeStraight,
  startCarriers,
  straightHost,
} from './road.ts';
import { OwnTunnel } from './subjects.ts';
import {
  type BondOptions,
  type BondSample,
  type Congestion,
  DIRECTIONS,
  type Direction,
} from './words.ts';

runInside(async (json) => {
  const options = JSON.parse(json) as BondOptions;
  const bench = await Bench.build(options);
  for (let round = 1; round <= options.rounds; round++) {
    for (const congestion of options.congestions) await bench.round(round, congestion);
  }
  bench.sayLateness();
});

type Figures = Pick<BondSample, 'mbit' | 'wholeMbit'>;

class Bench {
  readonly #options: BondOptions;
  readonly #ground: Ground;
  readonly #emulator: CarrierEmulator;
  readonly #tunnel: OwnTunnel;

  private constructor(
    options: BondOptions,
    ground: Ground,
    emulator: CarrierEmulator,
    tunnel: OwnTunnel,
  ) {
    this.#options = options;
    this.#ground = ground;
    this.#emulator = emulator;
    this.#tunnel = tunnel;
  }

  static async build(options: BondOptions): Promise<Bench> {
    const { paths, seed } = options;
    const ground = createRoadside(paths.length);
    const emulator = await startCarriers(roadLinks(ground, paths), seed);
    routeStraight(ground, paths.length);
    return new Bench(options, ground, emulator, await OwnTunnel.start(ground, OWN_ROOT));
  }

  async round(round: number, congestion: Congestion): Promise<void> {
    for (const direction of DIRECTIONS) {
      const head = { round, congestion, direction };
      if (round === 1 && !this.#options.brief) {
        const plain = await this.#plain(congestion, direction);
        say({ kind: 'bond', sample: { ...head, subject: 'plain', ...plain } });
        const alone = await this.#alone(congestion, direction);
        if (alone !== null) say({ kind: 'bond', sample: { ...head, subject: 'alone', ...alone } });
      }
      const bond = await this.#bond(congestion, direction);
      say({ kind: 'bond', sample: { ...head, subject: 'bond', ...bond } });
    }
  }

  sayLateness(): void {
    const all = this.#emulator.stats().flatMap(({ up, down }) => [up, down]);
    const sum = (field: 'releaseLateUsSum' | 'delivered') =>
      all.reduce((total, stats) => total + stats[field], 0);
    const usMean = sum('releaseLateUsSum') / Math.max(1, sum('delivered'));
    const usMax = Math.max(...all.map(({ releaseLateUsMax }) => releaseLateUsMax));
    say({ kind: 'lateness', lateness: { usMean, usMax } });
  }

  /** One flow straight over each path, all at once: what carriers and machine give without us. */
  async #plain(congestion: Congestion, direction: Direction): Promise<Figures> {
    const loads = this.#options.paths.map((_, i) => {
      const host = straightHost(i);
      return this.#load(
        { ground: this.#ground, carHost: host, siteHost: host },
        congestion,
        direction,
      );
    });
    const figures = await Promise.all(loads);
    const sum = (field: keyof Figures) => figures.reduce((total, each) => total + each[field], 0);
    return { mbit: sum('mbit'), wholeMbit: sum('wholeMbit') };
  }

  /** Null: no path is without faults. */
  async #alone(congestion: Congestion, direction: Direction): Promise<Figures | null> {
    const best = bestPath(this.#options.paths, this.#options.faults);
    if (best === null) return null;
    await this.#tunnel.setLinks([], 0);
    await this.#tunnel.setLinks([carrierDevice(best)], 1);
    return this.#load(this.#tunnel, congestion, direction);
  }

  /** Every load begins with links that the tunnel has not seen yet, and meets the same faults. */
  async #bond(congestion: Congestion, direction: Direction): Promise<Figures> {
    const { paths, faults } = this.#options;
    const alive = aliveAtStart(paths.length, faults);
    await this.#tunnel.setLinks([], 0);
    const timers: NodeJS.Timeout[] = [];
    for (const { carrier, kind, atMs, forMs } of faults) {
      const strike = (on: boolean) =>
        this.#emulator.command(carrierCommand(kind, linkName(carrier), on));
      if (atMs === 0) await strike(true);
      else timers.push(setTimeout(() => void strike(true), atMs));
      if (forMs !== null) timers.push(setTimeout(() => void strike(false), atMs + forMs));
    }
    await this.#tunnel.setLinks(
      paths.map((_, i) => carrierDevice(i)),
      alive,
    );
    const figures = await this.#load(this.#tunnel, congestion, direction);
    for (const timer of timers) clearTimeout(timer);
    for (const { carrier, kind, forMs } of faults) {
      if (forMs === null) continue;
      await this.#emulator.command(carrierCommand(kind, linkName(carrier), false));
    }
    return figures;
  }

  async #load(hosts: Hosts, congestion: Congestion, direction: Direction): Promise<Figures> {
    const { seconds, skipSeconds } = this.#options;
    const window = { fromSeconds: skipSeconds, toSeconds: seconds };
    // The sender goes on until the receiver has had its window.
    const order = { direction, seconds: seconds + AFTER_SECONDS, congestion, window };
    const { bytes, windowBytes } = await runTcp(hosts, order);
    await pause(SETTLE_MS);
    return { mbit: mbitOf(windowBytes, seconds - skipSeconds), wholeMbit: mbitOf(bytes, seconds) };
  }
}

/** Longer than connecting and a full buffer take before the first byte. */
const AFTER_SECONDS = 5;
/** The emulator's deepest buffer, 1.5 s, has drained into nothing. */
const SETTLE_MS = 1500;
