// wireguard-go as a subject: two processes of the installed version, over one path.
import { type ChildProcess, spawnSync } from 'node:child_process';
import { mkdirSync, realpathSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { generatePrivateKey, publicKeyOf } from '@rmh/aead';
import { type Ground, INNER_MTU, SITE_OUTER, WG_INNER } from './addresses.ts';
import { inRtnl } from './cables.ts';
import { spawnIn } from './children.ts';
import type { Measured } from './subjects.ts';

/** The reason, if wireguard-go can not be measured here. */
export async function wireguardGo(ground: Ground): Promise<Measured | string> {
  if (spawnSync('wireguard-go', ['--version'], { stdio: 'ignore' }).error) {
    return 'wireguard-go is not installed (Debian: apt install wireguard-go)';
  }
  if (!hideRun()) return 'the kernel allows no tmpfs for its control sockets';
  const [carKey, siteKey] = [generatePrivateKey(), generatePrivateKey()];
  const ends = {
    car: await startWireguard(ground.car, 'wgcar'),
    site: await startWireguard(ground.site, 'wgsite'),
  };
  await configure('wgsite', { own: siteKey, listen: WG_PORT, peer: carKey });
  await configure('wgcar', {
    own: carKey,
    peer: siteKey,
    endpoint: `${SITE_OUTER}:${WG_PORT}`,
  });
  raise(ground.car, 'wgcar', WG_INNER.car, WG_INNER.site, INNER_MTU);
  raise(ground.site, 'wgsite', WG_INNER.site, WG_INNER.car, INNER_MTU);
  return {
    subject: 'wireguard-go',
    ground,
    carHost: WG_INNER.car,
    siteHost: WG_INNER.site,
    pids: [ends.car.pid ?? 0, ends.site.pid ?? 0],
    prepare: async () => {},
  };
}

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

const WG_PORT = 51821;
const READY_TRIES = 200;
