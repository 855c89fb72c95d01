/**
 * The delay of a path without a queue: the least one-way time of the last 10 to 20 s, which
 * follows a drifting clock (100 ppm × 20 s = 2 ms) and a longer route. Times are by two clocks,
 * so only differences mean anything.
 */
export class OneWayBase {
  /** The newest one-way time, µs, counted on past 2^32. */
  latestUs = 0;
  samples = 0;
  #least = 0;
  #leastBefore = 0;
  #sinceUs = 0;

  /** `stampUs` is arrival minus departure modulo 2^32 [FR-14]. */
  take(stampUs: number, nowUs: number): void {
    const step = (stampUs - this.latestUs) | 0;
    if (this.samples++ === 0) {
      this.restart(stampUs, nowUs);
      return;
    }
    this.latestUs += step;
    if (nowUs - this.#sinceUs > BUCKET_US) {
      this.#leastBefore = this.#least;
      this.#least = this.latestUs;
      this.#sinceUs = nowUs;
    }
    this.#least = Math.min(this.#least, this.latestUs);
  }

  get leastUs(): number {
    return Math.min(this.#least, this.#leastBefore);
  }

  /** The queue that the newest packet met, µs. */
  get aboveUs(): number {
    return this.latestUs - this.leastUs;
  }

  /** Nothing in view is known to be free of a queue: what was least stays least. */
  hold(nowUs: number): void {
    this.#least = this.leastUs;
    this.#sinceUs = nowUs;
  }

  /** This is what the path takes without a queue: another route, another link. */
  restart(oneWayUs: number, nowUs: number): void {
    this.latestUs = oneWayUs;
    this.#least = oneWayUs;
    this.#leastBefore = oneWayUs;
    this.#sinceUs = nowUs;
  }

  forget(): void {
    this.samples = 0;
  }
}

const BUCKET_US = 10_000_000;
