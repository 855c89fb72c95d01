// What the systems in the car send. One row is one direction of one flow; sequence numbers,
// counters and deadlines are kept a row. Sizes are UDP payload bytes, header included.
import type { TrafficClassName } from '@rmh/contract';

export type Direction = 'up' | 'down';

export type Pattern =
  /** One packet each `everyUs`. */
  | { kind: 'steady'; everyUs: number }
  /** `count` packets, one each `spacingUs`, then silence until `everyUs` after the first. */
  | { kind: 'bursts'; firstUs: number; everyUs: number; count: number; spacingUs: number };

export interface Flow {
  readonly id: number;
  readonly name: string;
  readonly class: TrafficClassName;
  readonly direction: Direction;
  readonly transport: 'udp' | 'tcp';
  readonly bytes: number;
  readonly pattern: Pattern;
}

/** A packet that comes later was of no use to its application any more (tunnel.md, classes). */
export const DEADLINE_US: Record<TrafficClassName, number> = {
  critical: 500_000,
  realtime: 150_000,
  interactive: 2_000_000,
  bulk: 10_000_000,
};

// The code points that the classifier of the tunnel knows by itself, so that the lab needs no
// rules of its own: CS5 for signalling and alarms, EF and AF41 for voice and video (RFC 4594),
// AF21 for low-latency data, CS1 for what may wait.
export const DSCP: Record<TrafficClassName, number> = {
  critical: 40,
  realtime: 46,
  interactive: 18,
  bulk: 8,
};

const MS = 1000;
const SECOND = 1_000_000;

const steady = (everyUs: number): Pattern => ({ kind: 'steady', everyUs });

// Rates after architecture.md (the product in one page): dispatch under 10 kbit/s a system, here
// 32 kbit/s so that gaps are seen to 50 ms; vitals 60 kbit/s; a 12-lead ECG of 48 kB at 1 Mbit/s
// each 5 s; voice as G.711 would be; journal about 200 kbit/s in bursts.
export const FLOWS: readonly Flow[] = [
  udp(1, 'dispatch-up', 'critical', 'up', 200, steady(50 * MS)),
  udp(2, 'dispatch-down', 'critical', 'down', 200, steady(50 * MS)),
  udp(3, 'vitals', 'critical', 'up', 300, steady(40 * MS)),
  udp(4, 'ecg', 'critical', 'up', 1200, {
    kind: 'bursts',
    firstUs: 2800 * MS,
    everyUs: 5 * SECOND,
    count: 40,
    spacingUs: 10 * MS,
  }),
  udp(5, 'video', 'realtime', 'up', 1200, steady(4800)),
  udp(6, 'voice-up', 'realtime', 'up', 160, steady(20 * MS)),
  udp(7, 'voice-down', 'realtime', 'down', 160, steady(20 * MS)),
  udp(8, 'web-up', 'interactive', 'up', 300, steady(50 * MS)),
  udp(9, 'web-down', 'interactive', 'down', 900, steady(50 * MS)),
  tcp(10, 'journal-up', 'interactive', 'up', 2000, steady(400 * MS)),
  tcp(11, 'journal-down', 'interactive', 'down', 8000, steady(400 * MS)),
  // 16 KiB each 43.7 ms is 3 Mbit/s.
  tcp(12, 'bulk', 'bulk', 'up', 16_384, steady(43_691)),
  udp(13, 'bulk-probe', 'bulk', 'up', 600, steady(100 * MS)),
];

/** Ids below this are rows of FLOWS; a packet of carrier `n` alone has ALONE_ID + n. */
export const ALONE_ID = 32;

/** Both directions of `dispatch` set the pace of the probes that go over each carrier alone. */
export const PROBE_UP = 'dispatch-up';
export const PROBE_DOWN = 'dispatch-down';

/** What a person names with --flows: "voice" is both its directions. */
export function flowFamilies(): string[] {
  return [...new Set(FLOWS.map(({ name }) => familyOf(name)))];
}

export function familyOf(name: string): string {
  return name.replace(/-(up|down)$/, '');
}

/** When packet `k` leaves, µs after the start of the flow. */
export function dueUs(pattern: Pattern, k: number): number {
  if (pattern.kind === 'steady') return k * pattern.everyUs;
  const burst = Math.floor(k / pattern.count);
  return pattern.firstUs + burst * pattern.everyUs + (k % pattern.count) * pattern.spacingUs;
}

/** Time between two packets of a steady flow, 0 where there is no such time. */
export function nominalGapUs(flow: Flow): number {
  const steadyUdp = flow.transport === 'udp' && flow.pattern.kind === 'steady';
  return steadyUdp && flow.pattern.kind === 'steady' ? flow.pattern.everyUs : 0;
}

function udp(
  id: number,
  name: string,
  trafficClass: TrafficClassName,
  direction: Direction,
  bytes: number,
  pattern: Pattern,
): Flow {
  return { id, name, class: trafficClass, direction, transport: 'udp', bytes, pattern };
}

function tcp(
  id: number,
  name: string,
  trafficClass: TrafficClassName,
  direction: Direction,
  bytes: number,
  pattern: Pattern,
): Flow {
  return { id, name, class: trafficClass, direction, transport: 'tcp', bytes, pattern };
}
