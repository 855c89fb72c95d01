// What a daemon is made of: the part that differs between unit and gateway, and the world.
import type {
  DataplaneCommand,
  DataplaneConfig,
  DataplaneEvent,
  DataplaneStatus,
  Role,
  StartDataplane,
} from '../dataplane.ts';
import type { LinkStatus, MissionStatus } from '../status.ts';
import type { Kernel, LinkFact } from './kernel.ts';
import type { Log } from './log.ts';
import type { NetworkItem } from './network.ts';
import type { Answer, StatusRequest } from './status-server.ts';

export const EXIT = { done: 0, failed: 1, cannotHeal: 2 } as const;

/** What differs between a unit and a gateway. Called only from the daemon's own event loop. */
export interface DaemonPart {
  readonly role: Role;
  name(): string;
  configHash(): string;
  statusSocket(): string;
  dataplaneConfig(): DataplaneConfig;
  wanted(): NetworkItem[];
  /** Links may have changed; commands that follow from it. */
  observe(facts: readonly LinkFact[]): DataplaneCommand[];
  links(): LinkStatus[];
  /** Null: the vehicle is on none. */
  mission?(): MissionStatus | null;
  event(event: DataplaneEvent): void;
  /** Reads the configuration again: commands that follow, none where it was refused. */
  reload(): DataplaneCommand[];
  post(request: StatusRequest, status: DataplaneStatus | null): DataplaneCommand | Answer;
  /** Every few seconds, with what the data plane says of itself. */
  tick(status: DataplaneStatus | null): void;
  /** Five times a second, with the same: for a part that keeps a history. */
  look?(status: DataplaneStatus | null): void;
  /** A question that the daemon itself has no answer to; null: nor has the part. */
  get?(request: StatusRequest): Answer | null;
  /** The data plane runs. `reload` is the daemon's own, as if SIGHUP had come. */
  begun?(reload: () => void, send: (commands: readonly DataplaneCommand[]) => void): void;
  /** A stop was asked for and everything still works: the time for a last word, 2 s at most. */
  leaving?(): Promise<void>;
  /** The last call: everything is removed. */
  ended?(): Promise<void>;
}

export interface DaemonPorts {
  readonly kernel: Kernel;
  readonly log: Log;
  readonly startDataplane: StartDataplane;
  readonly version: string;
  /** Throws RMH_TUN_* where a tunnel cannot be made. */
  requireTun(): void;
  /** Seconds as they pass; tests make them short. */
  readonly secondMs?: number;
}
