import {
  REPORT_BITMAP_AT,
  REPORT_BITS_AT,
  REPORT_BYTES_AT,
  REPORT_HELD_AT,
  REPORT_NEWEST_AT,
  REPORT_ONE_WAY_AT,
  TRANSPORT_OVERHEAD_BYTES,
} from '@rmh/wire';
import { Arrivals } from './arrivals.ts';
import { Congestion } from './congestion.ts';
import { RttEstimator, reportDelayUs } from './rtt.ts';
import { SentLog } from './sent-log.ts';
import { nextPathState, type PathEvent, type PathState } from './state.ts';

/**
 * One path of a session: a local link towards one remote address, seen from one end.
 *
 * 1. `sent` writes down what left.
 * 2. `report` reads what the other end says arrived: answered and lost flights, RTT.
 * 3. `arrivals` keeps what arrived here, for our own report.
 * 4. `check` turns lateness into suspicion and long silence into parking.
 */
export class Path {
  readonly id: number;
  state: PathState = 'untried';
  readonly rtt = new RttEstimator();
  readonly log = new SentLog();
  arrivals = new Arrivals();
  /** Flights that the last `report` answered or lost; reused. */
  readonly answered = new FlightList();
  /** The last report answered a number that was still open: the path works both ways. */
  fresh = false;
  readonly lost = new FlightList();

  packetsSent = 0;
  packetsLost = 0;
  bytesSent = 0;
  bytesDuplicated = 0;
  suspicions = 0;
  /** Share of packets lost, 0 … 1, over about the last 200 that were settled. */
  lossShare = 0;
  /** The last time anything authenticated arrived on this path, or 0. */
  heardUs = 0;
  /** UDP payload bytes that the other end says arrived, counted on past 2^32. */
  deliveredBytes = 0;
  readonly congestion: Congestion;
  #reportedBytes = 0;
  /** The newest numbers whose round trip was measured, and whose delay and delivery were. */
  #timed = -1;
  #measured = -1;
  /** When the first packet left that nothing has answered since, or null. */
  #waitingSinceUs: number | null = null;
  /** The newest number that was answered, and when we heard of it. */
  #newest = -1;
  #newestAtUs = 0;
  /** When an unanswered number below the newest one counts as lost, though no more is heard. */
  strayAtUs = Number.POSITIVE_INFINITY;

  /** `queueTargetUs`: the queue of ours that may stand before the path, µs. */
  constructor(id: number, queueTargetUs?: number) {
    this.id = id;
    this.congestion = new Congestion(queueTargetUs);
  }

  on(event: PathEvent): boolean {
    const next = nextPathState(this.state, event);
    const changed = next !== this.state;
    this.state = next;
    return changed;
  }

  /** Writes down a transmission whose number the caller took from `log.next`. */
  sent(nowUs: number, bytes: number, flight: number, owesReport: boolean): void {
    const pushedOut = this.log.add(nowUs, bytes, flight);
    if (pushedOut >= 0) this.lost.push(pushedOut);
    this.packetsSent++;
    this.bytesSent += bytes;
    this.congestion.sent(bytes, nowUs);
    if (!owesReport) this.log.settle(this.log.next - 1);
    else this.#waitingSinceUs ??= nowUs;
  }

  /**
   * Reads a report's body at `at` (lengths are checked by the reader of control frames). Fills
   * `answered` and `lost`. False: it speaks of a number never sent, or long settled.
   *
   * @param ownWay it came back on this path: over a quicker one it would make the round trip too
   *   short, and this path's packets would be expected long before they come
   */
  report(view: DataView, at: number, nowUs: number, ownWay = true): boolean {
    const newest = this.log.expand(view.getUint32(at + REPORT_NEWEST_AT, true));
    if (newest < 0) return false;
    const bits = view.getUint16(at + REPORT_BITS_AT, true);
    // The newest may well be a message that owes no report: its way there and back counts too.
    if (ownWay && newest > this.#timed && this.log.remembers(newest)) {
      const tookUs = nowUs - this.log.sentUsOf(newest);
      this.rtt.sample(tookUs - view.getUint32(at + REPORT_HELD_AT, true), nowUs);
      this.#timed = newest;
    }
    const news = newest > this.#measured && this.log.remembers(newest) && this.rtt.samples > 0;
    if (this.log.isOpen(newest)) this.#answer(newest);
    for (let i = 0; i < bits; i++) {
      const number = newest - 1 - i;
      if (number < this.log.oldestOpen) break;
      const byte = view.getUint8(at + REPORT_BITMAP_AT + (i >> 3));
      if ((byte & (1 << (i & 7))) !== 0 && this.log.isOpen(number)) this.#answer(number);
    }
    if (newest > this.#newest) {
      this.#newest = newest;
      this.#newestAtUs = nowUs;
    }
    this.#findLost(nowUs);
    this.#waitOnlyFor(newest);
    if (news) this.#steer(view, at, newest, nowUs);
    return true;
  }

  /** Bytes that left and are neither answered nor lost. */
  get inFlightBytes(): number {
    return this.log.inFlightBytes;
  }

  /** When the next packet may leave: now, later, or (Infinity) after an answer. */
  nextSendUs(nowUs: number): number {
    const inFlightBytes = this.log.full ? Number.POSITIVE_INFINITY : this.log.inFlightBytes;
    return this.congestion.nextSendUs(nowUs, inFlightBytes);
  }

  /** One-way delay above its base, µs: the queue that stands in the operator's buffer. */
  get queueUs(): number {
    return this.congestion.queueUs;
  }

  /**
   * The delay that a packet sent now can expect, µs; 100 ms while unmeasured. What is unanswered
   * beyond a round trip and its report stands in a queue: it shows sooner than any answer can, also
   * when answers stop.
   */
  get oneWayUs(): number {
    if (this.rtt.samples === 0) return ONE_WAY_UNKNOWN_US;
    return this.congestion.tripUs / 2 + this.waitUs;
  }

  /** How long it will wait in the operator's buffer, as far as what is unanswered tells, µs. */
  get waitUs(): number {
    return this.congestion.waitUs(this.log.inFlightBytes);
  }

  /** Until when the present silence is still patience, or null when nothing is awaited. */
  get lateAtUs(): number | null {
    if (this.#waitingSinceUs === null) return null;
    return this.#waitingSinceUs + this.patienceUs;
  }

  /**
   * How long an answer may take: the average, four variances (RFC 6298) and the delay of two
   * reports at the other end, because one may get lost.
   */
  get patienceUs(): number {
    if (this.rtt.samples === 0) return PATIENCE_UNKNOWN_US;
    const margin = Math.max(MARGIN_LEAST_US, 4 * this.rtt.varianceUs);
    return this.rtt.smoothedUs + margin + 2 * reportDelayUs(this.rtt.smoothedUs);
  }

  /** Applies the passing of time: 'late' once, then 'silent' once. */
  check(nowUs: number): boolean {
    if (nowUs >= this.strayAtUs) this.#findLost(nowUs);
    const lateAt = this.lateAtUs;
    if (lateAt === null || nowUs < lateAt) return false;
    if (this.state === 'carrying') {
      this.suspicions++;
      return this.on('late');
    }
    if (this.state !== 'suspect' && this.state !== 'validating') return false;
    return nowUs - (lateAt - this.patienceUs) > PARK_AFTER_US ? this.on('silent') : false;
  }

  /** Takes every unanswered flight off the path, into `lost`: the link is gone or suspect. */
  takeUnanswered(): void {
    for (let number = this.log.oldestOpen; number < this.log.next; number++) {
      if (this.log.isOpen(number)) this.lost.push(this.log.take(number));
    }
  }

  /** Forgets what was measured and what is awaited: other address, other link. */
  forget(): void {
    for (let n = this.log.oldestOpen; n < this.log.next; n++) this.log.settle(n);
    this.rtt.forget();
    this.#measured = this.log.next - 1;
    this.#newest = this.#timed = this.#measured;
    this.strayAtUs = Number.POSITIVE_INFINITY;
    this.congestion.forget();
    this.#waitingSinceUs = null;
  }

  #answer(number: number): void {
    const flight = this.log.settle(number);
    if (flight >= 0) this.answered.push(flight);
    this.fresh = true;
    this.lossShare -= this.lossShare / LOSS_MEMORY;
  }

  /** What the report says of delay and delivery, to the congestion control. */
  #steer(view: DataView, at: number, newest: number, nowUs: number): void {
    const reported = view.getUint32(at + REPORT_BYTES_AT, true);
    const frameBytes = (reported - this.#reportedBytes) >>> 0;
    // Reports count frames; what leaves and is paced are datagrams.
    const overhead = (newest - this.#measured) * TRANSPORT_OVERHEAD_BYTES;
    // Backwards: the other end began anew.
    if (frameBytes < 2 ** 31) this.deliveredBytes += frameBytes + overhead;
    this.#reportedBytes = reported;
    this.#measured = newest;
    const { feedback } = this.congestion;
    feedback.nowUs = nowUs;
    feedback.sentUs = this.log.sentUsOf(newest);
    feedback.oneWayUs = view.getUint32(at + REPORT_ONE_WAY_AT, true);
    feedback.deliveredBytes = this.deliveredBytes;
    feedback.rttUs = this.rtt.latestUs;
    feedback.smoothedRttUs = this.rtt.smoothedUs;
    this.congestion.take();
    feedback.lostSentUs = -1;
  }

  /**
   * Unanswered numbers well before the newest answered one did not make it: they left so much
   * earlier, or so much time has passed since it was answered (RFC 8985).
   */
  #findLost(nowUs: number): void {
    const newest = this.#newest;
    const window = Math.max(REORDER_LEAST_US, this.rtt.smoothedUs / 8);
    const lostBeforeUs = this.log.sentUsOf(newest) + (nowUs - this.#newestAtUs) - window;
    this.strayAtUs = Number.POSITIVE_INFINITY;
    let counted = 0;
    for (let number = this.log.oldestOpen; number < newest; number++) {
      if (!this.log.isOpen(number)) continue;
      const sentUs = this.log.sentUsOf(number);
      if (sentUs > lostBeforeUs && newest - number < REORDER_NUMBERS) {
        this.strayAtUs = nowUs + sentUs - lostBeforeUs;
        break;
      }
      this.lost.push(this.log.take(number));
      this.log.settle(number);
      this.packetsLost++;
      this.congestion.feedback.lostSentUs = sentUs;
      // A whole outage in one report says little of how the path loses when it works.
      if (counted++ < LOSSES_COUNTED_MAX) this.lossShare += (1 - this.lossShare) / LOSS_MEMORY;
    }
  }

  #waitOnlyFor(newest: number): void {
    let next = Math.max(newest + 1, this.log.oldestOpen);
    while (next < this.log.next && !this.log.isOpen(next)) next++;
    this.#waitingSinceUs = next < this.log.next ? this.log.sentUsOf(next) : null;
  }
}

/** A bounded list of flight numbers that grows to what one report or one loss can name. */
export class FlightList {
  count = 0;
  #items = new Int32Array(256);

  push(flight: number): void {
    if (this.count === this.#items.length) {
      const larger = new Int32Array(this.#items.length * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.count++] = flight;
  }

  at(index: number): number {
    return this.#items[index] ?? -1;
  }

  clear(): void {
    this.count = 0;
  }
}

const ONE_WAY_UNKNOWN_US = 100_000;
const MARGIN_LEAST_US = 10_000;
const PATIENCE_UNKNOWN_US = 500_000;
/** Recorded outages last 1–3 s at the median: past that the path only gets probes. */
const PARK_AFTER_US = 3_000_000;
const REORDER_LEAST_US = 5_000;
const REORDER_NUMBERS = 128;
const LOSS_MEMORY = 200;
const LOSSES_COUNTED_MAX = 20;
