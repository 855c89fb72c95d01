import { present, TRAFFIC_CLASS_NAMES } from '@rmh/base';
import type { TrafficClassName } from '@rmh/contract';
import type { Direction } from '../../carriers/condition.ts';
import { DEADLINE_US } from '../../devices/flows.ts';
import { SEGMENT_BYTES } from '../tcp/connection.ts';
import { OUTER_OVERHEAD_BYTES, type Workload } from '../types.ts';

/** Something that was to be carried: one packet, or an object of many. Time as in a run, µs. */
export interface Demand {
  readonly class: TrafficClassName;
  readonly direction: Direction;
  readonly releaseUs: number;
  /** When the last of it is of use. */
  readonly deadlineUs: number;
  /** The least that it costs on a carrier, headers included; need not be a whole number. */
  readonly outerBytes: number;
  /** What it counts in the unit of its class: 1 packet, or bytes. */
  readonly worth: number;
  /** A packet crosses one carrier in one piece; an object may be split at will. */
  readonly isWhole: boolean;
}

/** A run rounds times to µs, at the release and at the arrival. */
const ROUNDING_US = 2;

/** A full segment with its IP and TCP headers, on a carrier: no byte over TCP costs less. */
const SEGMENT_OUTER_BYTES = 1340 + OUTER_OVERHEAD_BYTES;

/** What a mix sends, as demands; the classes that travel as datagrams count packets. */
export function demandsOf({ packets, objects }: Workload): Demand[] {
  const demands: Demand[] = [];
  for (let i = 0; i < packets.count; i++) {
    const trafficClass = present(TRAFFIC_CLASS_NAMES[packets.class[i] ?? 0], 'a class');
    const bytes = packets.bytes[i] ?? 0;
    const direction = packets.up[i] === 1 ? 'up' : 'down';
    demands.push(packetDemand(trafficClass, direction, bytes, packets.sentUs[i] ?? 0));
  }
  for (const { class: its, direction, bytes, startUs } of objects) {
    demands.push(objectDemand(its, direction, bytes, startUs));
  }
  return demands;
}

/** `bytes` of the inner IP packet. */
export function packetDemand(
  trafficClass: TrafficClassName,
  direction: Direction,
  bytes: number,
  releaseUs: number,
): Demand {
  return {
    class: trafficClass,
    direction,
    releaseUs,
    deadlineUs: releaseUs + DEADLINE_US[trafficClass] + ROUNDING_US,
    outerBytes: bytes + OUTER_OVERHEAD_BYTES,
    worth: isCountedInBytes(trafficClass) ? bytes : 1,
    isWhole: true,
  };
}

/** `bytes` of an application over TCP; what comes by the deadline counts, byte by byte. */
export function objectDemand(
  trafficClass: TrafficClassName,
  direction: Direction,
  bytes: number,
  releaseUs: number,
): Demand {
  return {
    class: trafficClass,
    direction,
    releaseUs,
    deadlineUs: releaseUs + DEADLINE_US[trafficClass] + ROUNDING_US,
    outerBytes: (bytes * SEGMENT_OUTER_BYTES) / SEGMENT_BYTES,
    worth: bytes,
    isWhole: false,
  };
}

export function isCountedInBytes(trafficClass: TrafficClassName): boolean {
  return trafficClass === 'interactive' || trafficClass === 'bulk';
}
