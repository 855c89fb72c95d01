// The engine's end of one station: its newest report, and commands to it.
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { StationCommand, StationReport } from '../devices/plan.ts';

export class StationClient {
  readonly name: string;
  last: StationReport | null = null;
  /** Why it ended too early. */
  failed: string | null = null;
  readonly #child: ChildProcess;
  readonly #ready: Promise<void>;
  readonly #final: Promise<void>;

  constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    const { stdout, stdin } = child;
    if (stdout === null || stdin === null) throw new Error('a station has pipes');
    stdin.on('error', () => {}); // it ended: told by its exit
    const heard = { ready: () => {}, final: () => {} };
    this.#ready = new Promise((resolve) => {
      heard.ready = resolve;
    });
    this.#final = new Promise((resolve) => {
      heard.final = resolve;
    });
    createInterface({ input: stdout }).on('line', (line) => {
      this.last = JSON.parse(line) as StationReport;
      if (this.last.kind === 'ready') heard.ready();
      if (this.last.kind === 'final') heard.final();
    });
    child.on('close', (code, signal) => {
      if (this.last?.kind !== 'final') this.failed = `ended with ${signal ?? code}`;
      heard.ready();
      heard.final();
    });
    child.on('error', (error) => {
      this.failed = error.message;
      heard.ready();
      heard.final();
    });
  }

  async ready(): Promise<void> {
    await this.#ready;
  }

  send(command: StationCommand): void {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  async finish(): Promise<void> {
    this.send({ kind: 'finish' });
    await this.#final;
  }
}
