/**
 * What becomes of a rate that falls. What leaves now is served by the rate of a loop after the one
 * that is known, and what fills the buffer is the difference; so a fall that goes on is foreseen
 * in a straight line, through the rates of two stretches of arrivals, one behind the other.
 */
export class Foresight {
  /** Does the rate fall, as far as a queue tells? Without one nothing is foreseen. */
  active = false;
  /** The newest rate, at the end of its stretch, bytes/s, and by how much it falls each µs. */
  #endRate = 0;
  #fallPerUs = 0;
  /** Arrivals of the newest samples, and what had arrived by then. */
  readonly #arrivedUs = new Float64Array(POINTS);
  readonly #bytes = new Float64Array(POINTS);
  #count = 0;

  /** Each rate sample. `loopUs`: round trip and report; `noiseUs`: jitter of arrivals. */
  note(arrivedUs: number, bytes: number, loopUs: number, noiseUs: number): void {
    if (arrivedUs - (this.#arrivedUs[(this.#count - 1) & MASK] as number) > PAUSE_US)
      this.#count = 0;
    const newest = this.#count++;
    this.#arrivedUs[newest & MASK] = arrivedUs;
    this.#bytes[newest & MASK] = bytes;
    this.#fallPerUs = 0;
    const stretchUs = Math.max(STRETCH_LEAST_US, loopUs / 2, STRETCH_NOISES * noiseUs);
    const middle = this.#before(newest, stretchUs);
    const oldest = middle < 0 ? -1 : this.#before(middle, stretchUs);
    if (oldest < 0) return;
    const newerUs = this.#span(middle, newest);
    const rate = this.#rate(middle, newest);
    const fall = (this.#rate(oldest, middle) - rate) / ((newerUs + this.#span(oldest, middle)) / 2);
    this.#endRate = rate - (fall * newerUs) / 2;
    // What is less is jitter, or a rival, before whom we must not flee.
    if (fall * loopUs > STEEP_SHARE * this.#endRate) this.#fallPerUs = fall;
  }

  /** What a path that now seems to carry `rate` will carry then, bytes/s. */
  rateIn(aheadUs: number, rate: number): number {
    if (!this.active || this.#fallPerUs === 0) return rate;
    return Math.min(rate, Math.max(LEAST_SHARE * rate, this.#endRate - this.#fallPerUs * aheadUs));
  }

  /** A steep fall is foreseen. */
  get falls(): boolean {
    return this.active && this.#fallPerUs > 0;
  }

  /** How long so many bytes take from a moment on at which the path carries `rate`, µs. */
  drainUs(bytes: number, rate: number): number {
    const drainUs = (bytes * 1e6) / rate;
    if (!this.active || this.#fallPerUs === 0) return drainUs;
    return (bytes * 1e6) / Math.max(LEAST_SHARE * rate, rate - this.#fallPerUs * drainUs);
  }

  forget(): void {
    this.active = false;
    this.#count = 0;
    this.#fallPerUs = 0;
  }

  /** The newest sample that is at least so much older than `from`, or −1. */
  #before(from: number, leastUs: number): number {
    const oldest = Math.max(0, this.#count - POINTS);
    for (let at = from - 1; at >= oldest; at--) if (this.#span(at, from) >= leastUs) return at;
    return -1;
  }

  #span(from: number, to: number): number {
    return (this.#arrivedUs[to & MASK] as number) - (this.#arrivedUs[from & MASK] as number);
  }

  #rate(from: number, to: number): number {
    const bytes = (this.#bytes[to & MASK] as number) - (this.#bytes[from & MASK] as number);
    return (bytes * 1e6) / this.#span(from, to);
  }
}

/** Samples come each 5 ms at the least: 160 ms, twice what 20 ms and half of 100 ms need. */
const POINTS = 32;
const MASK = POINTS - 1;
/** An outage is no fall. */
const PAUSE_US = 500_000;
/** At 5 Mbit/s one packet more or less is a tenth of it. */
const STRETCH_LEAST_US = 20_000;
/** Jitter makes the rates of two stretches differ by twice an eighth. */
const STRETCH_NOISES = 8;
/** A steady fall of 50 Mbit/s a second is this steep from 6 Mbit/s on at a loop of 25 ms. */
const STEEP_SHARE = 0.2;
/** A rate that has just fallen by steps looks as if it went on to nothing. */
const LEAST_SHARE = 0.25;
