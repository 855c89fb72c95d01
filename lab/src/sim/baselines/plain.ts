// The bearers that need no word from the other side: one carrier alone, and every carrier always.

import type { Bearer, Datagram, Road, SimPacket } from '../types.ts';
import { OUTER_OVERHEAD_BYTES } from '../types.ts';

/** As large as the tunnel would make it, so that bytes compare; nothing is encrypted. */
export function wrapped(packet: SimPacket): Datagram {
  const direction = packet.side === 'car' ? 'up' : 'down';
  return { direction, bytes: packet.bytes + OUTER_OVERHEAD_BYTES, content: packet };
}

/** Everything on one carrier. */
export class Alone implements Bearer {
  readonly name: string;
  readonly nextDeadlineUs = Number.POSITIVE_INFINITY;
  readonly #road: Road;
  readonly #carrier: number;

  constructor(road: Road, carrier: number) {
    this.name = aloneName(road.carriers[carrier] ?? '');
    this.#road = road;
    this.#carrier = carrier;
  }

  send(packet: SimPacket, nowUs: number): void {
    this.#road.offer(this.#carrier, wrapped(packet), nowUs);
  }

  arrived({ content }: Datagram, _carrier: number, nowUs: number): void {
    this.#road.deliver(content as SimPacket, nowUs);
  }

  poll(): void {}
}

export function aloneName(carrier: string): string {
  return `alone:${carrier}`;
}

/** A copy of everything on every carrier; the first to arrive counts. */
export class EveryCarrier implements Bearer {
  readonly name = 'every-carrier';
  readonly nextDeadlineUs = Number.POSITIVE_INFINITY;
  bytesDuplicated = 0;
  readonly #road: Road;

  constructor(road: Road) {
    this.#road = road;
  }

  send(packet: SimPacket, nowUs: number): void {
    const { length: count } = this.#road.carriers;
    for (let carrier = 0; carrier < count; carrier++) {
      this.#road.offer(carrier, wrapped(packet), nowUs);
    }
    this.bytesDuplicated += (count - 1) * (packet.bytes + OUTER_OVERHEAD_BYTES);
  }

  arrived({ content }: Datagram, _carrier: number, nowUs: number): void {
    this.#road.deliver(content as SimPacket, nowUs);
  }

  poll(): void {}
}
