import type { Competition, Reading } from './competition.ts';

/**
 * Each 5 s the queue is let run empty, so that the base of the delay can be seen. If it does not,
 * others stand in it. Times µs.
 */
export class Drain {
  active = false;
  /** When the queue was last empty, or has had the time to be. */
  emptyUs = 0;
  /** Drains one after the other that did not empty it. */
  failed = 0;
  /** Until then the queue is empty by our own doing. */
  refillUntilUs = 0;
  #untilUs = 0;
  /** What stood when it began. */
  #fullUs = 0;

  forget(): void {
    this.active = false;
    this.failed = 0;
  }

  /** Each sample: is the queue being let run empty? `targetUs` is what else stands in it. */
  step(now: Reading, targetUs: number, rivals: Competition): boolean {
    const { nowUs, queueUs, drainedUs, loopUs } = now;
    if (this.active) {
      const answeredUs = rivals.wantsDrain ? ANSWER_SHARE * this.#fullUs : 0;
      const drained = queueUs < Math.max(drainedUs, answeredUs);
      if (!drained && nowUs <= this.#untilUs) return true;
      this.active = false;
      this.emptyUs = nowUs;
      this.refillUntilUs = nowUs + REFILL_LOOPS * loopUs;
      if (drained) {
        this.failed = 0;
        rivals.drained(now);
      } else if (++this.failed > 1 || (rivals.wantsDrain && !now.falling)) {
        rivals.undrained(now);
      } else {
        // Once is a rate that fell just then; it is tried again soon.
        this.emptyUs = nowUs - DRAIN_PAUSE_US + DRAIN_AGAIN_US;
      }
      return false;
    }
    if (queueUs < EMPTY_US) this.emptyUs = nowUs;
    if (nowUs - this.emptyUs < DRAIN_PAUSE_US && !rivals.wantsDrain) return false;
    this.active = true;
    this.#fullUs = queueUs;
    rivals.mark();
    // At 0.75 a quarter of the time drains, and a loop passes until that is seen.
    const drainUs = Math.max(queueUs, targetUs) / (1 - DRAIN_GAIN);
    this.#untilUs = nowUs + 1.25 * drainUs + 2.5 * loopUs;
    return false;
  }
}

/** Of the path's rate, so much is sent meanwhile. */
export const DRAIN_GAIN = 0.75;
const DRAIN_PAUSE_US = 5_000_000;
/** Half the target stands after ln 2 × 3 loops, which is seen one later. */
const REFILL_LOOPS = 4;
const DRAIN_AGAIN_US = 1_000_000;
/** A queue of two packets, down to one of them, has answered: it is ours. */
const ANSWER_SHARE = 0.6;
const EMPTY_US = 2_000;
