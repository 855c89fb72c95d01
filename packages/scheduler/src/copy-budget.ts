/**
 * What copies and repairs may cost: a share of all bytes sent, with some credit for the moments
 * that need it, and a trickle for a vehicle that sends little but critical messages.
 */
export class CopyBudget {
  /** Of all bytes, 0 … 1. Another share keeps the credit that was earned. */
  share: number;
  #creditBytes = START_BYTES;
  #atUs = 0;

  constructor(share: number) {
    this.share = share;
  }

  /** First copies left: of `share` of all, the copies are share / (1 − share) of the firsts. */
  earn(bytes: number, nowUs: number): void {
    const trickle = ((nowUs - this.#atUs) / 1e6) * TRICKLE_BYTES_PER_SECOND;
    this.#atUs = nowUs;
    const earned = this.share >= 1 ? Number.POSITIVE_INFINITY : bytes / (1 / this.share - 1);
    this.#creditBytes = Math.min(CREDIT_BYTES_MAX, this.#creditBytes + earned + trickle);
  }

  /** Copies left, asked for or not: a repair is never refused, but it is paid for. */
  spend(bytes: number): void {
    this.#creditBytes = Math.max(-DEBT_BYTES_MAX, this.#creditBytes - bytes);
  }

  get creditBytes(): number {
    return this.#creditBytes;
  }
}

const START_BYTES = 256_000;
/** A minute of 500 kbit/s doubled. */
const CREDIT_BYTES_MAX = 4_000_000;
/** A quarter of an hour without extra copies pays it back at 100 kbit/s of other traffic. */
const DEBT_BYTES_MAX = 4_000_000;
/** 86 MB a day at the most: a status message each second over three carriers. */
const TRICKLE_BYTES_PER_SECOND = 1_000;
