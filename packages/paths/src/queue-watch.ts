/**
 * The queue before a path as its reports tell it, µs above the base: what stands, how much of it is
 * jitter, and how much stands there also when we send little. One packet that came late is no
 * queue; two reports in a row that say so are one.
 */
export class QueueWatch {
  jitterUs = 0;
  /** What stands when we send little, and is therefore not ours: in the mean, and at most. */
  calmUs = 0;
  calmPeakUs = 0;
  /** What the two newest reports both met. */
  standingUs = 0;
  #latestUs = 0;
  /** Least queue during the present sample and during the two before it. */
  #nowUs = Number.POSITIVE_INFINITY;
  #nowPeakUs = 0;
  #beforeUs = 0;
  #olderUs = 0;

  /** Each report. */
  note(queueUs: number): void {
    this.standingUs = Math.min(this.#latestUs, queueUs);
    this.#latestUs = queueUs;
    this.#nowUs = Math.min(this.#nowUs, queueUs);
    this.#nowPeakUs = Math.max(this.#nowPeakUs, queueUs);
  }

  /** The least of the present sample and the one before it. */
  get leastUs(): number {
    return Math.min(this.#nowUs, this.#beforeUs);
  }

  /** The least of the newest sample that is over. */
  get sampleUs(): number {
    return this.#beforeUs;
  }

  /** Little was sent in the present sample, of `spanUs`, and `queueUs` stood in it. */
  calm(queueUs: number, spanUs: number): void {
    const part = Math.min(1, spanUs / CALM_MEMORY_US);
    this.calmUs += (Math.min(CALM_MOST_US, queueUs) - this.calmUs) * part;
    this.calmPeakUs += (Math.min(CALM_PEAK_MOST_US, this.#nowPeakUs) - this.calmPeakUs) * part;
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
    this.#nowPeakUs = 0;
  }

  /** The base is another: what looked like a queue was none. */
  rebase(): void {
    this.calmUs = 0;
    this.calmPeakUs = 0;
    this.#beforeUs = 0;
    this.#olderUs = 0;
  }

  forget(): void {
    this.jitterUs = 0;
    this.rebase();
  }
}

const JITTER_MOST_US = 30_000;
const CALM_MEMORY_US = 2_000_000;
/** More would let a queue of ours stand as long as that. */
const CALM_MOST_US = 10_000;
const CALM_PEAK_MOST_US = 20_000;
