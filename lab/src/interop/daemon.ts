// Our own daemons, started as an operator starts them: one process, one configuration file.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DaemonStatus } from '@rmh/contract';
import { askStatus } from '@rmh/contract/daemon';
import { Inhabitant, until } from './ground.ts';
import type { Keys } from './keys.ts';

const CLI = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));
export const RMH: readonly string[] = [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  CLI,
];

/** One second on a free core; a machine with ten tests a core needs ten times that. */
const READY_MS_MAX = 30_000;

export type Role = 'unit' | 'gateway';

/** A daemon's files in a directory of their own. */
export class DaemonFiles {
  readonly role: Role;
  readonly directory: string;
  readonly config: string;
  readonly socket: string;
  readonly #keyFile: string;

  constructor(parent: string, name: string, role: Role, keys: Keys) {
    this.role = role;
    this.directory = join(parent, name);
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    this.config = join(this.directory, `${role}.yaml`);
    this.socket = join(this.directory, 'status.sock');
    this.#keyFile = join(this.directory, 'private.key');
    writeFileSync(this.#keyFile, `${keys.privateText}\n`, { mode: 0o600 });
  }

  secret(name: string, text: string): string {
    const path = join(this.directory, name);
    writeFileSync(path, `${text}\n`, { mode: 0o600 });
    return path;
  }

  /** The fields beside those that every daemon here has. YAML includes JSON. */
  write(fields: Record<string, unknown>): void {
    const common = { privateKeyFile: this.#keyFile, statusSocket: this.socket };
    const state = this.role === 'unit' ? { stateDirectory: this.directory } : {};
    const value = { name: this.role, ...common, ...state, ...fields };
    writeFileSync(this.config, `${JSON.stringify(value, null, 2)}\n`);
  }
}

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

export class Daemon {
  readonly files: DaemonFiles;
  readonly process: Inhabitant;

  constructor(netns: number, files: DaemonFiles, before: readonly string[] = []) {
    this.files = files;
    const words = [...before, ...RMH, files.role, '--config', files.config];
    this.process = new Inhabitant(netns, words);
  }

  static async start(netns: number, files: DaemonFiles): Promise<Daemon> {
    const daemon = new Daemon(netns, files);
    try {
      await daemon.logged('daemon.ready', READY_MS_MAX);
    } catch (cause) {
      // Left alone it would live on and hold the pipes of the test that nobody can end then.
      await daemon.process.stop('SIGKILL');
      throw cause;
    }
    return daemon;
  }

  get lines(): LogLine[] {
    return this.process.out
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** The first line of this event, waited for. */
  logged(event: string, msMax = 10_000): Promise<LogLine> {
    return until(
      `${this.files.role} logs ${event}`,
      () => {
        const line = this.lines.find((each) => each.event === event);
        if (line === undefined && !this.process.running) throw new Error(this.text);
        return line;
      },
      msMax,
    );
  }

  status(): Promise<DaemonStatus> {
    return askStatus(this.files.socket);
  }

  async drops(): Promise<Record<string, number>> {
    return (await this.status()).dataplane?.drops ?? {};
  }

  get text(): string {
    return `${this.process.out}${this.process.err}`;
  }
}
