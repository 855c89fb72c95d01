// Between the emulator and its thread.
import type { MessagePort } from 'node:worker_threads';
import type { CarrierCommand, CarrierLinkConfig, CarriersErrorCode } from './config.ts';

export interface WorkerSetup {
  readonly links: readonly CarrierLinkConfig[];
  readonly seed: number;
  readonly wakeFd: number;
  readonly port: MessagePort;
  readonly stats: SharedArrayBuffer;
}

export type ToWorker = { id: number; command: CarrierCommand } | { id: number; stop: true };
export type FromWorker =
  | { id: number; done: true }
  | { id: number; failed: { code: CarriersErrorCode; message: string } };

/** Answers the start itself. */
export const START_ID = 0;
