// What a set of paths can carry of one TCP flow inside the tunnel, as arithmetic.
import { DATA_HEADER_BYTES, TRANSPORT_OVERHEAD_BYTES } from '@rmh/wire';
import type { PathSpec } from '../carriers/paths-syntax.ts';
import { INNER_MTU } from './addresses.ts';
import type { CarrierFault, Window } from './words.ts';

const IPV4_BYTES = 20;
const UDP_BYTES = 8;
/** TCP's header with timestamps, which Linux sends in every segment (RFC 7323). */
const TCP_BYTES = 32;
const PLAIN_MTU = 1500;

/** Payload of a full inner segment over its packet on the carrier: 1,288 / 1,416 = 0.9096. */
export const TUNNEL_SHARE =
  (INNER_MTU - IPV4_BYTES - TCP_BYTES) /
  (INNER_MTU + DATA_HEADER_BYTES + TRANSPORT_OVERHEAD_BYTES + UDP_BYTES + IPV4_BYTES);

/** The same without a tunnel: 1,448 / 1,500 = 0.9653. */
export const PLAIN_SHARE = (PLAIN_MTU - IPV4_BYTES - TCP_BYTES) / PLAIN_MTU;

/**
 * IP packets, Mbit/s, that the paths carry on average within the window. A path counts nothing
 * while a fault silences it. Loss is not subtracted: repairing it is what is measured.
 */
export function rateMbit(
  paths: readonly PathSpec[],
  faults: readonly CarrierFault[],
  window: Window,
): number {
  return paths.reduce((sum, { mbit }, i) => sum + mbit * shareUp(i, faults, window), 0);
}

function shareUp(path: number, faults: readonly CarrierFault[], window: Window): number {
  const [fromMs, toMs] = [window.fromSeconds * 1000, window.toSeconds * 1000];
  let silentMs = 0;
  let coveredMs = fromMs;
  // In the order of their beginnings, so that what overlaps is counted once.
  for (const { carrier, atMs, forMs } of faults.toSorted((a, b) => a.atMs - b.atMs)) {
    if (carrier !== path || forMs === null) continue;
    const endMs = Math.min(toMs, atMs + forMs);
    silentMs += Math.max(0, endMs - Math.max(coveredMs, atMs));
    coveredMs = Math.max(coveredMs, endMs);
  }
  return 1 - silentMs / (toMs - fromMs);
}

/** How many paths no fault silences at the beginning. */
export function aliveAtStart(paths: number, faults: readonly CarrierFault[]): number {
  const dead = faults.filter(({ atMs, forMs }) => atMs === 0 && forMs !== null);
  return paths - new Set(dead.map(({ carrier }) => carrier)).size;
}

/** The index of the one path that carries most; of equals the shorter. Null: all have faults. */
export function bestPath(
  paths: readonly PathSpec[],
  faults: readonly CarrierFault[],
): number | null {
  const sound = [...paths.entries()].filter(([i]) => !faults.some(({ carrier }) => carrier === i));
  const rate = (path: PathSpec) => path.mbit * (1 - path.loss);
  sound.sort(([, a], [, b]) => rate(b) - rate(a) || a.delayMs - b.delayMs);
  return sound[0]?.[0] ?? null;
}
