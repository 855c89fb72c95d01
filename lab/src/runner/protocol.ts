// What the launcher and the inside of the sandbox say to each other: plain data over Node's line.
import type { DaemonStatus, ErrorCode } from '@rmh/contract';
import type { StationReport } from '../devices/plan.ts';
import type { CarrierName, EnrolledVehicle } from '../topology/addresses.ts';
import type { Fault } from './faults.ts';

/** Where a vehicle's carriers get their figures. */
export type CarrierSource =
  /** "50mbit/15ms,30mbit/35ms/1%" */
  | { kind: 'paths'; text: string }
  /** A drive file, from (null: its first row) to (its last) in its own ms; looped for `up`. */
  | {
      kind: 'drive';
      file: string;
      fromMs: number | null;
      toMs: number | null;
      loop: boolean;
    };

export interface RunOrder {
  /** An empty directory for configurations, keys, sockets and logs. */
  readonly workspace: string;
  readonly vehicles: { readonly carriers: CarrierName[]; readonly source: CarrierSource }[];
  /** Rows of FLOWS. */
  readonly flowIds: number[];
  /** null: until told to stop. */
  readonly seconds: number | null;
  readonly seed: number;
  /** Of carriers of the first vehicle, and of the gateways. */
  readonly faults: Fault[];
  /** Absent: the run makes keys and configurations of its own, and knows no platform. */
  readonly enrolled?: Enrolled;
}

/** Machines that a platform knows, vehicles in the order of `vehicles`. */
export interface Enrolled {
  /** Holds a directory for each machine, with what `rmh enrol` wrote. */
  readonly directory: string;
  readonly vehicles: EnrolledVehicle[];
  readonly gateways: { readonly name: string; readonly tunnel: string }[];
  /** Behind this socket answers the platform. */
  readonly platformSocket: string;
}

export type ToInside =
  | { kind: 'run'; order: RunOrder }
  /** Now, whatever time it names. `vehicle` counts from 1. */
  | { kind: 'strike'; vehicle: number; fault: Fault }
  /** End sending now, wait for what is under way, give the result. */
  | { kind: 'stop' };

export type FromInside =
  | { kind: 'phase'; phase: RunPhase }
  | { kind: 'snapshot'; snapshot: Snapshot }
  | { kind: 'result'; result: RunResult }
  | { kind: 'failed'; code: ErrorCode | null; message: string; hint: string };

/** building → connecting → running → draining. */
export type RunPhase = 'building' | 'connecting' | 'running' | 'draining';

export interface Snapshot {
  /** Since the first packet; 0 before it. */
  readonly elapsedMs: number;
  readonly vehicles: VehicleSnapshot[];
  readonly gateways: GatewaySnapshot[];
}

export interface VehicleSnapshot {
  readonly name: string;
  readonly carriers: CarrierName[];
  /** null while its daemon does not answer. */
  readonly unit: DaemonStatus | null;
  readonly car: StationReport | null;
  readonly site: StationReport | null;
}

export interface GatewaySnapshot {
  readonly name: string;
  readonly state: 'running' | 'starting' | 'killed';
}

export interface VehicleEnd {
  /** The held connection; survived: it answered after sending had ended. */
  readonly tcp: { readonly established: boolean; readonly survived: boolean };
  /** Of gateways, from the first packet on. */
  readonly gatewaySwitches: number;
}

export interface RunResult {
  /** How long packets were sent. */
  readonly seconds: number;
  readonly last: Snapshot;
  readonly vehicles: VehicleEnd[];
  /** The latest that the busy machine let a packet leave the emulated carriers after its time. */
  readonly carriersLateUsMax: number;
  /** What daemons and devices did that they should not have: exits, refusals. */
  readonly mishaps: string[];
}
