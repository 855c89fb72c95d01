// What goes along with a unit and is not needed for driving: the platform, the crew's page. A
// companion sees what the unit sees; nothing that it does may hold the unit up.
import type { HistoryEvent, HistorySlice, MissionStatus } from '@rmh/contract';
import type { MissionTreatment } from '@rmh/contract/api';
import type { Facts } from './platform/facts.ts';

export interface Companion {
  /** Five times a second. `second`: the one that is over with this look, or null. */
  look(facts: Facts, second: HistorySlice | null): void;
  event(event: HistoryEvent): void;
  /**
   * The data plane runs. `reload`: what the unit runs on has changed; `treat`: its mission is
   * another, and nothing is read again for that.
   */
  begun(reload: () => void, treat: () => void): void;
  /** A stop was asked for, and everything still works. */
  leaving(): Promise<void>;
  ended(): Promise<void>;
}

/** Who knows what the vehicle is out for. */
export interface Dispatch {
  /** Null: it is on no mission. */
  readonly mission: MissionStatus | null;
  /** How its mission has what is sent treated; null: as the policy says. */
  readonly treatment: MissionTreatment | null;
}
