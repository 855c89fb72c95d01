// Somebody else's traffic on a carrier: it waits in the same buffer and knows nothing of a tunnel.
import type { Direction } from '../carriers/condition.ts';
import type { Bearer, Datagram, SimPacket } from './types.ts';

/** A packet of somebody else, as it lies on the carrier. */
export class Foreign implements Datagram {
  readonly direction: Direction;
  readonly bytes: number;
  readonly content: (nowUs: number) => void;

  /** `arrive` is told when it comes out at the other side, if it does. */
  constructor(direction: Direction, bytes: number, arrive: (nowUs: number) => void) {
    this.direction = direction;
    this.bytes = bytes;
    this.content = arrive;
  }
}

/** A bearer with rivals on its carriers: what is foreign goes past it. */
export class WithRivals implements Bearer {
  readonly name: string;
  readonly #bearer: Bearer;

  constructor(bearer: Bearer) {
    this.#bearer = bearer;
    this.name = bearer.name;
  }

  get nextDeadlineUs(): number {
    return this.#bearer.nextDeadlineUs;
  }

  send(packet: SimPacket, nowUs: number): void {
    this.#bearer.send(packet, nowUs);
  }

  arrived(datagram: Datagram, carrier: number, nowUs: number): void {
    if (datagram instanceof Foreign) datagram.content(nowUs);
    else this.#bearer.arrived(datagram, carrier, nowUs);
  }

  poll(nowUs: number): void {
    this.#bearer.poll(nowUs);
  }

  gone(datagram: Datagram): void {
    if (!(datagram instanceof Foreign)) this.#bearer.gone?.(datagram);
  }
}
