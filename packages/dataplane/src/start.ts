import { MessageChannel, Worker } from 'node:worker_threads';
import {
  type Dataplane,
  type DataplaneCommand,
  type DataplaneConfig,
  type DataplaneEvent,
  type DataplaneStatus,
} from '@rmh/contract';
import { Wake } from '@rmh/netio';
import type { WorkerInput } from './worker.ts';

/**
 * Starts the data plane in a thread of its own. Resolves when it is ready; rejects with a
 * catalogued error when its devices can not be had. Later failures come as 'failed' events.
 */
export async function startDataplane(
  config: DataplaneConfig,
  onEvent: (event: DataplaneEvent) => void,
): Promise<Dataplane> {
  const handle = new WorkerDataplane(config, onEvent);
  try {
    await handle.ready;
  } catch (error) {
    // The caller tries again, for days if need be: nothing of this try may stay open.
    await handle.release();
    throw error;
  }
  return handle;
}

class WorkerDataplane implements Dataplane {
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #wake = Wake.create();
  readonly #channel = new MessageChannel();
  readonly #ended: Promise<void>;
  readonly #asked: ((status: DataplaneStatus) => void)[] = [];

  constructor(config: DataplaneConfig, onEvent: (event: DataplaneEvent) => void) {
    const { port1, port2 } = this.#channel;
    const workerData: WorkerInput = { config, commands: port2, wakeFd: this.#wake.fd };
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData,
      transferList: [port2],
    });
    port1.unref();
    this.#ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (event: DataplaneEvent) => {
        if (event.kind === 'ready') resolve();
        if (event.kind === 'status') this.#answer(event.status);
        else onEvent(event);
        if (event.kind === 'failed') reject(errorOf(event));
      });
      this.#worker.on('error', (error) => {
        reject(error);
        onEvent(crashOf(error));
      });
    });
  }

  send(command: DataplaneCommand): void {
    this.#channel.port1.postMessage(command);
    this.#wake.signal();
  }

  status(): Promise<DataplaneStatus> {
    return new Promise((resolve) => {
      this.#asked.push(resolve);
      this.send({ kind: 'status' });
    });
  }

  async stop(): Promise<void> {
    this.send({ kind: 'stop' });
    await this.release();
  }

  /** Waits for the thread's end and closes what it was spoken to through. */
  async release(): Promise<void> {
    await this.#ended;
    this.#channel.port1.close();
    this.#wake.close();
  }

  #answer(status: DataplaneStatus): void {
    this.#asked.shift()?.(status);
  }
}

/** The 'failed' event carries code and hint to the app; this only ends the waiting. */
function errorOf(event: Extract<DataplaneEvent, { kind: 'failed' }>): Error {
  return new Error(`${event.message} (${event.code})`);
}

function crashOf(error: unknown): DataplaneEvent {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: 'failed', code: 'dataplane.crashed', message, hint: '' };
}
