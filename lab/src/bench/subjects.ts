// What is measured: bare cables, our tunnel, wireguard-go. Each names its two hosts and the
// processes whose time it costs.
import { type ChildProcess, spawnSync } from 'node:child_process';
import { mkdirSync, realpathSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { generatePrivateKey, publicKeyOf } from '@rmh/aead';
import { CABLES, type Cables, inRtnl } from './cables.ts';
import { nextWord, spawnIn, spawnScript } from './children.ts';
import type { EndCommand, EndWord, Subject } from './words.ts';

export interface Measured {
  readonly subject: Subject;
  readonly carHost: string;
  readonly siteHost: string;
  readonly pids: readonly number[];
  /** Brings it into the state to be measured. */
  prepare(): Promise<void>;
}

export function plain(): Measured {
  const { car, site } = CABLES[0];
  return { subject: 'plain', carHost: car, siteHost: site, pids: [], prepare: async () => {} };
}

/** One pair of ends, measured over one path and over two. */
export async function ownTunnel(cables: Cables): Promise<Measured[]> {
  const [car, site] = [generatePrivateKey(), generatePrivateKey()];
  const siteEnd = await startEnd(cables.site, 'site', { own: site, peer: car });
  const carEnd = await startEnd(cables.car, 'car', { own: car, peer: site });
  const hosts = { carHost: '10.100.0.1', siteHost: '10.200.0.1' };
  const pids = [carEnd.pid ?? 0, siteEnd.pid ?? 0];
  const [first, second] = [CABLES[0].carDevice, CABLES[1].carDevice];
  return [
    {
      subject: 'rmh-1',
      ...hosts,
      pids,
      prepare: () => setLinks(carEnd, { kind: 'links', set: [first], remove: [second] }, 1),
    },
    {
      subject: 'rmh-2',
      ...hosts,
      pids,
      prepare: () => setLinks(carEnd, { kind: 'links', set: [first, second], remove: [] }, 2),
    },
  ];
}

/** The reason, if wireguard-go can not be measured here. */
export async function wireguardGo(cables: Cables, mtu: number): Promise<Measured | string> {
  if (spawnSync('wireguard-go', ['--version'], { stdio: 'ignore' }).error) {
    return 'wireguard-go is not installed (Debian: apt install wireguard-go)';
  }
  if (!hideRun()) return 'the kernel allows no tmpfs for its control sockets';
  const [carKey, siteKey] = [generatePrivateKey(), generatePrivateKey()];
  const ends = {
    car: await startWireguard(cables.car, 'wgcar'),
    site: await startWireguard(cables.site, 'wgsite'),
  };
  await configure('wgsite', { own: siteKey, listen: WG_PORT, peer: carKey });
  await configure('wgcar', {
    own: carKey,
    peer: siteKey,
    endpoint: `${CABLES[0].site}:${WG_PORT}`,
  });
  raise(cables.car, 'wgcar', WG_INNER.car, WG_INNER.site, mtu);
  raise(cables.site, 'wgsite', WG_INNER.site, WG_INNER.car, mtu);
  return {
    subject: 'wireguard-go',
    carHost: WG_INNER.car,
    siteHost: WG_INNER.site,
    pids: [ends.car.pid ?? 0, ends.site.pid ?? 0],
    prepare: async () => {},
  };
}

async function startEnd(
  netns: number,
  side: 'car' | 'site',
  keys: { own: Uint8Array; peer: Uint8Array },
): Promise<ChildProcess> {
  const end = spawnScript(netns, 'tunnel-end.ts', [side]);
  const started = nextWord(end, isReadyOrFailed, START_MS_MAX);
  end.send({ kind: 'start', side, keys } satisfies EndCommand);
  const word = await started;
  if (word.kind === 'failed') throw new Error(`the tunnel's ${side} end: ${word.message}`);
  return end;
}

async function setLinks(end: ChildProcess, command: EndCommand, paths: number): Promise<void> {
  end.send(command);
  for (let i = 0; i < READY_TRIES; i++) {
    await pause(50);
    const answer = nextWord(end, isStatus, START_MS_MAX);
    end.send({ kind: 'status' } satisfies EndCommand);
    const peer = (await answer).status.peers[0];
    const carrying = peer?.paths.filter((path) => path.state === 'carrying').length ?? 0;
    if (peer?.active === true && carrying === paths) return;
  }
  throw new Error(`the tunnel does not carry over ${paths} path(s) within 10 s`);
}

const isReadyOrFailed = (word: EndWord): word is Exclude<EndWord, { kind: 'status' }> =>
  word.kind !== 'status';
const isStatus = (word: EndWord): word is Extract<EndWord, { kind: 'status' }> =>
  word.kind === 'status';

/** Its control sockets lie under /run: a fresh one, in this mount namespace only. */
function hideRun(): boolean {
  const run = realpathSync('/var/run');
  if (spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', run], { stdio: 'ignore' }).status !== 0) {
    return false;
  }
  mkdirSync(`${run}/wireguard`);
  return true;
}

async function startWireguard(netns: number, device: string): Promise<ChildProcess> {
  const env = { WG_PROCESS_FOREGROUND: '1', LOG_LEVEL: 'silent' };
  const child = spawnIn(netns, 'wireguard-go', ['-f', device], env);
  for (let i = 0; i < READY_TRIES; i++) {
    await pause(50);
    if (inRtnl(netns, (rtnl) => rtnl.link(device)) && (await answers(device))) return child;
  }
  throw new Error('wireguard-go did not start');
}

interface WireguardEnd {
  readonly own: Uint8Array;
  readonly peer: Uint8Array;
  readonly listen?: number;
  readonly endpoint?: string;
}

/** Its cross-platform control protocol: https://www.wireguard.com/xplatform/ */
async function configure(device: string, end: WireguardEnd): Promise<void> {
  const lines = ['set=1', `private_key=${hex(end.own)}`];
  if (end.listen !== undefined) lines.push(`listen_port=${end.listen}`);
  lines.push(`public_key=${hex(publicKeyOf(end.peer))}`, 'allowed_ip=0.0.0.0/0');
  if (end.endpoint !== undefined) lines.push(`endpoint=${end.endpoint}`);
  const answer = await ask(device, lines);
  if (!answer.includes('errno=0')) throw new Error(`wireguard-go refused: ${answer.trim()}`);
}

async function answers(device: string): Promise<boolean> {
  try {
    return (await ask(device, ['get=1'])).includes('errno=0');
  } catch {
    return false; // Not there yet.
  }
}

function ask(device: string, lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(`/var/run/wireguard/${device}.sock`);
    let answer = '';
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
      if (answer.endsWith('\n\n')) socket.end(() => resolve(answer));
    });
    socket.write(`${lines.join('\n')}\n\n`);
  });
}

function raise(netns: number, device: string, here: string, there: string, mtu: number): void {
  inRtnl(netns, (rtnl) => {
    rtnl.addAddress(device, `${here}/32`);
    rtnl.setLink(device, { up: true, mtu });
    rtnl.addRoute({ to: `${there}/32`, device });
  });
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

const WG_INNER = { car: '10.101.0.1', site: '10.201.0.1' } as const;
const WG_PORT = 51821;
const START_MS_MAX = 20_000;
const READY_TRIES = 200;
