// A bare Debian machine with systemd as process 1, on this one: machine.sh says how. What an
// operator types runs there as root; ending it takes its files, processes and network with it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { present } from '@rmh/base';

const SCRIPT = join(import.meta.dirname, 'machine.sh');
const PREFIX = 'rmh-machine-';
const BOOT_MOST_MS = 60_000;
// The slowest step builds the console.
const STEP_MOST_MS = 180_000;

export interface Outcome {
  readonly code: number | null;
  /** Both streams, as they came. */
  readonly said: string;
}

/** Why no machine can be booted here; null when one can. */
export function whyNoMachine(): string | null {
  if (process.getuid?.() !== 0) return 'only root may boot a machine';
  const missing = ['/lib/systemd/systemd', '/usr/bin/unshare'].find((path) => !existsSync(path));
  if (missing !== undefined) return `${missing} is missing`;
  if (groupDirectories().length === 0) return 'no control groups are mounted';
  return null;
}

export class Machine {
  readonly name: string;
  /** Of its network; closes with this process. */
  readonly netnsFd: number;
  readonly #child: ChildProcess;
  readonly #init: number;
  readonly #directory: string;

  private constructor(name: string, child: ChildProcess, init: number, directory: string) {
    this.name = name;
    this.#child = child;
    this.#init = init;
    this.#directory = directory;
    this.netnsFd = openSync(`/proc/${init}/ns/net`, 'r');
  }

  /**
   * All of them, or none: then the error of the first that did not boot. `project` lies in
   * /opt/rmh there; what is written there stays there.
   */
  static async bootAll(names: readonly string[], project: string): Promise<Machine[]> {
    // Once: what a machine that boots has made so far looks like what a killed run left.
    removeLeftovers();
    const outcomes = await Promise.allSettled(names.map((name) => Machine.#boot(name, project)));
    const booted = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failed = outcomes.find((one) => one.status === 'rejected');
    if (failed === undefined) return booted;
    await Promise.all(booted.map((machine) => machine.end()));
    throw failed.reason;
  }

  static async #boot(name: string, project: string): Promise<Machine> {
    const directory = mkdtempSync(join(tmpdir(), `${PREFIX}${name}-`));
    // Its group has the same name, so that two runs at once do not share one.
    const group = basename(directory);
    // Dies with this process, however that dies, and process 1 of the machine with it.
    const child = spawn(
      'setpriv',
      ['--pdeathsig', 'KILL', 'bash', SCRIPT, group, directory, project],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    child.stderr.on('data', (data) => {
      said += String(data);
    });
    const from = performance.now();
    for (;;) {
      const init = childOf(present(child.pid, 'bash was started'));
      if (init !== null && isRunning(init)) return new Machine(name, child, init, directory);
      if (child.exitCode !== null || performance.now() - from > BOOT_MOST_MS) {
        child.kill('SIGKILL');
        throw new Error(`${name} did not boot: ${said.trim()}`);
      }
      await sleep(100);
    }
  }

  /** As root in /root, stopping at the first command that fails. */
  async run(script: string): Promise<Outcome> {
    const typed = `cd /root\n${script}`;
    const [command, ...args] = [...inside(this.#init), 'bash', '-euo', 'pipefail', '-c', typed];
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
      timeout: STEP_MOST_MS,
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        said += String(data);
      });
    }
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  }

  async end(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    process.kill(this.#init, 'SIGKILL');
    await ended;
    rmSync(this.#directory, { recursive: true, force: true });
    const group = basename(this.#directory);
    // A group is empty when the last of its processes has been reaped.
    const isGone = () => groupDirectories().every((at) => isRemoved(join(at, group)));
    for (let tries = 50; tries > 0 && !isGone(); tries -= 1) await sleep(20);
  }
}

/** What runs a command inside the machine whose process 1 this is. */
function inside(init: number): [string, ...string[]] {
  return ['nsenter', '--target', String(init), '--all', '--wd', '--'];
}

function isRunning(init: number): boolean {
  const [command, ...args] = [...inside(init), 'systemctl', 'is-system-running'];
  const state = spawnSync(command, args, { encoding: 'utf8' }).stdout.trim();
  // Degraded: a service of Debian's own found no such device here.
  return state === 'running' || state === 'degraded';
}

// The script becomes `unshare`, whose only child is process 1 of the machine.
function childOf(pid: number): number | null {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return first === undefined || first === '' ? null : Number(first);
  } catch {
    return null;
  }
}

function groupDirectories(): string[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type = '']) => type === 'cgroup' || type === 'cgroup2')
    .map(([, at = '']) => at);
}

/** What a run that was killed left: groups without a process, and empty directories with them. */
function removeLeftovers(): void {
  const names = groupDirectories().flatMap((at) => readdirSync(at));
  for (const name of new Set(names.filter((each) => each.startsWith(PREFIX)))) {
    if (groupDirectories().every((at) => isRemoved(join(at, name)))) {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    }
  }
}

// The kernel removes no group that has processes.
function isRemoved(group: string): boolean {
  if (!existsSync(group)) return true;
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory() && !isRemoved(join(group, entry.name))) return false;
  }
  try {
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}
