// The gateway's side of the platform.
//
//   a question that waits at the platform until the list of units is newer → on disk → reload
//   every ten seconds: what was seen of each unit → Journal → POST /gateways/self/views, which
//   also says that the gateway lives
//
// Without the platform the gateway works and restarts with the last list.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DataplaneEvent, type DataplaneStatus, lineOf } from '@rmh/contract';
import { GATEWAY_UNITS, type GatewayUnits, type GatewayView, RECEIPT } from '@rmh/contract/api';
import type { Log } from '@rmh/contract/daemon';
import {
  Backoff,
  Journal,
  type PlatformLink,
  pause,
  readKept,
  writeKept,
} from '@rmh/contract/machine';
import type { LoadedGateway } from '../load.ts';
import { overlay } from './overlay.ts';
import { Views } from './views.ts';

export interface GatewayPlatformPorts {
  readonly stateDirectory: string;
  readonly link: Pick<PlatformLink, 'ask'>;
  readonly log: Log;
  readonly nowMs: () => number;
}

interface KeptViews {
  readonly sequence: number;
  readonly views: GatewayView[];
}

const VIEW_MS = 10_000;
/** The platform answers within 25 s; a slow road adds to that. */
const POLL_TIMEOUT_MS = 40_000;
const SEND_TIMEOUT_MS = 15_000;
/** What a gateway saw two days ago classifies no outage any more. 0.3 MB each with 2,000 units. */
const VIEWS_KEPT = 17_280;
const VIEWS_BYTES = 500_000_000;

export class GatewayPlatform {
  readonly #ports: GatewayPlatformPorts;
  readonly #end = new AbortController();
  readonly #unitsPath: string;
  readonly #journal: Journal<KeptViews>;
  readonly #views: Views;
  #units: GatewayUnits | null;
  #unitIds: ReadonlyMap<string, number> = new Map();
  #reload = () => {};
  #faults = '';
  #viewer: NodeJS.Timeout | undefined;
  #saidFailed = false;

  /** Throws where the state directory cannot be used. */
  constructor(ports: GatewayPlatformPorts) {
    this.#ports = ports;
    const directory = join(ports.stateDirectory, 'platform');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#unitsPath = join(directory, 'units.json');
    this.#units = readKept(this.#unitsPath, GATEWAY_UNITS);
    const limits = { linesMost: VIEWS_KEPT, bytesMost: VIEWS_BYTES };
    this.#journal = new Journal<KeptViews>(join(ports.stateDirectory, 'views'), limits);
    this.#views = new Views(ports.nowMs());
  }

  /** The gateway's own file, with the platform's units. */
  overlay(base: LoadedGateway): LoadedGateway {
    const { loaded, unitIds, faults } = overlay(base, this.#units);
    this.#unitIds = unitIds;
    const all = faults.join('; ');
    if (all !== '' && all !== this.#faults) {
      const version = this.#units?.version ?? 0;
      this.#ports.log.write('platform.unusable', { what: 'units', version, fault: all });
    }
    this.#faults = all;
    return loaded;
  }

  begun(reload: () => void): void {
    this.#reload = reload;
    this.#viewer = setInterval(() => this.#keepViews(), VIEW_MS);
    void this.#forever(() => this.#follow());
    void this.#forever(() => this.#send());
  }

  event(event: DataplaneEvent): void {
    this.#views.event(event, this.#ports.nowMs());
  }

  tick(status: DataplaneStatus): void {
    this.#views.status(status, this.#ports.nowMs());
  }

  async ended(): Promise<void> {
    clearInterval(this.#viewer);
    this.#end.abort();
    try {
      this.#journal.close();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** A fault of ours in what is told must not stop the units' tunnels. */
  async #forever(run: () => Promise<void>): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        await run();
      } catch (error) {
        this.#ports.log.write('companion.failed', { message: lineOf(error) });
        await pause(FAULT_PAUSE_MS, signal);
      }
    }
  }

  async #follow(): Promise<void> {
    const { link } = this.#ports;
    const { signal } = this.#end;
    const backoff = new Backoff();
    while (!signal.aborted) {
      const after = this.#units?.version ?? 0;
      const call = { query: { after }, timeoutMs: POLL_TIMEOUT_MS, signal };
      const asked = await link.ask('/gateways/self/units', GATEWAY_UNITS, call);
      if (asked.kind === 'answer' && this.#take(asked.body)) backoff.succeeded();
      else await pause(backoff.failedMs(), signal);
      // A platform that answers at once whatever it is asked must not be asked in a circle.
      if (asked.kind === 'answer') await pause(ASK_PAUSE_MS, signal);
    }
  }

  /** False: it could not be kept. On the disk first, so that a revoked unit stays revoked. */
  #take(units: GatewayUnits): boolean {
    if (JSON.stringify(units) === JSON.stringify(this.#units)) return true;
    const { version } = units;
    try {
      writeKept(this.#unitsPath, units);
    } catch (error) {
      const fault = lineOf(error);
      this.#ports.log.write('platform.unusable', { what: 'units', version, fault });
      return false;
    }
    this.#units = units;
    this.#ports.log.write('units.taken', { version, units: units.units.length });
    this.#reload();
    return true;
  }

  #keepViews(): void {
    const views = this.#views.take(this.#ports.nowMs(), (name) => this.#unitIds.get(name) ?? null);
    try {
      this.#journal.append({ views });
      this.#saidFailed = false;
    } catch (error) {
      this.#failed(error);
    }
  }

  async #send(): Promise<void> {
    const { signal } = this.#end;
    const backoff = new Backoff();
    while (!signal.aborted) {
      const bite = this.#journal.bite(1, VIEWS_BYTES);
      const [item] = bite?.items ?? [];
      if (bite === null || item === undefined) {
        await pause(SEND_PAUSE_MS, signal);
        continue;
      }
      const body = { journal: bite.journal, ...item };
      const call = { method: 'POST', body, timeoutMs: SEND_TIMEOUT_MS, signal } as const;
      const asked = await this.#ports.link.ask('/gateways/self/views', RECEIPT, call);
      // A receipt that stays below what was sent would have it sent again at once, for ever.
      if (asked.kind === 'answer' && asked.body.through >= item.sequence) {
        backoff.succeeded();
        this.#journal.forget(bite.journal, asked.body.through);
      } else await pause(backoff.failedMs(), signal);
    }
  }

  #failed(error: unknown): void {
    if (!this.#saidFailed) this.#ports.log.write('samples.failed', { message: lineOf(error) });
    this.#saidFailed = true;
  }
}

const FAULT_PAUSE_MS = 60_000;
const ASK_PAUSE_MS = 100;
const SEND_PAUSE_MS = 1_000;
