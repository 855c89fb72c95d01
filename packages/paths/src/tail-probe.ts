/**
 * The window may be full of what got lost behind the last answer, so that nothing would tell: one
 * packet is sent nevertheless, and later ones at twice the pause each (RFC 8985). Times µs.
 */
export class TailProbe {
  /** When the next one may leave. */
  atUs = Number.POSITIVE_INFINITY;
  #pauseUs: number;

  constructor(pauseUs: number) {
    this.#pauseUs = pauseUs;
  }

  answered(pauseUs: number, nowUs: number): void {
    this.#pauseUs = pauseUs;
    this.atUs = nowUs + pauseUs;
  }

  sent(nowUs: number): void {
    if (nowUs >= this.atUs) this.#pauseUs = Math.min(PAUSE_MOST_US, 2 * this.#pauseUs);
    this.atUs = nowUs + this.#pauseUs;
  }
}

const PAUSE_MOST_US = 10_000_000;
