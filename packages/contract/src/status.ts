// What the status socket answers. `format` rises when a field changes its meaning.
import type { Urgency } from './api/configuration.ts';
import type { DataplaneStatus, Role } from './dataplane.ts';

export const STATUS_FORMAT = 1;

/** starting → running ⇄ waiting → stopping. Waiting: a problem that may heal; see `problem`. */
export type DaemonState = 'starting' | 'running' | 'waiting' | 'stopping';

export type LinkState =
  /** No such device. */
  | 'absent'
  /** The device is switched off. */
  | 'down'
  /** Up, but no carrier: not registered, cable out. */
  | 'no-carrier'
  /** Carrier, but no address yet. */
  | 'no-address'
  /** Handed to the data plane. */
  | 'used';

export interface LinkStatus {
  readonly name: string;
  readonly device: string;
  readonly state: LinkState;
  readonly addresses: string[];
  /** Of a link with a data budget. */
  readonly data?: LinkData;
}

export interface LinkData {
  /** Sent and received since the month began, with headers. */
  readonly monthBytes: number;
  readonly monthlyBytes: number;
  /** Only critical and realtime use the link; on a mission that may go over it, all but bulk. */
  readonly spent: boolean;
}

/** What the vehicle is out for. */
export interface MissionStatus {
  readonly urgency: Urgency;
  /** Until it is over, unless dispatch says more. */
  readonly leftSeconds: number;
}

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export interface DaemonStatus {
  readonly format: typeof STATUS_FORMAT;
  readonly role: Role;
  readonly name: string;
  readonly version: string;
  readonly state: DaemonState;
  readonly problems: Problem[];
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  /** First 16 hex digits of the SHA-256 of the configuration that is in force. */
  readonly configHash: string;
  /** Empty on a gateway. */
  readonly links: LinkStatus[];
  /** Of a unit whose vehicle is on a mission. */
  readonly mission?: MissionStatus;
  readonly dataplane: DataplaneStatus | null;
}
