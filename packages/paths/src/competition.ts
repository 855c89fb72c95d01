/**
 * Is the queue ours? Who always yields to CUBIC or Reno is starved by them, so a queue that does
 * not drain although we yield is shared as they share it (after Copa, NSDI 2018).
 *
 *   yield ──no progress──▶ double ──rate rose──▶ compete ──each 5 s──▶ halve ──▶ compete
 *     ▲                      │                                         │
 *     └── it did not: alone ─┴────────── queue fell with us: alone ────┘
 *
 * Both tests rest on this: in a FIFO of capacity C, q + rtt = (our window + theirs) / C. Alone,
 * twice the window gives the same rate and half the window half of q + rtt; with a share s of the
 * window, 2 / (1 + s) times the rate, and 1 − s / 2 of q + rtt. If the rate rises and the queue
 * stays, there is none: the route has become longer. While competing the window is that of CUBIC
 * (RFC 9438), × 0.7 at a loss. Its state is a handful of numbers; times are µs.
 */
export class Competition {
  phase: 'yield' | 'double' | 'compete' | 'halve' = 'yield';
  /** The base of the delay is higher than thought: all of what looked like a queue. */
  unmoved = false;
  #window = 0;
  /** Since when the queue has made no progress, and how long it was then. */
  #blockUs = -1;
  #blockQueueUs = 0;
  #blocksFailed = 0;
  /** The most that the path carried of late without a queue of others, bytes/s. */
  rateAlone = 0;
  #rememberedUs = 0;
  /** Until the first loss the window is at least this rate's. */
  #fairRate = 0;
  #testUs = 0;
  #turnUs = 0;
  #before = 0;
  #entryTripUs = 0;
  #mostBytes = 0;
  #renoBytes = 0;
  #epochBytes = 0;
  #epochUs = 0;
  #lossUs = 0;
  #grownUs = 0;
  #round = 0;
  #doubleBytesMost = 0;
  #arrivedUs = 0;
  #delivered = 0;
  #markUs = 0;
  #markBytes = 0;

  get competing(): boolean {
    return this.phase !== 'yield';
  }

  get windowBytes(): number {
    return Math.max(4 * 1400, this.phase === 'halve' ? this.#window / 2 : this.#window);
  }

  /** A packet that left at `sentUs` was lost. */
  lost(sentUs: number, nowUs: number): void {
    if (!this.competing || sentUs < this.#lossUs) return;
    this.#lossUs = nowUs;
    if (this.phase !== 'double') this.#fairRate = 0;
    this.#mostBytes = this.#window < this.#mostBytes ? this.#window * 0.85 : this.#window;
    this.#startEpoch(Math.max(2 * 1400, this.#window * 0.7), nowUs);
  }

  /**
   * Once a rate sample. `sentUs`, `arrivedUs`: of the newest packet, by any clock each;
   * `delivered`: bytes up to it; `queueUs`: what it met; `lowUs`: a queue that is nobody's
   * trouble; `rttUs`: without any queue.
   */
  step(
    nowUs: number,
    sentUs: number,
    arrivedUs: number,
    delivered: number,
    queueUs: number,
    lowUs: number,
    drainedUs: number,
    rate: number,
    rttUs: number,
  ): void {
    this.unmoved = false;
    this.#arrivedUs = arrivedUs;
    this.#delivered = delivered;
    if (this.phase === 'yield') {
      this.#watch(nowUs, sentUs, queueUs, lowUs, rate, rttUs);
      return;
    }
    const tripUs = rttUs + queueUs;
    this.#grow(nowUs, tripUs);
    if (queueUs < drainedUs) this.reset();
    else if (this.phase === 'double') {
      if (tripUs > 1.5 * this.#entryTripUs) this.reset();
      else if (sentUs >= this.#turnUs) this.#turnDouble(nowUs, tripUs);
    } else if (this.phase === 'halve') {
      if (sentUs >= this.#turnUs) this.#judgeHalve(nowUs, tripUs, rate);
    } else if (this.#fairRate > 0 && tripUs > 2.5 * this.#before && rate < 0.6 * this.#fairRate) {
      // All that the larger window brought is more queue.
      this.reset();
    } else if (nowUs >= this.#testUs) {
      this.phase = 'halve';
      this.#before = tripUs;
      this.#turnUs = nowUs + tripUs * 0.75;
    }
  }

  /** From here on the rate counts with which a doubled window is compared. */
  mark(): void {
    this.#markUs = this.#arrivedUs;
    this.#markBytes = this.#delivered;
  }

  /** The queue did not run empty although it should have. */
  undrained(nowUs: number, rate: number, queueUs: number, rttUs: number): void {
    if (this.phase === 'yield') this.#double(nowUs, rate, rttUs + queueUs);
  }

  reset(): void {
    this.phase = 'yield';
    this.#blockUs = -1;
    this.#blocksFailed = 0;
  }

  #watch(
    nowUs: number,
    sentUs: number,
    queueUs: number,
    lowUs: number,
    rate: number,
    rttUs: number,
  ): void {
    if (queueUs <= lowUs) {
      this.#remember(rate, nowUs, 1_000_000);
      this.#blockUs = -1;
      this.#blocksFailed = 0;
      return;
    }
    this.#remember(rate, nowUs, 20_000_000);
    if (this.#blockUs < 0) this.#startBlock(nowUs);
    if (sentUs < this.#blockUs) return;
    // What a packet met that left when the block began: a deep queue tells it late.
    if (this.#blockQueueUs < 0) this.#blockQueueUs = queueUs;
    if (sentUs < this.#blockUs + Math.max(BLOCK_US, 4 * rttUs)) return;
    if (queueUs < 0.85 * this.#blockQueueUs) this.#blocksFailed = 0;
    else if (++this.#blocksFailed === BLOCKS_FAILED) this.#double(nowUs, rate, rttUs + queueUs);
    this.#startBlock(nowUs);
  }

  /** Up at once, down within about `memoryUs`. */
  #remember(rate: number, nowUs: number, memoryUs: number): void {
    const part = Math.min(1, Math.max(0, nowUs - this.#rememberedUs) / memoryUs);
    this.rateAlone += (rate - this.rateAlone) * (rate > this.rateAlone ? 1 : part);
    this.#rememberedUs = nowUs;
  }

  #startBlock(nowUs: number): void {
    this.mark();
    this.#blockUs = nowUs;
    this.#blockQueueUs = -1;
  }

  #double(nowUs: number, rate: number, tripUs: number): void {
    this.phase = 'double';
    this.#round = 0;
    this.#before = Math.min(this.#rateSinceMark, rate);
    this.#entryTripUs = tripUs;
    this.#fairRate = 2 * this.#before;
    this.#doubleBytesMost = (3 * this.#before * tripUs) / 1e6;
    this.#mostBytes = 0;
    this.#startEpoch((2 * this.#before * tripUs) / 1e6, nowUs);
    this.#turnUs = nowUs;
  }

  get #rateSinceMark(): number {
    const spanUs = this.#arrivedUs - this.#markUs;
    return spanUs > 0 ? ((this.#delivered - this.#markBytes) * 1e6) / spanUs : 0;
  }

  /** The first round trip after doubling fills the window, over the second the rate is taken. */
  #turnDouble(nowUs: number, tripUs: number): void {
    if (this.#round++ === 0) {
      this.mark();
      this.#turnUs = nowUs + tripUs;
      return;
    }
    const rate = this.#rateSinceMark;
    if (rate < 1.15 * this.#before) {
      this.rateAlone = Math.max(rate, this.rateAlone / 2);
      this.reset();
      return;
    }
    if (rate > 1.5 * this.#before && rate < 0.3 * this.rateAlone) {
      this.#double(nowUs, rate, tripUs);
      return;
    }
    this.phase = 'compete';
    this.#testUs = nowUs + 2 * tripUs;
    const fair = Math.min(4 * this.#before, this.rateAlone / 2);
    this.#fairRate = rate > 1.5 * this.#before ? Math.max(rate, fair) : rate;
    this.#before = tripUs;
  }

  #judgeHalve(nowUs: number, tripUs: number, rate: number): void {
    const share = 2 * (1 - tripUs / this.#before);
    this.phase = 'compete';
    this.#testUs = nowUs + Math.max(TEST_PAUSE_US, 4 * tripUs);
    const plausible = tripUs < ROUTE_US_MOST && rate > 0.05 * this.rateAlone;
    this.unmoved = Math.abs(share) < UNMOVED_SHARE && plausible;
    if (share > ALONE_SHARE || this.unmoved) this.reset();
  }

  #startEpoch(window: number, nowUs: number): void {
    this.#window = window;
    this.#renoBytes = window;
    this.#epochBytes = window;
    this.#mostBytes = Math.max(window, this.#mostBytes);
    this.#epochUs = nowUs;
    this.#grownUs = nowUs;
  }

  /** CUBIC's curve, its Reno-friendly floor, and the fair rate before the first loss. */
  #grow(nowUs: number, tripUs: number): void {
    const most = this.#mostBytes / 1400;
    const k = Math.cbrt((most - this.#epochBytes / 1400) / 0.4);
    const t = (nowUs - this.#epochUs + tripUs) / 1e6;
    const target = (0.4 * (t - k) ** 3 + most) * 1400;
    const rounds = (nowUs - this.#grownUs) / tripUs;
    this.#grownUs = nowUs;
    this.#renoBytes += 0.53 * 1400 * rounds;
    const step = Math.min(0.5 * this.#window, target - this.#window);
    this.#window += Math.max(0, step) * rounds;
    this.#window = Math.max(this.#window, this.#renoBytes);
    let fairBytes = (this.#fairRate * tripUs) / 1e6;
    if (this.phase === 'double') fairBytes = Math.min(fairBytes, this.#doubleBytesMost);
    if (fairBytes > this.#window) {
      this.#mostBytes = 0;
      this.#startEpoch(fairBytes, nowUs);
    }
  }
}

const BLOCK_US = 250_000;
const TEST_PAUSE_US = 5_000_000;
const ALONE_SHARE = 0.8;
const UNMOVED_SHARE = 0.1;
const ROUTE_US_MOST = 400_000;
const BLOCKS_FAILED = 4;
