// The unit's side of the platform: it watches, keeps, tells and follows. See the files for each.
//
//   each look → Sampler, Outages → Journal (on disk) → Reporter → POST /units/self/samples
//             → what is now → Reporter → POST /units/self/now
//   each minute → Follower → STATE/platform → the unit's own reload
//   a question that waits → MissionWatch → STATE/platform → how the unit treats what it sends
import { join } from 'node:path';
import { type HistoryEvent, type HistorySlice, lineOf, type MissionStatus } from '@rmh/contract';
import {
  BUILT_IN,
  type MissionTreatment,
  type NowSent,
  type Sample,
  type UnitConfiguration,
  type UnitTunnel,
} from '@rmh/contract/api';
import type { Log } from '@rmh/contract/daemon';
import { Journal, type PlatformLink, pause, RunMarker } from '@rmh/contract/machine';
import type { Companion, Dispatch } from '../companion.ts';
import type { LoadedUnit } from '../load.ts';
import type { Whereabouts } from '../place/gpsd.ts';
import type { Facts } from './facts.ts';
import { Follower } from './follower.ts';
import { readHealth } from './health.ts';
import { Kept } from './kept.ts';
import { MissionWatch } from './mission.ts';
import { Outages } from './outages.ts';
import { overlay } from './overlay.ts';
import { Reporter } from './reporter.ts';
import { type SampleBody, Sampler, type Surroundings } from './sampler.ts';
import { treatmentFor } from './treatment.ts';

export interface UnitPlatformPorts {
  readonly stateDirectory: string;
  readonly link: PlatformLink;
  readonly log: Log;
  readonly softwareVersion: string;
  /** Null: nothing in this vehicle knows where it is. */
  readonly whereabouts: Whereabouts | null;
  readonly nowMs: () => number;
  readonly steadyMs: () => number;
}

/** Samples of a day that is driven through. */
const SAMPLES_A_DAY = 8_640;
const KEEP_DAYS = 30;
/** 30 days of a day's 10.4 MB, as measured with three carriers. */
const JOURNAL_BYTES = 320_000_000;

export class UnitPlatform implements Companion, Dispatch {
  readonly #ports: UnitPlatformPorts;
  readonly #end = new AbortController();
  readonly #kept: Kept;
  readonly #run: RunMarker;
  readonly #journal: Journal<Sample> | null;
  readonly #sampler: Sampler;
  readonly #outages: Outages;
  readonly #reporter: Reporter;
  readonly #follower: Follower;
  readonly #mission: MissionWatch;
  readonly #ahead = new Set<string>();
  #base: LoadedUnit;
  #facts: Facts | null = null;
  #shown = '';
  #reload = () => {};
  #treat = () => {};
  #appendFailed = false;

  /** Throws where the state directory cannot be used. */
  constructor(base: LoadedUnit, ports: UnitPlatformPorts) {
    this.#ports = ports;
    this.#base = base;
    this.#kept = new Kept(ports.stateDirectory);
    this.#run = new RunMarker(ports.stateDirectory);
    this.#journal = this.#openJournal();
    this.#sampler = new Sampler(this.#run.previous);
    this.#outages = new Outages(() => this.#run.takeNumber());
    const { signal } = this.#end;
    const { link, log, nowMs, steadyMs } = ports;
    const now = () => this.#now();
    const wait = (ms: number) => pause(ms, signal);
    this.#reporter = new Reporter({ link, journal: this.#journal, log, now, nowMs, signal });
    this.#mission = new MissionWatch({
      link,
      kept: this.#kept,
      log,
      changed: () => this.#treat(),
      pause: wait,
      nowMs,
      steadyMs,
      signal,
    });
    this.#follower = new Follower({
      link: { ask: (...question) => link.ask(...question), reset: () => this.#resetLink() },
      kept: this.#kept,
      log,
      check: (tunnel, configuration) => this.#check(tunnel, configuration),
      apply: () => this.#reload(),
      isUp: () => this.#facts?.up === true,
      pause: wait,
      steadyMs,
      signal,
      wasStopped: this.#run.previous === 'stopped',
    });
  }

  /** The unit's own file, with what the platform says. The file alone, where that cannot be. */
  overlay(base: LoadedUnit): LoadedUnit {
    this.#base = base;
    for (const { name, nextPresharedKey } of this.#kept.tunnel?.gateways ?? []) {
      if (nextPresharedKey === null) this.#ahead.delete(name);
    }
    const configuration = this.#configuration;
    const told = { tunnel: this.#kept.tunnel, configuration, ahead: this.#ahead };
    try {
      const whole = overlay(base, told);
      const keepDays = configuration?.values.sampleKeepDays ?? KEEP_DAYS;
      this.#journal?.setLimits(limitsOf(keepDays));
      return whole;
    } catch (error) {
      const version = configuration?.version ?? told.tunnel?.version ?? 0;
      const fault = lineOf(error);
      this.#ports.log.write('platform.unusable', { what: 'kept', version, fault });
      return base;
    }
  }

  get mission(): MissionStatus | null {
    return this.#mission.status;
  }

  get treatment(): MissionTreatment | null {
    const { missions } = this.#configuration?.values ?? BUILT_IN;
    return treatmentFor(this.#mission.urgency, missions);
  }

  begun(reload: () => void, treat: () => void): void {
    this.#reload = reload;
    this.#treat = treat;
    void this.#mission.run();
    void this.#reporter.run();
    void this.#follower.run();
    void this.#ports.whereabouts?.run(this.#end.signal);
  }

  event(event: HistoryEvent): void {
    this.#outages.event(event);
    if (event.event !== 'handshake.silent') return;
    // The gateway may have the next preshared key already.
    const name = String(event.fields['peer'] ?? '');
    const gateway = this.#kept.tunnel?.gateways.find((one) => one.name === name);
    if ((gateway?.nextPresharedKey ?? null) === null) return;
    if (!this.#ahead.delete(name)) this.#ahead.add(name);
    this.#reload();
  }

  look(facts: Facts, second: HistorySlice | null): void {
    this.#facts = facts;
    this.#mission.look();
    if (second !== null) {
      this.#sampler.second(second);
      this.#outages.second(second);
    }
    for (const outage of this.#outages.look(facts)) this.#sampler.outage(outage);
    const steadyMs = this.#ports.steadyMs();
    const { samples, renew } = this.#sampler.look(facts, steadyMs, () => this.#around());
    for (const sample of samples) this.#append(sample);
    if (renew) this.#journal?.renew();
    this.#tellChange(facts);
  }

  async leaving(): Promise<void> {
    const atMs = this.#ports.nowMs();
    for (const outage of this.#outages.close(atMs)) this.#sampler.outage(outage);
    const held = this.#sampler.close(() => this.#around());
    if (held !== null) this.#append(held);
    this.#end.abort();
    const { signal } = new AbortController();
    await Promise.all([
      this.#reporter.sendNow({ goodbye: true }, signal),
      this.#reporter.sendBite(signal),
    ]);
  }

  async ended(): Promise<void> {
    this.#end.abort();
    try {
      this.#journal?.close();
      this.#run.stopped();
    } catch (error) {
      this.#failed(error);
    }
  }

  #now(): NowSent | null {
    const facts = this.#facts;
    if (facts === null) return null;
    return {
      atMs: facts.atMs,
      up: facts.up,
      sinceMs: facts.sinceMs,
      gateway: facts.gateway,
      carriers: facts.carriers.map(({ link, state, sinceMs, rttMs, lossShare, data }) => {
        const told = data === undefined ? {} : { data };
        return { link, state, sinceMs, rttMs, lossShare, radio: null, ...told };
      }),
      outages: [...this.#outages.lately],
      softwareVersion: this.#ports.softwareVersion,
      configurationVersion: this.#configuration?.version ?? 0,
      waiting: this.#journal?.waiting ?? 0,
      ...this.#around(),
    };
  }

  #tellChange({ up, gateway, carriers }: Facts): void {
    const states = carriers.map(({ link, state, data }) => `${link} ${state} ${data?.spent}`);
    const outages = this.#outages.lately.map(({ number, toMs }) => `${number} ${toMs}`);
    const shown = [up, gateway, ...states, ...outages].join('|');
    if (shown !== this.#shown) this.#reporter.changed();
    this.#shown = shown;
  }

  // A question that waits would break with its connection, and be taken for silence.
  #resetLink(): void {
    this.#mission.hangUp();
    this.#ports.link.reset();
  }

  #check(tunnel: UnitTunnel | null, configuration: UnitConfiguration | null): void {
    overlay(this.#base, { tunnel, configuration, ahead: this.#ahead });
  }

  #openJournal(): Journal<Sample> | null {
    try {
      return new Journal<Sample>(join(this.#ports.stateDirectory, 'samples'), limitsOf(KEEP_DAYS));
    } catch (error) {
      this.#failed(error);
      return null;
    }
  }

  #append(sample: SampleBody): void {
    const journal = this.#journal;
    if (journal === null) return;
    const droppedBefore = journal.dropped;
    try {
      journal.append(sample);
      this.#appendFailed = false;
    } catch (error) {
      this.#failed(error);
    }
    const count = journal.dropped - droppedBefore;
    if (count > 0) this.#ports.log.write('samples.dropped', { count });
    this.#reporter.kept();
  }

  #failed(error: unknown): void {
    if (!this.#appendFailed) this.#ports.log.write('samples.failed', { message: lineOf(error) });
    this.#appendFailed = true;
  }

  /** In force, on trial or for good. Null: the unit's own file alone. */
  get #configuration(): UnitConfiguration | null {
    const { trial, good } = this.#kept.configuration;
    return trial ?? good;
  }

  #around(): Surroundings {
    const { stateDirectory, whereabouts } = this.#ports;
    const mayTell = this.#configuration?.values.reportPlace ?? BUILT_IN.reportPlace;
    const place = mayTell ? (whereabouts?.place() ?? null) : null;
    return { health: readHealth(stateDirectory), place };
  }
}

/** By count, not by the clock: a clock that is a year ahead must not empty the journal. */
function limitsOf(keepDays: number) {
  return { linesMost: keepDays * SAMPLES_A_DAY, bytesMost: JOURNAL_BYTES };
}
