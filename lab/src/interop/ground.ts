// Where the real programs of an interop test run: two or more namespaces with cables between
// them, and processes inside, all of them gone when the test is.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inNetns, Rtnl } from '@rmh/netio';
import { waitForLinks } from '@rmh/netio/testing';

/** Cable `i` has 192.0.2.(8i+1)/30 at the car (`ui`) and 192.0.2.(8i+2)/30 at the site (`gi`). */
export function layCables(car: number, site: number, count: number): void {
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  inRtnl(car, (rtnl) => {
    rtnl.setLink('lo', { up: true });
    for (const i of numbers) {
      rtnl.createVeth(`u${i}`, `g${i}`, site);
      rtnl.addAddress(`u${i}`, `192.0.2.${i * 8 + 1}/30`);
      rtnl.setLink(`u${i}`, { up: true });
    }
  });
  inRtnl(site, (rtnl) => {
    rtnl.setLink('lo', { up: true });
    rtnl.addAddress('lo', `${SITE_ADDRESS}/32`);
    for (const i of numbers) {
      rtnl.addAddress(`g${i}`, `192.0.2.${i * 8 + 2}/30`);
      rtnl.setLink(`g${i}`, { up: true });
    }
  });
  inRtnl(car, (rtnl) => {
    waitForLinks(numbers.map((i) => `u${i}`));
    for (const i of numbers) {
      rtnl.addRoute({
        to: 'default',
        via: `192.0.2.${i * 8 + 2}`,
        device: `u${i}`,
        metric: 100 + i,
      });
    }
  });
}

/** On the site's loopback, so it answers over every cable. */
export const SITE_ADDRESS = '198.18.0.1';

export function inRtnl<T>(netns: number, work: (rtnl: Rtnl) => T): T {
  return inNetns(netns, () => {
    const rtnl = Rtnl.open();
    try {
      return work(rtnl);
    } finally {
      rtnl.close();
    }
  });
}

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A program in a namespace; its output is kept. */
export class Inhabitant {
  readonly child: ChildProcess;
  readonly ended: Promise<Finished>;
  out = '';
  err = '';

  constructor(netns: number, words: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn('nsenter', [`--net=/proc/self/fd/3`, ...words], {
      stdio: ['ignore', 'pipe', 'pipe', netns],
      env,
    });
    this.child.stdout?.on('data', (part: Buffer) => (this.out += part.toString()));
    this.child.stderr?.on('data', (part: Buffer) => (this.err += part.toString()));
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (code) => resolve({ code, out: this.out, err: this.err }));
    });
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Finished> {
    if (this.running) this.child.kill(signal);
    const late = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS_MAX);
    const finished = await this.ended;
    clearTimeout(late);
    return finished;
  }
}

/** One short command in a namespace; its output. */
export function ask(netns: number, words: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(
    'nsenter',
    ['--net=/proc/self/fd/3', ...words],
    { stdio: ['ignore', 'pipe', 'pipe', netns], encoding: 'utf8' },
  );
  if (status === 0) return stdout;
  throw new Error(`${words.join(' ')}: ${error?.message ?? stderr}`);
}

/** Packets that a namespace's kernel refused for a wrong checksum. */
export function checksumErrors(netns: number): number {
  return kernelCount(netns, 'Udp:', 'InCsumErrors') + kernelCount(netns, 'Tcp:', 'InCsumErrors');
}

/** Datagrams that came while the program had not yet read a full socket of earlier ones. */
export function socketOverruns(netns: number): number {
  return kernelCount(netns, 'Udp:', 'RcvbufErrors');
}

function kernelCount(netns: number, protocol: string, name: string): number {
  const lines = ask(netns, ['cat', '/proc/net/snmp']).split('\n');
  const [names = '', values = ''] = lines.filter((line) => line.startsWith(protocol));
  return Number(values.split(' ')[names.split(' ').indexOf(name)]);
}

export function makeDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'rmh-interop-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export async function until<T>(
  what: string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  msMax = 10_000,
): Promise<T> {
  const deadline = performance.now() + msMax;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`not within ${msMax} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const STOP_MS_MAX = 8_000;
