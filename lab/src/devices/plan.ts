// What a station (one end of one vehicle's flows) is told, and what it answers: JSON lines.
import type { ArrivalFigures } from './arrivals.ts';

export interface StationPlan {
  /** car: on the vehicle's LAN, and on the unit for probes alone. site: in Helsenettet. */
  readonly side: 'car' | 'site';
  /** From 1. */
  readonly vehicle: number;
  /** Rows of FLOWS that run. */
  readonly flowIds: number[];
  /** Inside the tunnel. */
  readonly carAddress: string;
  readonly siteAddress: string;
  /** Outside the tunnel: who answers the probes that go over one carrier alone. */
  readonly aloneAddress: string;
  /** Carrier n has the flow id ALONE_ID + n. */
  readonly carriers: { readonly name: string; readonly device: string }[];
}

/** Descriptors that a station inherits: the namespaces of its sockets. */
export const DEVICES_NETNS_FD = 3;
export const ALONE_NETNS_FD = 4;

/** Times are CLOCK_MONOTONIC. */
export type StationCommand =
  /** The first packets leave. */
  | { kind: 'start'; atUs: number }
  /** No packet leaves after this time; what is under way is still awaited. */
  | { kind: 'stopSending'; atUs: number }
  /** Last figures, and the end. */
  | { kind: 'finish' };

export interface StationReport {
  readonly kind: 'ready' | 'figures' | 'final';
  readonly side: 'car' | 'site';
  readonly vehicle: number;
  /** By flow id, as strings: JSON has no others. */
  readonly sent: Record<string, number>;
  readonly arrivals: Record<string, ArrivalFigures>;
  /** Probes that some carrier alone delivered here in time. */
  readonly reached: number;
  /** The latest that a packet left after its time: what the busy machine held up. */
  readonly heldUpUsMax: number;
  /** On the car only. */
  readonly hold: HoldFigures | null;
}

/** One TCP connection held through the whole run, with a small exchange each 200 ms. */
export interface HoldFigures {
  readonly established: boolean;
  /** Of the newest exchange that was answered: when it was asked. 0 if none was. */
  readonly answeredAskUs: number;
  readonly broken: string | null;
}

/** Each vehicle has its own ports at the site and at the answerer of the probes. */
export function portBase(vehicle: number): number {
  return 7000 + vehicle * 100;
}

/** Port offsets: one UDP socket a class, one TCP listener a connection, one for probes alone. */
export const PORT = {
  critical: 0,
  realtime: 1,
  interactive: 2,
  bulk: 3,
  journal: 10,
  bulkTcp: 11,
  hold: 12,
  alone: 20,
} as const;
