// What the vehicle is out for: asked for by a question that waits at the platform, kept on disk, in
// force from the next packet on.
//
//   GET /units/self/mission waits → another urgency → STATE/platform/mission.json → in force
//   over: dispatch ended it; or its time is up by a clock that nobody sets, heard of or not
//
// Nothing is on trial here: a mission restarts nothing, and ends by itself. After a restart it goes
// on for what was left of it, less the time that the wall clock says has passed. A wall clock that
// was set back meanwhile makes it longer by no more than a minute and the time that the unit was
// off; one that stands before what is on disk ends it.
import { lineOf, type MissionStatus } from '@rmh/contract';
import {
  UNIT_MISSION,
  UNIT_MISSION_POLL_MS,
  type UnitMission,
  type Urgency,
} from '@rmh/contract/api';
import type { Log } from '@rmh/contract/daemon';
import { Backoff, type PlatformLink } from '@rmh/contract/machine';
import type { Kept } from './kept.ts';

export interface MissionPorts {
  readonly link: Pick<PlatformLink, 'ask'>;
  readonly kept: Pick<Kept, 'mission' | 'setMission'>;
  readonly log: Log;
  /** Another urgency is in force, or none. */
  readonly changed: () => void;
  readonly pause: (ms: number) => Promise<void>;
  /** Unix ms. */
  readonly nowMs: () => number;
  /** Ms of a clock that nobody sets. */
  readonly steadyMs: () => number;
  readonly signal: AbortSignal;
}

/** The platform's time to wait, and some for a slow carrier. */
const POLL_TIMEOUT_MS = UNIT_MISSION_POLL_MS + 10_000;
/** A platform that answers at once whatever it is asked must not be asked in a circle. */
const ASK_PAUSE_MS = 250;
/** A platform that knows no missions may learn of them. */
const REFUSED_PAUSE_MS = 60_000;
/** Each vehicle tells what is now as often: a platform that comes back is not asked more. */
const SILENT_PAUSE_MS_MOST = 10_000;
const FAULT_PAUSE_MS = 60_000;
const KEEP_MS = 60_000;

interface Current {
  readonly urgency: Urgency;
  readonly untilSteadyMs: number;
}

export class MissionWatch {
  readonly #ports: MissionPorts;
  readonly #backoff = new Backoff(SILENT_PAUSE_MS_MOST);
  /** Of what the platform said last; '' asks for an answer at once. */
  #version = '';
  #current: Current | null = null;
  #keptAtSteadyMs = 0;
  #poll = new AbortController();

  constructor(ports: MissionPorts) {
    this.#ports = ports;
    const { mission } = ports.kept;
    if (mission === null) return;
    const passedMs = ports.nowMs() - mission.atMs;
    const leftMs = mission.leftMs - passedMs;
    // Before the moment when it was kept nobody knows how much has passed.
    if (passedMs >= 0 && leftMs > 0) {
      this.#current = { urgency: mission.urgency, untilSteadyMs: ports.steadyMs() + leftMs };
    }
    this.#keep();
  }

  /** Null: on no mission. */
  get urgency(): Urgency | null {
    return this.#current?.urgency ?? null;
  }

  get status(): MissionStatus | null {
    if (this.#current === null) return null;
    const { urgency } = this.#current;
    return { urgency, leftSeconds: Math.ceil(this.#leftMs(this.#current) / 1000) };
  }

  /** Five times a second: a mission whose time is up is over. */
  look(): void {
    if (this.#current === null) return;
    const steadyMs = this.#ports.steadyMs();
    if (steadyMs >= this.#current.untilSteadyMs) this.#over('expired');
    else if (steadyMs - this.#keptAtSteadyMs >= KEEP_MS) this.#keep();
  }

  async run(): Promise<void> {
    const { signal, pause, log } = this.#ports;
    while (!signal.aborted) {
      let waitMs = FAULT_PAUSE_MS;
      try {
        waitMs = await this.round();
      } catch (error) {
        // A fault of ours: the tunnel goes on, and a mission still ends by itself.
        log.write('companion.failed', { message: lineOf(error) });
      }
      await pause(waitMs);
    }
  }

  /** The link is about to be reset: asks again over the connection that comes then. */
  hangUp(): void {
    this.#poll.abort();
  }

  /** Asks once; returns how long to wait before the next question, ms. */
  async round(): Promise<number> {
    const { link, signal } = this.#ports;
    this.#poll = new AbortController();
    const hungUp = this.#poll.signal;
    const asked = await link.ask('/units/self/mission', UNIT_MISSION, {
      query: { holds: this.#version },
      timeoutMs: POLL_TIMEOUT_MS,
      signal: AbortSignal.any([signal, hungUp]),
    });
    if (asked.kind === 'refused') return REFUSED_PAUSE_MS;
    if (asked.kind === 'silent') return hungUp.aborted ? ASK_PAUSE_MS : this.#backoff.failedMs();
    this.#backoff.succeeded();
    this.#take(asked.body);
    return ASK_PAUSE_MS;
  }

  #take({ version, mission }: UnitMission): void {
    this.#version = version;
    if (mission === null) return this.#current === null ? undefined : this.#over('ended');
    const { urgency, leftMs } = mission;
    const before = this.urgency;
    this.#current = { urgency, untilSteadyMs: this.#ports.steadyMs() + leftMs };
    this.#keep();
    if (urgency === before) return;
    const seconds = Math.round(leftMs / 1000);
    this.#ports.log.write('mission.taken', { urgency, seconds });
    this.#ports.changed();
  }

  #over(how: 'ended' | 'expired'): void {
    const urgency = this.urgency ?? '';
    this.#current = null;
    this.#keep();
    this.#ports.log.write('mission.over', { urgency, how });
    this.#ports.changed();
  }

  #leftMs({ untilSteadyMs }: Current): number {
    return Math.max(0, untilSteadyMs - this.#ports.steadyMs());
  }

  /** A disk that refuses changes nothing now: a restart alone would forget. */
  #keep(): void {
    const { kept, log, nowMs, steadyMs } = this.#ports;
    const current = this.#current;
    this.#keptAtSteadyMs = steadyMs();
    try {
      if (current === null) kept.setMission(null);
      else {
        const { urgency } = current;
        kept.setMission({ urgency, leftMs: this.#leftMs(current), atMs: nowMs() });
      }
    } catch (error) {
      log.write('platform.unusable', { what: 'mission', version: 0, fault: lineOf(error) });
    }
  }
}
