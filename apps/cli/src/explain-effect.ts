// What a fault did to the traffic: packets of the critical class, and how long video stood.
import type { ClassSlice } from '@rmh/contract';
import type { Moved } from './explain-causes.ts';
import { CRITICAL, REALTIME, type Timeline } from './explain-timeline.ts';

export interface Effect {
  /** Critical packets that went out or came in: with none, nothing is said of them. */
  readonly critical: number;
  /** Null: the data plane does not say. */
  readonly criticalLost: number | null;
  /** Had no way at all. */
  readonly criticalUnsent: number;
  readonly criticalRepaired: number;
  /** Null: there was no video or speech. */
  readonly frozenMs: number | null;
}

/** A stream of video or speech has at least so many packets a second. */
const STEADY_PACKETS = 10;
const BEFORE_MS = 5_000;
/** Looks are 0.2 s apart, give or take: less than one is not told from chance. */
const QUIET_MS_MIN = 180;
/** Repairs and reports come in a little later than the fault. */
const AFTER_MS = 1_500;

export function effectOf(
  timeline: Timeline,
  fault: { fromMs: number; toMs: number | null; moved: Moved | null },
): Effect {
  const { fromMs } = fault;
  const toMs = fault.toMs ?? timeline.history.nowMs;
  const during = timeline.within(fromMs, toMs + AFTER_MS);
  const critical = during.flatMap(({ classes }) => classes[CRITICAL] ?? []);
  const lost = critical.flatMap((slice) => slice.lost ?? []);
  return {
    critical: sum(critical, 'sent') + sum(critical, 'received') + sum(critical, 'unsent'),
    criticalLost: lost.length === 0 ? null : lost.reduce((total, count) => total + count, 0),
    criticalUnsent: sum(critical, 'unsent'),
    criticalRepaired: sum(critical, 'repaired'),
    frozenMs: frozenMs(timeline, { ...fault, toMs }),
  };
}

function frozenMs(
  timeline: Timeline,
  { fromMs, toMs, moved }: { fromMs: number; toMs: number; moved: Moved | null },
): number | null {
  const of = (from: number, to: number) =>
    timeline.within(from, to).flatMap(({ classes }) => classes[REALTIME] ?? []);
  const before = of(fromMs - BEFORE_MS, fromMs - 1);
  const during = of(fromMs, toMs + AFTER_MS);
  const isSteady = (field: 'sent' | 'received') =>
    before.length > 0 && sum(before, field) / before.length >= STEADY_PACKETS;
  const [up, down] = [isSteady('sent'), isSteady('received')];
  if (!up && !down) return null;
  const seenMs = down ? Math.max(0, ...during.map((slice) => slice.quietMs)) : 0;
  const quietMs = seenMs < QUIET_MS_MIN ? 0 : seenMs;
  const heldMs = up ? upFrozenMs(timeline, during, { fromMs, toMs, moved }) : 0;
  return Math.max(quietMs, heldMs);
}

/**
 * Towards the gateway nobody here sees a picture stand. What was on the silent carrier came late
 * by the time until it was sent again, and half a round trip on the other carrier.
 */
function upFrozenMs(
  timeline: Timeline,
  during: readonly ClassSlice[],
  { fromMs, toMs, moved }: { fromMs: number; toMs: number; moved: Moved | null },
): number {
  if (moved === null) return toMs - fromMs;
  if (sum(during, 'repaired') + sum(during, 'unsent') === 0) return 0;
  const [there] = timeline.carrierWithin(moved.to, fromMs, toMs);
  return moved.afterMs + (there?.rttMs ?? 0) / 2;
}

function sum(slices: readonly ClassSlice[], field: 'sent' | 'received' | 'repaired' | 'unsent') {
  return slices.reduce((total, slice) => total + slice[field], 0);
}
