import type { DeliveryRate } from './delivery.ts';

/**
 * Has the route become longer? A sudden delay that stays is a queue or another route, and in a
 * FIFO of capacity C the two differ by this: a queue shrinks by what we send less than C. So after
 * a jump, while the delay stands still, the drain is added up that a queue would have shown,
 *
 *   Σ (time between departures − bytes / C),  C the highest rate that is known,
 *
 * and when it is several times what noise could hide, there is no queue. A stall and a falling
 * capacity move the delay, which begins the sum anew. A rival's queue grows over many reports; a
 * jump comes in one. Judged wrongly the base is too high until the next packet below it.
 */
export class RouteWatch {
  /** A jump is being judged and the delay stands still: rates say nothing of capacity. */
  still = false;
  /** What the path carried when it jumped, bytes/s. */
  rateBefore = 0;
  /** The least queue (above the old base) since it stands still, µs. */
  levelUs = 0;
  #armed = false;
  #sentUs = -1;
  #queueUs = 0;
  #riseUs = 0;
  #jumpUs = 0;
  /** What the jumps added. */
  #jumpedUs = 0;
  #targetUs = 0;
  #mostRate = 0;
  #missingUs = 0;

  /** Each report: is this a jump? `targetUs` is the queue that is nobody's trouble. */
  note(sentUs: number, queueUs: number, targetUs: number, rttUs: number, rate: number): void {
    const riseUs = queueUs - this.#queueUs;
    const sinceUs = sentUs - this.#sentUs;
    const leastUs = Math.max(JUMP_TARGETS * targetUs, JUMP_SLOPE * sinceUs, 4 * this.#riseUs);
    const ownUs = (JUMP_BYTES * 1e6) / rate;
    const jumps = this.#sentUs >= 0 && riseUs > Math.max(leastUs, ownUs);
    this.#sentUs = sentUs;
    this.#queueUs = queueUs;
    this.#riseUs = riseUs;
    const judged = sentUs - this.#jumpUs > JUDGED_US + JUDGED_TRIPS * rttUs;
    if (queueUs < targetUs || judged) this.#rest();
    if (!jumps) return;
    if (!this.#armed) {
      this.rateBefore = rate;
      this.#jumpedUs = 0;
      this.#targetUs = targetUs;
    }
    this.#armed = true;
    this.#jumpUs = sentUs;
    this.#jumpedUs += riseUs;
    this.#stand(queueUs);
  }

  /**
   * Each rate sample, with the least queue in it. True: the route is longer by `levelUs`.
   * `limited`: by the path, not by the application. Then a delay that stands still may be a queue
   * held by our own window, at whatever the capacity has become; else that were mere chance.
   */
  take(delivery: DeliveryRate, queueUs: number, limited: boolean): boolean {
    if (!this.#armed) return false;
    if (Math.abs(queueUs - this.levelUs) > STILL_TARGETS * this.#targetUs) {
      this.#stand(queueUs);
      return false;
    }
    // Most of the queue came by jumps, or others may stand in it.
    const mostUs = Math.min(LONGER_US_MOST, JUMPED_SHARE * (this.#jumpedUs + this.#targetUs));
    this.still = queueUs < mostUs;
    if (!this.still) return false;
    this.levelUs = Math.min(this.levelUs, queueUs);
    const { sample, spanUs, fromUs, toUs } = delivery;
    this.#mostRate = Math.max(this.#mostRate, sample);
    const rate = limited ? this.#mostRate : Math.max(this.#mostRate, this.rateBefore);
    this.#missingUs += Math.max(0, toUs - fromUs - (sample * spanUs) / rate);
    const longer = this.#missingUs > MISSING_TARGETS * this.#targetUs;
    if (longer) this.forget();
    return longer;
  }

  /** The base is another now. */
  forget(): void {
    this.#rest();
    this.#sentUs = -1;
  }

  #rest(): void {
    this.#armed = false;
    this.still = false;
  }

  #stand(queueUs: number): void {
    this.levelUs = queueUs;
    this.still = false;
    this.#mostRate = 0;
    this.#missingUs = 0;
  }
}

/** 10 ms: more than a train of 64 KB takes at 52 Mbit/s. */
const JUMP_TARGETS = 1.25;
/** 20 ms is seen with the longest delay of reports, 25 ms, and some time between packets. */
const JUMP_SLOPE = 0.5;
/** Four packets of ours behind each other are no route: 90 ms at 0.5 Mbit/s. */
const JUMP_BYTES = 4 * 1400;
const JUMPED_SHARE = 2;
/** No route on land becomes longer by more than this at once; a full buffer stands as still. */
export const LONGER_US_MOST = 400_000;
/** 5 ms: jitter of 2 ms, and what steering moves within a sample. */
const STILL_TARGETS = 0.6;
/** Five times what may pass for standing still. */
const MISSING_TARGETS = 3;
/** A round trip until it is seen and answered, half of one and 0.3 s to be judged. */
const JUDGED_US = 300_000;
const JUDGED_TRIPS = 1.5;
