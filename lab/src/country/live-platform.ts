// The real platform as a process of this machine, for `./rmh up` and for tests: started, asked for
// a link to sign in with, killed and started again.
import { type ChildProcess, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLI, NODE } from '../runner/children.ts';
import { PLATFORM_ADDRESS, PLATFORM_PORT } from '../topology/addresses.ts';

/** The embedded database takes seconds to open, and a busy machine several times that. */
const START_MS_MAX = 300_000;
const STOP_MS_MAX = 15_000;
const PLATFORM_NICE = 5;
const LATER = new URL('later.ts', import.meta.url).href;

export interface LiveOptions {
  /** Holds configuration, database, keys and log; made when it is not there. */
  readonly directory: string;
  /** Of the console, on loopback. */
  readonly port: number;
  /** PostgreSQL instead of the embedded database. */
  readonly databaseUrl?: string;
  /** Its machines stand beside it and ask on loopback, not from the lab's namespaces. */
  readonly machinesBeside?: boolean;
}

export class LivePlatform {
  readonly #directory: string;
  readonly #config: string;
  readonly #log: string;
  readonly consoleUrl: string;
  /** On loopback: where machines outside the lab's namespaces ask, and the bridge. */
  readonly machinePort: number;
  #child: ChildProcess | null = null;
  #aheadMs = 0;

  private constructor({ directory, port }: LiveOptions, machinePort: number) {
    this.#directory = directory;
    this.#config = join(directory, 'platform.yaml');
    this.#log = join(directory, 'platform.log');
    this.consoleUrl = `http://localhost:${port}`;
    this.machinePort = machinePort;
  }

  /** Resolves when it answers. */
  static async start(options: LiveOptions): Promise<LivePlatform> {
    const { directory, port, databaseUrl, machinesBeside = false } = options;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const platform = new LivePlatform(options, await freePort());
    const settings = {
      dataDirectory: join(directory, 'data'),
      publicUrl: platform.consoleUrl,
      machineUrl: machinesBeside
        ? platform.machineUrl
        : `https://${PLATFORM_ADDRESS}:${PLATFORM_PORT}`,
      http: { address: '127.0.0.1', port },
      https: { address: '127.0.0.1', port: platform.machinePort },
      simulation: true,
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
    };
    // YAML includes JSON.
    writeFileSync(platform.#config, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
    await platform.startAgain();
    return platform;
  }

  get machineUrl(): string {
    return `https://127.0.0.1:${this.machinePort}`;
  }

  /** SHA-256 of its certificate, 64 hex digits. */
  get fingerprint(): string {
    const certificate = readFileSync(join(this.#directory, 'data', 'certificate.pem'));
    return new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();
  }

  /** From its next start on it lives so much later than this machine. */
  turnClock(aheadMs: number): void {
    this.#aheadMs = aheadMs;
  }

  async startAgain(): Promise<void> {
    const log = openSync(this.#log, 'a', 0o600);
    // It ends with us, however we end.
    const words = ['--pdeathsig', 'TERM', ...NODE, CLI, 'platform', '--config', this.#config];
    const child = spawn('setpriv', words, { stdio: ['ignore', log, log], env: this.#env });
    closeSync(log);
    stepBack(child.pid);
    this.#child = child;
    await this.#ready(child);
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** An address that signs in once: this user, or the national operator. */
  async link(user?: string): Promise<string> {
    const words = ['platform', 'link', '--config', this.#config];
    const named = user === undefined ? [] : ['--user', user];
    const [command = '', ...args] = [...NODE, CLI, ...words, ...named];
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: this.#env });
    let said = '';
    child.stdout?.on('data', (data) => {
      said += String(data);
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`rmh platform link ended with ${code}`);
    return said.trim();
  }

  get #env(): NodeJS.ProcessEnv {
    if (this.#aheadMs === 0) return process.env;
    const options = `${process.env['NODE_OPTIONS'] ?? ''} --import ${LATER}`;
    return { ...process.env, NODE_OPTIONS: options, RMH_AHEAD_MS: String(this.#aheadMs) };
  }

  async #ready(child: ChildProcess): Promise<void> {
    const endMs = Date.now() + START_MS_MAX;
    while (Date.now() < endMs) {
      if (child.exitCode !== null || child.signalCode !== null) throw this.#failure('ended');
      if (await answers(`${this.consoleUrl}/healthz`)) return;
      await sleep(200);
    }
    await this.#end('SIGKILL');
    throw this.#failure(`did not answer within ${START_MS_MAX / 1000} s`);
  }

  #failure(how: string): Error {
    const tail = readFileSync(this.#log, 'utf8').slice(-1500);
    return new Error(`the platform ${how}\n${tail}`);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await ended;
    clearTimeout(late);
  }
}

/** The lab's vehicles have deadlines of milliseconds, the platform of seconds. */
function stepBack(pid: number | undefined): void {
  if (pid !== undefined) setPriority(pid, PLATFORM_NICE);
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
