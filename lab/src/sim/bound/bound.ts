// What a sender that knows the future and may use every carrier could have delivered in time.
//
//   timelines → lanes;  demands → those that can arrive at all → groups → sweeps → counts
//
// docs/bound.md gives the argument; the tests hold it against exhaustive search.
import { TRAFFIC_CLASS_NAMES } from '@rmh/base';
import type { TrafficClassName } from '@rmh/contract';
import type { Direction } from '../../carriers/condition.ts';
import type { ClassCount, DriveWindow, Workload } from '../types.ts';
import { type Demand, demandsOf, isCountedInBytes } from './demand.ts';
import { type Group, tableOf } from './groups.ts';
import { type Lane, laneOf } from './lane.ts';
import { Reach } from './reach.ts';
import { servedBytes } from './sweep.ts';

/**
 * What else the sender carries. `nothing`: each class has the road to itself, and no sender
 * whatsoever delivers more. `moreUrgent`: no sender delivers more that delivers as many of every
 * more urgent class as its own bound says.
 */
export type Beside = 'nothing' | 'moreUrgent';

export type ClassCounts = Record<TrafficClassName, ClassCount>;

/** Units as in ClassCount: packets of critical and realtime, bytes of interactive and bulk. */
export function boundOf(
  window: DriveWindow,
  workload: Workload,
  beside: Beside = 'nothing',
): ClassCounts {
  return boundOfDemands(window, demandsOf(workload), beside);
}

export function boundOfDemands(
  window: Pick<DriveWindow, 'carriers' | 'lengthMs'>,
  demands: readonly Demand[],
  beside: Beside,
): ClassCounts {
  const counts: ClassCounts = {
    critical: { sent: 0, inTime: 0 },
    realtime: { sent: 0, inTime: 0 },
    interactive: { sent: 0, inTime: 0 },
    bulk: { sent: 0, inTime: 0 },
  };
  for (const demand of demands) counts[demand.class].sent += demand.worth;
  for (const direction of ['up', 'down'] as const) {
    const lanes = window.carriers.map(({ timeline }) => {
      return laneOf(timeline, direction, window.lengthMs);
    });
    const possible = possibleOf(lanes, demands, direction);
    const worths = worthInTime(lanes, possible, beside);
    for (const name of TRAFFIC_CLASS_NAMES) counts[name].inTime += worths[name];
  }
  return counts;
}

/** In the order of releases, without the packets that no sender can bring in time. */
function possibleOf(lanes: readonly Lane[], demands: readonly Demand[], direction: Direction) {
  const reach = new Reach(lanes);
  return demands
    .filter((demand) => demand.direction === direction)
    .sort((a, b) => a.releaseUs - b.releaseUs)
    .filter((demand) => !demand.isWhole || reach.isInTime(demand));
}

/** Sums of floating point over an hour of full links are exact to far less than this. */
const CRUMB_BYTES = 0.01;

/**
 * Bytes that cannot all be served are lost where they count least. The sets that can be served
 * are a polymatroid, so the best total is found group by group, the most worth per byte first.
 */
function worthInTime(
  lanes: readonly Lane[],
  demands: readonly Demand[],
  beside: Beside,
): Record<TrafficClassName, number> {
  const { table, groups } = tableOf(demands);
  const worths = { critical: 0, realtime: 0, interactive: 0, bulk: 0 };
  let from = 0;
  /** What the more urgent classes take at least. */
  let takenBytes = 0;
  for (const name of TRAFFIC_CLASS_NAMES) {
    const own = groups.filter((group) => group.class === name);
    const [first] = own;
    if (first === undefined) continue;
    if (beside === 'nothing') {
      from = first.index;
      takenBytes = 0;
    }
    const served = servedOf(own, takenBytes, (to) => servedBytes(lanes, table, from, to));
    const most = mostOf(own, served, isCountedInBytes(name) ? CRUMB_BYTES : CRUMB_BYTES / 100);
    worths[name] = most.worth;
    takenBytes += most.leastBytes;
  }
  return worths;
}

/** Bytes in time of each group. */
function servedOf(
  groups: readonly Group[],
  takenBytes: number,
  servedUpTo: (to: number) => number,
): number[] {
  const last = groups.at(-1)?.index ?? 0;
  const servedOfAll = servedUpTo(last);
  const bytesOfAll = groups.reduce((sum, { bytes }) => sum + bytes, takenBytes);
  // Nothing is lost of any group if nothing is lost of all.
  if (bytesOfAll - servedOfAll < CRUMB_BYTES) return groups.map(({ bytes }) => bytes);
  return groups.map(({ index, bytes }) => {
    const upTo = index === last ? servedOfAll : servedUpTo(index);
    const served = Math.min(bytes, upTo - takenBytes);
    takenBytes += served;
    return served > bytes - CRUMB_BYTES ? bytes : served;
  });
}

/**
 * In whole packets or bytes, because nobody delivers a part of one; `crumb` keeps rounding from
 * taking one away. And the least that a sender spends who delivers that much: the part that was
 * rounded off may have taken as many bytes as the largest packets do.
 */
function mostOf(groups: readonly Group[], served: readonly number[], crumb: number) {
  let worth = 0;
  let servedBytes = 0;
  let leastWorthPerByte = Number.POSITIVE_INFINITY;
  for (const [i, group] of groups.entries()) {
    const bytes = served[i] ?? 0;
    worth += group.worth - (group.bytes - bytes) * group.leastWorthPerByte;
    servedBytes += bytes;
    leastWorthPerByte = Math.min(leastWorthPerByte, group.leastWorthPerByte);
  }
  const whole = Math.floor(worth + crumb);
  const leastBytes = servedBytes - Math.max(0, worth - whole) / leastWorthPerByte;
  return { worth: whole, leastBytes };
}
