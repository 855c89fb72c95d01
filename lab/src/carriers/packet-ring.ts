import { assert } from '@rmh/base';

const FIRST_SLOTS = 64;

/**
 * FIFO of packets as (token, bytes, time) in typed arrays, doubled when full. The owner bounds
 * how many it pushes. No object is made per packet.
 */
export class PacketRing {
  #tokens = new Float64Array(FIRST_SLOTS);
  #bytes = new Float64Array(FIRST_SLOTS);
  #times = new Float64Array(FIRST_SLOTS);
  #first = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get headBytes(): number {
    assert(this.#length > 0, 'headBytes of an empty ring');
    return this.#bytes[this.#first] ?? 0;
  }

  get headTime(): number {
    assert(this.#length > 0, 'headTime of an empty ring');
    return this.#times[this.#first] ?? 0;
  }

  push(token: number, bytes: number, time: number): void {
    if (this.#length === this.#tokens.length) this.#grow();
    this.#put(this.#slot(this.#length), token, bytes, time);
    this.#length++;
  }

  /** Keeps the ring sorted by time; equal times keep their order of arrival. */
  insertByTime(token: number, bytes: number, time: number): void {
    this.push(token, bytes, time);
    for (let at = this.#length - 1; at > 0; at--) {
      const here = this.#slot(at);
      const before = this.#slot(at - 1);
      if ((this.#times[before] ?? 0) <= time) return;
      this.#put(
        here,
        this.#tokens[before] ?? 0,
        this.#bytes[before] ?? 0,
        this.#times[before] ?? 0,
      );
      this.#put(before, token, bytes, time);
    }
  }

  shift(): number {
    assert(this.#length > 0, 'shift of an empty ring');
    const token = this.#tokens[this.#first] ?? 0;
    this.#first = (this.#first + 1) & (this.#tokens.length - 1);
    this.#length--;
    return token;
  }

  #slot(index: number): number {
    return (this.#first + index) & (this.#tokens.length - 1);
  }

  #put(slot: number, token: number, bytes: number, time: number): void {
    this.#tokens[slot] = token;
    this.#bytes[slot] = bytes;
    this.#times[slot] = time;
  }

  #grow(): void {
    const order = Array.from({ length: this.#length }, (_, i) => this.#slot(i));
    const widen = (old: Float64Array) => {
      const wide = new Float64Array(old.length * 2);
      for (const [i, slot] of order.entries()) wide[i] = old[slot] ?? 0;
      return wide;
    };
    this.#tokens = widen(this.#tokens);
    this.#bytes = widen(this.#bytes);
    this.#times = widen(this.#times);
    this.#first = 0;
  }
}
