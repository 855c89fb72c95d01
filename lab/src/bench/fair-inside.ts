// `rmh bench fair` inside its sandbox. Each depth of the buffer is a carrier of its own; the rival
// takes it straight, outside the tunnel.
import { setTimeout as pause } from 'node:timers/promises';
import type { Ground } from './addresses.ts';
import { OWN_ROOT } from './children.ts';
import { runInside, say } from './inside-main.ts';
import { type Hosts, mbitOf, runTcp } from './loads.ts';
import {
  carrierDevice,
  createRoadside,
  roadLinks,
  routeStraight,
  startCarriers,
  straightHost,
} from './road.ts';
import { OwnTunnel } from './subjects.ts';
import type { Congestion, FairOptions, FairSample } from './words.ts';

runInside(async (json) => {
  const options = JSON.parse(json) as FairOptions;
  const { path, buffersMs, seed } = options;
  const ground = createRoadside(buffersMs.length);
  const sources = buffersMs.map((bufferMs) => ({ ...path, bufferMs }));
  // Time bounds these buffers; the lab's limit in bytes would be the lower one.
  const bufferBytesMax = Math.ceil((path.mbit * Math.max(...buffersMs)) / 8e-3) + FULL_PACKETS;
  const links = roadLinks(ground, sources).map((link) => ({ ...link, limits: { bufferBytesMax } }));
  await startCarriers(links, seed);
  routeStraight(ground, buffersMs.length);
  const tunnel = await OwnTunnel.start(ground, OWN_ROOT);
  const bench: Bench = { options, ground, tunnel };
  for (let round = 1; round <= options.rounds; round++) {
    for (const each of casesOf(options)) {
      say({ kind: 'fair', sample: { round, ...each, ...(await beside(bench, each)) } });
    }
  }
});

type Case = Pick<FairSample, 'congestion' | 'bufferMs' | 'first' | 'direction'>;
type Figures = Pick<FairSample, 'oursMbit' | 'theirsMbit' | 'rttsMs'>;

interface Bench {
  readonly options: FairOptions;
  readonly ground: Ground;
  readonly tunnel: OwnTunnel;
}

function casesOf({ buffersMs, congestions, directions, firsts }: FairOptions): Case[] {
  return buffersMs.flatMap((bufferMs) =>
    congestions.flatMap((congestion) =>
      directions.flatMap((direction) =>
        firsts.map((first) => ({ bufferMs, congestion, direction, first })),
      ),
    ),
  );
}

/** The path has been seen without a queue before anyone begins. */
async function beside(
  { options, ground, tunnel }: Bench,
  { congestion, bufferMs, first, direction }: Case,
): Promise<Figures> {
  const { seconds, brief, buffersMs } = options;
  const carrier = buffersMs.indexOf(bufferMs);
  await tunnel.setLinks([], 0);
  await tunnel.setLinks([carrierDevice(carrier)], 1);
  const leadSeconds = first === 'together' ? 0 : brief ? LEAD_SECONDS_BRIEF : LEAD_SECONDS;
  const load = async (who: 'tunnel' | 'rival', hosts: Hosts, of: Congestion): Promise<number> => {
    const fromSeconds = who === first ? leadSeconds : 0;
    await pause((leadSeconds - fromSeconds) * 1000);
    const toSeconds = fromSeconds + seconds;
    const window = { fromSeconds, toSeconds };
    // The sender goes on until the receiver has had its window.
    const order = { direction, seconds: toSeconds + AFTER_SECONDS, congestion: of, window };
    return mbitOf((await runTcp(hosts, order)).windowBytes, seconds);
  };
  const host = straightHost(carrier);
  const watch = new RttWatch(tunnel, leadSeconds * 1000);
  const [oursMbit, theirsMbit] = await Promise.all([
    load('tunnel', tunnel, 'cubic'),
    load('rival', { ground, carHost: host, siteHost: host }, congestion),
  ]);
  const rttsMs = await watch.end();
  await pause(SETTLE_MS);
  return { oursMbit, theirsMbit, rttsMs };
}

/** Asks the tunnel each 0.1 s for its path's newest round trip. */
class RttWatch {
  readonly #rttsMs: number[] = [];
  readonly #done: Promise<void>;
  #ends = false;

  constructor(tunnel: OwnTunnel, afterMs: number) {
    this.#done = this.#watch(tunnel, afterMs);
  }

  async end(): Promise<readonly number[]> {
    this.#ends = true;
    await this.#done;
    return this.#rttsMs;
  }

  async #watch(tunnel: OwnTunnel, afterMs: number): Promise<void> {
    await pause(afterMs);
    while (!this.#ends) {
      const rttMs = (await tunnel.peer())?.paths[0]?.latest?.rttMs;
      if (rttMs !== undefined) this.#rttsMs.push(rttMs);
      await pause(LOOK_MS);
    }
  }
}

/** CUBIC is out of slow start and in its stride; a queue of a second has filled. */
const LEAD_SECONDS = 8;
const LEAD_SECONDS_BRIEF = 0.3;
const LOOK_MS = 100;
/** Longer than connecting and a full buffer take before the first byte. */
const AFTER_SECONDS = 5;
/** The deepest buffer has drained into nothing. */
const SETTLE_MS = 1500;
const FULL_PACKETS = 30_000;
