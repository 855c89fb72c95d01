// Programs of others that end-to-end tests talk to. They are installed where that is
// possible; where not, the reason is printed and the tests that need them skip.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runChild } from './child.ts';

type RealPeer = { program: string; debianPackage: string };

const REAL_PEERS: readonly RealPeer[] = [
  { program: 'ip', debianPackage: 'iproute2' },
  { program: 'wireguard-go', debianPackage: 'wireguard-go' },
  { program: 'wg', debianPackage: 'wireguard-tools' },
  { program: 'iperf3', debianPackage: 'iperf3' },
  { program: 'gpsd', debianPackage: 'gpsd' },
  // What docs/operations.md tells an operator to install.
  { program: 'systemctl', debianPackage: 'systemd' },
  { program: 'pg_ctlcluster', debianPackage: 'postgresql' },
  { program: 'bird', debianPackage: 'bird2' },
  { program: 'nft', debianPackage: 'nftables' },
  { program: 'curl', debianPackage: 'curl' },
  { program: 'jq', debianPackage: 'jq' },
];

// Some 100 megabytes at most; past this a mirror hangs rather than is slow.
const APT_TIMEOUT_MS = 180_000;

export async function ensureRealPeers(
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const missing = REAL_PEERS.filter(({ program }) => !isOnPath(program));
  if (missing.length === 0) return;
  const names = missing.map(({ debianPackage }) => debianPackage).join(', ');
  const obstacle = installObstacle();
  if (obstacle !== null) {
    print(`  missing ${names}: not installed, because ${obstacle}`);
    return;
  }
  print(`  installing ${names} with apt-get`);
  // A fresh container has no package lists; one that has them needs no update.
  const install = ['install', '-y', '--no-install-recommends', ...names.split(', ')];
  const failure =
    (await aptGet(install, signal)) === null
      ? null
      : ((await aptGet(['update'], signal)) ?? (await aptGet(install, signal)));
  if (failure !== null) print(`  apt-get could not install ${names}: ${failure}`);
}

function installObstacle(): string | null {
  if (process.getuid?.() !== 0) return 'only root may install packages';
  if (!isOnPath('apt-get')) return 'apt-get is not on this system';
  return null;
}

export function isOnPath(program: string): boolean {
  // An ordinary user's PATH often lacks sbin, where ip and wg may lie.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

// Returns null when it went well, else the last line that apt-get said.
async function aptGet(args: readonly string[], signal: AbortSignal): Promise<string | null> {
  const outcome = await runChild({
    command: 'apt-get',
    args: ['-q', '-o', 'DPkg::Lock::Timeout=60', ...args],
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    timeoutMs: APT_TIMEOUT_MS,
    signal,
  });
  if (outcome.kind === 'exited' && outcome.code === 0) return null;
  if (outcome.kind === 'timedOut') return `no end after ${APT_TIMEOUT_MS / 1000} s`;
  if (outcome.kind === 'notStarted') return outcome.reason;
  return outcome.output.trim().split('\n').at(-1) ?? 'no message';
}
