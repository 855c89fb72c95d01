import { type Arena, assert } from '@rmh/base';

/**
 * Packets that left and may have to leave again: a ring of slots in the arena that all sessions
 * of a data plane share. A new packet takes the oldest slot; if that packet was still unanswered
 * it can not be repaired any more and counts as overrun [RP-2].
 *
 * A flight is named by its running number, so that a stale name is recognised.
 */
export class Flights {
  overruns = 0;
  readonly slots: number;
  readonly slotBytes: number;
  #next = 0;
  readonly #at: number;
  readonly #owner: Int32Array;
  readonly #name: Int32Array;
  readonly #length: Uint16Array;
  readonly #firstSentUs: Float64Array;
  readonly #sends: Uint8Array;
  readonly #outstanding: Uint8Array;
  readonly #state: Uint8Array;

  constructor(arena: Arena, at: number, slots: number, slotBytes: number) {
    assert(at + slots * slotBytes <= arena.bytes.length, 'flights fit the arena');
    assert((slots & (slots - 1)) === 0, 'slots are a power of two');
    this.#at = at;
    this.slots = slots;
    this.slotBytes = slotBytes;
    this.#owner = new Int32Array(slots);
    this.#name = new Int32Array(slots).fill(-1);
    this.#length = new Uint16Array(slots);
    this.#firstSentUs = new Float64Array(slots);
    this.#sends = new Uint8Array(slots);
    this.#outstanding = new Uint8Array(slots);
    this.#state = new Uint8Array(slots);
  }

  /** Takes the next slot for a packet of `owner`; returns the flight's name. */
  begin(owner: number, nowUs: number): number {
    const name = this.#next;
    this.#next = (this.#next + 1) & NAME_MASK;
    const slot = name & (this.slots - 1);
    if (this.#state[slot] === WAITING) this.overruns++;
    this.#name[slot] = name;
    this.#owner[slot] = owner;
    this.#firstSentUs[slot] = nowUs;
    this.#sends[slot] = 0;
    this.#outstanding[slot] = 0;
    this.#state[slot] = WAITING;
    return name;
  }

  /** Still there and not answered? */
  waits(name: number, owner: number): boolean {
    const slot = name & (this.slots - 1);
    return (
      this.#name[slot] === name && this.#owner[slot] === owner && this.#state[slot] === WAITING
    );
  }

  answered(name: number, owner: number): void {
    if (this.waits(name, owner)) this.#state[name & (this.slots - 1)] = SETTLED;
  }

  /** Where the packet lies in the arena. */
  placeOf(name: number): number {
    return this.#at + (name & (this.slots - 1)) * this.slotBytes;
  }

  lengthOf(name: number): number {
    return this.#length[name & (this.slots - 1)] ?? 0;
  }

  setLength(name: number, length: number): void {
    assert(length <= this.slotBytes, 'a flight fits its slot');
    this.#length[name & (this.slots - 1)] = length;
  }

  ageUs(name: number, nowUs: number): number {
    return nowUs - (this.#firstSentUs[name & (this.slots - 1)] ?? 0);
  }

  /** Notes one more transmission that awaits its answer. */
  noteSend(name: number): void {
    const slot = name & (this.slots - 1);
    this.#sends[slot] = Math.min(255, (this.#sends[slot] ?? 0) + 1);
    this.#outstanding[slot] = Math.min(255, (this.#outstanding[slot] ?? 0) + 1);
  }

  /** One transmission was lost; returns how many may still arrive. */
  noteLoss(name: number): number {
    const slot = name & (this.slots - 1);
    const left = Math.max(0, (this.#outstanding[slot] ?? 0) - 1);
    this.#outstanding[slot] = left;
    return left;
  }

  sendsOf(name: number): number {
    return this.#sends[name & (this.slots - 1)] ?? 0;
  }

  abandon(name: number): void {
    this.#state[name & (this.slots - 1)] = SETTLED;
  }
}

const SETTLED = 0;
const WAITING = 1;
const NAME_MASK = 0x7fff_ffff;
