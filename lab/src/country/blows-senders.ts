// The senders from outside: started, killed, started again on what they left, drained.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SenderOrder, SenderWord } from './blows-sender.ts';

const SENDER = fileURLToPath(new URL('./blows-sender.ts', import.meta.url));
const ARGS = ['--disable-warning=ExperimentalWarning'];
/** A backlog of minutes goes in bites of 500: seconds, and minutes on a busy machine. */
const DRAIN_MS_MAX = 600_000;

export class Sender {
  readonly order: SenderOrder;
  #child: ChildProcess | null = null;
  #drained = Promise.withResolvers<void>();
  /** Receipts that it has had since the start of everything. */
  receipts = 0;
  waiting = 0;
  /** Ended without being killed: how. */
  fell: string | null = null;

  constructor(order: SenderOrder) {
    this.order = order;
  }

  start(): void {
    const child = fork(SENDER, [], {
      execArgv: ARGS,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.on('message', (word: SenderWord) => this.#heard(word));
    child.on('exit', (code, signal) => {
      if (this.#child !== child) return;
      this.#child = null;
      if (code !== 0) this.fell ??= signal ?? `exit ${code}`;
    });
    child.send(this.order);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** It makes nothing more, delivers what waits, and ends. */
  async drain(): Promise<void> {
    const child = this.#child;
    if (child === null) throw new Error('a sender that is not there cannot be drained');
    child.send('drain');
    const late = setTimeout(() => {
      this.#drained.reject(new Error(`a sender still holds ${this.waiting} samples`));
    }, DRAIN_MS_MAX);
    await this.#drained.promise.finally(() => clearTimeout(late));
  }

  #heard(word: SenderWord): void {
    if (word.kind === 'drained') return this.#drained.resolve();
    this.receipts++;
    this.waiting = word.waiting;
  }
}
