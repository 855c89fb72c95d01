// One direction of a carrier, as a pure model: bytes and time in, tokens and deadlines out.
//
//   offer → loss? → buffer (FIFO, bounded) → serve at the present rate → fly → poll
//
// The buffer holds sizes, not delivery times, so a change of rate moves everything behind it.
// The outcome depends only on the seed, the offers and the changes: never on when poll is called.
import { assert, Random } from '@rmh/base';
import type { DirectionCondition, LinkState } from './condition.ts';
import { PacketRing } from './packet-ring.ts';

/** Why a packet was refused at offer, or discarded from the buffer later. */
export const DROP = { loss: -1, queueFull: -2, outage: -3, stale: -4 } as const;
export type DropReason = keyof typeof DROP;

/** A fault laid over the condition: silence both in and out, or a stall that delays. */
export type LinkFault = 'none' | 'blackhole' | 'stall';

export interface LinkLimits {
  /** Queueing delay at the present rate beyond which the newest packet is dropped. */
  readonly bufferUsMax: number;
  /** The same in bytes; alone in force while the link stands still. */
  readonly bufferBytesMax: number;
  /** A packet older than this when its turn comes is discarded (a PDCP discard timer). */
  readonly ageUsMax: number;
  /** Packets in the buffer and in flight together: bounds the memory of the model. */
  readonly packetsMax: number;
}

export const LIMITS_DEFAULT: LinkLimits = {
  bufferUsMax: 1_500_000, // deep, as LTE buffers are; CUBIC fills it within seconds
  bufferBytesMax: 2_000_000, // 1,400 full packets: 0.32 s at 50 Mbit/s, a long stall's backlog
  ageUsMax: 30_000_000, // the latest answers in the recorded drives came after 26 s
  packetsMax: 16_384, // 400 Mbit/s × 0.5 s of full packets, twice over for small ones
};

/** A slow link still holds this much: 20 full packets, so that a burst of one flow fits. */
export const BUFFER_BYTES_MIN = 30_000;

/** Radio scheduling delays neighbours alike: one draw of jitter serves this long. */
export const JITTER_HOLD_US = 10_000;

export interface LinkCounters {
  offered: number;
  offeredBytes: number;
  delivered: number;
  deliveredBytes: number;
  loss: number;
  queueFull: number;
  outage: number;
  stale: number;
}

export interface LinkOptions {
  readonly random: Random;
  readonly condition: DirectionCondition;
  readonly limits?: Partial<LinkLimits>;
  /** Each packet draws its own jitter and may overtake; false keeps FIFO. */
  readonly reorder?: boolean;
}

export class Link {
  readonly counters: LinkCounters = {
    offered: 0,
    offeredBytes: 0,
    delivered: 0,
    deliveredBytes: 0,
    loss: 0,
    queueFull: 0,
    outage: 0,
    stale: 0,
  };
  /** Due time of the packet that poll returned last. */
  deliveredUs = 0;
  /** Size of the packet that poll or reclaim returned last. */
  deliveredBytes = 0;

  readonly #limits: LinkLimits;
  readonly #reorder: boolean;
  // Two streams, so that the draws of one do not depend on when the other happens.
  readonly #lossRandom: Random;
  readonly #jitterRandom: Random;
  #condition: DirectionCondition;
  #fault: LinkFault = 'none';

  /** Waiting for service; `time` is the arrival. The head is being served. */
  readonly #queue = new PacketRing();
  /** Served, flying; `time` is when each is due. */
  readonly #flight = new PacketRing();
  /** Discarded after they were accepted: the owner takes their tokens back. */
  readonly #dropped = new PacketRing();
  #queueBytes = 0;
  /** Bits of the head not yet served at #servedUs, and since when the head is in service. */
  #headBits = 0;
  #servedUs = 0;
  #lastDueUs = 0;
  #jitterUs = 0;
  #jitterUntilUs = Number.NEGATIVE_INFINITY;

  constructor(options: LinkOptions) {
    this.#limits = { ...LIMITS_DEFAULT, ...options.limits };
    this.#reorder = options.reorder ?? false;
    this.#lossRandom = new Random(options.random.u32());
    this.#jitterRandom = new Random(options.random.u32());
    this.#condition = options.condition;
  }

  get state(): LinkState {
    if (this.#fault === 'blackhole') return 'drops';
    if (this.#condition.state === 'drops') return 'drops';
    return this.#fault === 'stall' ? 'delays' : this.#condition.state;
  }

  get queuePackets(): number {
    return this.#queue.length;
  }

  get queueBytes(): number {
    return this.#queueBytes;
  }

  get flightPackets(): number {
    return this.#flight.length;
  }

  /** Takes effect at nowUs: what was served before keeps its timing. */
  setCondition(condition: DirectionCondition, nowUs: number): void {
    this.#serve(nowUs);
    this.#foldHead(nowUs);
    this.#condition = condition;
    this.#flushIfDropping();
  }

  setFault(fault: LinkFault, nowUs: number): void {
    this.#serve(nowUs);
    this.#foldHead(nowUs);
    this.#fault = fault;
    this.#flushIfDropping();
  }

  /**
   * Accepts a packet, named by the owner's token (an integer ≥ 0), and returns 0; or returns a
   * DROP reason, and the token stays the owner's.
   */
  offer(token: number, bytes: number, nowUs: number): number {
    this.#serve(nowUs);
    this.counters.offered++;
    this.counters.offeredBytes += bytes;
    if (this.state === 'drops') {
      this.counters.outage++;
      return DROP.outage;
    }
    // The draw is made whatever the probability, so that a changed loss keeps the stream.
    if (this.#lossRandom.unit() < this.#condition.loss) {
      this.counters.loss++;
      return DROP.loss;
    }
    if (!this.#hasRoom(bytes)) {
      this.counters.queueFull++;
      return DROP.queueFull;
    }
    if (this.#queue.length === 0) this.#startHead(bytes, nowUs);
    this.#queue.push(token, bytes, nowUs);
    this.#queueBytes += bytes;
    // Nothing in the way: an unlimited link has served it at once.
    this.#serve(nowUs);
    return 0;
  }

  /** The token of the next packet that is due by nowUs, or -1. */
  poll(nowUs: number): number {
    this.#serve(nowUs);
    if (this.#flight.length === 0 || this.#flight.headTime > nowUs) return -1;
    this.deliveredUs = this.#flight.headTime;
    this.deliveredBytes = this.#flight.headBytes;
    this.counters.delivered++;
    this.counters.deliveredBytes += this.deliveredBytes;
    return this.#flight.shift();
  }

  /** The token of a packet that was accepted and later discarded, or -1. */
  reclaim(): number {
    if (this.#dropped.length === 0) return -1;
    this.deliveredBytes = this.#dropped.headBytes;
    return this.#dropped.shift();
  }

  /** No packet is due before this; poll then. Infinity: nothing will come without a change. */
  nextDueUs(): number {
    if (this.#flight.length > 0 && !this.#reorder) return this.#flight.headTime;
    const served = this.#headDoneUs() + this.#condition.oneWayUs;
    return this.#flight.length > 0 ? Math.min(this.#flight.headTime, served) : served;
  }

  /** How long a packet offered now would wait before its own service, at the present rate. */
  queueDelayUs(nowUs: number): number {
    this.#serve(nowUs);
    if (this.#queue.length === 0) return 0;
    const waitingBits = (this.#queueBytes - this.#queue.headBytes) * 8;
    return Math.max(0, this.#headDoneUs() - nowUs) + this.#serviceUs(waitingBits);
  }

  #hasRoom(bytes: number): boolean {
    if (this.#queue.length + this.#flight.length >= this.#limits.packetsMax) return false;
    const after = this.#queueBytes + bytes;
    if (after > this.#limits.bufferBytesMax) return false;
    // The packet in service is on the air, not in the buffer; standing still, bytes alone count.
    if (this.#rateKbps() <= 0 || after <= BUFFER_BYTES_MIN) return true;
    return this.#serviceUs(this.#queueBytes * 8) <= this.#limits.bufferUsMax;
  }

  #rateKbps(): number {
    return this.state === 'up' ? this.#condition.rateKbps : 0;
  }

  /** bit ÷ kbit/s = ms. */
  #serviceUs(bits: number): number {
    const rateKbps = this.#rateKbps();
    if (bits === 0 || rateKbps === Number.POSITIVE_INFINITY) return 0;
    return rateKbps > 0 ? (bits / rateKbps) * 1000 : Number.POSITIVE_INFINITY;
  }

  #headDoneUs(): number {
    if (this.#queue.length === 0) return Number.POSITIVE_INFINITY;
    return this.#servedUs + this.#serviceUs(this.#headBits);
  }

  #startHead(bytes: number, atUs: number): void {
    this.#headBits = bytes * 8;
    this.#servedUs = atUs;
  }

  /** Moves everything whose service ends by nowUs into flight. */
  #serve(nowUs: number): void {
    for (;;) {
      const doneUs = this.#headDoneUs();
      if (doneUs > nowUs) break;
      const bytes = this.#queue.headBytes;
      this.#launch(this.#queue.shift(), bytes, doneUs);
      this.#queueBytes -= bytes;
      this.#discardStale(doneUs);
      if (this.#queue.length > 0) this.#startHead(this.#queue.headBytes, doneUs);
    }
    // Standing still, the head ages without being served.
    if (this.#rateKbps() <= 0 && this.#discardStale(nowUs) && this.#queue.length > 0) {
      this.#startHead(this.#queue.headBytes, nowUs);
    }
  }

  /** Only a change folds the part already served into the head: polls leave no rounding. */
  #foldHead(nowUs: number): void {
    if (this.#queue.length === 0) return;
    const rateKbps = this.#rateKbps();
    const servedBits = rateKbps > 0 ? ((nowUs - this.#servedUs) * rateKbps) / 1000 : 0;
    this.#headBits = Math.max(0, this.#headBits - servedBits);
    this.#servedUs = nowUs;
  }

  #discardStale(nowUs: number): boolean {
    const before = this.counters.stale;
    while (this.#queue.length > 0 && nowUs - this.#queue.headTime > this.#limits.ageUsMax) {
      this.#discardHead();
      this.counters.stale++;
    }
    return this.counters.stale > before;
  }

  #flushIfDropping(): void {
    if (this.state !== 'drops') return;
    while (this.#queue.length > 0) {
      this.#discardHead();
      this.counters.outage++;
    }
  }

  #discardHead(): void {
    const bytes = this.#queue.headBytes;
    this.#dropped.push(this.#queue.shift(), bytes, 0);
    this.#queueBytes -= bytes;
  }

  #launch(token: number, bytes: number, doneUs: number): void {
    const dueUs = doneUs + this.#condition.oneWayUs + this.#drawJitter(doneUs);
    assert(dueUs >= doneUs, 'a packet is not due before it was served');
    if (this.#reorder) {
      this.#flight.insertByTime(token, bytes, dueUs);
      return;
    }
    this.#lastDueUs = Math.max(this.#lastDueUs, dueUs);
    this.#flight.push(token, bytes, this.#lastDueUs);
  }

  #drawJitter(atUs: number): number {
    const meanUs = this.#condition.jitterUs;
    if (this.#reorder || atUs >= this.#jitterUntilUs) {
      this.#jitterUs = this.#jitterRandom.exponential(1);
      this.#jitterUntilUs = atUs + JITTER_HOLD_US;
    }
    return meanUs * this.#jitterUs;
  }
}
