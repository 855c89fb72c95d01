// What the processes of the benches say to each other over Node's own line: plain data.
import type { DataplaneStatus } from '@rmh/contract';
import type { PathSpec } from '../carriers/paths-syntax.ts';
import type { Fault } from '../runner/faults.ts';

export type Direction = 'up' | 'down';
export const DIRECTIONS: readonly Direction[] = ['up', 'down'];
export type Congestion = 'cubic' | 'bbr';
/** What carries: bare veth, our tunnel or that of another checkout, each by paths; wireguard-go. */
export type Subject = 'plain' | 'rmh-1' | 'rmh-2' | 'against-1' | 'against-2' | 'wireguard-go';

interface CommonOptions {
  /** Of one TCP load. */
  readonly seconds: number;
  readonly rounds: number;
  /** Only to see that it works: no warm-up, no peers. */
  readonly brief: boolean;
  /** Where the JSON goes: a file, '-' for standard output, null for nowhere. */
  readonly json: string | null;
}

export interface TunnelOptions extends CommonOptions {
  readonly congestion: Congestion;
  /** Another checkout, whose data plane is measured beside ours. */
  readonly against: string | null;
}

export interface PacedOptions extends CommonOptions {
  /** Rate of the path, Mbit/s. */
  readonly rates: readonly number[];
  readonly against: string | null;
}

export type CarrierFault = Extract<Fault, { target: 'carrier' }>;

export interface BondOptions extends CommonOptions {
  readonly paths: readonly PathSpec[];
  readonly faults: readonly CarrierFault[];
  readonly congestions: readonly Congestion[];
  /** From the first byte on: not counted. */
  readonly skipSeconds: number;
  readonly seed: number;
}

/** Who fills the carrier first: the other joins him later, or both begin at once. */
export type First = 'tunnel' | 'rival' | 'together';

export interface FairOptions extends CommonOptions {
  readonly path: PathSpec;
  /** How deep the operator's buffer is, ms at the path's rate: each is measured. */
  readonly buffersMs: readonly number[];
  /** Of the rival's TCP. Inside the tunnel it is CUBIC. */
  readonly congestions: readonly Congestion[];
  readonly firsts: readonly First[];
  readonly directions: readonly Direction[];
  readonly seed: number;
}

/** One end of a load. TCP: the car opens the connection and the site listens, as in life. */
export type Load =
  | { kind: 'tcp-receive'; host: string; opens: boolean; window: Window | null }
  | {
      kind: 'tcp-send';
      host: string;
      opens: boolean;
      seconds: number;
      congestion: Congestion;
    }
  | { kind: 'udp-receive'; host: string; seconds: number }
  | { kind: 'udp-send'; host: string; seconds: number; mbit: number };

/** Seconds after the first byte. The receiver ends with it, instead of reading everything. */
export interface Window {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

export type GeneratorWord = { kind: 'listening' } | { kind: 'done'; result: LoadResult };

export interface LoadResult {
  readonly bytes: number;
  /** Datagrams (UDP) or blocks (TCP). */
  readonly pieces: number;
  /** From the first byte to the last. */
  readonly seconds: number;
  /** Of `bytes`, those that came within the window; all of them if there is none. */
  readonly windowBytes: number;
}

export interface EndKeys {
  readonly own: Uint8Array;
  readonly peer: Uint8Array;
}

/** An older checkout hears and says these too (--against): a new field here must be optional. */
export type EndCommand =
  | { kind: 'start'; side: 'car' | 'site'; keys: EndKeys }
  | { kind: 'links'; set: readonly string[]; remove: readonly string[] }
  | { kind: 'status' };

export type EndWord =
  | { kind: 'ready' }
  | { kind: 'failed'; message: string }
  | { kind: 'status'; status: DataplaneStatus };

/** One measurement of `bench tunnel` and `bench paced`. */
export interface Sample {
  readonly round: number;
  readonly subject: Subject;
  readonly direction: Direction;
  readonly protocol: 'tcp' | 'udp';
  /** Rate of the path; 0: without limit. */
  readonly pathMbit: number;
  /** UDP: what the sender was asked to send; 0: as fast as it can. */
  readonly offeredMbit: number;
  readonly mbit: number;
  /** UDP: share of datagrams that did not arrive. */
  readonly lossPct: number;
  /** Both tunnel ends together, user and system; 0 for plain. */
  readonly cpuSecondsPerGb: number;
}

/**
 * One measurement of `bench bond`. bond: one flow over all paths; alone: the same over the best
 * one; plain: no tunnel, one flow straight over each path, all at once, added up.
 */
export interface BondSample {
  readonly round: number;
  readonly congestion: Congestion;
  readonly subject: 'bond' | 'alone' | 'plain';
  readonly direction: Direction;
  /** Payload of TCP within the window. */
  readonly mbit: number;
  /** From the first byte on. */
  readonly wholeMbit: number;
}

/** One measurement of `bench fair`: Mbit/s of TCP payload while both were there. */
export interface FairSample {
  readonly round: number;
  readonly congestion: Congestion;
  readonly bufferMs: number;
  readonly first: First;
  readonly direction: Direction;
  readonly oursMbit: number;
  readonly theirsMbit: number;
  /** Round trips of the path meanwhile, as the tunnel measured them, each 0.1 s. */
  readonly rttsMs: readonly number[];
}

/** How punctual the carriers were: a late packet is the machine's fault, not a tunnel's. */
export interface Lateness {
  readonly usMean: number;
  readonly usMax: number;
}

export type BenchWord =
  | { kind: 'progress'; text: string }
  | { kind: 'missing'; subject: string; reason: string }
  | { kind: 'sample'; sample: Sample }
  | { kind: 'bond'; sample: BondSample }
  | { kind: 'fair'; sample: FairSample }
  | { kind: 'lateness'; lateness: Lateness }
  | { kind: 'end' };
