// The life of a daemon, the same for a unit and a gateway:
//   open the status socket → start the data plane (again and again, where it may heal)
//   → set addresses and routes, and keep them set → serve until a signal or the data plane's end
//   → remove routes and addresses, stop the data plane, close the socket.
import type { Dataplane, DataplaneCommand, DataplaneEvent, DataplaneStatus } from '../dataplane.ts';
import { lineOf, RmhError } from '../error.ts';
import { type DaemonState, type DaemonStatus, type Problem, STATUS_FORMAT } from '../status.ts';
import { type DaemonPart, type DaemonPorts, EXIT } from './daemon-part.ts';
import { Network } from './network.ts';
import { type FailedEvent, retrySeconds, startFailure } from './start-failure.ts';
import { type Answer, NOT_FOUND, type StatusRequest, StatusServer } from './status-server.ts';

const TICK_SECONDS = 5;
// Probes on recorded drives are 5 Hz, and an outage is 0.5 s or longer.
const LOOK_SECONDS = 0.2;
const STATUS_SECONDS_MAX = 2;
const STOP_SECONDS_MAX = 5;
// A goodbye is one round trip; whoever stops a daemon waits for it.
const LEAVE_SECONDS_MAX = 2;

export class Daemon {
  readonly #part: DaemonPart;
  readonly #ports: DaemonPorts;
  readonly #network: Network;
  readonly #end = Promise.withResolvers<number>();
  readonly #startedMs = Date.now();
  #state: DaemonState = 'starting';
  #startProblem: Problem | null = null;
  #dataplane: Dataplane | null = null;
  #lastFailed: FailedEvent | null = null;
  #wake: (() => void) | null = null;
  #observeFailed = false;
  #reconcilePlanned = false;
  #stopWatch = () => {};
  #ticker: NodeJS.Timeout | undefined;
  #looker: NodeJS.Timeout | undefined;
  #looking = false;

  constructor(part: DaemonPart, ports: DaemonPorts) {
    this.#part = part;
    this.#ports = ports;
    this.#network = new Network(ports.kernel, ports.log);
  }

  /** Resolves with the exit code when everything is removed. Throws before it has begun. */
  async run(): Promise<number> {
    const { log, version } = this.#ports;
    this.#ports.requireTun();
    log.write('daemon.starting', { version, configHash: this.#part.configHash() });
    const server = await StatusServer.open(this.#part.statusSocket(), (q) => this.#answer(q));
    let exitCode: number = EXIT.failed;
    try {
      await this.#startDataplane();
      if (this.#dataplane !== null) this.#serve();
      exitCode = await this.#end.promise;
    } finally {
      await this.#tearDown();
      await server.close();
      log.write('daemon.stopped', { exitCode });
    }
    return exitCode;
  }

  /** A signal asks for the end. */
  stop(signal: string): void {
    if (this.#state === 'stopping') return;
    this.#state = 'stopping';
    this.#ports.log.write('daemon.stopping', { signal });
    this.#end.resolve(EXIT.done);
    this.#wake?.();
  }

  reload(): void {
    this.#send(this.#part.reload());
    if (this.#dataplane !== null) this.#reconcile();
  }

  #send(commands: readonly DataplaneCommand[]): void {
    for (const command of commands) this.#dataplane?.send(command);
  }

  async #startDataplane(): Promise<void> {
    for (let failures = 1; this.#state !== 'stopping'; failures++) {
      this.#lastFailed = null;
      try {
        const config = this.#part.dataplaneConfig();
        this.#dataplane = await this.#ports.startDataplane(config, (event) => this.#event(event));
        this.#startProblem = null;
        return;
      } catch (error) {
        const failure = startFailure(error, this.#lastFailed);
        const { code, message, hint } = failure;
        if (this.#isStopping()) return; // asked for while the data plane was still starting
        if (!failure.heals) return this.#fail(failure);
        const seconds = retrySeconds(failures);
        this.#state = this.#state === 'starting' ? 'waiting' : this.#state;
        this.#startProblem = { code, message, hint };
        this.#ports.log.write('dataplane.retry', { code, message, hint, retrySeconds: seconds });
        await this.#pause(seconds);
      }
    }
  }

  #serve(): void {
    if (this.#state === 'stopping') return;
    const config = this.#part.dataplaneConfig();
    this.#network.removeLeftovers(config.tun.name);
    this.#reconcile();
    this.#stopWatch = this.#ports.kernel.watch(() => this.#reconcile());
    this.#ticker = setInterval(() => void this.#tick(), TICK_SECONDS * this.#secondMs);
    if (this.#part.look !== undefined) {
      this.#looker = setInterval(() => void this.#look(), LOOK_SECONDS * this.#secondMs);
    }
    const { name: tun } = config.tun;
    this.#ports.log.write('daemon.ready', { tun, peers: config.peers.length });
    this.#part.begun?.(
      () => this.reload(),
      (commands) => this.#send(commands),
    );
  }

  #reconcile(): void {
    if (this.#state === 'stopping') return;
    try {
      // Links first: a setting of theirs may be wanted as soon as they are here.
      const commands = this.#part.observe(this.#ports.kernel.links());
      this.#network.reconcile(this.#part.wanted());
      this.#send(commands);
      this.#observeFailed = false;
      this.#state = this.#network.problems().length > 0 ? 'waiting' : 'running';
    } catch (error) {
      if (error instanceof RmhError) return this.#fail(error);
      // Netlink overflowed or was short of memory: the next tick asks again.
      if (!this.#observeFailed) {
        this.#ports.log.write('link.watch_failed', { message: lineOf(error) });
      }
      this.#observeFailed = true;
    }
  }

  async #tick(): Promise<void> {
    this.#reconcile();
    this.#part.tick(await this.#status());
  }

  async #look(): Promise<void> {
    if (this.#looking) return; // a data plane that is slow to answer is not asked twice
    this.#looking = true;
    const status = await this.#status();
    this.#looking = false;
    if (!this.#isStopping()) this.#part.look?.(status);
  }

  #event(event: DataplaneEvent): void {
    if (event.kind === 'log') this.#ports.log.pass(event.level, event.event, event.fields);
    if (event.kind === 'failed') this.#lastFailed = event;
    if (this.#dataplane !== null && this.#state !== 'stopping') {
      if (event.kind === 'failed') return this.#fail(startFailure(new Error(event.message), event));
      if (event.kind === 'stopped') {
        return this.#fail(new RmhError('RMH_DATAPLANE_FAILED', 'the data plane ended'));
      }
    }
    this.#part.event(event);
    if (event.kind === 'peer.active') this.#reconcileSoon();
  }

  // At a gateway's start hundreds of units become active at once: one look serves them all.
  #reconcileSoon(): void {
    if (this.#reconcilePlanned || this.#dataplane === null) return;
    this.#reconcilePlanned = true;
    setImmediate(() => {
      this.#reconcilePlanned = false;
      this.#reconcile();
    });
  }

  #fail(error: RmhError): void {
    const exitCode = error.heals ? EXIT.failed : EXIT.cannotHeal;
    const { code, message, hint } = error;
    this.#ports.log.write('daemon.failed', { code, message, hint, exitCode });
    this.#state = 'stopping';
    this.#end.resolve(exitCode);
  }

  async #tearDown(): Promise<void> {
    this.#state = 'stopping';
    this.#stopWatch();
    clearInterval(this.#ticker);
    clearInterval(this.#looker);
    const left = this.#dataplane === null ? undefined : this.#part.leaving?.();
    if (left !== undefined) await this.#within(left, LEAVE_SECONDS_MAX);
    try {
      this.#network.removeAll();
    } catch (error) {
      this.#ports.log.write('net.failed', { item: 'remove', message: lineOf(error) });
    }
    const waitedSeconds = STOP_SECONDS_MAX;
    const stopped = this.#dataplane?.stop().then(
      () => true,
      () => true, // it has failed, and #fail has said so
    );
    if (stopped !== undefined && !(await this.#within(stopped, STOP_SECONDS_MAX))) {
      this.#ports.log.write('dataplane.slow_stop', { waitedSeconds });
    }
    this.#ports.kernel.close();
    await this.#part.ended?.();
  }

  async #answer(request: StatusRequest): Promise<Answer> {
    const { method, path } = request;
    if (method === 'GET' && path === '/health') {
      const status = this.#state === 'running' ? 200 : 503;
      return { status, body: { state: this.#state, problems: this.#problems() } };
    }
    if (method === 'GET' && path === '/status') {
      return { status: 200, body: this.#daemonStatus(await this.#status()) };
    }
    if (method === 'GET') return this.#part.get?.(request) ?? NOT_FOUND;
    if (method !== 'POST') return NOT_FOUND;
    const verdict = this.#part.post(request, await this.#status());
    if ('status' in verdict) return verdict;
    if (this.#dataplane === null) {
      return { status: 503, body: { error: 'the data plane is not running yet' } };
    }
    this.#dataplane.send(verdict);
    return { status: 202, body: { accepted: true } };
  }

  #daemonStatus(dataplane: DataplaneStatus | null): DaemonStatus {
    const mission = this.#part.mission?.() ?? null;
    return {
      format: STATUS_FORMAT,
      role: this.#part.role,
      name: this.#part.name(),
      version: this.#ports.version,
      state: this.#state,
      problems: this.#problems(),
      startedAt: new Date(this.#startedMs).toISOString(),
      uptimeSeconds: Math.floor((Date.now() - this.#startedMs) / 1000),
      configHash: this.#part.configHash(),
      links: this.#part.links(),
      ...(mission === null ? {} : { mission }),
      dataplane,
    };
  }

  #problems(): Problem[] {
    return [
      ...(this.#startProblem === null ? [] : [this.#startProblem]),
      ...this.#network.problems(),
    ];
  }

  async #status(): Promise<DataplaneStatus | null> {
    if (this.#dataplane === null) return null;
    const asked = this.#dataplane.status().catch(() => null);
    return (await this.#within(asked, STATUS_SECONDS_MAX)) ?? null;
  }

  /** The promise's value, or undefined when it takes longer. */
  async #within<T>(promise: Promise<T>, seconds: number): Promise<T | undefined> {
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => late.resolve(undefined), seconds * this.#secondMs);
    try {
      return await Promise.race([promise, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  // A method, because the compiler takes a field for unchanged across an await.
  #isStopping(): boolean {
    return this.#state === 'stopping';
  }

  async #pause(seconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seconds * this.#secondMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }

  get #secondMs(): number {
    return this.#ports.secondMs ?? 1000;
  }
}
