/**
 * What left on one path and has not been answered: path number → when, how big, which packet.
 * A ring over consecutive numbers that doubles while it must and never exceeds its maximum; then
 * the oldest entry is forgotten (it counts as lost without repair).
 */
export class SentLog {
  /** The next path number to give out. */
  next = 0;
  /** Every number below is settled. */
  oldestOpen = 0;
  inFlight = 0;
  /** Bytes of the open numbers. */
  inFlightBytes = 0;
  /** The lowest number whose entry was not yet written over. */
  #remembered = 0;
  #mask: number;
  #sentUs: Float64Array;
  #flight: Int32Array;
  #bytes: Uint16Array;
  #open: Uint8Array;

  constructor(slots = SLOTS_MIN) {
    this.#mask = slots - 1;
    this.#sentUs = new Float64Array(slots);
    this.#flight = new Int32Array(slots);
    this.#bytes = new Uint16Array(slots);
    this.#open = new Uint8Array(slots);
  }

  /** Writes down one transmission; returns the flight that was pushed out unanswered, or −1. */
  add(nowUs: number, bytes: number, flight: number): number {
    let pushedOut = -1;
    if (this.next - this.oldestOpen > this.#mask) {
      if (this.#mask + 1 < SLOTS_MAX) this.#grow();
      else pushedOut = this.settle(this.oldestOpen);
    }
    this.#remembered = Math.max(this.#remembered, this.next - this.#mask);
    const slot = this.next & this.#mask;
    this.#sentUs[slot] = nowUs;
    this.#flight[slot] = flight;
    this.#bytes[slot] = bytes;
    this.#open[slot] = OPEN;
    this.next++;
    this.inFlight++;
    this.inFlightBytes += bytes;
    return pushedOut;
  }

  /** So many are unanswered that what is sent next would soon be forgotten. */
  get full(): boolean {
    return this.next - this.oldestOpen > FULL_AT;
  }

  isOpen(number: number): boolean {
    if (number < this.oldestOpen || number >= this.next) return false;
    return this.#open[number & this.#mask] !== SETTLED;
  }

  /** The flight of an open number, which goes on open but is not taken twice; −1 if it was. */
  take(number: number): number {
    const slot = number & this.#mask;
    if (this.#open[slot] !== OPEN) return -1;
    this.#open[slot] = TAKEN;
    return this.#flight[slot] ?? -1;
  }

  /** Is the time at which this number left still known, settled or not? */
  remembers(number: number): boolean {
    return number >= this.#remembered && number < this.next;
  }

  sentUsOf(number: number): number {
    return this.#sentUs[number & this.#mask] ?? 0;
  }

  bytesOf(number: number): number {
    return this.#bytes[number & this.#mask] ?? 0;
  }

  /** The number is answered or lost: returns its flight (−1 for none) and closes the entry. */
  settle(number: number): number {
    const slot = number & this.#mask;
    if (this.#open[slot] !== SETTLED) {
      this.#open[slot] = SETTLED;
      this.inFlight--;
      this.inFlightBytes -= this.#bytes[slot] ?? 0;
    }
    while (this.oldestOpen < this.next && this.#open[this.oldestOpen & this.#mask] === SETTLED) {
      this.oldestOpen++;
    }
    return this.#flight[slot] ?? -1;
  }

  flightOf(number: number): number {
    return this.#flight[number & this.#mask] ?? -1;
  }

  /**
   * The full number behind its low 32 bits, or −1 if it was never sent or is long settled.
   * Numbers run past 2^32 after some hours at full rate, so the wire carries the low half.
   */
  expand(low: number): number {
    const candidate = this.next - 1 - (((this.next - 1) % 2 ** 32) - low);
    const number = candidate > this.next - 1 ? candidate - 2 ** 32 : candidate;
    return number < 0 || number >= this.next ? -1 : number;
  }

  #grow(): void {
    const larger = new SentLog((this.#mask + 1) * 2);
    for (let number = this.oldestOpen; number < this.next; number++) {
      const slot = number & larger.#mask;
      larger.#sentUs[slot] = this.sentUsOf(number);
      larger.#flight[slot] = this.flightOf(number);
      larger.#bytes[slot] = this.bytesOf(number);
      larger.#open[slot] = this.#open[number & this.#mask] ?? 0;
    }
    this.#mask = larger.#mask;
    this.#sentUs = larger.#sentUs;
    this.#flight = larger.#flight;
    this.#bytes = larger.#bytes;
    this.#open = larger.#open;
  }
}

const SETTLED = 0;
const OPEN = 1;
/** Its flight was sent again elsewhere, but its answer would still be news. */
const TAKEN = 2;
const SLOTS_MIN = 256;
/** 300 Mbit/s × 0.5 s / 8 / 1,400 B = 13,400 packets unanswered on one path. */
const SLOTS_MAX = 16_384;
/** Short of the ring by what critical packets and control may add meanwhile. */
const FULL_AT = SLOTS_MAX - 2048;
