/**
 * How fast a path delivers, from the receiver's clock alone: bytes that arrived between two
 * arrivals, over the time between them. Late or bunched reports do not bend it. One sample
 * each 25 ms or half a round trip at the least, and of four packets or more.
 */
export class DeliveryRate {
  /** The newest sample, bytes/s, and the time it spans, µs. */
  sample = 0;
  spanUs = 0;
  /** Departure of the first and of the last packet of the sample. */
  fromUs = 0;
  toUs = 0;
  #before = 0;
  #begun = false;
  #startSentUs = 0;
  #startArrivedUs = 0;
  #startBytes = 0;
  #lastArrivedUs = 0;

  /**
   * True: `sample` is new. Arrival may be by any clock; bytes are counted from the beginning.
   * `queued`: a queue stands, so that nothing but the path spaces the arrivals.
   */
  take(
    sentUs: number,
    arrivedUs: number,
    bytes: number,
    spanLeastUs: number,
    queued: boolean,
  ): boolean {
    const pauseUs = arrivedUs - this.#lastArrivedUs;
    // Half a second without any arrival is an outage or idleness, and no rate.
    if (!this.#begun || pauseUs > PAUSE_US) {
      this.#start(sentUs, arrivedUs, bytes);
      this.#begun = true;
      return false;
    }
    if (pauseUs <= 0) return false;
    this.#lastArrivedUs = arrivedUs;
    const spanUs = arrivedUs - this.#startArrivedUs;
    const arrived = bytes - this.#startBytes;
    const bytesLeast = queued ? QUEUED_BYTES_LEAST : SAMPLE_BYTES_LEAST;
    if (spanUs < spanLeastUs || (arrived < bytesLeast && spanUs < SPAN_MOST_US)) {
      return false;
    }
    this.#before = this.sample;
    this.sample = (arrived * 1e6) / spanUs;
    this.spanUs = spanUs;
    this.fromUs = this.#startSentUs;
    this.toUs = sentUs;
    this.#start(sentUs, arrivedUs, bytes);
    return true;
  }

  /** Of the newest sample and the one before it, bytes/s. */
  get higherOfTwo(): number {
    return Math.max(this.sample, this.#before);
  }

  /** How fast it was sent, bytes/s. */
  get sentRate(): number {
    return (this.sample * this.spanUs) / Math.max(1, this.toUs - this.fromUs);
  }

  /** Arrivals further apart than departures, or closer: there the rate is the path's. */
  get moves(): boolean {
    const { spanUs, fromUs, toUs } = this;
    return Math.abs(spanUs - (toUs - fromUs)) > Math.max(STILL_US, spanUs / 8);
  }

  forget(): void {
    this.#begun = false;
  }

  #start(sentUs: number, arrivedUs: number, bytes: number): void {
    this.#startSentUs = sentUs;
    this.#startArrivedUs = arrivedUs;
    this.#startBytes = bytes;
    this.#lastArrivedUs = arrivedUs;
  }
}

const PAUSE_US = 500_000;
const SAMPLE_BYTES_LEAST = 5_600;
/** At 0.3 Mbit/s they take 75 ms, not 150: so much sooner a fall is known. */
const QUEUED_BYTES_LEAST = 2_800;
const SPAN_MOST_US = 200_000;
/** Jitter of packets beside each other. */
const STILL_US = 2_000;
