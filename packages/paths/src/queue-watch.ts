/**
 * The queue before a path as its reports tell it, µs above the base: what stands, and how much of
 * it is jitter. One packet that came late is no queue; two reports in a row that say so are one.
 */
export class QueueWatch {
  jitterUs = 0;
  /** What the two newest reports both met. */
  standingUs = 0;
  #latestUs = 0;
  /** Least queue during the present sample and during the two before it. */
  #nowUs = Number.POSITIVE_INFINITY;
  #beforeUs = 0;
  #olderUs = 0;

  /** Each report. */
  note(queueUs: number): void {
    this.standingUs = Math.min(this.#latestUs, queueUs);
    this.#latestUs = queueUs;
    this.#nowUs = Math.min(this.#nowUs, queueUs);
  }

  /** The least of the present sample and the one before it. */
  get leastUs(): number {
    return Math.min(this.#nowUs, this.#beforeUs);
  }

  /** The least of the newest sample that is over. */
  get sampleUs(): number {
    return this.#beforeUs;
  }

  /**
   * A sample is over. Jitter is learned by the second difference of the least queues: a steady
   * rise or fall is none.
   */
  next(): void {
    const bend = Math.abs(this.#nowUs - 2 * this.#beforeUs + this.#olderUs) / 2;
    this.jitterUs += (Math.min(JITTER_MOST_US, bend) - this.jitterUs) / 16;
    this.#olderUs = this.#beforeUs;
    this.#beforeUs = this.#nowUs;
    this.#nowUs = Number.POSITIVE_INFINITY;
  }

  /** The base is another: what looked like a queue was none. */
  rebase(): void {
    this.#beforeUs = 0;
    this.#olderUs = 0;
  }
}

const JITTER_MOST_US = 30_000;
