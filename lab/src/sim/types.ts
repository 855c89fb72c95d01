// What the parts of the simulator say to each other. Time is µs from the start of the run; every
// size of an inner packet is bytes of the IP packet.
import type { TrafficClassName } from '@rmh/contract';
import type { Direction } from '../carriers/condition.ts';

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
}

/** What a bearer puts on a carrier. `bytes` is what the carrier counts: the outer IP packet. */
export interface Datagram {
  readonly direction: Direction;
  readonly bytes: number;
  /** The bearer's own: encrypted bytes of the tunnel, or the packet of a baseline. */
  readonly content: unknown;
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

export interface BearerResult {
  readonly name: string;
  readonly classes: Record<TrafficClassName, ClassCount>;
  /** Outer bytes offered to the carriers, both directions, and how many of them were copies. */
  readonly bytesSent: number;
  readonly bytesDuplicated: number;
}
