// The processes inside the sandbox: daemons and stations, each in its namespace, each with its
// log in the run's directory. They need no care at the end: they go with process 1.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PLATFORM_ADDRESS, PLATFORM_PORT } from '../topology/addresses.ts';

export const CLI = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));
const STATIONS = {
  car: fileURLToPath(new URL('../devices/car.ts', import.meta.url)),
  site: fileURLToPath(new URL('../devices/site.ts', import.meta.url)),
};
const BRIDGE = fileURLToPath(new URL('../country/bridge-main.ts', import.meta.url));
const GPS = fileURLToPath(new URL('../devices/gps-main.ts', import.meta.url));
export const NODE = [process.execPath, '--disable-warning=ExperimentalWarning'];
const TAIL_CHARACTERS = 1500;

/** A daemon as an operator would start it, in the namespace behind the descriptor. */
export function spawnDaemon(
  verb: 'unit' | 'gateway',
  files: { readonly name: string; readonly config: string },
  netnsFd: number,
  workspace: string,
): ChildProcess {
  const log = openSync(logOf(workspace, files.name), 'a', 0o600);
  try {
    const words = [...NODE, CLI, verb, '--config', files.config];
    return spawn('nsenter', ['--net=/proc/self/fd/3', ...words], {
      stdio: ['ignore', log, log, netnsFd],
    });
  } finally {
    closeSync(log);
  }
}

/** The platform at its address in Helsenettet; resolves when it can be reached. */
export async function spawnBridge(netnsFd: number, socket: string): Promise<void> {
  const where = [PLATFORM_ADDRESS, String(PLATFORM_PORT), socket];
  const child = spawn('nsenter', ['--net=/proc/self/fd/3', ...NODE, BRIDGE, ...where], {
    stdio: ['ignore', 'pipe', 'inherit', netnsFd],
  });
  const { stdout } = child;
  if (stdout === null) throw new Error('the bridge has no output');
  const [word] = await Promise.race([once(stdout, 'data'), once(child, 'exit')]);
  if (!Buffer.isBuffer(word)) throw new Error(`the bridge to the platform ended with ${word}`);
}

/** The receiver of a vehicle, beside its unit. `vehicle` counts from 1. */
export function spawnGps(vehicle: number, seed: number, netnsFd: number, workspace: string): void {
  const log = openSync(logOf(workspace, `gps${vehicle}`), 'a', 0o600);
  try {
    const words = [...NODE, GPS, String(vehicle), String(seed)];
    spawn('nsenter', ['--net=/proc/self/fd/3', ...words], {
      stdio: ['ignore', log, log, netnsFd],
    });
  } finally {
    closeSync(log);
  }
}

/** A station opens its sockets in the two namespaces itself; commands in, reports out. */
export function spawnStation(
  side: 'car' | 'site',
  plan: string,
  netnsFds: readonly [devices: number, alone: number],
  logName: string,
  workspace: string,
): ChildProcess {
  const log = openSync(logOf(workspace, logName), 'a', 0o600);
  try {
    const [command = '', ...args] = [...NODE, STATIONS[side], plan];
    return spawn(command, args, { stdio: ['pipe', 'pipe', log, ...netnsFds] });
  } finally {
    closeSync(log);
  }
}

/** The end of a log, to say why a process failed. */
export function tailOf(workspace: string, name: string): string {
  try {
    return readFileSync(logOf(workspace, name), 'utf8').slice(-TAIL_CHARACTERS).trim();
  } catch {
    return '';
  }
}

function logOf(workspace: string, name: string): string {
  return join(workspace, `${name}.log`);
}
