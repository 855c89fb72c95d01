// What the platform's thread and the thread of the embedded database say to each other.
import type { DriverFault } from './database.ts';

export interface WorkerStart {
  /** Where the data lie; null: in memory, and gone at the end. */
  readonly directory: string | null;
  /** A data directory as a tar file, to begin with. */
  readonly image: Uint8Array | null;
}

export type WorkerOrder =
  | {
      readonly kind: 'query';
      readonly id: number;
      readonly text: string;
      readonly values: unknown[] | null;
    }
  | { readonly kind: 'listen'; readonly id: number; readonly channel: string }
  | { readonly kind: 'image'; readonly id: number }
  | { readonly kind: 'close'; readonly id: number };

export type WorkerNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly fault: DriverFault }
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'fault'; readonly id: number; readonly fault: DriverFault }
  | { readonly kind: 'heard'; readonly channel: string; readonly payload: string };
