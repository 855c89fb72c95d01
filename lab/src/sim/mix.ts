// What the systems of a vehicle send in a simulated run. Sizes are bytes of the inner IP packet.
import { Random } from '@rmh/base';
import type { TrafficClassName } from '@rmh/contract';
import type { Direction } from '../carriers/condition.ts';
import { DEADLINE_US, dueUs, type Pattern } from '../devices/flows.ts';
import type { EndMemory } from './tunnel/end.ts';
import type { Workload, WorkloadObject } from './types.ts';

export interface DatagramFlow {
  readonly name: string;
  readonly class: TrafficClassName;
  readonly direction: Direction;
  readonly bytes: number;
  readonly pattern: Pattern;
}

/** An application that sends `bytes` over TCP each `everyUs`, and gives up what came too late. */
export interface ObjectFlow {
  readonly name: string;
  readonly class: TrafficClassName;
  readonly direction: Direction;
  readonly bytes: number;
  readonly everyUs: number;
}

export interface Mix {
  readonly name: MixName;
  readonly datagrams: readonly DatagramFlow[];
  readonly objects: readonly ObjectFlow[];
  /** What an end's tables must hold of it. */
  readonly memory: EndMemory;
}

// The data plane's own tables (docs/architecture.md) where one unit cannot fill them smaller:
// flights for 8,192 × 1,340 B = 11 MB, 88 Mbit/s × 1 s; holds for 50 Mbit/s × 0.4 s.
const BUSY: EndMemory = { flightSlots: 8192, holdSlots: 2048 };
/** A small packet each three seconds; less memory to make anew is what its speed hangs on. */
const QUIET: EndMemory = { flightSlots: 256, holdSlots: 64 };

export const MIX_NAMES = ['standard', 'video', 'silent', 'lab'] as const;
export type MixName = (typeof MIX_NAMES)[number];

const MS = 1000;
const SECOND = 1_000_000;
/** IPv4 and UDP around a device's payload. */
const HEADERS_BYTES = 28;

// Dispatch, vitals, ECG and voice are those of the lab (devices/flows.ts has their reasons).
const CRITICAL: readonly DatagramFlow[] = [
  steady('dispatch-up', 'critical', 'up', 200, 50 * MS),
  steady('dispatch-down', 'critical', 'down', 200, 50 * MS),
  steady('vitals', 'critical', 'up', 300, 40 * MS),
  {
    ...steady('ecg', 'critical', 'up', 1200, 0),
    pattern: {
      kind: 'bursts',
      firstUs: 2800 * MS,
      everyUs: 5 * SECOND,
      count: 40,
      spacingUs: 10 * MS,
    },
  },
];
const VOICE: readonly DatagramFlow[] = [
  steady('voice-up', 'realtime', 'up', 160, 20 * MS),
  steady('voice-down', 'realtime', 'down', 160, 20 * MS),
];

const MIXES: Readonly<Record<MixName, Mix>> = {
  standard: {
    name: 'standard',
    datagrams: [
      ...CRITICAL,
      // 1,228 × 8 bit ÷ 6.55 ms = 1.5 Mbit/s.
      steady('video', 'realtime', 'up', 1200, 6550),
      ...VOICE,
    ],
    objects: [
      // 250 kB each 10 s is 200 kbit/s; within 2 s it needs 1 Mbit/s.
      object('journal-up', 'interactive', 'up', 250_000, 10 * SECOND),
      object('journal-down', 'interactive', 'down', 250_000, 10 * SECOND),
      // 2.5 MB within 10 s needs 2 Mbit/s; it takes all there is, then half a minute of rest.
      object('bulk', 'bulk', 'up', 2_500_000, 40 * SECOND),
    ],
    memory: BUSY,
  },
  video: {
    name: 'video',
    datagrams: [
      ...CRITICAL,
      // 2 × 2.5 Mbit/s: a patient camera and an ultrasound probe.
      steady('camera', 'realtime', 'up', 1200, 3930),
      steady('ultrasound', 'realtime', 'up', 1200, 3930),
      ...VOICE,
    ],
    objects: [],
    memory: BUSY,
  },
  silent: {
    name: 'silent',
    datagrams: [steady('status', 'critical', 'up', 200, 3 * SECOND)],
    objects: [],
    memory: QUIET,
  },
  // What `./rmh lab --flows dispatch,vitals,ecg,video,voice` sends, to compare the two.
  lab: {
    name: 'lab',
    datagrams: [...CRITICAL, steady('video', 'realtime', 'up', 1200, 4800), ...VOICE],
    objects: [],
    memory: BUSY,
  },
};

export function mixOf(name: MixName): Mix {
  return MIXES[name];
}

export function isMixName(name: string): name is MixName {
  return (MIX_NAMES as readonly string[]).includes(name);
}

/** When each flow of a mix begins, µs from the window's start: datagrams first, then objects. */
export function phasesOf(mix: Mix, seed: number): readonly number[] {
  const random = new Random(seed);
  const periods = [
    ...mix.datagrams.map(({ pattern }) => pattern.everyUs),
    ...mix.objects.map(({ everyUs }) => everyUs),
  ];
  return periods.map((everyUs) => random.below(everyUs));
}

/** Whether what is sent then can be judged before the window ends; the rest is only load. */
export function counts(of: TrafficClassName, sentUs: number, lengthUs: number): boolean {
  return sentUs + DEADLINE_US[of] <= lengthUs;
}

/** Everything in a mix that counts. */
export function workloadOf(mix: Mix, seed: number, lengthUs: number): Workload {
  const phases = phasesOf(mix, seed);
  const sends: { atUs: number; flow: DatagramFlow }[] = [];
  for (const [i, flow] of mix.datagrams.entries()) {
    const phaseUs = phases[i] ?? 0;
    for (let k = 0; ; k++) {
      const atUs = phaseUs + dueUs(flow.pattern, k);
      if (!counts(flow.class, atUs, lengthUs)) break;
      sends.push({ atUs, flow });
    }
  }
  sends.sort((a, b) => a.atUs - b.atUs);
  const objects: WorkloadObject[] = [];
  for (const [i, flow] of mix.objects.entries()) {
    let startUs = phases[mix.datagrams.length + i] ?? 0;
    for (; counts(flow.class, startUs, lengthUs); startUs += flow.everyUs) {
      objects.push({ startUs, bytes: flow.bytes, class: flow.class, direction: flow.direction });
    }
  }
  objects.sort((a, b) => a.startUs - b.startUs);
  return {
    packets: {
      count: sends.length,
      sentUs: Float64Array.from(sends, ({ atUs }) => atUs),
      bytes: Uint16Array.from(sends, ({ flow }) => flow.bytes),
      class: Uint8Array.from(sends, ({ flow }) => (flow.class === 'critical' ? 0 : 1)),
      up: Uint8Array.from(sends, ({ flow }) => (flow.direction === 'up' ? 1 : 0)),
    },
    objects,
  };
}

function steady(
  name: string,
  of: TrafficClassName,
  direction: Direction,
  payloadBytes: number,
  everyUs: number,
): DatagramFlow {
  const bytes = payloadBytes + HEADERS_BYTES;
  return { name, class: of, direction, bytes, pattern: { kind: 'steady', everyUs } };
}

function object(
  name: string,
  of: TrafficClassName,
  direction: Direction,
  bytes: number,
  everyUs: number,
): ObjectFlow {
  return { name, class: of, direction, bytes, everyUs };
}
