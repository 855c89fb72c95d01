import { type Arena, assert } from '@rmh/base';
import { HeldRing } from './held-ring.ts';

/**
 * Slots for packets that wait for an earlier one; one pool for a whole data plane. When it is
 * empty the packet is delivered out of order instead [OR-4].
 */
export class Holds {
  refused = 0;
  readonly slotBytes: number;
  readonly #at: number;
  readonly #free: Int32Array;
  #freeCount: number;
  /** As many as streams ever held at once: each holds a slot, so no more than there are slots. */
  readonly #rings: HeldRing[] = [];

  constructor(arena: Arena, at: number, slots: number, slotBytes: number) {
    assert(at + slots * slotBytes <= arena.bytes.length, 'holds fit the arena');
    this.#at = at;
    this.slotBytes = slotBytes;
    this.#free = Int32Array.from({ length: slots }, (_, i) => slots - 1 - i);
    this.#freeCount = slots;
  }

  /** A free slot, or −1. */
  take(): number {
    if (this.#freeCount === 0) {
      this.refused++;
      return -1;
    }
    return this.#free[--this.#freeCount] ?? -1;
  }

  give(slot: number): void {
    assert(this.#freeCount < this.#free.length, 'a slot is given back once');
    this.#free[this.#freeCount++] = slot;
  }

  /** A ring (78 KB) for a stream that begins to hold: an empty one of before, or a new one. */
  takeRing(): HeldRing {
    return this.#rings.pop() ?? new HeldRing();
  }

  giveRing(ring: HeldRing): void {
    assert(ring.count === 0, 'a ring is given back empty');
    this.#rings.push(ring);
  }

  placeOf(slot: number): number {
    return this.#at + slot * this.slotBytes;
  }

  get freeSlots(): number {
    return this.#freeCount;
  }
}
