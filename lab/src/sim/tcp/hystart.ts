/**
 * Ends slow start before it loses (HyStart, as Linux's CUBIC has it): when the answers of one round
 * trip come in a train for more than half of what a round trip takes without a queue, or when even
 * the quickest of eight took longer than that by an eighth.
 */
export class HyStart {
  #roundEnds = 0;
  #roundUs = 0;
  #lastUs = 0;
  #quickestUs = Number.POSITIVE_INFINITY;
  #samples = 0;

  /** An answer to all before `una`; `next` is still to be sent. True: slow start is over. µs. */
  ends(una: number, next: number, rttUs: number, leastUs: number, nowUs: number): boolean {
    if (una > this.#roundEnds) {
      this.#roundEnds = next;
      this.#roundUs = this.#lastUs = nowUs;
      this.#quickestUs = Number.POSITIVE_INFINITY;
      this.#samples = 0;
    }
    if (nowUs - this.#lastUs <= TRAIN_GAP_US) {
      this.#lastUs = nowUs;
      if (nowUs - this.#roundUs > leastUs / 2) return true;
    }
    this.#quickestUs = Math.min(this.#quickestUs, rttUs);
    if (this.#samples++ < SAMPLES) return false;
    const moreUs = Math.min(MORE_MOST_US, Math.max(MORE_LEAST_US, leastUs / 8));
    return this.#quickestUs > leastUs + moreUs;
  }
}

const TRAIN_GAP_US = 2_000;
const SAMPLES = 8;
const MORE_LEAST_US = 4_000;
const MORE_MOST_US = 16_000;
