import { type Waiting, waitForOther } from '../db/bell.ts';
import type { Services } from '../services.ts';
import type { Answer } from './route.ts';

/** An answer that waits: what `read` finds when there is something other, or the time is up. */
export function heldOpen(
  services: Services,
  waiting: Omit<Waiting, 'signal'>,
  read: () => unknown,
): Answer<never> {
  return {
    headers: { 'content-type': 'application/json; charset=utf-8' },
    raw: async (stream) => {
      await waitForOther(services, { ...waiting, signal: stream.signal });
      await stream.write(JSON.stringify(await read()));
    },
  };
}
