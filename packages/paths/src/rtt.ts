/** Round-trip estimate of one path, µs: RFC 6298's two averages and the least of the last while. */
export class RttEstimator {
  smoothedUs = 0;
  varianceUs = 0;
  latestUs = 0;
  samples = 0;
  #least: number = Number.POSITIVE_INFINITY;
  #leastSinceUs = 0;

  sample(rttUs: number, nowUs: number): void {
    const rtt = Math.max(1, Math.min(rttUs, this.#mostUs));
    this.latestUs = rttUs;
    if (this.samples === 0) {
      this.smoothedUs = rtt;
      this.varianceUs = rtt / 2;
    } else {
      this.varianceUs += (Math.abs(rtt - this.smoothedUs) - this.varianceUs) / 4;
      this.smoothedUs += (rtt - this.smoothedUs) / 8;
    }
    this.samples++;
    // The least is forgotten after 30 s: the car has moved to another cell and another route.
    if (rtt <= this.#least || nowUs - this.#leastSinceUs > LEAST_LIFETIME_US) {
      this.#least = rtt;
      this.#leastSinceUs = nowUs;
    }
  }

  /**
   * An answer out of an outage (up to 15 s late on recorded drives) tells of the outage, not of
   * the path. A true rise still comes through: the bound doubles with every sample.
   */
  get #mostUs(): number {
    return this.samples === 0 ? Number.POSITIVE_INFINITY : 2 * this.smoothedUs + 100_000;
  }

  get leastUs(): number {
    return this.samples === 0 ? 0 : this.#least;
  }

  /** A new address or link: nothing learned before still holds. */
  forget(): void {
    this.samples = 0;
    this.smoothedUs = 0;
    this.varianceUs = 0;
    this.#least = Number.POSITIVE_INFINITY;
  }
}

const LEAST_LIFETIME_US = 30_000_000;

/** How long the receiver may hold a report back, given the path's round trip [FR-14]. */
export function reportDelayUs(smoothedRttUs: number): number {
  return Math.min(REPORT_DELAY_MOST_US, Math.max(REPORT_DELAY_LEAST_US, smoothedRttUs / 4));
}

const REPORT_DELAY_LEAST_US = 2_000;
const REPORT_DELAY_MOST_US = 25_000;
