// How the tests of the living country wait.
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';

/** A busy machine: nothing is slower than this unless it never comes. */
export const WAIT_MS = 120_000;
const LOOK_MS = 50;

/** How long it took, ms; fails when it does not come. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<number> {
  const began = performance.now();
  while (!(await isSo())) {
    assert.ok(performance.now() - began < WAIT_MS, `still not: ${what}`);
    await sleep(LOOK_MS);
  }
  return performance.now() - began;
}
