// What is measured: bare cables, our tunnel, that of another checkout. Each names its two hosts and
// the processes whose time it costs.
import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { generatePrivateKey } from '@rmh/aead';
import type { PeerStatus } from '@rmh/contract';
import { CABLES, type Ground, INNER } from './addresses.ts';
import { nextWord, spawnTunnelEnd } from './children.ts';
import type { EndCommand, EndWord, Subject } from './words.ts';

export interface Measured {
  readonly subject: Subject;
  readonly ground: Ground;
  readonly carHost: string;
  readonly siteHost: string;
  readonly pids: readonly number[];
  /** Brings it into the state to be measured. */
  prepare(): Promise<void>;
}

export function plain(ground: Ground): Measured {
  const { car, site } = CABLES[0];
  const hosts = { carHost: car, siteHost: site };
  return { subject: 'plain', ground, ...hosts, pids: [], prepare: async () => {} };
}

/** There and back from round to round, so that none always comes after the same neighbour. */
export function inRound(subjects: readonly Measured[], round: number): readonly Measured[] {
  return round % 2 === 1 ? subjects : subjects.toReversed();
}

/** The data plane of a checkout, one process an end. */
export class OwnTunnel {
  readonly ground: Ground;
  readonly carHost = INNER.car;
  readonly siteHost = INNER.site;
  readonly pids: readonly number[];
  readonly #carEnd: ChildProcess;
  #links: readonly string[] = [];

  private constructor(ground: Ground, carEnd: ChildProcess, siteEnd: ChildProcess) {
    this.ground = ground;
    this.#carEnd = carEnd;
    this.pids = [carEnd.pid ?? 0, siteEnd.pid ?? 0];
  }

  static async start(ground: Ground, root: string): Promise<OwnTunnel> {
    const [car, site] = [generatePrivateKey(), generatePrivateKey()];
    const siteEnd = await startEnd(ground.site, root, 'site', { own: site, peer: car });
    const carEnd = await startEnd(ground.car, root, 'car', { own: car, peer: site });
    return new OwnTunnel(ground, carEnd, siteEnd);
  }

  /** The same tunnel over the devices `links`, as a subject. */
  over(subject: Subject, links: readonly string[]): Measured {
    const { ground, carHost, siteHost, pids } = this;
    const prepare = () => this.setLinks(links, links.length);
    return { subject, ground, carHost, siteHost, pids, prepare };
  }

  /** Returns when `alive` of the links carry. */
  async setLinks(links: readonly string[], alive: number): Promise<void> {
    const remove = this.#links.filter((link) => !links.includes(link));
    this.#links = links;
    this.#carEnd.send({ kind: 'links', set: links, remove } satisfies EndCommand);
    if (links.length === 0) return;
    for (let i = 0; i < READY_TRIES; i++) {
      await pause(50);
      const peer = await this.peer();
      const carrying = peer?.paths.filter((path) => path.state === 'carrying').length ?? 0;
      if (peer?.active === true && carrying === alive) return;
    }
    throw new Error(`the tunnel does not carry over ${alive} path(s) within 10 s`);
  }

  /** The gateway as the car's end sees it now. */
  async peer(): Promise<PeerStatus | undefined> {
    const answer = nextWord(this.#carEnd, isStatus, START_MS_MAX);
    this.#carEnd.send({ kind: 'status' } satisfies EndCommand);
    return (await answer).status.peers[0];
  }
}

async function startEnd(
  netns: number,
  root: string,
  side: 'car' | 'site',
  keys: { own: Uint8Array; peer: Uint8Array },
): Promise<ChildProcess> {
  const end = spawnTunnelEnd(netns, root);
  const started = nextWord(end, isReadyOrFailed, START_MS_MAX);
  end.send({ kind: 'start', side, keys } satisfies EndCommand);
  const word = await started;
  if (word.kind === 'failed') throw new Error(`the tunnel's ${side} end: ${word.message}`);
  end.on('message', (later: EndWord) => {
    if (later.kind === 'failed') process.stderr.write(`the ${side} end: ${later.message}\n`);
  });
  return end;
}

const isReadyOrFailed = (word: EndWord): word is Exclude<EndWord, { kind: 'status' }> =>
  word.kind !== 'status';
const isStatus = (word: EndWord): word is Extract<EndWord, { kind: 'status' }> =>
  word.kind === 'status';

const START_MS_MAX = 20_000;
/** Each 50 ms. */
const READY_TRIES = 200;
