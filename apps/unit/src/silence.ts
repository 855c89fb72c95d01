// When a gateway has not answered for a while, say so, with what a person can check; say it
// again ever more seldom, and say when it ends.
import type { PeerStatus } from '@rmh/contract';

// WireGuard tries a handshake every 5 s; three unanswered are more than one lost packet.
export const SILENT_MS_MIN = 15_000;
const REPEAT_MS_MAX = 600_000;

export interface Silence {
  readonly sinceMs: number;
  /** When to say it (again). */
  readonly sayAtMs: number;
  readonly said: boolean;
}

export type SilenceVerdict =
  | { kind: 'quiet'; next: Silence | null }
  | { kind: 'silent'; seconds: number; next: Silence }
  | { kind: 'heard'; seconds: number; next: null };

/** `usable`: carriers that the data plane holds; without any, silence is no news. */
export function silenceVerdict(
  before: Silence | null,
  state: PeerStatus['state'],
  usable: number,
  nowMs: number,
): SilenceVerdict {
  const answers = state === 'established' || state === 'stock';
  if (answers && before?.said === true) {
    return { kind: 'heard', seconds: secondsSince(before, nowMs), next: null };
  }
  if (answers || usable === 0) return { kind: 'quiet', next: null };
  if (before === null) {
    const next = { sinceMs: nowMs, sayAtMs: nowMs + SILENT_MS_MIN, said: false };
    return { kind: 'quiet', next };
  }
  if (nowMs < before.sayAtMs) return { kind: 'quiet', next: before };
  const waitMs = Math.min(REPEAT_MS_MAX, Math.max(SILENT_MS_MIN, nowMs - before.sinceMs));
  const next = { sinceMs: before.sinceMs, sayAtMs: nowMs + waitMs, said: true };
  return { kind: 'silent', seconds: secondsSince(before, nowMs), next };
}

/** What to check, the likeliest first. docs/operations.md explains each. */
export const SILENCE_HINTS = [
  'gateway down or endpoint wrong',
  'UDP blocked by the carrier or a firewall',
  "this unit's public key is not known to the gateway",
  "the gateway's publicKey here is wrong",
  'presharedKeyFile differs between the ends',
  'clock was ahead earlier: gateway logs handshake.refused',
].join('; ');

function secondsSince({ sinceMs }: Silence, nowMs: number): number {
  return Math.round((nowMs - sinceMs) / 1000);
}
