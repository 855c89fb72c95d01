import { type Arena, assert } from '@rmh/base';

/**
 * Packets that wait for their turn, or left and may have to leave again: a ring of slots in the
 * arena that all sessions of a data plane share. A new packet takes the oldest slot that no queue
 * holds; if that packet was still unanswered it can not be repaired any more and counts as overrun
 * [RP-2].
 *
 *   begin → waiting ──enqueue──▶ queued ──dequeue──▶ waiting ──answered, abandon──▶ settled
 *                                  └──answered, abandon──▶ void ──dequeue──▶ settled
 *
 * A flight is named by its running number, so that a stale name is recognised. The memory for its
 * packet is that of the flight which settled last: it still lies in the processor's cache, and a
 * round through all 25 MB of the data plane would leave it (measured: 0.08 s of CPU a GB).
 */
export class Flights {
  overruns = 0;
  /** Flights in queues of all peers. */
  queued = 0;
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
  /** Which room in the arena the flight has. */
  readonly #room: Int32Array;
  /** Rooms that no flight needs, the last one given back on top. */
  readonly #free: Int32Array;
  #freeCount: number;
  /** The flight behind this one in its queue, or −1. */
  readonly #behind: Int32Array;

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
    this.#room = new Int32Array(slots);
    this.#free = Int32Array.from({ length: slots }, (_, i) => slots - 1 - i);
    this.#freeCount = slots;
    this.#behind = new Int32Array(slots).fill(-1);
  }

  /** Takes the next slot for a packet of `owner`; returns the flight's name. */
  begin(owner: number, nowUs: number): number {
    // At most three quarters of the slots are in queues, so the search ends; over one turn of the
    // ring it costs each packet no more than three steps.
    while ((this.#state[this.#next & (this.slots - 1)] as number) >= QUEUED) this.#advance();
    const name = this.#next;
    this.#advance();
    const slot = name & (this.slots - 1);
    if (this.#state[slot] === WAITING) this.overruns++;
    else this.#room[slot] = this.#free[--this.#freeCount] as number;
    this.#name[slot] = name;
    this.#owner[slot] = owner;
    this.#firstSentUs[slot] = nowUs;
    this.#sends[slot] = 0;
    this.#outstanding[slot] = 0;
    this.#state[slot] = WAITING;
    return name;
  }

  /** No queue may take more: new packets are refused until others have left. */
  get queuesFull(): boolean {
    return this.queued >= this.slots / 2;
  }

  /** Nor may repairs: they have half of what the queues leave. */
  get repairsFull(): boolean {
    return this.queued >= (this.slots * 3) / 4;
  }

  /** Still there, in no queue, and not answered? */
  waits(name: number, owner: number): boolean {
    return this.#owns(name, owner) && this.#state[name & (this.slots - 1)] === WAITING;
  }

  answered(name: number, owner: number): void {
    if (this.#owns(name, owner)) this.abandon(name);
  }

  /** A queue holds it now: its slot stays until `dequeue`. */
  enqueue(name: number): void {
    this.#state[name & (this.slots - 1)] = QUEUED;
    this.#behind[name & (this.slots - 1)] = -1;
    this.queued++;
  }

  /** It left its queue. False: it was answered or given up meanwhile, and is gone. */
  dequeue(name: number): boolean {
    const slot = name & (this.slots - 1);
    const wanted = this.#state[slot] === QUEUED;
    if (wanted) this.#state[slot] = WAITING;
    else this.#settle(slot);
    this.queued--;
    return wanted;
  }

  behind(name: number): number {
    return this.#behind[name & (this.slots - 1)] as number;
  }

  putBehind(name: number, next: number): void {
    this.#behind[name & (this.slots - 1)] = next;
  }

  /** The packet goes to another peer instead; it was never sent. */
  handOver(name: number, owner: number): void {
    this.#owner[name & (this.slots - 1)] = owner;
  }

  /** Where the packet lies in the arena. */
  placeOf(name: number): number {
    return this.#at + (this.#room[name & (this.slots - 1)] as number) * this.slotBytes;
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
    const slot = name & (this.slots - 1);
    if ((this.#state[slot] as number) >= QUEUED) this.#state[slot] = VOID;
    else if (this.#state[slot] === WAITING) this.#settle(slot);
  }

  #settle(slot: number): void {
    this.#state[slot] = SETTLED;
    this.#free[this.#freeCount++] = this.#room[slot] as number;
  }

  #owns(name: number, owner: number): boolean {
    const slot = name & (this.slots - 1);
    return this.#name[slot] === name && this.#owner[slot] === owner;
  }

  #advance(): void {
    this.#next = (this.#next + 1) & NAME_MASK;
  }
}

const SETTLED = 0;
const WAITING = 1;
const QUEUED = 2;
/** In a queue, but nobody needs it any more. */
const VOID = 3;
const NAME_MASK = 0x7fff_ffff;
