// Why the data plane did not start, as a catalogued error: a verdict, so it is tested by table.
import { closeSync, openSync, readFileSync } from 'node:fs';
import { type ErrorCode, isErrorCode } from '../codes.ts';
import { errnoOf, lineOf, RmhError } from '../error.ts';

export interface FailedEvent {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

// By errno, and by the codes of netio's NetError.
const KNOWN: Record<string, ErrorCode> = {
  'tun.permission': 'RMH_TUN_PERMISSION',
  'permission.missing': 'RMH_TUN_PERMISSION',
  'tun.missing': 'RMH_TUN_MISSING',
  'tun.name-in-use': 'RMH_TUN_BUSY',
  'port.in-use': 'RMH_PORT_IN_USE',
  'address.unavailable': 'RMH_ADDRESS_ABSENT',
  EPERM: 'RMH_TUN_PERMISSION',
  EACCES: 'RMH_TUN_PERMISSION',
  ENOENT: 'RMH_TUN_MISSING',
  ENODEV: 'RMH_TUN_MISSING',
  EBUSY: 'RMH_TUN_BUSY',
  EADDRINUSE: 'RMH_PORT_IN_USE',
  EADDRNOTAVAIL: 'RMH_ADDRESS_ABSENT',
};

/** `event` is what the worker said before it failed, which knows more than the rejection. */
export function startFailure(error: unknown, event: FailedEvent | null): RmhError {
  const code = event?.code ?? codeOf(error);
  const message = event?.message ?? lineOf(error);
  const more = {
    cause: error,
    ...(event === null || event.hint === '' ? {} : { hint: event.hint }),
  };
  if (isErrorCode(code)) return new RmhError(code, message, more);
  const known = Object.hasOwn(KNOWN, code) ? KNOWN[code] : undefined;
  if (known !== undefined) return new RmhError(known, message, { cause: error });
  const text = code === '' ? message : `${code}: ${message}`;
  return new RmhError('RMH_DATAPLANE_FAILED', text, more);
}

function codeOf(error: unknown): string {
  return errnoOf(error) ?? '';
}

// Seconds until the next try: quick at first (a predecessor still ends), then patient.
const RETRY_SECONDS = [1, 2, 4, 8, 16, 30] as const;

export function retrySeconds(failures: number): number {
  return RETRY_SECONDS[Math.min(failures, RETRY_SECONDS.length) - 1] ?? RETRY_SECONDS[0];
}

const CAP_NET_ADMIN = 12n; // linux/capability.h

/** Says before the start what would fail in its midst; throws RMH_TUN_*. */
export function requireTun(device = '/dev/net/tun', capabilities = effectiveCapabilities()): void {
  if (capabilities !== null && ((capabilities >> CAP_NET_ADMIN) & 1n) === 0n) {
    throw new RmhError('RMH_TUN_PERMISSION', 'this process lacks CAP_NET_ADMIN');
  }
  try {
    closeSync(openSync(device, 'r+')); // makes no device yet
  } catch (error) {
    throw startFailure(
      Object.assign(new Error(`${device}: ${lineOf(error)}`), {
        code: errnoOf(error) ?? '',
      }),
      null,
    );
  }
}

function effectiveCapabilities(): bigint | null {
  const text = readFileSync('/proc/self/status', 'utf8');
  const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(text)?.[1];
  return hex === undefined ? null : BigInt(`0x${hex}`);
}
