// Carriers in real time between network namespaces, in user space: see emulator-worker.ts for the
// loop, carrier-link.ts for the way of a packet.
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import { Wake } from '@rmh/netio';
import {
  type CarrierCommand,
  type CarrierLinkConfig,
  CarriersError,
  checkLinks,
  type LinkStats,
} from './config.ts';
import { type FromWorker, START_ID, type ToWorker, type WorkerSetup } from './emulator-messages.ts';
import { readStats, statsMemory } from './stats.ts';

export interface EmulatorOptions {
  readonly links: readonly CarrierLinkConfig[];
  /** Same seed and same traffic: same losses and jitter. */
  readonly seed?: number;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: CarriersError) => void;
}

export class CarrierEmulator {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #wake: Wake;
  readonly #shared: Float64Array;
  readonly #names: readonly string[];
  readonly #waiting = new Map<number, Waiting>();
  /** Resolves when the thread has ended; rejects if it ended without being told to. */
  readonly ended: Promise<void>;
  readonly #end = Promise.withResolvers<void>();
  #nextId = START_ID + 1;
  #stopping: Promise<void> | null = null;
  #isGone = false;

  private constructor(options: EmulatorOptions) {
    this.ended = this.#end.promise;
    // Whoever does not wait for the end is told by the next command.
    this.ended.catch(() => {});
    this.#names = options.links.map(({ name }) => name);
    const stats = statsMemory(options.links.length);
    this.#shared = new Float64Array(stats);
    this.#wake = Wake.create();
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const setup: WorkerSetup = {
      links: options.links,
      seed: options.seed ?? 1,
      wakeFd: this.#wake.fd,
      port: port2,
      stats,
    };
    this.#worker = new Worker(new URL('./emulator-worker.ts', import.meta.url), {
      workerData: setup,
      transferList: [port2],
      name: 'carriers',
      // Not those of a process that was started with --eval or the like.
      execArgv: [],
    });
    this.#port.on('message', (message: FromWorker) => this.#answered(message));
    this.#worker.on('error', (error) => this.#gone(error));
    this.#worker.on('exit', () => this.#gone(null));
  }

  /**
   * Makes every device, address and route, and lets packets pass. Throws CarriersError with
   * nothing left behind. When the process dies, the devices go with it.
   */
  static async start(options: EmulatorOptions): Promise<CarrierEmulator> {
    checkLinks(options.links);
    const emulator = new CarrierEmulator(options);
    try {
      await emulator.#answerTo(START_ID);
    } catch (error) {
      await emulator.#worker.terminate();
      throw error;
    }
    return emulator;
  }

  /** Resolves when the command has taken effect. */
  command(command: CarrierCommand): Promise<void> {
    if (this.#isGone || this.#stopping !== null) {
      return Promise.reject(new CarriersError('carriers.stopped', 'the carriers have stopped'));
    }
    const id = this.#nextId++;
    return this.#send({ id, command });
  }

  /** At most 20 ms old while packets pass. */
  stats(): LinkStats[] {
    return readStats(this.#shared, this.#names);
  }

  /** Removes every device; safe to call again. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    if (this.#isGone) return;
    await this.#send({ id: this.#nextId++, stop: true });
    await this.#worker.terminate();
  }

  #send(message: ToWorker): Promise<void> {
    const answered = this.#answerTo(message.id);
    this.#port.postMessage(message);
    this.#wake.signal();
    return answered;
  }

  #answerTo(id: number): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #answered(message: FromWorker): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('done' in message) waiting?.resolve();
    else waiting?.reject(new CarriersError(message.failed.code, message.failed.message));
  }

  #gone(cause: unknown): void {
    if (this.#isGone) return;
    this.#isGone = true;
    // The thread's last answers may still wait behind the news of its end.
    for (;;) {
      const last = receiveMessageOnPort(this.#port);
      if (last === undefined) break;
      this.#answered(last.message as FromWorker);
    }
    const reason = cause instanceof Error ? cause.message : 'its thread has ended';
    const error = new CarriersError('carriers.stopped', `the carriers stopped: ${reason}`, {
      cause,
    });
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    if (this.#stopping === null) this.#end.reject(error);
    else this.#end.resolve();
    this.#port.close();
    this.#wake.close();
  }
}
