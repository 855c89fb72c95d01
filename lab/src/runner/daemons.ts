// The real daemons of a run: kept by name, killed and started again by faults, asked for status.
import type { ChildProcess } from 'node:child_process';
import type { DaemonStatus } from '@rmh/contract';
import { askStatus, tell } from '@rmh/contract/daemon';
import type { DaemonFiles, Fleet } from '../topology/configurations.ts';
import type { Namespaces } from '../topology/namespaces.ts';
import { spawnDaemon, tailOf } from './children.ts';
import type { GatewaySnapshot } from './protocol.ts';

const STOP_MS_MAX = 5_000;

interface Running {
  readonly files: DaemonFiles;
  readonly verb: 'unit' | 'gateway';
  readonly netnsFd: number;
  child: ChildProcess;
  state: 'wanted' | 'killed' | 'stopping';
  status: DaemonStatus | null;
}

export class Daemons {
  readonly mishaps: string[] = [];
  readonly #workspace: string;
  readonly #units: Running[];
  readonly #gateways: Running[];

  constructor(fleet: Fleet, namespaces: Namespaces, workspace: string) {
    this.#workspace = workspace;
    this.#gateways = fleet.gateways.map((files, i) =>
      this.#start('gateway', files, namespaces.gateways[i] ?? -1),
    );
    this.#units = fleet.units.map((files, i) =>
      this.#start('unit', files, namespaces.vehicles[i]?.unit ?? -1),
    );
  }

  /** Asks all; who does not answer keeps no stale answer. */
  async refresh(): Promise<void> {
    await Promise.all(
      [...this.#units, ...this.#gateways].map(async (daemon) => {
        daemon.status = await askStatus(daemon.files.statusSocket).catch(() => null);
      }),
    );
  }

  unitStatus(vehicle: number): DaemonStatus | null {
    return this.#units[vehicle]?.status ?? null;
  }

  async preferGateway(vehicle: number, gateway: string): Promise<void> {
    const unit = this.#units[vehicle];
    const peers = unit?.status?.dataplane?.peers ?? [];
    if (unit === undefined || peers.some((peer) => peer.active && peer.name === gateway)) return;
    await tell(unit.files.statusSocket, `/prefer?gateway=${gateway}`).catch(() => null);
  }

  gateways(): GatewaySnapshot[] {
    return this.#gateways.map(({ files, state, status }) => ({
      name: files.name,
      state: state === 'killed' ? 'killed' : status === null ? 'starting' : 'running',
    }));
  }

  /** SIGKILL, as a power cut would; `gateway` counts from 1. */
  killGateway(gateway: number): void {
    const daemon = this.#gateways[gateway - 1];
    if (daemon === undefined) return;
    daemon.state = 'killed';
    daemon.status = null;
    daemon.child.kill('SIGKILL');
  }

  restartGateway(gateway: number): void {
    const daemon = this.#gateways[gateway - 1];
    if (daemon?.state !== 'killed') return;
    daemon.state = 'wanted';
    daemon.child = this.#spawn(daemon);
  }

  async drainGateway(gateway: number): Promise<void> {
    const daemon = this.#gateways[gateway - 1];
    if (daemon === undefined) return;
    await tell(daemon.files.statusSocket, '/drain').catch((error: unknown) => {
      this.mishaps.push(`${daemon.files.name} did not take the drain: ${String(error)}`);
    });
  }

  /** An orderly stop: a daemon that does not end well is a mishap of the run. */
  async stop(): Promise<void> {
    const all = [...this.#units, ...this.#gateways].filter(({ state }) => state === 'wanted');
    await Promise.all(
      all.map(async (daemon) => {
        daemon.state = 'stopping';
        const { child } = daemon;
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
        child.kill('SIGTERM');
        const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
        await ended;
        clearTimeout(late);
        if (child.exitCode !== 0) {
          const how = child.signalCode ?? `exit code ${child.exitCode}`;
          this.mishaps.push(`${daemon.files.name} was asked to stop and ended with ${how}`);
        }
      }),
    );
  }

  #start(verb: 'unit' | 'gateway', files: DaemonFiles, netnsFd: number): Running {
    const base = { verb, files, netnsFd, state: 'wanted' as const, status: null };
    const daemon: Running = Object.assign(base, { child: this.#spawn(base) });
    return daemon;
  }

  #spawn(daemon: Pick<Running, 'verb' | 'files' | 'netnsFd' | 'state'>): ChildProcess {
    const { verb, files, netnsFd } = daemon;
    const child = spawnDaemon(verb, files, netnsFd, this.#workspace);
    child.on('error', (error) => this.mishaps.push(`${files.name}: ${error.message}`));
    child.on('exit', (code, signal) => {
      if (daemon.state !== 'wanted') return;
      const tail = tailOf(this.#workspace, files.name);
      this.mishaps.push(`${files.name} ended by itself (${signal ?? code})\n${tail}`);
    });
    return child;
  }
}
