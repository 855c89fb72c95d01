import {
  REPORT_BITMAP_AT,
  REPORT_BITS_AT,
  REPORT_BITS_MAX,
  REPORT_BYTES_AT,
  REPORT_HELD_AT,
  REPORT_NEWEST_AT,
  REPORT_ONE_WAY_AT,
} from '@rmh/wire';
import { Arrivals } from './arrivals.ts';
import { Path } from './path.ts';
import { reportDelayUs } from './rtt.ts';

/** A bottleneck with its line: FIFO, bounded in time, then delay with jitter; steps of time. */
export interface BottleneckOptions {
  readonly seed?: number;
  /** Mbit/s at a time, µs; 0 is an outage that delays. */
  readonly rateMbit: (nowUs: number) => number;
  /** One way, each direction, µs at a time. */
  readonly oneWayUs: (nowUs: number) => number;
  /** Both ways. */
  readonly loss?: (nowUs: number) => number;
  readonly jitterUs?: number;
  readonly bufferUs?: number;
  /** Also reports wait while this is true: they come in a burst. */
  readonly returnStalls?: (nowUs: number) => boolean;
  /** Receiver's clock: starts elsewhere, and drifts. */
  readonly driftPpm?: number;
  readonly stepUs?: number;
}

interface Packet {
  readonly owner: Traffic;
  readonly number: number;
  readonly bytes: number;
  readonly sentUs: number;
  dueUs: number;
}

export interface Traffic {
  step: (nowUs: number) => void;
  arrived: (number: number, bytes: number, sentUs: number, nowUs: number) => void;
}

export class Bottleneck {
  nowUs = 1_000_000;
  queueBytes = 0;
  readonly traffic: Traffic[] = [];
  readonly options: BottleneckOptions;
  #random: number;
  readonly stepUs: number;
  #queue = new Fifo<Packet>();
  #flight = new Fifo<Packet>();
  #servedBytes = 0;
  #lastDueUs = 0;
  #jitterUs = 0;
  #jitterUntilUs = 0;

  constructor(options: BottleneckOptions) {
    this.options = options;
    this.#random = options.seed ?? 1;
    this.stepUs = options.stepUs ?? 200;
  }

  get bytesPerUs(): number {
    return this.options.rateMbit(this.nowUs) / 8;
  }

  /** How long what stands in the queue takes at the present rate, µs. */
  get queueUs(): number {
    return this.queueBytes === 0 ? 0 : this.queueBytes / Math.max(1e-9, this.bytesPerUs);
  }

  get oneWayUs(): number {
    return this.options.oneWayUs(this.nowUs);
  }

  loses(): boolean {
    return this.#unit() < (this.options.loss?.(this.nowUs) ?? 0);
  }

  offer(owner: Traffic, number: number, bytes: number): void {
    if (this.loses()) return;
    const full = this.queueUs > (this.options.bufferUs ?? 1_500_000) && this.queueBytes > 30_000;
    if (full && (this.bytesPerUs > 0 || this.queueBytes > 2_000_000)) return;
    this.#queue.push({ owner, number, bytes, sentUs: this.nowUs, dueUs: 0 });
    this.queueBytes += bytes;
  }

  /** Runs until then; `each` sees every step. */
  run(untilUs: number, each?: (nowUs: number) => void): void {
    while (this.nowUs < untilUs) {
      for (const one of this.traffic) one.step(this.nowUs);
      this.#serve();
      this.nowUs += this.stepUs;
      this.#deliver();
      each?.(this.nowUs);
    }
  }

  #serve(): void {
    this.#servedBytes += this.bytesPerUs * this.stepUs;
    for (let head = this.#queue.head; head !== undefined; head = this.#queue.head) {
      if (head.bytes > this.#servedBytes) return;
      this.#servedBytes -= head.bytes;
      this.queueBytes -= head.bytes;
      const earlierUs = this.#servedBytes / Math.max(1e-9, this.bytesPerUs);
      head.dueUs = Math.max(head.sentUs, this.nowUs + this.stepUs - earlierUs);
      head.dueUs += this.oneWayUs + this.#drawJitter();
      this.#lastDueUs = Math.max(this.#lastDueUs, head.dueUs);
      head.dueUs = this.#lastDueUs;
      this.#flight.push(head);
      this.#queue.shift();
    }
    this.#servedBytes = 0;
  }

  #deliver(): void {
    for (let head = this.#flight.head; head !== undefined; head = this.#flight.head) {
      if (head.dueUs > this.nowUs) return;
      head.owner.arrived(head.number, head.bytes, head.sentUs, head.dueUs);
      this.#flight.shift();
    }
  }

  /** Uniform in [0, 1): Park and Miller's minimal standard, for a fake has no imports to spare. */
  #unit(): number {
    this.#random = (this.#random * 48_271) % 2_147_483_647;
    return this.#random / 2_147_483_647;
  }

  #drawJitter(): number {
    const mean = this.options.jitterUs ?? 0;
    if (mean > 0 && this.nowUs >= this.#jitterUntilUs) {
      this.#jitterUs = -mean * Math.log(1 - this.#unit());
      this.#jitterUntilUs = this.nowUs + 10_000;
    }
    return this.#jitterUs;
  }
}

/** Our own sender and receiver over the bottleneck: the real Path, real report bytes. */
export class PathTraffic implements Traffic {
  readonly path = new Path(0);
  deliveredBytes = 0;
  /** Bytes per µs that the application makes; Infinity is a backlog without end. */
  offeredBytesPerUs = Number.POSITIVE_INFINITY;
  packetBytes = 1400;
  #waitingBytes = 0;
  #pingAtUs = 0;
  readonly #net: Bottleneck;
  readonly #arrivals = new Arrivals();
  #reportAtUs = Number.POSITIVE_INFINITY;
  readonly #reports = new Fifo<{ dueUs: number; view: DataView }>();

  constructor(net: Bottleneck) {
    this.#net = net;
    net.traffic.push(this);
    this.path.on('validate');
    this.path.on('heard');
  }

  step(nowUs: number): void {
    this.#receiverStep(nowUs);
    this.#takeReports(nowUs);
    this.path.check(nowUs);
    this.#ping(nowUs);
    const { packetBytes, offeredBytesPerUs } = this;
    // A backlog without end leaves none behind.
    if (offeredBytesPerUs < Infinity && this.#waitingBytes === Infinity) this.#waitingBytes = 0;
    this.#waitingBytes += offeredBytesPerUs * this.#net.stepUs;
    while (this.#waitingBytes >= packetBytes) {
      if (this.path.nextSendUs(nowUs) > nowUs) {
        this.path.congestion.backlogged(nowUs);
        return;
      }
      const number = this.path.log.next;
      this.path.sent(nowUs, packetBytes, -1, true);
      this.#net.offer(this, number, packetBytes);
      this.#waitingBytes -= packetBytes;
    }
  }

  /** As the session does on a path in doubt [PA-5]. */
  #ping(nowUs: number): void {
    if (this.path.state === 'carrying' || nowUs < this.#pingAtUs) return;
    this.#pingAtUs = nowUs + 100_000;
    const number = this.path.log.next;
    this.path.sent(nowUs, 100, -1, true);
    this.#net.offer(this, number, 100);
  }

  arrived(number: number, bytes: number, sentUs: number, nowUs: number): void {
    this.deliveredBytes += bytes;
    const stamp = sentUs % 2 ** 32;
    const { driftPpm = 0 } = this.#net.options;
    const clockUs = Math.floor(nowUs * (1 + driftPpm / 1e6) + 3e9);
    this.#arrivals.note(number, stamp, bytes - 32, clockUs, true);
    const atOnce = this.#arrivals.gapSeen || this.#arrivals.unreported >= 128;
    const dueUs = atOnce ? nowUs : nowUs + reportDelayUs(this.path.rtt.smoothedUs || 100_000);
    this.#reportAtUs = Math.min(this.#reportAtUs, dueUs);
    if (atOnce) this.#receiverStep(nowUs, clockUs - nowUs);
    else this.#skewUs = clockUs - nowUs;
  }
  #skewUs = 0;

  #receiverStep(nowUs: number, skewUs = this.#skewUs): void {
    if (nowUs < this.#reportAtUs) return;
    this.#reportAtUs = Number.POSITIVE_INFINITY;
    const arrivals = this.#arrivals;
    const view = new DataView(new ArrayBuffer(REPORT_BITMAP_AT + REPORT_BITS_MAX / 8));
    view.setUint16(REPORT_BITS_AT, arrivals.reportBits, true);
    view.setUint32(REPORT_NEWEST_AT, arrivals.newest, true);
    view.setUint32(REPORT_HELD_AT, Math.max(0, nowUs + skewUs - arrivals.newestArrivedUs), true);
    view.setUint32(REPORT_ONE_WAY_AT, arrivals.oneWayUs, true);
    view.setUint32(REPORT_BYTES_AT, arrivals.bytes % 2 ** 32, true);
    for (let i = 0; i < arrivals.reportBits; i++) {
      if (!arrivals.arrived((arrivals.newest - 1 - i) >>> 0)) continue;
      const at = REPORT_BITMAP_AT + (i >> 3);
      view.setUint8(at, view.getUint8(at) | (1 << (i & 7)));
    }
    arrivals.reported();
    if (!this.#net.loses()) this.#reports.push({ dueUs: nowUs + this.#net.oneWayUs, view });
  }

  #takeReports(nowUs: number): void {
    if (this.#net.options.returnStalls?.(nowUs) === true) return;
    for (let head = this.#reports.head; head !== undefined; head = this.#reports.head) {
      if (head.dueUs > nowUs) return;
      this.path.report(head.view, 0, nowUs);
      if (this.path.fresh) this.path.on('heard');
      this.path.fresh = false;
      this.path.answered.clear();
      this.path.lost.clear();
      this.#reports.shift();
    }
  }
}

/** Reno (RFC 5681) or CUBIC (RFC 9438) with its Reno-friendly floor; windows in packets. */
export class TcpTraffic implements Traffic {
  deliveredBytes = 0;
  cwnd = 10;
  /** Starts then and stops then. */
  fromUs = 0;
  untilUs = Number.POSITIVE_INFINITY;
  readonly #cubic: boolean;
  readonly #net: Bottleneck;
  #slowStart = true;
  #next = 0;
  #ackedTo = 0;
  #recoverAt = 0;
  #most = 0;
  #epochUs = -1;
  #renoCwnd = 0;
  #rttUs = 0;
  #heardUs = 0;
  readonly #acks = new Fifo<{ number: number; dueUs: number; sentUs: number }>();

  constructor(net: Bottleneck, kind: 'reno' | 'cubic') {
    this.#net = net;
    this.#cubic = kind === 'cubic';
    net.traffic.push(this);
  }

  step(nowUs: number): void {
    for (let head = this.#acks.head; head !== undefined; head = this.#acks.head) {
      if (head.dueUs > nowUs) break;
      this.#ack(head.number, nowUs - head.sentUs, nowUs);
      this.#acks.shift();
    }
    if (nowUs < this.fromUs || nowUs > this.untilUs) return;
    if (nowUs - this.#heardUs > 1_000_000 + 2 * this.#rttUs) this.#timeout(nowUs);
    while (this.#next - this.#ackedTo < this.cwnd) this.#net.offer(this, this.#next++, 1400);
  }

  arrived(number: number, bytes: number, sentUs: number, nowUs: number): void {
    this.deliveredBytes += bytes;
    this.#acks.push({ number, dueUs: nowUs + this.#net.oneWayUs, sentUs });
  }

  #ack(number: number, rttUs: number, nowUs: number): void {
    this.#rttUs = rttUs;
    this.#heardUs = nowUs;
    const lost = number > this.#ackedTo;
    this.#ackedTo = number + 1;
    if (lost && number >= this.#recoverAt) {
      this.#recoverAt = this.#next;
      this.#slowStart = false;
      this.#most = this.cwnd < this.#most ? this.cwnd * 0.85 : this.cwnd;
      this.cwnd = Math.max(2, this.cwnd * (this.#cubic ? 0.7 : 0.5));
      this.#renoCwnd = this.cwnd;
      this.#epochUs = nowUs;
    } else if (this.#slowStart) this.cwnd += 1;
    else if (this.#cubic) this.#grow(nowUs);
    else this.cwnd += 1 / this.cwnd;
  }

  #timeout(nowUs: number): void {
    this.#heardUs = nowUs;
    this.#ackedTo = this.#next;
    this.cwnd = 2;
  }

  #grow(nowUs: number): void {
    const k = Math.cbrt((this.#most * 0.3) / 0.4);
    const t = (nowUs - this.#epochUs + this.#rttUs) / 1e6;
    const target = 0.4 * (t - k) ** 3 + this.#most;
    this.#renoCwnd += 0.53 / this.cwnd;
    if (target > this.cwnd) this.cwnd += Math.min(0.5, (target - this.cwnd) / this.cwnd);
    this.cwnd = Math.max(this.cwnd, this.#renoCwnd);
  }
}

class Fifo<T> {
  #items: (T | undefined)[] = [];
  #first = 0;

  get head(): T | undefined {
    return this.#items[this.#first];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): void {
    this.#items[this.#first++] = undefined;
    if (this.#first < 4096 || this.#first * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#first);
    this.#first = 0;
  }
}
