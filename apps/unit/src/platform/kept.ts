// What the unit keeps of what the platform told it: STATE/platform/*.json.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CONFIGURATION_OUTCOME,
  UNIT_CONFIGURATION,
  UNIT_TUNNEL,
  type UnitTunnel,
  URGENCIES,
} from '@rmh/contract/api';
import { readKept, writeKept } from '@rmh/contract/machine';
import { z } from 'zod';

const CONFIGURATION_STATE = z.object({
  /** Confirmed; null: what the unit's own file says. */
  good: UNIT_CONFIGURATION.nullable(),
  /** In force, not confirmed. */
  trial: UNIT_CONFIGURATION.nullable(),
  /** The version that did not do: not tried again. */
  shunned: z.int().nullable(),
  /** What the platform has not been told yet. */
  untold: CONFIGURATION_OUTCOME.nullable(),
});
export type ConfigurationState = z.output<typeof CONFIGURATION_STATE>;

const MISSION_STATE = z
  .object({
    urgency: z.enum(URGENCIES),
    /** What was left of it then, ms. */
    leftMs: z.number().min(0),
    /** When this was kept, Unix ms. */
    atMs: z.number(),
  })
  .nullable();
export type MissionState = z.output<typeof MISSION_STATE>;

const NOTHING: ConfigurationState = { good: null, trial: null, shunned: null, untold: null };

export class Kept {
  readonly #tunnelPath: string;
  readonly #configurationPath: string;
  readonly #missionPath: string;
  #tunnel: UnitTunnel | null;
  #configuration: ConfigurationState;
  #mission: MissionState;

  /** Throws where the directory cannot be made. */
  constructor(stateDirectory: string) {
    const directory = join(stateDirectory, 'platform');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#tunnelPath = join(directory, 'tunnel.json');
    this.#configurationPath = join(directory, 'configuration.json');
    this.#missionPath = join(directory, 'mission.json');
    this.#tunnel = readKept(this.#tunnelPath, UNIT_TUNNEL);
    this.#configuration = readKept(this.#configurationPath, CONFIGURATION_STATE) ?? NOTHING;
    this.#mission = readKept(this.#missionPath, MISSION_STATE);
  }

  get tunnel(): UnitTunnel | null {
    return this.#tunnel;
  }

  get configuration(): ConfigurationState {
    return this.#configuration;
  }

  /** Null: on none. */
  get mission(): MissionState {
    return this.#mission;
  }

  /** On disk when it returns; throws where the disk refuses, and nothing has changed then. */
  setTunnel(tunnel: UnitTunnel): void {
    writeKept(this.#tunnelPath, tunnel);
    this.#tunnel = tunnel;
  }

  /** As `setTunnel`. */
  setConfiguration(change: Partial<ConfigurationState>): void {
    const next = { ...this.#configuration, ...change };
    writeKept(this.#configurationPath, next);
    this.#configuration = next;
  }

  /** As `setTunnel`. */
  setMission(mission: MissionState): void {
    writeKept(this.#missionPath, mission);
    this.#mission = mission;
  }
}
