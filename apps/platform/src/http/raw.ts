// A body that a route sends itself: server-sent events, CSV, Parquet. Waits for the asker's line
// (back-pressure), so that a slow one costs one buffer and not the memory of the platform.
import type { ServerResponse } from 'node:http';
import type { RawReply } from './route.ts';

/** `ending`: aborted when the server stops. */
export function rawReply(response: ServerResponse, ending: AbortSignal): RawReply {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, ending]);
  return {
    signal,
    async write(chunk) {
      if (signal.aborted || response.destroyed) return false;
      if (response.write(chunk)) return true;
      await drained(response, signal);
      return !signal.aborted;
    },
  };
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => {
    response.off('drain', done);
    signal.removeEventListener('abort', done);
    resolve();
  };
  response.once('drain', done);
  signal.addEventListener('abort', done, { once: true });
  return promise;
}
