import { reportDelayUs } from './rtt.ts';
import { DeliveryRate } from './delivery.ts';
import { OneWayBase } from './one-way.ts';
import { Competition } from './competition.ts';
import { Pacer } from './pacer.ts';

/** What one report says that is new. Times µs; reused by its maker. */
export interface Feedback {
  nowUs: number;
  /** When the newest packet left, and arrival − departure modulo 2^32. */
  sentUs: number;
  oneWayUs: number;
  /** UDP payload bytes that arrived up to then, from the beginning of the path. */
  deliveredBytes: number;
  rttUs: number;
  smoothedRttUs: number;
  /** When the newest packet left that this report showed to be lost, or −1. */
  lostSentUs: number;
}

export class Congestion {
  /** Filled by the path before each `take`. */
  readonly feedback: Feedback = {
    nowUs: 0,
    sentUs: 0,
    oneWayUs: 0,
    deliveredBytes: 0,
    rttUs: 0,
    smoothedRttUs: 0,
    lostSentUs: -1,
  };
  queueMeanUs = 0;
  readonly base = new OneWayBase();
  readonly trip = new OneWayBase();
  readonly #queueTargetUs: number;
  readonly #delivery = new DeliveryRate();
  readonly #pacer = new Pacer();
  readonly #rivals = new Competition();
  #rate = RATE_FIRST;
  #rttUs = 0;
  #loopUs = RTT_UNKNOWN_US;
  #mode: 'start' | 'steady' | 'drain' = 'start';
  #gain = 1;
  #boost = 1;
  /** The sender has had more than it was allowed to send from … to. */
  #backlogFromUs = Number.NEGATIVE_INFINITY;
  #backlogToUs = Number.NEGATIVE_INFINITY;
  /** Least queue of the present and of the last sample's span. */
  #queueNow = Number.POSITIVE_INFINITY;
  #queueBefore = 0;
  #queueOlder = 0;
  #jitterUs = 0;
  #roundEndsUs = 0;
  #roundLow = true;
  #roundRate = 0;
  #lowRounds = 0;
  #flatRounds = 0;
  #drainedUs = 0;
  #drainFailed = false;
  #probeAtUs = Number.POSITIVE_INFINITY;
  #probePauseUs = 2 * RTT_UNKNOWN_US;
  #drainUntilUs = 0;

  constructor(queueTargetUs = QUEUE_TARGET_US) {
    this.#queueTargetUs = queueTargetUs;
    this.#pacer.setRate(RATE_FIRST, 0);
  }

  get bytesPerSecond(): number {
    return this.#rate;
  }

  get debug(){ return `${this.#mode} g${this.#gain.toFixed(2)} b${this.#boost.toFixed(2)} T${(this.#targetUs/1000).toFixed(0)} ${this.#rivals.phase} qr${(this.queueUs/1000).toFixed(0)} sq${(this.standingUs/1000).toFixed(0)} w${(this.#rivals.windowBytes/1000).toFixed(0)}`; }
  get windowBytes(): number {
    if (this.#rivals.competing) return this.#rivals.windowBytes;
    if (this.#mode === 'start') return Math.max(WINDOW_FIRST, this.#windowAt(START_GAIN));
    const seen = (FLOOR_SHARE * this.#rivals.rateAlone * (this.#loopUs + this.queueUs)) / 1e6;
    return Math.max(WINDOW_LEAST, seen, this.#windowAt(Math.max(1, this.#boost)));
  }

  nextSendUs(nowUs: number, inFlightBytes: number): number {
    if (inFlightBytes >= this.windowBytes) return this.#probeAtUs;
    return this.#pacer.nextSendUs(nowUs);
  }

  sent(bytes: number, nowUs: number): void {
    this.#pacer.sent(bytes, nowUs);
    // The window may be full of what got lost behind the last answer: one packet tells (RFC 8985).
    if (nowUs >= this.#probeAtUs) this.#probePauseUs *= 2;
    this.#probeAtUs = nowUs + this.#probePauseUs;
  }

  backlogged(nowUs: number): void {
    if (nowUs - this.#backlogToUs > BACKLOG_PAUSE_US) this.#backlogFromUs = nowUs;
    this.#backlogToUs = nowUs;
  }

  get queueUs(): number {
    return this.base.aboveUs;
  }

  take(): void {
    const said = this.feedback;
    const { nowUs } = said;
    this.trip.take(said.rttUs, nowUs);
    this.#rttUs = Math.max(1, this.trip.leastUs);
    this.#loopUs = this.#rttUs + reportDelayUs(said.smoothedRttUs);
    this.#probePauseUs = said.smoothedRttUs * 1.5 + 2 * (this.#loopUs - this.#rttUs) + MARGIN_US;
    this.#probeAtUs = nowUs + this.#probePauseUs;
    this.base.take(said.oneWayUs, nowUs);
    const queueUs = this.base.aboveUs;
    if (said.lostSentUs >= 0) this.#rivals.lost(said.lostSentUs, nowUs);
    if (this.#rivals.competing || this.#drainFailed) {
      this.base.hold(nowUs);
      this.trip.hold(nowUs);
    }
    if (queueUs > this.#targetUs / 2) this.#roundLow = false;
    this.queueMeanUs += (queueUs - this.queueMeanUs) / 8;
    this.#queueNow = Math.min(this.#queueNow, queueUs);
    const arrivedUs = said.sentUs + this.base.latestUs;
    const spanUs = Math.min(SPAN_MOST_US, Math.max(SPAN_LEAST_US, this.#rttUs / 2));
    if (this.#delivery.take(said.sentUs, arrivedUs, said.deliveredBytes, spanUs)) {
      this.#onSample(nowUs);
    }
  }

  forget(): void {
    this.base.forget();
    this.trip.forget();
    this.#rivals.reset();
    this.#delivery.forget();
    this.#rate = RATE_FIRST;
    this.#mode = 'start';
    this.#rttUs = 0;
    this.#loopUs = RTT_UNKNOWN_US;
    this.#boost = 1;
    this.#flatRounds = 0;
    this.#roundRate = 0;
  }

  get #targetUs(): number {
    const packets = (PACKETS_STANDING * 1400 * 1e6) / Math.max(this.#rate, this.#rivals.rateAlone / 16);
    return Math.max(this.#queueTargetUs, packets) + 2 * this.#noiseUs;
  }

  /** Jitter beyond what our own steering makes. */
  get #noiseUs(): number {
    return Math.max(0, this.#jitterUs - 2000);
  }

  get standingUs(): number {
    return Math.min(this.#queueNow, this.#queueBefore);
  }

  /** A queue that is as good as none. */
  get #drainedAtUs(): number {
    return this.#targetUs / 4 + 2 * this.#noiseUs;
  }

  #windowAt(gain: number): number {
    const rtt = this.#rttUs || RTT_UNKNOWN_US;
    const reportUs = this.#loopUs - this.#rttUs;
    return (this.#rate * (gain * (rtt + reportUs) + reportUs + MARGIN_US + this.#targetUs + 4 * this.#noiseUs)) / 1e6;
  }

  #onSample(nowUs: number): void {
    const { sample } = this.#delivery;
    const queueUs = this.standingUs;
    const target = this.#targetUs;
    // The second difference: jitter, but no steady rise or fall.
    const bend = Math.abs(this.#queueNow - 2 * this.#queueBefore + this.#queueOlder) / 2;
    this.#jitterUs += (Math.min(JITTER_MOST_US, bend) - this.#jitterUs) / 16;
    this.#queueOlder = this.#queueBefore;
    this.#queueBefore = this.#queueNow;
    this.#queueNow = Number.POSITIVE_INFINITY;
    const isCapacity = this.#wasBacklogged || queueUs > target;
    if (this.#mode === 'start' || this.#boost > 1) this.#rate = Math.max(this.#rate, sample);
    else if (isCapacity || sample > this.#rate) {
      this.#rate += (sample - this.#rate) * (queueUs > 2 * target ? 0.7 : 0.3);
    }
    this.#rate = Math.max(RATE_LEAST, this.#rate);
    if (queueUs > target) this.#leaveStart(sample);
    if (nowUs >= this.#roundEndsUs) this.#onRound(nowUs);
    const { toUs } = this.#delivery;
    const arrivedUs = toUs + this.base.latestUs;
    const { deliveredBytes } = this.feedback;
    const lowUs = Math.max(2 * target, target + this.#loopUs / 6);
    this.#rivals.step(nowUs, toUs, arrivedUs, deliveredBytes, queueUs, lowUs, this.#drainedAtUs, this.#rate, this.#loopUs);
    if (this.#rivals.unmoved) {
      this.base.restart(this.base.latestUs, nowUs);
      this.trip.restart(this.trip.latestUs, nowUs);
    }
    this.#steer(queueUs, target, nowUs);
  }

  get #wasBacklogged(): boolean {
    const { fromUs, toUs } = this.#delivery;
    return this.#backlogFromUs <= fromUs + 5000 && this.#backlogToUs >= toUs - 5000;
  }

  #leaveStart(sample: number): void {
    if (this.#boost > 1) this.#rate = Math.min(this.#rate, sample);
    this.#boost = 1;
    if (this.#mode !== 'start') return;
    this.#mode = 'steady';
    this.#rate = sample;
  }

  #onRound(nowUs: number): void {
    this.#roundEndsUs = nowUs + this.#loopUs;
    const backlogged = this.#wasBacklogged;
    if (this.#mode === 'start') {
      const grew = this.#rate > 1.25 * this.#roundRate;
      this.#flatRounds = grew || !backlogged ? 0 : this.#flatRounds + 1;
      if (this.#flatRounds >= 3) this.#mode = 'steady';
    } else if (this.#roundLow && backlogged) {
      if (this.#lowRounds++ > 0)       this.#boost = Math.min(START_GAIN, this.#boost * 1.4);
    } else {
      this.#boost = 1;
      this.#lowRounds = 0;
    }
    this.#roundRate = this.#rate;
    this.#roundLow = this.#mode !== 'drain';
  }

  #steer(queueUs: number, target: number, nowUs: number): void {
    const pull = (target - queueUs) / (3 * this.#loopUs);
    this.#gain = 1 + Math.max(-0.5, Math.min(0.25, pull));
    if (this.#mode === 'start') this.#gain = START_GAIN;
    else if (this.#boost > 1) this.#gain = Math.max(this.#gain, this.#boost);
    else this.#drain(queueUs, nowUs);
    if (this.#rivals.competing) {
      this.#boost = 1;
      const window = this.#rivals.windowBytes;
      this.#pacer.setRate((1.2e6 * window) / (this.#loopUs + queueUs), nowUs);
      return;
    }
    const additive = Math.min((this.#rate * target) / (12 * this.#loopUs), (1400 * 1e6) / this.#loopUs);
    this.#pacer.setRate(this.#rate * this.#gain + additive, nowUs);
  }

  /** Every few seconds the queue is let run empty, so that the base can be seen. */
  #drain(queueUs: number, nowUs: number): void {
    if (this.#mode === 'drain') {
      const drained = queueUs < this.#drainedAtUs;
      if (drained || nowUs > this.#drainUntilUs) {
        this.#mode = 'steady';
        this.#drainedUs = nowUs;
        this.#drainFailed = !drained;
        if (!drained) this.#rivals.undrained(nowUs, this.#rate, queueUs, this.#loopUs);
      } else this.#gain = Math.min(this.#gain, 0.75);
      return;
    }
    if (queueUs < DRAINED_US) this.#drainedUs = nowUs;
    if (nowUs - this.#drainedUs < DRAIN_PAUSE_US) return;
    this.#mode = 'drain';
    this.#rivals.mark();
    this.#drainUntilUs = nowUs + 4 * this.#targetUs + 2 * this.#loopUs;
  }
}

/** Who yields to a queue of others still sends a hundredth, to see what becomes of it. */
const QUEUE_OURS_US = 25_000;
const FLOOR_SHARE = 0.01;
const QUEUE_TARGET_US = 8_000;
const RTT_UNKNOWN_US = 100_000;
const WINDOW_FIRST = 20 * 1400;
const WINDOW_LEAST = 2 * 1400;
const RATE_FIRST = 280_000;
const RATE_LEAST = 5_000;
const START_GAIN = 1.8;
const JITTER_MOST_US = 30_000;
const SPAN_LEAST_US = 5_000;
const SPAN_MOST_US = 25_000;
const BACKLOG_PAUSE_US = 20_000;
const MARGIN_US = 5_000;
const PACKETS_STANDING = 1.5;
const DRAINED_US = 2_000;
const DRAIN_PAUSE_US = 5_000_000;
