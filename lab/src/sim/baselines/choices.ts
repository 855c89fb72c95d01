import { present } from '@rmh/base';
import type { Direction } from '../../carriers/condition.ts';
import type { SimPacket } from '../types.ts';
import type { Choice } from './watched.ts';

/** The first in the configured order that answers; none does: the last one stays. */
export class FailOver implements Choice {
  readonly #order: readonly number[];

  constructor(order: readonly number[]) {
    this.#order = order;
  }

  inUse(answering: number): number {
    for (const carrier of this.#order) if (answering & (1 << carrier)) return 1 << carrier;
    return 0;
  }

  next(inUse: number): number {
    return 31 - Math.clz32(inUse);
  }
}

/**
 * Packet by packet in turn, each carrier as often as its weight says: the one that is furthest
 * behind its share is next ("smooth" weighted round robin, as in nginx).
 */
export class RoundRobin implements Choice {
  readonly #weights: Readonly<Record<Direction, readonly number[]>>;
  readonly #credits: Readonly<Record<Direction, number[]>>;

  constructor(weights: Readonly<Record<Direction, readonly number[]>>) {
    this.#weights = weights;
    this.#credits = { up: weights.up.map(() => 0), down: weights.down.map(() => 0) };
  }

  inUse(answering: number): number {
    return answering;
  }

  next(inUse: number, { side }: SimPacket): number {
    const direction = side === 'car' ? 'up' : 'down';
    const credits = this.#credits[direction];
    let next = -1;
    let sum = 0;
    for (const [carrier, weight] of this.#weights[direction].entries()) {
      if (!(inUse & (1 << carrier))) continue;
      sum += weight;
      const credit = present(credits[carrier], 'a credit') + weight;
      credits[carrier] = credit;
      if (next < 0 || credit > present(credits[next], 'a credit')) next = carrier;
    }
    credits[next] = present(credits[next], 'a carrier in use') - sum;
    return next;
  }
}
