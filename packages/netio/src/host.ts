/** The machine around us: kernel settings, capabilities, orphaned children. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Errno, failure, NetError, type Verdicts } from './errors.ts';
import { sys } from './native.ts';

/**
 * "net/ipv4/ip_forward" or "net.ipv4.ip_forward"; with slashes where a device's name holds a
 * dot. Settings below net/ are those of the calling thread's network namespace.
 */
export function sysctl(path: string, value: string | number): void {
  const file = fileOf(path);
  try {
    writeFileSync(file, `${value}\n`);
  } catch (error) {
    throw asNetError(error, `set ${path} to ${value}`);
  }
}

export function readSysctl(path: string): string {
  const file = fileOf(path);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw asNetError(error, `read ${path}`);
  }
}

/** Orphans below this process become its children, so that a stop can find and end them. */
export function setSubreaper(): void {
  if (sys.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) === 0) return;
  throw failure('become the parent of orphans', {}, 'netns.failed');
}

export interface Capabilities {
  readonly netBindService: boolean;
  readonly netAdmin: boolean;
  readonly netRaw: boolean;
  readonly sysAdmin: boolean;
}

/** What the calling thread may do, within its user namespace. */
export function capabilities(): Capabilities {
  const status = readFileSync('/proc/thread-self/status', 'utf8');
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const has = (bit: number) => ((effective >> BigInt(bit)) & 1n) === 1n;
  return {
    netBindService: has(10),
    netAdmin: has(12),
    netRaw: has(13),
    sysAdmin: has(21),
  };
}

function fileOf(path: string): string {
  const name = path.includes('/') ? path : path.replaceAll('.', '/');
  if (/^[A-Za-z0-9._@/-]+$/.test(name) && !name.split('/').includes('..')) {
    return `/proc/sys/${name}`;
  }
  throw new NetError('sysctl.failed', `"${path}" names no kernel setting`, 0);
}

function asNetError(error: unknown, action: string): NetError {
  const errno = error instanceof Error && 'errno' in error ? Math.abs(Number(error.errno)) : 0;
  const verdict = SYSCTL_VERDICTS[errno] ?? (['sysctl.failed', ''] as const);
  return new NetError(verdict[0], action, errno, verdict[1]);
}

const PR_SET_CHILD_SUBREAPER = 36;

const SYSCTL_VERDICTS: Verdicts = {
  [Errno.ENOENT]: ['sysctl.failed', 'this kernel or namespace has no such setting'],
  [Errno.EACCES]: ['permission.missing', 'needs root in the namespace that owns the setting'],
  [Errno.EPERM]: ['permission.missing', 'needs root in the namespace that owns the setting'],
};
