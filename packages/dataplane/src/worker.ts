import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { present } from '@rmh/base';
import type { DataplaneConfig, DataplaneEvent } from '@rmh/contract';
import { NetError } from '@rmh/netio';
import { runLoop } from './loop.ts';

/** What the main thread gives its data plane thread. */
export interface WorkerInput {
  readonly config: DataplaneConfig;
  readonly commands: MessagePort;
  readonly wakeFd: number;
}

const input = workerData as WorkerInput;
const port = present(parentPort, 'this file runs as a worker');
const emit = (event: DataplaneEvent): void => port.postMessage(event);

try {
  runLoop(input.config, input.commands, input.wakeFd, emit);
} catch (error) {
  // The world failed: say it in the catalogue's words. Anything else is our mistake: crash.
  if (!(error instanceof NetError)) throw error;
  emit({ kind: 'failed', code: error.code, message: error.message, hint: error.hint });
}
input.commands.close();
