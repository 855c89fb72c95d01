// What the platform wants of the unit: its gateways and its configuration, asked for each minute.
//
//   configuration: check → on disk as a trial → in force → the platform is reached over a new
//     connection and told "confirmed" → on disk as good
//       not reached in time, or restarted meanwhile → the one before is in force again, the
//       version is shunned, and the platform is told "fell back" when it can be
//   tunnel: check → on disk → in force → no gateway within a minute, where one was before → the
//     one before
//
// What the platform says is never needed to drive: the last good stays on disk.
import { lineOf } from '@rmh/contract';
import {
  type ConfigurationOutcome,
  UNIT_CONFIGURATION,
  UNIT_TUNNEL,
  type UnitConfiguration,
  type UnitTunnel,
} from '@rmh/contract/api';
import type { Log } from '@rmh/contract/daemon';
import type { PlatformLink } from '@rmh/contract/machine';
import { z } from 'zod';
import type { Kept } from './kept.ts';

export interface FollowerPorts {
  readonly link: Pick<PlatformLink, 'ask' | 'reset'>;
  readonly kept: Kept;
  readonly log: Log;
  /** Throws where the unit could not run with it. */
  check(tunnel: UnitTunnel | null, configuration: UnitConfiguration | null): void;
  /** What is kept is in force when it returns. */
  readonly apply: () => void;
  /** Does some gateway carry now? */
  readonly isUp: () => boolean;
  readonly pause: (ms: number) => Promise<void>;
  /** Ms of a clock that nobody sets. */
  readonly steadyMs: () => number;
  readonly signal: AbortSignal;
  /** The run before this one ended as it was asked to. */
  readonly wasStopped: boolean;
}

const ASK_MS = 60_000;
/** Paths are proved anew within a second; then it shows whether the platform can be reached. */
const SETTLE_MS = 2_000;
const TRY_MS = 5_000;
const TUNNEL_TRIAL_MS = 60_000;

export class Follower {
  readonly #ports: FollowerPorts;
  /** A tunnel that did not do, as its JSON. */
  #shunnedTunnel = '';

  constructor(ports: FollowerPorts) {
    this.#ports = ports;
    const { trial } = ports.kept.configuration;
    if (trial === null) return;
    // Parked in the midst of it: nothing is known, and it is tried again.
    if (ports.wasStopped) this.#drop(trial.version);
    // What was on trial may be why the unit began anew.
    else this.#fallBack(trial.version, 'the unit restarted during the trial');
  }

  async run(): Promise<void> {
    while (!this.#ports.signal.aborted) {
      try {
        await this.round();
      } catch (error) {
        // A fault of ours: the tunnel goes on with what is in force.
        this.#ports.log.write('companion.failed', { message: lineOf(error) });
      }
      await this.#ports.pause(ASK_MS);
    }
  }

  async round(): Promise<void> {
    await this.#tellOutcome();
    await this.#followTunnel();
    await this.#followConfiguration();
  }

  async #followTunnel(): Promise<void> {
    const { kept, link, signal } = this.#ports;
    const before = kept.tunnel;
    const holds = before !== null && this.#ports.isUp() ? before.version : undefined;
    const asked = await link.ask('/units/self/tunnel', UNIT_TUNNEL, { query: { holds }, signal });
    if (asked.kind !== 'answer') return;
    const text = JSON.stringify(asked.body);
    if (text === JSON.stringify(before) || text === this.#shunnedTunnel) return;
    const { version } = asked.body;
    const wasUp = this.#ports.isUp();
    if (
      !this.#take('tunnel', version, () => {
        this.#ports.check(asked.body, null);
        kept.setTunnel(asked.body);
      })
    )
      return;
    this.#ports.apply();
    this.#ports.log.write('tunnel.taken', { version, gateways: asked.body.gateways.length });
    if (!wasUp || before === null || (await this.#comesUp())) return;
    this.#shunnedTunnel = text;
    this.#take('tunnel', before.version, () => kept.setTunnel(before));
    this.#ports.apply();
    const fault = 'no gateway answered; the one before is in force again';
    this.#ports.log.write('platform.unusable', { what: 'tunnel', version, fault });
  }

  /** Within a minute, and not only for as long as the old sessions last. */
  async #comesUp(): Promise<boolean> {
    const { pause, isUp, signal, steadyMs } = this.#ports;
    const untilMs = steadyMs() + TUNNEL_TRIAL_MS;
    await pause(SETTLE_MS);
    while (!isUp()) {
      if (signal.aborted || steadyMs() >= untilMs) return signal.aborted;
      await pause(1_000);
    }
    return true;
  }

  async #followConfiguration(): Promise<void> {
    const { kept, link, log, signal } = this.#ports;
    const path = '/units/self/configuration';
    const asked = await link.ask(path, UNIT_CONFIGURATION, { signal });
    if (asked.kind !== 'answer') return;
    const next = asked.body;
    const { good, shunned } = kept.configuration;
    if (next.version === (good?.version ?? 0) || next.version === shunned) return;
    const taken = this.#take('configuration', next.version, () => {
      this.#ports.check(kept.tunnel, next);
      kept.setConfiguration({ trial: next });
    });
    if (!taken) {
      await this.#refuse(next.version);
      return;
    }
    this.#ports.apply();
    log.write('configuration.tried', { version: next.version, seconds: next.confirmWithinS });
    await this.#confirm(next);
  }

  async #confirm(trial: UnitConfiguration): Promise<void> {
    const { kept, log, pause, signal, steadyMs, link } = this.#ports;
    const untilMs = steadyMs() + trial.confirmWithinS * 1000;
    const outcome: ConfigurationOutcome = {
      version: trial.version,
      outcome: 'confirmed',
      reason: null,
    };
    await pause(Math.min(SETTLE_MS, untilMs - steadyMs()));
    // A connection from before would prove nothing.
    link.reset();
    while (!signal.aborted && steadyMs() < untilMs) {
      const timeoutMs = Math.max(1, Math.min(TRY_MS, untilMs - steadyMs()));
      if (await this.#tell(outcome, timeoutMs)) {
        kept.setConfiguration({ good: trial, trial: null, shunned: null });
        log.write('configuration.confirmed', { version: trial.version });
        return;
      }
      await pause(Math.max(0, Math.min(1_000, untilMs - steadyMs())));
    }
    // Stopped in the midst: the next start decides.
    if (signal.aborted) return;
    const seconds = trial.confirmWithinS;
    this.#fallBack(trial.version, `the platform was not reached within ${seconds} s`);
    this.#ports.apply();
    await this.#tellOutcome();
  }

  #drop(version: number): void {
    this.#take('configuration', version, () => this.#ports.kept.setConfiguration({ trial: null }));
  }

  #fallBack(version: number, reason: string): void {
    const untold: ConfigurationOutcome = { version, outcome: 'fell-back', reason };
    this.#take('configuration', version, () => {
      this.#ports.kept.setConfiguration({ trial: null, shunned: version, untold });
    });
    this.#ports.log.write('configuration.fell_back', { version, reason });
  }

  async #refuse(version: number): Promise<void> {
    const reason = 'the unit cannot run with it; its log says why';
    const untold: ConfigurationOutcome = { version, outcome: 'refused', reason };
    this.#take('configuration', version, () => {
      this.#ports.kept.setConfiguration({ trial: null, shunned: version, untold });
    });
    await this.#tellOutcome();
  }

  async #tellOutcome(): Promise<void> {
    const { kept } = this.#ports;
    const { untold } = kept.configuration;
    if (untold === null || !(await this.#tell(untold, TRY_MS))) return;
    this.#take('configuration', untold.version, () => kept.setConfiguration({ untold: null }));
  }

  /** True: the platform was reached, whatever it thinks of it. */
  async #tell(outcome: ConfigurationOutcome, timeoutMs: number): Promise<boolean> {
    const { link, signal } = this.#ports;
    const call = { method: 'POST', body: outcome, timeoutMs, signal } as const;
    const asked = await link.ask('/units/self/configuration/outcome', z.unknown(), call);
    return asked.kind !== 'silent';
  }

  /** False: it cannot be used, or not be kept; nothing has changed then. */
  #take(what: string, version: number, take: () => void): boolean {
    try {
      take();
      return true;
    } catch (error) {
      this.#ports.log.write('platform.unusable', { what, version, fault: lineOf(error) });
      return false;
    }
  }
}
