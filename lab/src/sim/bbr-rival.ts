// A sender with BBR and its receiver, on one carrier. Nothing is sent again: BBR does not slow down
// for what is lost, and what arrived is all that is asked.
import { Bbr } from './tcp/bbr.ts';
import type { Actor, World } from './world.ts';

interface Sent {
  readonly sentUs: number;
  /** What had been delivered when it left, and since when. */
  readonly deliveredBytes: number;
  readonly deliveredUs: number;
}

export class BbrRival implements Actor {
  /** Payload that arrived. */
  bytes = 0;
  readonly #world: World;
  readonly #actor: number;
  readonly #offer: Offer;
  readonly #bbr = new Bbr();
  /** By number, from the oldest unanswered on. */
  readonly #flight = new Map<number, Sent>();
  #next = 0;
  #oldest = 0;
  #deliveredBytes = 0;
  /** The newest answer. */
  #heardUs: number;
  #mayUs: number;

  /** Begins at once. */
  constructor(world: World, offer: Offer) {
    this.#world = world;
    this.#offer = offer;
    this.#actor = world.add(this);
    this.#heardUs = this.#mayUs = world.nowUs;
    world.arm(this.#actor, world.nowUs);
  }

  wake(nowUs: number): void {
    if (nowUs - this.#heardUs >= SILENCE_US) {
      // All that was on the road is lost.
      this.#flight.clear();
      this.#heardUs = nowUs;
    }
    while (this.#mayUs <= nowUs && this.#hasRoom) this.#send(nowUs);
    this.#world.arm(this.#actor, this.#hasRoom ? this.#mayUs : this.#heardUs + SILENCE_US);
  }

  get #hasRoom(): boolean {
    return this.#flightBytes < this.#bbr.windowBytes;
  }

  get #flightBytes(): number {
    return this.#flight.size * PACKET_BYTES;
  }

  #send(nowUs: number): void {
    const number = this.#next++;
    const deliveredUs = this.#flight.size === 0 ? nowUs : this.#heardUs;
    this.#flight.set(number, { sentUs: nowUs, deliveredBytes: this.#deliveredBytes, deliveredUs });
    this.#mayUs =
      Math.max(this.#mayUs, nowUs - LATE_US_MOST) + (PACKET_BYTES * 1e6) / this.#bbr.pacedRate;
    this.#offer('there', PACKET_BYTES, () => {
      this.bytes += PAYLOAD_BYTES;
      this.#offer('back', ACK_BYTES, (atUs) => this.#answer(number, atUs));
    });
  }

  #answer(number: number, nowUs: number): void {
    const sent = this.#flight.get(number);
    if (sent === undefined) return;
    // The carrier keeps the order: what left before is lost.
    let lost = false;
    for (; this.#oldest < number; this.#oldest++) {
      if (this.#flight.delete(this.#oldest)) lost = true;
    }
    this.#flight.delete(number);
    this.#deliveredBytes += PACKET_BYTES;
    this.#heardUs = nowUs;
    const spanUs = Math.max(1, nowUs - sent.deliveredUs);
    const answer = {
      deliveredBytes: this.#deliveredBytes,
      before: sent.deliveredBytes,
      rate: ((this.#deliveredBytes - sent.deliveredBytes) * 1e6) / spanUs,
      rttUs: nowUs - sent.sentUs,
      flightBytes: this.#flightBytes,
      lost,
    };
    this.#bbr.answer(answer, nowUs);
    this.wake(nowUs);
  }
}

/** Puts a packet on the carrier, away from the sender or back to it. */
type Offer = (way: 'there' | 'back', bytes: number, arrive: (nowUs: number) => void) => void;

const PACKET_BYTES = 1340;
const PAYLOAD_BYTES = 1288;
const ACK_BYTES = 52;
/** What a full window kept from leaving is not made up for. */
const LATE_US_MOST = 1_000;
/** Longer than any buffer that is measured. */
const SILENCE_US = 3_000_000;
