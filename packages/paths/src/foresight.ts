/**
 * What becomes of a rate that falls. What leaves now is served by the rate of a loop after the one
 * that is known, and what fills the buffer is the difference; so a fall that goes on is foreseen
 * in a straight line, through the rates of two stretches of arrivals, one behind the other. Who
 * foresees well sees his queue run empty, and then nothing tells the path's rate: for three loops
 * the line is believed without one.
 */
export class Foresight {
  /** A steep fall is foreseen. */
  falls = false;
  /** By how much of itself the rate of what arrives falls in a loop, be there a queue or not. */
  slope = 0;
  /** The newest rate, at the end of its stretch, bytes/s, and by how much it falls each µs. */
  #endRate = 0;
  #fallPerUs = 0;
  /** When that line was drawn, and how old it is at the newest arrival. */
  #drawnUs = 0;
  #ageUs = 0;
  /** Arrivals of the newest samples, and what had arrived by then. */
  readonly #arrivedUs = new Float64Array(POINTS);
  readonly #bytes = new Float64Array(POINTS);
  #count = 0;

  /**
   * Each rate sample. `loopUs`: round trip and report; `noiseUs`: jitter of arrivals; `told`: a
   * queue stands, so that nothing but the path spaces them.
   */
  note(arrivedUs: number, bytes: number, loopUs: number, noiseUs: number, told: boolean): void {
    const pauseUs = arrivedUs - (this.#arrivedUs[(this.#count - 1) & MASK] as number);
    if (pauseUs > PAUSE_US) this.forget();
    const newest = this.#count++;
    this.#arrivedUs[newest & MASK] = arrivedUs;
    this.#bytes[newest & MASK] = bytes;
    this.slope = 0;
    this.falls &&= !told;
    const stretchUs = Math.max(STRETCH_LEAST_US, loopUs / 2, STRETCH_NOISES * noiseUs);
    const middle = this.#before(newest, stretchUs);
    const oldest = middle < 0 ? -1 : this.#before(middle, stretchUs);
    if (oldest < 0) return;
    const newerUs = this.#span(middle, newest);
    const rate = this.#rate(middle, newest);
    const fall = (this.#rate(oldest, middle) - rate) / ((newerUs + this.#span(oldest, middle)) / 2);
    const endRate = Math.max(1, rate - (fall * newerUs) / 2);
    this.slope = (fall * loopUs) / endRate;
    // What is less is jitter, or a rival, before whom we must not flee.
    if (!told || this.slope < STEEP_SHARE) return;
    this.falls = true;
    this.#endRate = endRate;
    this.#fallPerUs = fall;
    this.#drawnUs = arrivedUs;
    this.#ageUs = 0;
  }

  /** Each arrival, with a sample or without. True: what the line has come to is all we know. */
  wears(arrivedUs: number, loopUs: number): boolean {
    this.#ageUs = arrivedUs - this.#drawnUs;
    return this.falls && this.#ageUs > WORN_LOOPS * loopUs;
  }

  /** What a path that now seems to carry `rate` will carry then, bytes/s. */
  rateIn(aheadUs: number, rate: number): number {
    if (!this.falls) return rate;
    const line = this.#endRate - this.#fallPerUs * (this.#ageUs + aheadUs);
    return Math.min(rate, Math.max(LEAST_RATE, LEAST_SHARE * rate, line));
  }

  /** How long so many bytes take from a moment on at which the path carries `rate`, µs. */
  drainUs(bytes: number, rate: number): number {
    const drainUs = (bytes * 1e6) / rate;
    if (!this.falls) return drainUs;
    return (bytes * 1e6) / Math.max(LEAST_SHARE * rate, rate - this.#fallPerUs * drainUs);
  }

  /** Nothing more is foreseen. */
  stop(): void {
    this.falls = false;
  }

  forget(): void {
    this.falls = false;
    this.slope = 0;
    this.#count = 0;
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
const LEAST_SHARE = 0.15;
/** 240 kbit/s: enough to see soon what has become of the path, and whether a rival came. */
const LEAST_RATE = 30_000;
/** One until what the line foresaw is seen, and as long as that brings no queue. */
const WORN_LOOPS = 3;
