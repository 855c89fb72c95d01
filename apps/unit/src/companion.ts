// What goes along with a unit and is not needed for driving: the platform, the crew's page. A
// companion sees what the unit sees; nothing that it does may hold the unit up.
import type { HistoryEvent, HistorySlice } from '@rmh/contract';
import type { Facts } from './platform/facts.ts';

export interface Companion {
  /** Five times a second. `second`: the one that is over with this look, or null. */
  look(facts: Facts, second: HistorySlice | null): void;
  event(event: HistoryEvent): void;
  /** The data plane runs. */
  begun(reload: () => void): void;
  /** A stop was asked for, and everything still works. */
  leaving(): Promise<void>;
  ended(): Promise<void>;
}
