// Counters shared between the emulator's thread, which writes, and everybody who reads.
import type { CarrierLink } from './carrier-link.ts';
import type { Direction } from './condition.ts';
import { type DirectionStats, type LinkStats, STAT_FIELDS } from './config.ts';

const DIRECTIONS = ['up', 'down'] as const satisfies readonly Direction[];
const FIELDS = STAT_FIELDS.length;
/** In front of the links: CPU time of the thread. */
const HEAD = 1;

export function statsMemory(links: number): SharedArrayBuffer {
  return new SharedArrayBuffer((HEAD + links * DIRECTIONS.length * FIELDS) * 8);
}

export function writeStats(
  shared: Float64Array,
  links: readonly CarrierLink[],
  threadCpuUs: number,
): void {
  shared[0] = threadCpuUs;
  let at = HEAD;
  for (const carrier of links) {
    for (const direction of DIRECTIONS) {
      const { counters, queuePackets, flightPackets, queueBytes } = carrier.links[direction];
      const shell = carrier.shell[direction];
      shared[at++] = counters.offered;
      shared[at++] = counters.offeredBytes;
      shared[at++] = counters.delivered;
      shared[at++] = counters.deliveredBytes;
      shared[at++] = counters.loss;
      shared[at++] = counters.queueFull;
      shared[at++] = counters.outage;
      shared[at++] = counters.stale;
      shared[at++] = shell.poolFull;
      shared[at++] = shell.natRefused;
      shared[at++] = shell.undeliverable;
      shared[at++] = queuePackets + flightPackets;
      shared[at++] = queueBytes;
      shared[at++] = shell.releaseLateUsMax;
      shared[at++] = shell.releaseLateUsSum;
    }
  }
}

/** A moment's view; counters of one link may be of two neighbouring moments. */
export function readStats(shared: Float64Array, names: readonly string[]): LinkStats[] {
  return names.map((name, i) => {
    const base = HEAD + i * DIRECTIONS.length * FIELDS;
    return {
      name,
      up: readDirection(shared, base),
      down: readDirection(shared, base + FIELDS),
      threadCpuUs: shared[0] ?? 0,
    };
  });
}

function readDirection(shared: Float64Array, base: number): DirectionStats {
  const entries = STAT_FIELDS.map((field, i) => [field, shared[base + i] ?? 0] as const);
  return Object.fromEntries(entries) as DirectionStats;
}
