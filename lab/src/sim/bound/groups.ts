// Demands of like worth per byte, so that a few sweeps do for thousands of packets.
import { assert, present, TRAFFIC_CLASS_NAMES } from '@rmh/base';
import type { TrafficClassName } from '@rmh/contract';
import type { Demand } from './demand.ts';
import type { DemandTable } from './sweep.ts';

export interface Group {
  readonly index: number;
  readonly class: TrafficClassName;
  /** Outer bytes and worth of all its demands. */
  bytes: number;
  worth: number;
  leastWorthPerByte: number;
}

// Within a group the worth per byte differs by a tenth at most: that much the bound may be too
// high in what is lost, where sizes are mixed. Packets of 28 to 1,340 bytes differ by a factor
// of 14, which is 28 groups a class.
const STEP = Math.log(1.1);
const GROUPS_MAX = 256;

/** Most urgent class first, within it the most worth per byte. Demands in order of release. */
export function tableOf(demands: readonly Demand[]): { table: DemandTable; groups: Group[] } {
  const { length: count } = demands;
  const keys = new Int32Array(count);
  for (let i = 0; i < count; i++) keys[i] = keyOf(present(demands[i], 'a demand'));
  const order = [...new Set(keys)].sort((a, b) => a - b);
  assert(order.length <= GROUPS_MAX, 'worth per byte spans a few powers of ten');
  const indexes = new Map(order.map((key, index) => [key, index]));
  const groups = order.map((key, index) => emptyGroup(key, index));
  const table: DemandTable = {
    count,
    releaseUs: new Float64Array(count),
    deadlineUs: new Float64Array(count),
    outerBytes: new Float64Array(count),
    group: new Uint8Array(count),
  };
  for (let i = 0; i < count; i++) {
    const { releaseUs, deadlineUs, outerBytes, worth } = present(demands[i], 'a demand');
    const index = indexes.get(keys[i] ?? 0) ?? 0;
    table.releaseUs[i] = releaseUs;
    table.deadlineUs[i] = deadlineUs;
    table.outerBytes[i] = outerBytes;
    table.group[i] = index;
    const group = present(groups[index], 'a group');
    group.bytes += outerBytes;
    group.worth += worth;
    group.leastWorthPerByte = Math.min(group.leastWorthPerByte, worth / outerBytes);
  }
  return { table, groups };
}

function emptyGroup(key: number, index: number): Group {
  const its = present(TRAFFIC_CLASS_NAMES[Math.round(key / CLASS_KEYS)], 'a class');
  return { index, class: its, bytes: 0, worth: 0, leastWorthPerByte: Number.POSITIVE_INFINITY };
}

/** Steps between classes: worth per byte spans fewer, ten to the ± 20. */
const CLASS_KEYS = 1000;

function keyOf(demand: Demand): number {
  const steps = Math.floor(Math.log(demand.worth / demand.outerBytes) / STEP);
  return TRAFFIC_CLASS_NAMES.indexOf(demand.class) * CLASS_KEYS - steps;
}
