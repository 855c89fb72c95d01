import { CubicWindow } from './cubic.ts';
import { LONGER_US_MOST } from './route.ts';

/** What a rate sample says of the queue. Bytes, bytes/s and µs; reused by its maker. */
export interface Reading {
  nowUs: number;
  /** Departure and arrival of the newest packet, each by its own clock. */
  sentUs: number;
  arrivedUs: number;
  /** All that arrived up to it. */
  deliveredBytes: number;
  /** The queue that it met. */
  queueUs: number;
  /** Up to here a queue is nobody's trouble. */
  lowUs: number;
  /** Up to here it may be all ours, at the rate that we have now. */
  ownUs: number;
  /** Below this there is none: small packets told the base, and a full one itself takes longer. */
  drainedUs: number;
  rate: number;
  /** A round trip with its report, without any queue. */
  loopUs: number;
  /** There was more to send all the time. */
  backlogged: boolean;
  /** Ever less arrives: the path falls, or we yield. */
  falling: boolean;
}

export function noReading(): Reading {
  return {
    nowUs: 0,
    sentUs: 0,
    arrivedUs: 0,
    deliveredBytes: 0,
    queueUs: 0,
    lowUs: 0,
    ownUs: 0,
    drainedUs: 0,
    rate: 0,
    loopUs: 0,
    backlogged: false,
    falling: false,
  };
}

/**
 * Is the queue ours? Who always yields to CUBIC or Reno is starved by them, so a queue that does
 * not drain although we yield is shared as they share it (after Copa, NSDI 2018).
 *
 *   yield ──no progress──▶ double ──rate rose──▶ compete ──each 5 s──▶ halve ──▶ compete
 *     ▲                      │ ▲ └by half or more┘                       │ │
 *     │                      │ └──────── queue did not move: small share ┘ │
 *     └── it did not: alone ─┴─────────── queue fell with us: alone ───────┘
 *
 * Both tests rest on this: in a FIFO of capacity C, q + rtt = (our window + theirs) / C. Alone,
 * twice the window gives the same rate, and half the window half of q + rtt; with a share s of
 * all windows, 2 / (1 + s) times the rate, and 1 − s / 2 of q + rtt. Who yielded for long has so
 * small a share that neither moves anything, as on a longer route: so the window is doubled until
 * a third of the path is ours (then they are there), or all of it (then what stood before was no
 * queue but a longer route). Both tests need more to send than the window lets pass.
 * Where two packets of ours are already as long as what stands, it is let run empty first.
 * A falling capacity looks like a rival who joins (no passive measurement tells them apart in a
 * FIFO), therefore four blocks of patience, and one within 10 s of a competition.
 */
export class Competition {
  phase: 'yield' | 'double' | 'compete' | 'halve' = 'yield';
  /** The last step found that what looked like a queue is a longer route. */
  unmoved = false;
  /** The queue that stood before the window was doubled, µs. */
  routeUs = 0;
  /** The most that the path carried of late without a queue of others, bytes/s. */
  rateAlone = 0;
  /** Less than the path once carried is left, but what stands may be ours: let it drain first. */
  wantsDrain = false;
  #rememberedUs = 0;
  /** When we last had what the path once carried, or no more to send. */
  #satisfiedUs = 0;
  #fellUs = Number.NEGATIVE_INFINITY;
  /** Since when the queue has made no progress (−1: it is low), and how long it was then. */
  #blockUs = -1;
  #blockQueueUs = -1;
  #blocksFailed = 0;
  readonly #window = new CubicWindow();
  /** Until the first loss the window is at least what this rate needs. */
  #fairRate = 0;
  /** When the next test is due, and from which departure on its outcome can be read. */
  #testUs = 0;
  #turnUs = 0;
  #rounds = 0;
  #doublings = 0;
  /** Until then a queue that does not fall is theirs. */
  #waryUntilUs = Number.NEGATIVE_INFINITY;
  /** Since the mark there was always more to send: what arrived is what the window let pass. */
  #filled = false;
  #rateBefore = 0;
  #tripBeforeUs = 0;
  /** The newest reading, and the one since which the rate is taken. */
  #arrivedUs = 0;
  #arrivedBytes = 0;
  #markUs = 0;
  #markBytes = 0;

  /** A queue stands, ours or theirs: nothing that is seen is the path without one. */
  get blocked(): boolean {
    return this.#blockUs >= 0;
  }

  /**
   * The queue has made no progress for long although we yielded. A steep fall is over by then, and
   * what falls on is our own rate: who took that for the path's would yield until nothing is left.
   */
  get suspected(): boolean {
    return this.#blocksFailed >= BLOCKS_SUSPICIOUS;
  }

  get competing(): boolean {
    return this.phase !== 'yield';
  }

  get windowBytes(): number {
    const { bytes } = this.#window;
    return Math.max(WINDOW_BYTES_LEAST, this.phase === 'halve' ? bytes / 2 : bytes);
  }

  /** Who yields to a queue of others still sends so much, to see what becomes of it, bytes/s. */
  leastRate(nowUs: number): number {
    return this.hasFallen(nowUs, FELL_US) ? 0 : LEAST_SHARE * this.rateAlone;
  }

  /** A fall was foreseen so lately, and may go on. */
  hasFallen(nowUs: number, withinUs = FALL_ON_US): boolean {
    return nowUs - this.#fellUs < withinUs;
  }

  /** The path itself falls: a share of what it carried before might be all that it carries. */
  fell(nowUs: number): void {
    this.#fellUs = nowUs;
  }

  /** A packet that left at `sentUs` was lost. */
  lost(sentUs: number, nowUs: number): void {
    if (!this.competing || !this.#window.lose(sentUs, nowUs)) return;
    if (this.phase !== 'double') this.#fairRate = 0;
  }

  step(now: Reading): void {
    this.unmoved = false;
    this.#arrivedUs = now.arrivedUs;
    this.#arrivedBytes = now.deliveredBytes;
    if (!now.backlogged) this.#filled = false;
    if (this.phase === 'yield') {
      this.#watch(now);
      return;
    }
    const tripUs = now.loopUs + now.queueUs;
    this.#grow(now.nowUs, tripUs);
    if (now.queueUs < now.drainedUs) {
      this.reset();
      this.#waryUntilUs = now.nowUs + WARY_US;
    } else if (this.phase === 'double') this.#watchDouble(now, tripUs);
    else if (this.phase === 'halve') this.#watchHalve(now, tripUs);
    else this.#watchShare(now, tripUs);
  }

  /** From here on the rate counts with which a doubled window is compared. */
  mark(): void {
    this.#filled = true;
    this.#markUs = this.#arrivedUs;
    this.#markBytes = this.#arrivedBytes;
  }

  /** The queue did not run empty although it was given the time. */
  undrained(now: Reading): void {
    if (this.phase === 'yield') this.#startDoubling(now, now.loopUs + now.queueUs);
  }

  /** The queue ran empty: it was ours, and so is the path. */
  drained({ rate }: Reading): void {
    if (this.wantsDrain) this.rateAlone = rate;
    this.wantsDrain = false;
  }

  reset(): void {
    this.phase = 'yield';
    this.wantsDrain = false;
    this.#blockUs = -1;
    this.#blocksFailed = 0;
  }

  /** Another path: nothing is known of it. */
  forget(): void {
    this.reset();
    this.rateAlone = 0;
  }

  #watch(now: Reading): void {
    const { nowUs, sentUs, queueUs } = now;
    this.#watchOwn(now);
    if (queueUs <= (now.rate > this.rateAlone / 2 ? now.lowUs : LOW_PART * now.lowUs)) {
      const low = queueUs <= LOW_PART * now.lowUs;
      this.#remember(now.rate, nowUs, low ? MEMORY_LOW_US : MEMORY_YIELDING_US);
      this.#blockUs = -1;
      this.#blocksFailed = 0;
      return;
    }
    this.#remember(now.rate, nowUs, MEMORY_YIELDING_US);
    if (this.#blockUs < 0) this.#startBlock(nowUs);
    if (sentUs < this.#blockUs) return;
    // What a packet met that left when the block began: a deep queue tells it late.
    if (this.#blockQueueUs < 0) this.#blockQueueUs = queueUs;
    if (sentUs < this.#blockUs + Math.max(BLOCK_US, now.loopUs)) return;
    const progress = queueUs < 0.85 * this.#blockQueueUs;
    // What falls once may be a rival who lost a packet.
    this.#blocksFailed = progress ? Math.max(0, this.#blocksFailed - 2) : this.#blocksFailed + 1;
    if (!progress && nowUs < this.#waryUntilUs) this.#resume(now);
    else if (this.#blocksFailed >= (now.falling ? BLOCKS_FAILED_FALLING : BLOCKS_FAILED)) {
      if (queueUs <= now.ownUs) this.wantsDrain = true;
      else this.#startDoubling(now, now.loopUs + queueUs);
    }
    this.#startBlock(nowUs);
  }

  /** Less than the path once carried, for long: what stands may still be ours, if it is short. */
  #watchOwn(now: Reading): void {
    const { nowUs, queueUs, ownUs } = now;
    const satisfied = !now.backlogged || now.rate >= this.rateAlone;
    if (satisfied || this.hasFallen(nowUs, FELL_US)) this.#satisfiedUs = nowUs;
    if (nowUs - this.#satisfiedUs < LESS_US || queueUs < ownUs / 2 || queueUs > ownUs) return;
    this.wantsDrain = true;
    this.#satisfiedUs = nowUs;
  }

  /** Up at once, down within about `memoryUs`. */
  #remember(rate: number, nowUs: number, memoryUs: number): void {
    const part = Math.min(1, (nowUs - this.#rememberedUs) / memoryUs);
    this.rateAlone += (rate - this.rateAlone) * (rate > this.rateAlone ? 1 : part);
    this.#rememberedUs = nowUs;
  }

  #startBlock(nowUs: number): void {
    this.mark();
    this.#blockUs = nowUs;
    this.#blockQueueUs = -1;
  }

  /** They are back, or never left: the queue ran empty because all of us had yielded. */
  #resume({ nowUs, loopUs, queueUs, rate }: Reading): void {
    const tripUs = loopUs + queueUs;
    // A rate that fell meanwhile makes what was a fair window too large.
    const mostBytes = (2 * rate * tripUs) / 1e6;
    this.phase = 'compete';
    this.#fairRate = rate;
    this.#tripBeforeUs = tripUs;
    this.#testUs = nowUs + TEST_PAUSE_US;
    this.#window.start(Math.min(mostBytes, this.#window.bytes), nowUs);
  }

  #startDoubling(now: Reading, tripUs: number): void {
    this.wantsDrain = false;
    this.#doublings = 0;
    this.routeUs = now.queueUs;
    this.#double(now.nowUs, now.rate, tripUs);
  }

  #double(nowUs: number, rate: number, tripUs: number): void {
    this.phase = 'double';
    this.#rounds = 0;
    this.#doublings++;
    this.#rateBefore = Math.min(this.#rateSinceMark, rate);
    this.#tripBeforeUs = tripUs;
    this.#fairRate = 2 * this.#rateBefore;
    this.#window.start((2 * this.#rateBefore * tripUs) / 1e6, nowUs);
    this.#turnUs = nowUs;
  }

  get #rateSinceMark(): number {
    const spanUs = this.#arrivedUs - this.#markUs;
    return spanUs > 0 ? ((this.#arrivedBytes - this.#markBytes) * 1e6) / spanUs : 0;
  }

  /** The first round trip after doubling fills the window, over the second the rate is taken. */
  #watchDouble(now: Reading, tripUs: number): void {
    if (tripUs > 1.5 * this.#tripBeforeUs) {
      this.reset();
      return;
    }
    if (now.sentUs < this.#turnUs) return;
    if (this.#rounds++ > 0) {
      this.#judgeDouble(now.nowUs, tripUs);
      return;
    }
    this.mark();
    this.#turnUs = now.nowUs + tripUs;
  }

  #judgeDouble(nowUs: number, tripUs: number): void {
    const rate = this.#rateSinceMark;
    const rise = rate / this.#rateBefore;
    if (this.#filled && rise < ALONE_RISE) {
      this.rateAlone = rate;
      // Ever more arrived until the path was full of ours: what stood before that was no queue.
      this.unmoved = this.#doublings > 1 && this.routeUs < LONGER_US_MOST;
      this.reset();
    } else if (this.#filled && rise > SMALL_SHARE_RISE) {
      this.#double(nowUs, rate, tripUs);
    } else {
      this.phase = 'compete';
      this.#testUs = nowUs + 2 * tripUs;
      this.#fairRate = rate;
      this.#tripBeforeUs = tripUs;
    }
  }

  #watchShare(now: Reading, tripUs: number): void {
    const fails = this.#fairRate > 0 && now.rate < 0.6 * this.#fairRate;
    if (fails && tripUs > 2.5 * this.#tripBeforeUs) {
      // All that the larger window brought is more queue.
      this.reset();
    } else if (now.nowUs >= this.#testUs && now.backlogged) {
      this.phase = 'halve';
      this.mark();
      this.#tripBeforeUs = tripUs;
      // Half the window has drained after half a trip.
      this.#turnUs = now.nowUs + tripUs * 0.75;
    }
  }

  #watchHalve(now: Reading, tripUs: number): void {
    if (now.sentUs < this.#turnUs) return;
    const share = 2 * (1 - tripUs / this.#tripBeforeUs);
    this.phase = 'compete';
    this.#testUs = now.nowUs + Math.max(TEST_PAUSE_US, 4 * tripUs);
    // Who had less to send than the window let pass can tell nothing.
    if (!this.#filled) return;
    if (share > ALONE_SHARE) this.reset();
    else if (Math.abs(share) < SMALL_SHARE) this.#startDoubling(now, tripUs);
  }

  #grow(nowUs: number, tripUs: number): void {
    this.#window.grow(nowUs, tripUs);
    // A queue that grows under the test must not feed the window without end.
    const longUs = this.phase === 'double' ? 1.5 * this.#tripBeforeUs : Number.POSITIVE_INFINITY;
    const fairBytes = (this.#fairRate * Math.min(tripUs, longUs)) / 1e6;
    if (fairBytes > this.#window.bytes) this.#window.start(fairBytes, nowUs);
  }
}

const WINDOW_BYTES_LEAST = 4 * 1400;
/**
 * Of what is nobody's trouble: 1.3 targets, just above the 1.25 at which our own queue stands at
 * the most. Who sends less than half of what he did and saw no trouble in two targets would yield
 * to a rival until nothing is left.
 */
const LOW_PART = 0.65;
const LEAST_SHARE = 0.01;
/** As long as four blocks. */
const LESS_US = 1_000_000;
/** By then the rate is known again, and the queue that the fall made has drained. */
const FELL_US = 3_000_000;
/** So long a fall that was foreseen may go on. */
const FALL_ON_US = 1_000_000;
const BLOCK_US = 250_000;
const BLOCKS_FAILED = 4;
/** A window doubled in a fall of two seconds left five of them in the buffer. */
const BLOCKS_FAILED_FALLING = 8;
const BLOCKS_SUSPICIOUS = 3;
/** Without a foreign queue the present rate is the truth; while yielding it is not. */
const MEMORY_LOW_US = 1_000_000;
const MEMORY_YIELDING_US = 10_000_000;
/** Alone 1.0, with half of the windows 1.33; with a third 1.5. */
const ALONE_RISE = 1.15;
const SMALL_SHARE_RISE = 1.5;
/** A test costs half our rate for one trip: 5 % of the time at q + rtt = 250 ms. */
const TEST_PAUSE_US = 5_000_000;
/** CUBIC that leaves a shallow buffer empty once has filled it again by then. */
const WARY_US = 10_000_000;
const ALONE_SHARE = 0.8;
const SMALL_SHARE = 0.1;
