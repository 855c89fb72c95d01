// Runs the inside of the lab in namespaces of its own, so that the kernel is what cleans up: the
// inside is process 1 of a pid namespace, and when it ends, however it ends, every process, network
// namespace, tunnel and wire of the run is gone.
//
// The line between the two is Node's own (an inherited socket pair). The launcher dies: the line
// closes: the inside ends. No signal passes, so neither a terminal's Ctrl-C nor a hangup reaches
// the inside but by the launcher's word.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { lineOf, RmhError } from '@rmh/contract';

export interface SandboxCall {
  /** The program inside, a .ts file. */
  readonly main: string;
  readonly args: readonly string[];
}

/** Throws an RmhError that says what the machine forbids. */
export function startSandbox(call: SandboxCall): ChildProcess {
  const [command = 'unshare', ...before] = sandboxCommand();
  const node = [process.execPath, '--disable-warning=ExperimentalWarning'];
  return spawn(command, [...before, ...node, call.main, ...call.args], {
    // A process group of its own: Ctrl-C in the terminal reaches the launcher alone.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** The first way that this machine allows; throws as `startSandbox` does where none is. */
export function sandboxCommand(): string[] {
  requireTunDevice();
  const user = process.getuid?.() === 0 ? [[], AS_ROOT_INSIDE] : [AS_ROOT_INSIDE];
  let reason = '';
  for (const more of user) {
    // Some containers mask parts of /proc, and then forbid a fresh one. The lab works without.
    for (const proc of [['--mount-proc'], []]) {
      const words = ['unshare', ...more, ...NAMESPACES, ...proc, '--'];
      const [command = '', ...args] = [...words, 'true'];
      const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
      if (status === 0) return words;
      reason = error?.message ?? stderr.trim();
    }
  }
  throw new RmhError('RMH_NET_PERMISSION', `this machine allows no namespaces: ${reason}`, {
    hint: namespacesHint(),
  });
}

/** What this machine forbids, or null where the lab can run. */
export function sandboxRefusal(): string | null {
  try {
    sandboxCommand();
    return null;
  } catch (error) {
    return lineOf(error);
  }
}

const AS_ROOT_INSIDE = ['--user', '--map-root-user'];
const NAMESPACES = ['--net', '--mount', '--pid', '--fork', '--kill-child'];

function namespacesHint(): string {
  const limits = [
    ['/proc/sys/user/max_user_namespaces', '0', 'sysctl -w user.max_user_namespaces=10000'],
    [
      '/proc/sys/kernel/unprivileged_userns_clone',
      '0',
      'sysctl -w kernel.unprivileged_userns_clone=1',
    ],
    [
      '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
      '1',
      'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
    ],
  ] as const;
  for (const [file, forbids, remedy] of limits) {
    if (existsSync(file) && readFileSync(file, 'utf8').trim() === forbids) {
      return `as root run "${remedy}", or run this command as root`;
    }
  }
  return 'run as root; in a container, allow unshare and CAP_NET_ADMIN (docker: --privileged)';
}

function requireTunDevice(device = '/dev/net/tun'): void {
  if (!existsSync(device)) {
    throw new RmhError('RMH_TUN_MISSING', `${device} does not exist`);
  }
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw new RmhError('RMH_TUN_PERMISSION', `${device} is not open to this user`, {
      cause: error,
      hint: `as root run "chmod 666 ${device}", or run this command as root`,
    });
  }
}
