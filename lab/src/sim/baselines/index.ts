// What the tunnel is compared with. Each gets the best of a configuration that a person could
// have written: the order and the weights come from what the window's carriers really achieve.
import { assert } from '@rmh/base';
import type { TrafficClassName } from '@rmh/contract';
import type { Direction } from '../../carriers/condition.ts';
import type {
  Bearer,
  BearerResult,
  ClassCount,
  DriveWindow,
  Road,
  WindowCarrier,
} from '../types.ts';
import { FailOver, RoundRobin } from './choices.ts';
import { Alone, aloneName, EveryCarrier } from './plain.ts';
import { type Choice, Watched } from './watched.ts';

export interface Baseline {
  readonly name: string;
  readonly make: (road: Road) => Bearer;
}

const SECOND_US = 1_000_000;
/** Bits of a mask; a path is a link of the unit, of which there are at most 8. */
const CARRIERS_MAX = 16;

export function baselinesOf({ carriers, lengthMs }: DriveWindow): Baseline[] {
  assert(carriers.length <= CARRIERS_MAX, 'carriers fit into a mask');
  const weights: Record<Direction, number[]> = {
    up: carriers.map((carrier) => meanKbps(carrier, 'up', lengthMs)),
    down: carriers.map((carrier) => meanKbps(carrier, 'down', lengthMs)),
  };
  const order = [...carriers.keys()].sort((a, b) => (weights.up[b] ?? 0) - (weights.up[a] ?? 0));
  const watched = (name: string, seconds: number, choice: () => Choice): Baseline => ({
    name,
    make: (road) => new Watched(name, road, { silenceUs: seconds * SECOND_US, choice: choice() }),
  });
  return [
    ...carriers.map(({ name }, carrier) => ({
      name: aloneName(name),
      make: (road: Road) => new Alone(road, carrier),
    })),
    ...[1, 5, 15].map((seconds) =>
      watched(`fail-over:${seconds}s`, seconds, () => new FailOver(order)),
    ),
    { name: 'every-carrier', make: (road) => new EveryCarrier(road) },
    watched('round-robin', 1, () => new RoundRobin(weights)),
  ];
}

/** Of each class the most that one carrier brought in time, carrying everything alone. */
export function bestAlone(results: readonly BearerResult[]): Record<TrafficClassName, ClassCount> {
  const alone = results.filter(({ name }) => name.startsWith(aloneName('')));
  const best = (name: TrafficClassName): ClassCount => ({
    sent: Math.max(0, ...alone.map(({ classes }) => classes[name].sent)),
    inTime: Math.max(0, ...alone.map(({ classes }) => classes[name].inTime)),
  });
  return {
    critical: best('critical'),
    realtime: best('realtime'),
    interactive: best('interactive'),
    bulk: best('bulk'),
  };
}

/** Mean over the window of what it serves, outages included; at least 1, so that it has a turn. */
function meanKbps({ timeline }: WindowCarrier, direction: Direction, lengthMs: number): number {
  const { startMs, conditions } = timeline;
  let bits = 0;
  for (const [i, { upKbps, downKbps, state }] of conditions.entries()) {
    const fromMs = i === 0 ? 0 : Math.min(lengthMs, startMs[i] ?? 0);
    const toMs = Math.min(lengthMs, startMs[i + 1] ?? lengthMs);
    if (state === 'up')
      bits += Math.max(0, toMs - fromMs) * (direction === 'up' ? upKbps : downKbps);
  }
  return Math.min(UNLIMITED_KBPS, Math.max(1, bits / lengthMs));
}

/** Stands for a link without a limit, so that weights can be added. */
const UNLIMITED_KBPS = 1e9;
