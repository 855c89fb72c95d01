/** CUBIC (RFC 9438) with slow start up to the first loss; windows are segments. */
export class Cubic {
  window = INITIAL_WINDOW;
  threshold = Number.POSITIVE_INFINITY;
  #windowMax = 0;
  #hasLost = false;
  /** Start of the present growth, or null right after a loss; the window of Reno beside it. */
  #epochUs: number | null = null;
  #kSeconds = 0;
  #reno = 0;
  /** What a loss that proves to have been none gives back. */
  #before = { window: 0, threshold: 0, windowMax: 0 };

  acked(segments: number, smoothedUs: number, nowUs: number): void {
    let left = segments;
    if (this.window < this.threshold) {
      const step = Math.min(left, Math.max(1, this.threshold - this.window));
      this.window += step;
      left -= step;
    }
    if (left > 0) this.#grow(left, smoothedUs, nowUs);
  }

  lost(): void {
    this.#hasLost = true;
    this.#before = {
      window: this.window,
      threshold: this.threshold,
      windowMax: this.#windowMax,
    };
    // Fast convergence (4.7): a flow that shrinks makes room for another at once.
    const shrinking = this.window < this.#windowMax;
    this.#windowMax = shrinking ? (this.window * (1 + BETA)) / 2 : this.window;
    this.threshold = Math.max(2, this.window * BETA);
    this.window = this.threshold;
    this.#epochUs = null;
  }

  timedOut(): void {
    this.lost();
    this.window = 1;
  }

  undo(): void {
    this.window = Math.max(this.window, this.#before.window);
    this.threshold = this.#before.threshold;
    this.#windowMax = this.#before.windowMax;
    this.#epochUs = null;
  }

  /** The connection was idle: the window that it had proves nothing any more (RFC 5681, 4.1). */
  restart(): void {
    this.window = Math.min(this.window, INITIAL_WINDOW);
    this.#epochUs = null;
  }

  #grow(segments: number, smoothedUs: number, nowUs: number): void {
    if (this.#epochUs === null) {
      this.#epochUs = nowUs;
      this.#windowMax = Math.max(this.#windowMax, this.window);
      this.#kSeconds = Math.cbrt((this.#windowMax - this.window) / C);
      this.#reno = this.window;
    }
    const seconds = (nowUs - this.#epochUs + smoothedUs) / 1e6 - this.#kSeconds;
    const target = Math.min(C * seconds ** 3 + this.#windowMax, this.window * 1.5);
    let step = Math.max(0, (target - this.window) / this.window);
    if (!this.#hasLost) step = Math.max(step, NEVER_LOST_STEP);
    this.window += step * segments;
    this.#reno += (RENO_GROWTH * segments) / this.window;
    this.window = Math.max(this.window, this.#reno);
  }
}

/** RFC 6928. */
export const INITIAL_WINDOW = 10;
const C = 0.4;
/** Linux grows by a twentieth a round trip where nothing was lost yet. */
const NEVER_LOST_STEP = 0.05;
const BETA = 0.7;
/** 3 (1 − β) / (1 + β) segments a round trip (RFC 9438, 4.3). */
const RENO_GROWTH = (3 * (1 - BETA)) / (1 + BETA);
