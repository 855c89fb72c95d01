import { type Arena, assert } from '@rmh/base';

export const SLOT_BYTES = 2048; // a full packet of MTU_MAX with room

/** Packet buffers by token in one arena, bounded; all of it is made at start. */
export class PacketPool {
  readonly arena: Arena;
  /** One slot that is nobody's: where packets are read that have no place. */
  readonly spareAt: number;
  readonly #free: Int32Array;
  #freeCount: number;

  constructor(arena: Arena) {
    this.arena = arena;
    const slots = Math.floor(arena.bytes.length / SLOT_BYTES) - 1;
    assert(slots > 0, 'a pool has slots');
    this.spareAt = slots * SLOT_BYTES;
    this.#free = Int32Array.from({ length: slots }, (_, i) => slots - 1 - i);
    this.#freeCount = slots;
  }

  get freeSlots(): number {
    return this.#freeCount;
  }

  /** A token, or -1 if every slot is taken. */
  take(): number {
    if (this.#freeCount === 0) return -1;
    return this.#free[--this.#freeCount] ?? -1;
  }

  give(token: number): void {
    assert(this.#freeCount < this.#free.length, 'no token is given back twice');
    this.#free[this.#freeCount++] = token;
  }

  offsetOf(token: number): number {
    return token * SLOT_BYTES;
  }
}
