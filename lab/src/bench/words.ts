// What the processes of the bench say to each other over Node's own line: plain data.
import type { DataplaneStatus } from '@rmh/contract';

export type Direction = 'up' | 'down';
export type Congestion = 'cubic' | 'bbr';
/** What carries the traffic: bare veth, our tunnel over one or two paths, wireguard-go. */
export type Subject = 'plain' | 'rmh-1' | 'rmh-2' | 'wireguard-go';

export interface BenchOptions {
  readonly seconds: number;
  readonly rounds: number;
  readonly congestion: Congestion;
  /** Only to see that it works: no warm-up, one UDP rate, our own tunnel alone. */
  readonly brief: boolean;
  /** Where the JSON goes: a file, '-' for standard output, null for nowhere. */
  readonly json: string | null;
}

/** One end of a load: `host` is where the receiver listens. */
export type Load =
  | { kind: 'tcp-receive'; host: string }
  | { kind: 'tcp-send'; host: string; seconds: number; congestion: Congestion }
  | { kind: 'udp-receive'; host: string; seconds: number }
  | { kind: 'udp-send'; host: string; seconds: number; mbit: number };

export type GeneratorWord = { kind: 'listening' } | { kind: 'done'; result: LoadResult };

export interface LoadResult {
  readonly bytes: number;
  /** Datagrams (UDP) or blocks (TCP). */
  readonly pieces: number;
  /** From the first byte to the last. */
  readonly seconds: number;
}

export interface EndKeys {
  readonly own: Uint8Array;
  readonly peer: Uint8Array;
}

export type EndCommand =
  | { kind: 'start'; side: 'car' | 'site'; keys: EndKeys }
  | { kind: 'links'; set: readonly string[]; remove: readonly string[] }
  | { kind: 'status' };

export type EndWord =
  | { kind: 'ready' }
  | { kind: 'failed'; message: string }
  | { kind: 'status'; status: DataplaneStatus };

/** One measurement. */
export interface Sample {
  readonly round: number;
  readonly subject: Subject;
  readonly direction: Direction;
  readonly protocol: 'tcp' | 'udp';
  /** UDP: what the sender was asked to send; 0: as fast as it can. */
  readonly offeredMbit: number;
  readonly mbit: number;
  /** UDP: share of datagrams that did not arrive. */
  readonly lossPct: number;
  /** Both tunnel ends together, user and system; 0 for plain. */
  readonly cpuSecondsPerGb: number;
}

export type BenchWord =
  | { kind: 'progress'; text: string }
  | { kind: 'missing'; subject: Subject; reason: string }
  | { kind: 'sample'; sample: Sample }
  | { kind: 'end' };
