import { Backlog } from './backlog.ts';
import { Competition, noReading } from './competition.ts';
import { DeliveryRate } from './delivery.ts';
import { DRAIN_GAIN, Drain } from './drain.ts';
import { type Feedback, noFeedback } from './feedback.ts';
import { Foresight } from './foresight.ts';
import { Growth } from './growth.ts';
import { OneWayBase } from './one-way.ts';
import { Pacer } from './pacer.ts';
import { QueueWatch } from './queue-watch.ts';
import { RouteWatch } from './route.ts';
import { reportDelayUs } from './rtt.ts';
import { TailProbe } from './tail-probe.ts';

/**
 * How fast one path may be sent on. Delay leads: loss alone never slows it.
 *
 * 1. Each report gives a queue (one-way time above its base) and each 5 to 25 ms a rate: bytes
 *    that arrived over the time between arrivals, by the receiver's clock (BBR's delivery rate).
 *    While a queue stands, or more waits and the queue did not run empty, that is its rate D.
 * 2. Rate = D × (1 + (T − q) / 3L), within 0.5 … 1.25, and one packet a loop besides, by which
 *    two of ours become alike. L is the loop (round trip and report), T the target; a queue that
 *    integrates rate, seen L late, is then stable and without overshoot (gain × L < 1/e).
 * 3. Window = D × (L + report + T + margins): a rate that falls fills the buffer with no more
 *    than what one loop could not know; a steep fall is foreseen (`Foresight`).
 * 4. At the start, and after a round without a queue (two after rivals, or on a long loop), the
 *    rate grows (`Growth`).
 * 5. A delay that jumps and stays although we send little is a longer route: `RouteWatch`.
 * 6. Every 5 s the queue is let run empty, so that the base can be seen. If it does not, or does
 *    not fall although we yield, others stand in it: `Competition`.
 */
export class Congestion {
  /** The path fills this before each `take`. */
  readonly feedback: Feedback = noFeedback();
  /** The most bytes that may be unanswered: asked for each packet, and made anew by each report. */
  windowBytes: number;
  /** The queue of ours that may stand before the path, µs. */
  queueTargetUs: number;
  readonly #base = new OneWayBase();
  readonly #trip = new OneWayBase();
  readonly #delivery = new DeliveryRate();
  readonly #pacer = new Pacer();
  readonly #rivals = new Competition();
  readonly #route = new RouteWatch();
  readonly #queue = new QueueWatch();
  readonly #foresight = new Foresight();
  readonly #backlog = new Backlog();
  readonly #drain = new Drain();
  readonly #probe = new TailProbe(2 * RTT_UNKNOWN_US);
  readonly #reading = noReading();
  readonly #growth = new Growth();
  #rate = RATE_FIRST;
  #rttUs = RTT_UNKNOWN_US;
  #reportUs = 0;
  /** When the rate was last seen in use. */
  #provedUs = 0;
  /** When the path last set the rate, and not what there was to send. */
  #limitedUs = Number.NEGATIVE_INFINITY;
  /** When the rate became what was foreseen of a fall. */
  #landedUs = Number.NEGATIVE_INFINITY;
  /** When others last stood in the queue. */
  #rivalsUs = Number.NEGATIVE_INFINITY;

  constructor(queueTargetUs = QUEUE_TARGET_US) {
    this.queueTargetUs = queueTargetUs;
    this.#pacer.setRate(RATE_FIRST, 0);
    this.windowBytes = this.#windowOfNow();
  }

  /** What the path carries, UDP payload bytes/s. */
  get bytesPerSecond(): number {
    return this.#rate;
  }

  #windowOfNow(): number {
    if (this.#rivals.competing) return this.#rivals.windowBytes;
    if (this.#growth.starting) return Math.max(WINDOW_FIRST, this.#windowAt(this.#growth.gain));
    const leastRate = this.#rivals.leastRate(this.#reading.nowUs);
    const seen = (leastRate * (this.#loopUs + this.queueUs)) / 1e6;
    return Math.max(WINDOW_LEAST, seen, this.#windowAt(this.#growth.gain));
  }

  /** The queue that the newest reported packet met, µs. */
  get queueUs(): number {
    return this.#base.samples === 0 ? 0 : this.#base.aboveUs;
  }

  /** How long a packet behind so many unanswered bytes will wait before the path, µs. */
  waitUs(inFlightBytes: number): number {
    const queueBytes = inFlightBytes - this.#loopBytes;
    return queueBytes <= 0 ? 0 : this.#foresight.drainUs(queueBytes, this.#rateSoon);
  }

  /** When a packet may leave if nothing is answered meanwhile. */
  nextSendUs(nowUs: number, inFlightBytes: number): number {
    const careful = nowUs - this.#provedUs > PROOF_LASTS_US && this.#provedUs > 0;
    const windowBytes = careful ? this.windowBytes * CAREFUL_SHARE : this.windowBytes;
    if (inFlightBytes >= Math.max(WINDOW_LEAST, windowBytes)) return this.#probe.atUs;
    return this.#pacer.nextSendUs(nowUs);
  }

  sent(bytes: number, nowUs: number): void {
    this.#pacer.sent(bytes, nowUs);
    this.#probe.sent(nowUs);
  }

  /** The sender has more than it may send: the rate of now is the path's, not the application's. */
  backlogged(nowUs: number): void {
    this.#backlog.note(nowUs);
  }

  /** Was it seen of late that the path carries no more than that? */
  isLimited(nowUs: number): boolean {
    return nowUs - this.#limitedUs < LIMIT_LASTS_US;
  }

  /** It was foreseen a moment ago, and may go on. */
  hasFallen(nowUs: number): boolean {
    return this.#rivals.hasFallen(nowUs);
  }

  /** For how long until now there has always been more to send than the path may take, µs. */
  backlogUs(nowUs: number): number {
    return this.#backlog.lengthUs(nowUs);
  }

  /** Takes `feedback` in. */
  take(): void {
    const { nowUs, sentUs, oneWayUs, deliveredBytes, lostSentUs, smoothedRttUs } = this.feedback;
    this.#timeLoop(nowUs);
    this.#base.take(oneWayUs, nowUs);
    if (this.#rivals.competing || this.#rivals.blocked || this.#drain.failed > 0) {
      this.#base.hold(nowUs);
      this.#trip.hold(nowUs);
    }
    if (lostSentUs >= 0) this.#rivals.lost(lostSentUs, nowUs);
    const { queueUs } = this;
    const { calmUs, calmPeakUs } = this.#queue;
    const leastUs = LOW_SHARE * this.queueTargetUs + calmUs;
    if (queueUs > Math.max(this.#targetUs / 2, leastUs, calmPeakUs)) this.#growth.queued();
    this.#queue.note(queueUs);
    const arrivedUs = sentUs + this.#base.latestUs;
    if (this.#foresight.wears(arrivedUs, this.#loopUs)) this.#landed(nowUs);
    this.#route.note(sentUs, queueUs, this.#targetUs, smoothedRttUs, this.#rateSoon);
    const spanUs = Math.min(SPAN_MOST_US, Math.max(SPAN_LEAST_US, this.#rttUs / 2));
    if (this.#delivery.take(sentUs, arrivedUs, deliveredBytes, spanUs, this.#stands)) {
      this.#onSample(nowUs, arrivedUs);
    }
    this.windowBytes = this.#windowOfNow();
  }

  /** Another address, another link: nothing learned before still holds. */
  forget(): void {
    this.#base.forget();
    this.#trip.forget();
    this.#route.forget();
    this.#rivals.forget();
    this.#delivery.forget();
    this.#foresight.forget();
    this.#drain.forget();
    this.#growth.forget();
    this.#rate = RATE_FIRST;
    this.#rttUs = RTT_UNKNOWN_US;
    this.#reportUs = 0;
    this.#provedUs = 0;
    this.#limitedUs = Number.NEGATIVE_INFINITY;
    this.#landedUs = Number.NEGATIVE_INFINITY;
    this.#rivalsUs = Number.NEGATIVE_INFINITY;
    this.#queue.forget();
    this.windowBytes = this.#windowOfNow();
  }

  /** A round trip without a queue, µs. */
  get tripUs(): number {
    return this.#rttUs;
  }

  get #loopUs(): number {
    return this.#rttUs + this.#reportUs;
  }

  /** A packet and a half must fit, at the rate that the path has when others leave it free. */
  get #targetUs(): number {
    return this.#targetAtUs(Math.max(this.#rate, this.#rivals.rateAlone / 16));
  }

  #targetAtUs(rate: number): number {
    return Math.max(this.queueTargetUs, 2100e6 / rate) + 2 * this.#noiseUs + this.#queue.calmUs;
  }

  /** Jitter beyond what our steering makes, and what one packet behind another does. */
  get #noiseUs(): number {
    return Math.max(0, this.#queue.jitterUs - Math.max(STEERING_JITTER_US, 1400e6 / this.#rate));
  }

  /** A queue beyond doubt: all that arrives has waited in it, so a few packets tell the rate. */
  get #stands(): boolean {
    return this.#queue.standingUs > 2 * this.#targetUs;
  }

  /** What the path will carry when a packet that leaves now gets there. */
  get #rateSoon(): number {
    return this.#foresight.rateIn(this.#loopUs, this.#rate);
  }

  /** What it will have carried of what is on the road for a loop. */
  get #loopBytes(): number {
    return (this.#foresight.rateIn(this.#loopUs / 2, this.#rate) * this.#loopUs) / 1e6;
  }

  #windowAt(gain: number): number {
    const spareUs = this.#reportUs + MARGIN_US + this.#targetUs + 4 * this.#noiseUs;
    return gain * this.#loopBytes + (this.#rateSoon * spareUs) / 1e6;
  }

  #timeLoop(nowUs: number): void {
    const { rttUs, smoothedRttUs } = this.feedback;
    this.#trip.take(rttUs, nowUs);
    this.#rttUs = Math.max(1, this.#trip.leastUs);
    this.#reportUs = reportDelayUs(smoothedRttUs);
    this.#probe.answered(1.5 * smoothedRttUs + 2 * this.#reportUs + MARGIN_US, nowUs);
  }

  #onSample(nowUs: number, arrivedUs: number): void {
    const now = this.#reading;
    const target = this.#targetUs;
    now.nowUs = nowUs;
    now.sentUs = this.#delivery.toUs;
    now.arrivedUs = arrivedUs;
    now.deliveredBytes = this.feedback.deliveredBytes;
    // At the start what grows by 1.8 a loop stands for a moment before it is known to be too much.
    const known = this.#stands && !this.#growth.starting;
    now.queueUs = known ? this.#queue.standingUs : this.#queue.leastUs;
    const { sample, spanUs } = this.#delivery;
    if (!this.#wasBacklogged && sample < this.#rate / 2) this.#queue.calm(now.queueUs, spanUs);
    this.#queue.next();
    this.#foresee(arrivedUs, nowUs);
    if (this.#route.take(this.#delivery, this.#queue.sampleUs, this.#wasBacklogged)) {
      this.#lengthen(nowUs);
    }
    this.#learnRate(now.queueUs, target, nowUs);
    this.#growth.step(nowUs, this.#loopUs, this.#rate, {
      full: this.#wasBacklogged,
      leaps: this.#mayLeap(nowUs),
      held: this.#rivals.hasFallen(nowUs, FALL_LOOPS * this.#loopUs),
      drained: this.#drain.active || nowUs < this.#drain.refillUntilUs,
    });
    now.rate = this.#rate;
    now.loopUs = this.#loopUs;
    now.ownUs = 2 * this.#targetAtUs(this.#rate);
    now.lowUs = 2 * this.#targetAtUs(Math.max(this.#rate, this.#rivals.rateAlone));
    now.backlogged = this.#wasBacklogged;
    const packetUs = 1500e6 / Math.max(this.#rate, this.#rivals.rateAlone);
    now.drainedUs = Math.max(this.#targetUs / 4, packetUs) + 2 * this.#noiseUs;
    this.#rivals.step(now);
    if (this.#rivals.competing) this.#rivalsUs = nowUs;
    if (this.#rivals.unmoved) this.#rebase(this.#rivals.routeUs, nowUs);
    this.#steer(target);
  }

  /** Not before rivals: who flees before them is starved. */
  #foresee(arrivedUs: number, nowUs: number): void {
    const told = this.#tellsFall && this.#isAlone(nowUs);
    const { deliveredBytes } = this.feedback;
    this.#foresight.note(arrivedUs, deliveredBytes, this.#loopUs, this.#noiseUs, told);
    this.#reading.falling = this.#foresight.slope > FALLING_SHARE;
    if (this.#foresight.falls) this.#rivals.fell(nowUs);
  }

  /** The queue ran empty in a fall, and what the path carries is what was foreseen. */
  #landed(nowUs: number): void {
    this.#rate = this.#rateSoon;
    this.#foresight.stop();
    this.#landedUs = nowUs;
  }

  /** Do arrivals tell a fall? Jitter looks like a small one, so much of the rate must be gone. */
  get #tellsFall(): boolean {
    const { queueUs } = this.#reading;
    if (this.#growth.starting || queueUs < this.#targetAtUs(this.#rate)) return false;
    if (this.#foresight.falls) return true;
    if (this.#rate < this.#rivals.rateAlone / 2) return queueUs > FALL_TARGETS * this.#targetUs;
    return this.#wasBacklogged && queueUs > FALL_TARGETS_MOST * this.#targetUs;
  }

  /** No rival was met of late, and none is suspected. */
  #isAlone(nowUs: number): boolean {
    return nowUs - this.#rivalsUs > ALONE_AFTER_US && !this.#rivals.suspected;
  }

  /** So much of what looked like a queue is a longer route. */
  #rebase(longerUs: number, nowUs: number): void {
    this.#base.restart(this.#base.leastUs + longerUs, nowUs);
    this.#trip.restart(this.#trip.latestUs, nowUs);
    this.#queue.rebase();
  }

  /** What looked like a queue is a longer route. */
  #lengthen(nowUs: number): void {
    this.#rebase(this.#route.levelUs, nowUs);
    this.#rate = Math.max(this.#rate, this.#route.rateBefore / 2);
    this.#rivals.reset();
    this.#reading.queueUs = 0;
    this.#foresight.forget();
    this.#drain.active = false;
    this.#drain.emptyUs = nowUs;
  }

  #learnRate(queueUs: number, target: number, nowUs: number): void {
    const { sample, sentRate, moves, fromUs } = this.#delivery;
    // Where the queue ran empty less arrived because less was sent.
    const empty = this.#drain.active || fromUs < this.#drain.emptyUs;
    const limited = queueUs > target ? this.#wasBacklogged || moves : this.#wasBacklogged && !empty;
    // So little fills no buffer: what stands there is others', or the route is longer.
    const probed = !this.#wasBacklogged && sentRate < Math.min(LITTLE_RATE, this.#rate / 8);
    const capacity = limited && !probed && !this.#route.still;
    if (capacity || sample > CAREFUL_SHARE * 0.8 * this.#rate) this.#provedUs = nowUs;
    const growing = this.#growth.active;
    if (capacity && !growing) this.#limitedUs = nowUs;
    if (growing) this.#rate = Math.max(this.#rate, sample);
    else if (this.#foresight.falls) this.#rate = Math.min(this.#rate, sample);
    else if (sample > this.#rate ? fromUs >= this.#landedUs : capacity) {
      this.#rate += (sample - this.#rate) * (queueUs > 2 * target ? 0.7 : 0.3);
      // Two lower ones in a row are no jitter: the rate is at the higher of them already.
      if (queueUs > target) this.#rate = Math.min(this.#rate, this.#delivery.higherOfTwo);
    }
    if (queueUs > target && probed && this.#growth.starting) this.#rebase(this.queueUs, nowUs);
    else if (queueUs > target && growing) {
      this.#rate = sample;
      this.#growth.stop();
      this.#drain.emptyUs = nowUs;
    }
    this.#rate = Math.max(RATE_LEAST, this.#rate);
  }

  get #wasBacklogged(): boolean {
    return this.#backlog.covers(this.#delivery.fromUs, this.#delivery.toUs);
  }

  /** Growth at once: where no rival was met of late, and the overshoot is soon seen. */
  #mayLeap(nowUs: number): boolean {
    return this.#loopUs < LEAP_LOOP_US && this.#isAlone(nowUs);
  }

  #steer(target: number): void {
    const { nowUs, queueUs } = this.#reading;
    if (this.#rivals.competing) {
      this.#growth.pause();
      const tripUs = this.#loopUs + queueUs;
      this.#pacer.setRate((1.2e6 * this.#rivals.windowBytes) / tripUs, nowUs);
      return;
    }
    // In a fall what is foreseen must hold, and what stands costs ever more.
    const loops = this.#foresight.falls ? 2 : 3;
    let gain = 1 + Math.max(-0.5, Math.min(0.25, (target - queueUs) / (loops * this.#loopUs)));
    if (this.#growth.active) gain = this.#growth.gain;
    else if (this.#drain.step(this.#reading, this.#targetUs, this.#rivals))
      gain = Math.min(gain, DRAIN_GAIN);
    // One packet a loop, and never so much that the queue stands a quarter above its target.
    const step = Math.min(1400e6, (this.#rate * target) / 12) / this.#loopUs;
    const least = Math.max(RATE_LEAST, this.#rivals.leastRate(nowUs));
    this.#pacer.setRate(Math.max(least, this.#rateSoon * gain + step), nowUs);
  }
}

/** Enough to keep a scheduler of 1 to 5 ms busy, too little for anyone to notice. */
const QUEUE_TARGET_US = 8_000;
const RTT_UNKNOWN_US = 100_000;
/** 20 packets in flight and 20 a round trip: between RFC 6928's 10 and what CDNs use, 30. */
const WINDOW_FIRST = 20 * 1400;
const RATE_FIRST = 280_000;
const WINDOW_LEAST = 2 * 1400;
/** 40 kbit/s: a packet each 0.3 s, so that something is there to be measured. */
const RATE_LEAST = 5_000;
/** So the overshoot, (1.8 − 1) × loop, stays under 80 ms. */
const LEAP_LOOP_US = 100_000;
const ALONE_AFTER_US = 30_000_000;
/** Below that jitter looks like a fall; above, half a loop of one is in the buffer already. */
const FALL_TARGETS = 1.5;
/** No jitter stands so long: a fall within half a second, of which most is left yet. */
const FALL_TARGETS_MOST = 5;
/** So long after one was foreseen the queue is empty by that, and the path may fall on. */
const FALL_LOOPS = 4;
/** Of the rate in a loop: more than jitter does to two stretches of arrivals. */
const FALLING_SHARE = 0.1;
/** 6 ms: at 3 Mbit/s a packet takes 3.7 ms, and must not hide for ever that there is more. */
const LOW_SHARE = 0.75;
/** 480 kbit/s: who sends more might fill what the path has become. */
const LITTLE_RATE = 60_000;
const STEERING_JITTER_US = 2_000;
const SPAN_LEAST_US = 5_000;
const SPAN_MOST_US = 25_000;
const MARGIN_US = 5_000;
/** After 10 s of little use a path may have become another: a third of the window until proved. */
const PROOF_LASTS_US = 10_000_000;
const CAREFUL_SHARE = 0.33;
/** A path that is left out because it carries little is tried again so often. */
const LIMIT_LASTS_US = 10_000_000;
