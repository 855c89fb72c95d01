// What the app and its data plane worker say to each other: plain data that a structured
// clone carries, so the main thread and the worker share nothing but these words.
import type { Policy } from './policy.ts';
import type { ClassRule } from './rules.ts';

export type Role = 'unit' | 'gateway';

export interface DataplaneConfig {
  readonly role: Role;
  /** 32 bytes. */
  readonly privateKey: Uint8Array;
  /** The handshake clock is never below this: the unit's persisted value, 0 for none. */
  readonly timestampFloorUs: number;
  /** Addresses are prefixes of both families. */
  readonly tun: { readonly name: string; readonly mtu: number; readonly addresses: string[] };
  /** A gateway's port; null on a unit (ephemeral). Address null: every local address. */
  readonly listen: { readonly address: string | null; readonly port: number } | null;
  /** A unit: its gateways in order of preference. A gateway: its units. */
  readonly peers: PeerConfig[];
  readonly classes: ClassRule[];
  /** Null: the national baseline. */
  readonly policy: Policy | null;
}

export interface PeerConfig {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly presharedKey: Uint8Array | null;
  /** "ip:port", or null when only the peer starts. */
  readonly endpoint: string | null;
  readonly allowedIps: string[];
  readonly multipath: boolean;
}

/** Urgent packets never spare a link. */
export type SparedFrom = 'interactive' | 'bulk';

export type DataplaneCommand =
  /** A link to use, e.g. 'telenor' on device 'wwan0'. It exists and is up: the app watches. */
  | { kind: 'link.set'; name: string; device: string }
  | { kind: 'link.remove'; name: string }
  /** Its address or carrier changed: validate again. */
  | { kind: 'link.changed'; name: string }
  /** Packets of class `from` and those behind it spare it; null, or set anew: it is for all. */
  | { kind: 'link.spare'; name: string; from: SparedFrom | null }
  | { kind: 'peers.set'; peers: PeerConfig[] }
  | { kind: 'classes.set'; classes: ClassRule[] }
  /** Null: the national baseline. Holds from the next packet on; nothing that waits is lost. */
  | { kind: 'policy.set'; policy: Policy | null }
  /** Unit: move to that gateway, make before break. */
  | { kind: 'gateway.prefer'; name: string }
  /** Gateway: ask all units to move. */
  | { kind: 'drain' }
  | { kind: 'status' }
  | { kind: 'stop' };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Record<string, string | number | boolean>;

export type DataplaneEvent =
  | { kind: 'ready' }
  | { kind: 'stopped' }
  /** `atMs`: when it happened, Unix ms, where that is known better than by its coming. */
  | { kind: 'log'; event: string; level: LogLevel; fields: LogFields; atMs?: number }
  /** Gateway: the unit's traffic is (no longer) here: install or remove its kernel routes. */
  | { kind: 'peer.active'; name: string; active: boolean }
  /** Unit: persist as the floor of the handshake clock. */
  | { kind: 'timestamp'; us: number }
  | { kind: 'status'; status: DataplaneStatus }
  | { kind: 'failed'; code: string; message: string; hint: string };

export type PeerState = 'connecting' | 'established' | 'stock' | 'unreachable';
export type PathStateName = 'untried' | 'validating' | 'carrying' | 'suspect' | 'parked' | 'closed';

export interface DataplaneStatus {
  readonly nowUs: number;
  readonly role: Role;
  readonly tun: { readonly name: string; readonly mtu: number };
  readonly peers: PeerStatus[];
  readonly gatewaySwitches: number;
  /** Packets dropped since the start, by reason. */
  readonly drops: Record<string, number>;
  readonly cpuUs: number;
}

export interface PeerStatus {
  readonly name: string;
  readonly state: PeerState;
  readonly active: boolean;
  readonly draining: boolean;
  readonly handshakes: number;
  readonly lastHandshakeAgeMs: number | null;
  readonly multipath: boolean;
  readonly paths: PathStatus[];
  readonly classes: ClassStatus[];
}

export interface PathStatus {
  readonly id: number;
  readonly link: string;
  readonly remote: string;
  readonly state: PathStateName;
  readonly rttMs: number | null;
  readonly minRttMs: number | null;
  readonly lossPct: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly bytesDuplicated: number;
  readonly packetsSent: number;
  readonly packetsLost: number;
  readonly suspicions: number;
  readonly mtu: number;
  /** What the recorder of drives reads; its differences count. */
  readonly latest?: PathLatest;
}

export interface PathLatest {
  /** The last round trip as it was measured, and how many were. */
  readonly rttMs: number;
  readonly rttSamples: number;
  /** Delay above the least on the way out, ms: the queue in the operator's buffer. */
  readonly queueMs: number;
  /** There has been more to send than the path may take for 0.2 s: one look, or longer. */
  readonly backlogged?: boolean;
  /** UDP payload bytes that the far end says arrived. */
  readonly bytesDelivered: number;
  readonly packetsReceived: number;
  /** Of the newest arrival here: its time minus the sender's stamp, µs modulo 2^32. */
  readonly oneWayUs: number;
}

export interface ClassStatus {
  readonly name: string;
  readonly sent: number;
  readonly received: number;
  readonly repaired: number;
  readonly duplicatesDropped: number;
  readonly reordered: number;
  readonly late: number;
  /** Had no path at all. */
  readonly unsent?: number;
  /** Sent and given up: no copy was answered in time. */
  readonly lost?: number;
}

/** The worker's handle in the main thread; `@rmh/dataplane` makes it. */
export interface Dataplane {
  send(command: DataplaneCommand): void;
  status(): Promise<DataplaneStatus>;
  stop(): Promise<void>;
}

export type StartDataplane = (
  config: DataplaneConfig,
  onEvent: (event: DataplaneEvent) => void,
) => Promise<Dataplane>;
