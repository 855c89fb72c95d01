// What the parts of the simulator say to each other. Time is µs from the start of the run; every
// size of an inner packet is bytes of the IP packet.
import type { TrafficClassName } from '@rmh/contract';
import type { Direction } from '../carriers/condition.ts';
import type { Timeline } from '../carriers/timeline.ts';

/** The car sends up, the site sends down. */
export type Side = 'car' | 'site';

/** A packet between a device in the car and Helsenettet. */
export interface SimPacket {
  /** Unique in the run. */
  readonly id: number;
  readonly side: Side;
  readonly class: TrafficClassName;
  /** 0 … 63: packets of one flow share it, and their order matters to them. */
  readonly bucket: number;
  readonly bytes: number;
  /** An acknowledgement of TCP without payload: it may overtake others of its flow. */
  readonly isAck?: boolean;
}

/**
 * Carries packets between the two sides: the real tunnel, or a baseline to compare it with. The
 * world calls `poll` when `nextDeadlineUs` has come and `arrived` when a carrier delivers.
 */
export interface Bearer {
  readonly name: string;
  send(packet: SimPacket, nowUs: number): void;
  arrived(datagram: Datagram, carrier: number, nowUs: number): void;
  poll(nowUs: number): void;
  readonly nextDeadlineUs: number;
  /** Outer bytes of further copies of what had already left once; absent: none. */
  readonly bytesDuplicated?: number;
  /** The road has delivered or lost it and will not touch it again: it may be used anew. */
  gone?(datagram: Datagram): void;
  /**
   * A copy as a bad road makes it: whole (damage 0), or with a bit changed that `damage` picks;
   * null: a checksum throws damaged ones away. Absent: the datagram is its own copy, or null.
   */
  copy?(datagram: Datagram, damage: number): Datagram | null;
  /** What happens to the ends rather than to the road (faults.ts). */
  suffer?(fault: EndFault, nowUs: number): void;
  /** How likely it is that a carrier fails within the next seconds, 0 … 1. */
  foresee?(carrier: number, risk: number): void;
  /** The run is over: a last look at what must hold. */
  end?(nowUs: number): void;
}

/** A fault of the ends; those of the road are the road's own. */
export type EndFault =
  | { readonly kind: 'gateway-crash' | 'gateway-start' | 'gateway-drain'; readonly gateway: number }
  | { readonly kind: 'link-down' | 'link-up' | 'rebind'; readonly carrier: number };

/** What a bearer puts on a carrier. `bytes` is what the carrier counts: the outer IP packet. */
export interface Datagram {
  readonly direction: Direction;
  readonly bytes: number;
  /** The bearer's own: encrypted bytes of the tunnel, or the packet of a baseline. */
  readonly content: unknown;
}

/** A part of a drive as the road plays it: plain data that a worker may be handed. */
export interface DriveWindow {
  readonly drive: string;
  /** Where it lies in the drive, ms of the recording. */
  readonly fromMs: number;
  readonly lengthMs: number;
  readonly carriers: readonly WindowCarrier[];
}

export interface WindowCarrier {
  readonly name: string;
  /** ms from the start of the window; the first condition holds from 0. */
  readonly timeline: Timeline;
  /** What is foreseen of it, if anything is. */
  readonly foreseen?: Forecast;
}

/** Chances that a carrier fails within the next seconds: risk i holds from startMs[i] on. */
export interface Forecast {
  /** Ascending, ms from the start of the window. */
  readonly startMs: Float64Array;
  /** 0 … 1. */
  readonly risk: Float64Array;
}

/** What a mix sends of itself, known before the run. Times are µs from the window's start. */
export interface Workload {
  readonly packets: WorkloadPackets;
  readonly objects: readonly WorkloadObject[];
}

/** Datagrams in the order of their times, as columns. */
export interface WorkloadPackets {
  readonly count: number;
  readonly sentUs: Float64Array;
  /** Of the inner IP packet. */
  readonly bytes: Uint16Array;
  /** 0 … 3 as TrafficClass. */
  readonly class: Uint8Array;
  /** 1: up. */
  readonly up: Uint8Array;
}

/** Bytes of an application that TCP carries: they count as they arrive in order and in time. */
export interface WorkloadObject {
  readonly startUs: number;
  readonly bytes: number;
  readonly class: TrafficClassName;
  readonly direction: Direction;
}

/** What a bearer is given to work with. */
export interface Road {
  /** Names, in the order of their indexes. */
  readonly carriers: readonly string[];
  /** Offers a datagram to a carrier; it may be lost, delayed or dropped without a word. */
  offer(carrier: number, datagram: Datagram, nowUs: number): void;
  /** A packet came out at the other side; the same packet counts once. */
  deliver(packet: SimPacket, nowUs: number): void;
}

/** Outer bytes of an inner packet in the tunnel: IPv4 20, UDP 8, headers 32, tag 16. */
export const OUTER_OVERHEAD_BYTES = 76;

/** One class over one run. For interactive and bulk the unit is a byte, otherwise a packet. */
export interface ClassCount {
  sent: number;
  inTime: number;
}

export interface ClassResult extends ClassCount {
  /** What an all-knowing sender that may use every carrier could have delivered in time. */
  boundInTime: number;
  /** inTime / boundInTime, 1 where the bound is 0. */
  ratio: number;
  /** The best of the carriers, each carrying everything alone. */
  bestAloneInTime: number;
}

/**
 * How packets of a class fared in time. A packet that never came counts as the latest; a quantile
 * of −1 lies among those.
 */
export interface DelayFigures {
  readonly p50Us: number;
  readonly p99Us: number;
  /** The longest time in which a steady flow of the class heard nothing. */
  readonly longestGapUs: number;
}

export interface BearerResult {
  readonly name: string;
  /** Classes that travel as datagrams: critical and realtime. */
  readonly delays: Partial<Record<TrafficClassName, DelayFigures>>;
  readonly classes: Record<TrafficClassName, ClassCount>;
  /** Outer bytes offered to the carriers, both directions, and how many of them were copies. */
  readonly bytesSent: number;
  readonly bytesDuplicated: number;
}
