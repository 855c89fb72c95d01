import type { Arena } from '@rmh/base';
import { distance32 } from '@rmh/wire';
import type { Deliveries } from './deliveries.ts';
import { type HeldRing, WINDOW } from './held-ring.ts';
import type { Holds } from './holds.ts';

export const Arrival = { delivered: 0, held: 1, duplicate: 2, tooOld: 3 } as const;
export type Arrival = (typeof Arrival)[keyof typeof Arrival];

/**
 * One stream (class and flow bucket) at its receiving end: delivers each number once, and in
 * order as far as waiting can still help [OR-1].
 *
 * `next` is the number that the order waits for, `top` one past the highest seen. Numbers are
 * full; the wire carries their low 32 bits.
 */
export class StreamReceiver {
  reordered = 0;
  late = 0;
  #next = -1;
  #top = 0;
  /** When waiting for `next` ends, or null while nothing is held. */
  deadlineUs: number | null = null;
  readonly stream: number;
  readonly #peer: number;
  readonly #arena: Arena;
  readonly #holds: Holds;
  readonly #deliveries: Deliveries;
  readonly #makeRoom: () => void;
  readonly #seen = new Uint8Array(WINDOW);
  /** Only while something is held: most streams never hold any. */
  #held: HeldRing | null = null;

  /** `makeRoom` writes the full deliveries out: one packet may release a window of others. */
  constructor(
    peer: number,
    stream: number,
    arena: Arena,
    holds: Holds,
    deliveries: Deliveries,
    makeRoom: () => void,
  ) {
    this.#peer = peer;
    this.stream = stream;
    this.#arena = arena;
    this.#holds = holds;
    this.#deliveries = deliveries;
    this.#makeRoom = makeRoom;
  }

  /**
   * A packet arrived with its stream number's low half. `holdUs` 0: deliver at once, and the order
   * goes on behind it; `early`: deliver at once, and the order goes on as if it were not there.
   */
  accept(
    low: number,
    at: number,
    length: number,
    flags: number,
    holdUs: number,
    nowUs: number,
    early = false,
  ): Arrival {
    if (this.#next < 0) this.#begin(low);
    const number = this.#top + distance32(low, this.#top);
    if (number < this.#top - WINDOW) return Arrival.tooOld;
    if (number < this.#top && this.#seen[number & MASK] === 1) return Arrival.duplicate;
    this.#raiseTop(number, holdUs);
    if (number < this.#next) this.late++;
    if (early && number > this.#next) {
      this.#seen[number & MASK] = 1;
      this.#deliver(at, length, flags, number, -1);
      return Arrival.delivered;
    }
    if (number > this.#next && holdUs > 0 && this.#hold(number, at, length, flags, nowUs)) {
      this.#seen[number & MASK] = 1;
      this.deadlineUs ??= nowUs + holdUs;
      this.reordered++;
      return Arrival.held;
    }
    // Marked only now: a number that is seen and not held counts as gone early.
    this.#releaseBelow(number, holdUs);
    this.#seen[number & MASK] = 1;
    this.#deliver(at, length, flags, number, -1);
    if (number >= this.#next) this.#next = number + 1;
    this.#release(holdUs);
    return Arrival.delivered;
  }

  /** Is it the number that the order waits for, with nothing held behind it? */
  expects(low: number): boolean {
    return this.#held === null && this.#next === this.#top && distance32(low, this.#next) === 0;
  }

  /** May a number with this low half still belong to what this stream receives? */
  isNear(low: number): boolean {
    return this.#next >= 0 && Math.abs(distance32(low, this.#top)) <= WINDOW;
  }

  /** The wait is over: go on with the lowest held number. */
  giveUpWaiting(holdUs: number): void {
    this.deadlineUs = null;
    const held = this.#held;
    if (held === null || held.count === 0) return;
    this.#next = held.lowestFrom(this.#next);
    this.#release(holdUs);
  }

  /** Everything held goes out in order: the session ends or the other end began anew. */
  flush(): void {
    while (this.#held !== null && this.#held.count > 0) this.giveUpWaiting(0);
  }

  /** A packet that can not wait overtakes a gap: what is held below it goes first. */
  #releaseBelow(number: number, holdUs: number): void {
    while (number > this.#next && this.#held !== null && this.#held.count > 0) {
      const lowest = this.#held.lowestFrom(this.#next);
      if (lowest > number) return;
      this.#next = lowest;
      this.#release(holdUs);
    }
  }

  /** Of a stream that begins, the first numbers may be on their way over other paths. */
  #begin(low: number): void {
    this.#next = this.#top = low < FIRST_NUMBERS ? 0 : low;
  }

  #raiseTop(number: number, holdUs: number): void {
    if (number < this.#top) return;
    const clear = Math.min(number - this.#top + 1, WINDOW);
    for (let i = 0; i < clear; i++) this.#seen[(number - i) & MASK] = 0;
    // What the window leaves behind can be waited for no longer.
    const floor = number + 1 - WINDOW;
    while (this.#next < floor) {
      const held = this.#held !== null && this.#held.count > 0 ? this.#held : null;
      this.#next = Math.min(floor, held?.lowestFrom(this.#next) ?? floor);
      this.#release(holdUs);
    }
    this.#top = number + 1;
  }

  #hold(number: number, at: number, length: number, flags: number, nowUs: number): boolean {
    if (length > this.#holds.slotBytes) return false;
    const slot = this.#holds.take();
    if (slot < 0) return false;
    this.#held ??= this.#holds.takeRing();
    this.#held.put(number, slot, length, flags, nowUs);
    this.#arena.bytes.copyWithin(this.#holds.placeOf(slot), at, at + length);
    return true;
  }

  #release(holdUs: number): void {
    const held = this.#held;
    if (held === null) {
      while (this.#wentEarly(this.#next)) this.#next++;
      return;
    }
    for (;;) {
      const slot = held.slotOf(this.#next);
      if (slot < 0 && this.#wentEarly(this.#next)) {
        this.#next++;
        continue;
      }
      if (slot < 0) break;
      const number = this.#next++;
      const at = this.#holds.placeOf(slot);
      const flags = held.flagsOf(number);
      const length = held.lengthOf(number);
      held.remove(number);
      this.#deliver(at, length, flags, number, slot);
    }
    this.deadlineUs = held.count === 0 ? null : held.oldestUs + holdUs;
    if (held.count > 0) return;
    this.#holds.giveRing(held);
    this.#held = null;
  }

  /** Was delivered before its turn: the order passes over it. */
  #wentEarly(number: number): boolean {
    if (number >= this.#top || this.#seen[number & MASK] !== 1) return false;
    return this.#held === null || this.#held.slotOf(number) < 0;
  }

  #deliver(at: number, length: number, flags: number, number: number, slot: number): void {
    if (this.#deliveries.full) this.#makeRoom();
    this.#deliveries.push(at, length, flags, this.stream, number, slot, this.#peer);
  }
}

const MASK = WINDOW - 1;
/** A flow's first window: ten packets (RFC 6928), and some for others in its bucket. */
const FIRST_NUMBERS = 64;
