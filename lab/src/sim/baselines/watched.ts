// A bearer that pings its carriers and uses those that answer: fail-over, and round robin. The
// car decides; its pings tell the site what to use towards it.

import type { Bearer, Datagram, Road, SimPacket } from '../types.ts';
import { OUTER_OVERHEAD_BYTES } from '../types.ts';
import { wrapped } from './plain.ts';

/** Which carriers to use, and which of them for the next packet of a direction. */
export interface Choice {
  /** Of the carriers that answered in time; the mask of those in use stays if it returns 0. */
  inUse(answering: number): number;
  next(inUse: number, packet: SimPacket): number;
}

export interface Watch {
  /** A carrier from which no answer came for so long is left out. */
  readonly silenceUs: number;
  readonly choice: Choice;
}

/** Pings in one such silence: one that is lost does not make a carrier silent. */
const PINGS_A_SILENCE = 5;
/** An echo request with 56 bytes, as ping sends it. */
const PING_BYTES = 84 + OUTER_OVERHEAD_BYTES;

class Ping {
  /** Counts the car's changes of mind, so that an old ping changes nothing. */
  readonly change: number;
  readonly inUse: number;

  constructor(change: number, inUse: number) {
    this.change = change;
    this.inUse = inUse;
  }
}

const ANSWER = Symbol('answer to a ping');

export class Watched implements Bearer {
  readonly name: string;
  nextDeadlineUs = 0;
  readonly #road: Road;
  readonly #watch: Watch;
  readonly #heardUs: number[];
  #nextPingUs = 0;
  #ping: Ping;
  /** What the site last heard. */
  #siteHeard: Ping;

  constructor(name: string, road: Road, watch: Watch) {
    this.name = name;
    this.#road = road;
    this.#watch = watch;
    // At the start every carrier is believed to answer.
    this.#heardUs = road.carriers.map(() => 0);
    this.#ping = new Ping(0, watch.choice.inUse((1 << road.carriers.length) - 1));
    this.#siteHeard = this.#ping;
  }

  send(packet: SimPacket, nowUs: number): void {
    const { inUse } = packet.side === 'car' ? this.#ping : this.#siteHeard;
    this.#road.offer(this.#watch.choice.next(inUse, packet), wrapped(packet), nowUs);
  }

  arrived({ content }: Datagram, carrier: number, nowUs: number): void {
    if (content instanceof Ping) {
      if (content.change > this.#siteHeard.change) this.#siteHeard = content;
      const answer = { direction: 'down', bytes: PING_BYTES, content: ANSWER } as const;
      this.#road.offer(carrier, answer, nowUs);
    } else if (content === ANSWER) {
      this.#heardUs[carrier] = nowUs;
      this.#decide(nowUs);
    } else this.#road.deliver(content as SimPacket, nowUs);
  }

  poll(nowUs: number): void {
    this.#decide(nowUs);
    if (nowUs >= this.#nextPingUs) this.#sendPings(nowUs);
  }

  #decide(nowUs: number): void {
    const { silenceUs, choice } = this.#watch;
    let answering = 0;
    let silentFromUs = Number.POSITIVE_INFINITY;
    for (const [carrier, heardUs] of this.#heardUs.entries()) {
      if (nowUs >= heardUs + silenceUs) continue;
      answering |= 1 << carrier;
      silentFromUs = Math.min(silentFromUs, heardUs + silenceUs);
    }
    const inUse = choice.inUse(answering) || this.#ping.inUse;
    if (inUse !== this.#ping.inUse) {
      this.#ping = new Ping(this.#ping.change + 1, inUse);
      this.#sendPings(nowUs);
    }
    this.nextDeadlineUs = Math.min(this.#nextPingUs, silentFromUs);
  }

  #sendPings(nowUs: number): void {
    const ping = { direction: 'up', bytes: PING_BYTES, content: this.#ping } as const;
    for (let carrier = 0; carrier < this.#heardUs.length; carrier++) {
      this.#road.offer(carrier, ping, nowUs);
    }
    this.#nextPingUs = nowUs + this.#watch.silenceUs / PINGS_A_SILENCE;
    this.nextDeadlineUs = Math.min(this.nextDeadlineUs, this.#nextPingUs);
  }
}
