import { constants } from 'node:os';
import { lastErrno } from './native.ts';

/** What can go wrong between this package and the kernel; the caller names the recovery. */
export type NetErrorCode =
  | 'tun.permission'
  | 'tun.missing'
  | 'tun.name-in-use'
  | 'tun.failed'
  | 'permission.missing'
  | 'port.in-use'
  | 'address.unavailable'
  | 'device.unknown'
  | 'socket.failed'
  | 'socket.refused'
  | 'socket.unreachable'
  | 'socket.timeout'
  | 'socket.reset'
  | 'congestion.unknown'
  | 'link.exists'
  | 'link.unknown'
  | 'address.exists'
  | 'address.unknown'
  | 'route.exists'
  | 'route.unknown'
  | 'route.unreachable'
  | 'rule.exists'
  | 'rule.unknown'
  | 'netlink.invalid'
  | 'netlink.failed'
  | 'netns.failed'
  | 'sysctl.failed';

/** errno numbers that callers meet; native calls on the packet path return them negated. */
export const Errno = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  EBADF: 9,
  EAGAIN: 11,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ERANGE: 34,
  EMSGSIZE: 90,
  EOPNOTSUPP: 95,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  ECONNRESET: 104,
  ENOBUFS: 105,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
  EINPROGRESS: 115,
} as const;

/** The world failed. What threw while it was being opened holds no kernel resource. */
export class NetError extends Error {
  override name = 'NetError';
  readonly code: NetErrorCode;
  /** Positive errno; 0 if the kernel was not what refused. */
  readonly errno: number;
  /** What a person can do about it; empty if nothing useful is known. */
  readonly hint: string;

  constructor(code: NetErrorCode, action: string, errno: number, hint = '') {
    const reason = errno === 0 ? '' : `: ${errnoName(errno)}`;
    super(`${action}${reason}${hint === '' ? '' : ` (${hint})`}`);
    this.code = code;
    this.errno = errno;
    this.hint = hint;
  }
}

export type Verdicts = Partial<Record<number, readonly [code: NetErrorCode, hint: string]>>;

/** The error for the last native call: from `verdicts` by errno, else `otherwise`. */
export function failure(action: string, verdicts: Verdicts, otherwise: NetErrorCode): NetError {
  return failureOf(lastErrno(), action, verdicts, otherwise);
}

export function failureOf(
  errno: number,
  action: string,
  verdicts: Verdicts,
  otherwise: NetErrorCode,
): NetError {
  const verdict = verdicts[errno];
  if (verdict !== undefined) return new NetError(verdict[0], action, errno, verdict[1]);
  if (errno === Errno.EPERM || errno === Errno.EACCES) {
    return new NetError('permission.missing', action, errno, NEEDS_NET_ADMIN);
  }
  return new NetError(otherwise, action, errno);
}

export const NEEDS_NET_ADMIN =
  'needs CAP_NET_ADMIN: run as root, grant the service AmbientCapabilities=CAP_NET_ADMIN, ' +
  'or work inside a namespace of your own (unshare -Urn)';

const namesByErrno = new Map<number, string>(
  Object.entries(constants.errno).map(([name, value]) => [value, name]),
);

export function errnoName(errno: number): string {
  return namesByErrno.get(errno) ?? `errno ${errno}`;
}
