// What must hold at every step of a simulated run of the tunnel. A packet's whole life is on
// record here: in, each transmission and its end, out. Whatever breaks an invariant throws.
import { TrafficClass } from '@rmh/base';
import { DEADLINE_US } from '../devices/flows.ts';
import { type Chronicle, Step } from './chronicle.ts';
import type { SimPacket } from './types.ts';

/** The tunnel (or the simulator) is wrong. The run ends; its seed replays it. */
export class InvariantBroken extends Error {
  override name = 'InvariantBroken';
}

export function broken(what: string): never {
  throw new InvariantBroken(what);
}

// Packets are judged once they are so old that nothing of them can still be under way: operators'
// buffers in the model keep packets for 30 s, and an end repairs for 3 s.
const SETTLE_US = 40_000_000;
// 40 s at 1,600 packets a second, 16 Mbit/s; beyond that they are judged earlier.
const RECORDS = 65_536;
const MASK = RECORDS - 1;

/** The least time that a packet of an ordered class waits for an earlier one (session/receive). */
const HOLD_LEAST_US = 10_000;
/** Deliveries of a stream that are remembered to judge one that comes after them. */
const RECENT = 2048;

/** What became of packets that were not delivered just once. */
export interface Losses {
  /** The sending end dropped it and counted that. */
  refused: number;
  /** Every transmission ended on the road. */
  road: number;
  /** An end that held it crashed, or was down. */
  crash: number;
  /** Not lost: delivered once more by an end that crashed after it had delivered it first. */
  again: number;
}

/** Ten times the longest hold and more than the longest queue of any class (NATIONAL_POLICY). */
const OWED_US_MAX = 5_000_000;

const REFUSED = 1;
const CRASHED = 2;
const ACCEPTED = 4;
const DELIVERED = 8;
/** Its delivery is forgotten: the end that delivered it crashed, and may do it again. */
const FORGOTTEN = 16;

export class Ledger {
  readonly losses: Losses = { refused: 0, road: 0, crash: 0, again: 0 };
  /** Critical packets that came late, by where they were when their time was over. */
  readonly late = { sender: 0, road: 0 };
  delivered = 0;
  readonly #chronicle: Chronicle;
  readonly #packets: (SimPacket | null)[] = [];
  readonly #sentUs = new Float64Array(RECORDS);
  readonly #leftUs = new Float64Array(RECORDS);
  readonly #acceptedUs = new Float64Array(RECORDS);
  readonly #leaves = new Uint16Array(RECORDS);
  readonly #onRoad = new Int16Array(RECORDS);
  readonly #marks = new Uint8Array(RECORDS);
  readonly #streams = new Map<number, Stream>();
  /** Earlier packets may come out of order. */
  #orderedFrom = 0;
  #oldest = 0;
  #next = 0;
  readonly #countedDrops: () => number;
  #neverSent = 0;
  /** Records were needed before their packets were old: some may still come. */
  #forced = false;

  /** `countedDrops`: of all sending ends together, up to now. */
  constructor(chronicle: Chronicle, countedDrops: () => number) {
    this.#chronicle = chronicle;
    this.#countedDrops = countedDrops;
  }

  /** Null: its record was needed for another. */
  packet(id: number): SimPacket | null {
    if (id < this.#oldest && this.#forced) return null;
    return this.#packets[this.#at(id)] as SimPacket;
  }

  /** Ids rise by one; a record is used again once its packet is settled. */
  enters(packet: SimPacket, nowUs: number): void {
    const { id } = packet;
    if (id !== this.#next) broken(`packets are numbered one by one: ${id}`);
    this.settle(nowUs);
    if (id - this.#oldest >= RECORDS) {
      this.#forced = true;
      this.#settleOne(this.#oldest++);
    }
    this.#next = id + 1;
    const at = id & MASK;
    this.#packets[at] = packet;
    this.#sentUs[at] = nowUs;
    this.#leaves[at] = this.#onRoad[at] = this.#marks[at] = 0;
    this.#chronicle.step(nowUs, Step.enters, id, -1);
  }

  /** There was no end to take it. */
  refused(id: number): void {
    const at = id & MASK;
    this.#marks[at] = (this.#marks[at] as number) | REFUSED;
  }

  /** One transmission leaves; false: an earlier one did. */
  leaves(id: number, carrier: number, nowUs: number): boolean {
    if (id < this.#oldest && this.#forced) return false;
    const at = this.#at(id);
    const first = this.#leaves[at] === 0;
    if (first) this.#leftUs[at] = nowUs;
    this.#leaves[at] = (this.#leaves[at] as number) + 1;
    this.#onRoad[at] = (this.#onRoad[at] as number) + 1;
    this.#chronicle.step(nowUs, Step.leaves, id, carrier);
    return first;
  }

  /** The road is done with one transmission, whether it came through or not. */
  ends(id: number): void {
    if (id < this.#oldest) return;
    const at = id & MASK;
    this.#onRoad[at] = (this.#onRoad[at] as number) - 1;
  }

  /** The far end took a transmission and counted no drop: it owes the packet. */
  accepted(id: number, nowUs: number): void {
    if (id < this.#oldest) return;
    const at = this.#at(id);
    const marks = this.#marks[at] as number;
    if (marks & ACCEPTED) return;
    this.#acceptedUs[at] = nowUs;
    this.#marks[at] = marks | ACCEPTED;
  }

  /** `lane`: which end and peer delivered it, as a small number. */
  delivers(packet: SimPacket, stream: number, lane: number, nowUs: number): void {
    const { id } = packet;
    const at = this.#at(id);
    const marks = this.#marks[at] as number;
    if (marks & FORGOTTEN) {
      this.losses.again++;
      this.#marks[at] = marks & ~FORGOTTEN;
      return;
    }
    if (marks & DELIVERED) broken(`packet ${id} was delivered twice`);
    if (!(marks & ACCEPTED)) this.#acceptedUs[at] = nowUs;
    this.#marks[at] = marks | DELIVERED | ACCEPTED;
    this.delivered++;
    this.#chronicle.step(nowUs, Step.delivered, id, -1);
    this.#checkDeadline(packet, at, nowUs);
    if (packet.isAck !== true && stream >> 6 >= TrafficClass.interactive && stream !== STOCK) {
      this.#checkOrder(id, at, lane * 256 + stream, nowUs);
    }
  }

  /** An end lost its memory: what it had taken, and not yet sent or delivered, is gone. */
  crashed(side: 'car' | 'site', lane: number): void {
    for (let id = this.#oldest; id < this.#next; id++) {
      const at = id & MASK;
      const marks = this.#marks[at] as number;
      const mine = (this.#packets[at] as SimPacket).side === side;
      const lost = mine ? this.#leaves[at] === 0 : (marks & ACCEPTED) !== 0;
      if (!lost) continue;
      this.#marks[at] = marks | (marks & DELIVERED ? FORGOTTEN : CRASHED);
    }
    this.forgetOrder(lane);
  }

  /** An end had no room to hold packets back: those on their way now may overtake each other. */
  excuseOrder(): void {
    this.#orderedFrom = this.#next;
  }

  /** The streams of an end and peer begin anew: only where the receiver's do, and no sooner. */
  forgetOrder(lane: number): void {
    for (const key of this.#streams.keys()) if (key >> 8 === lane) this.#streams.delete(key);
  }

  /** Judges what is old enough. */
  settle(nowUs: number): void {
    const untilUs = nowUs - SETTLE_US;
    while (this.#oldest < this.#next && (this.#sentUs[this.#oldest & MASK] as number) < untilUs) {
      this.#settleOne(this.#oldest++);
    }
  }

  /** The run is over: what arrived or waits since long must be accounted for. */
  end(nowUs: number): void {
    for (let id = this.#oldest; id < this.#next; id++) {
      const at = id & MASK;
      const marks = this.#marks[at] as number;
      if (marks & (DELIVERED | CRASHED)) continue;
      if (marks & ACCEPTED && nowUs - (this.#acceptedUs[at] as number) > OWED_US_MAX) {
        broken(`packet ${id} arrived and was lost without a word`);
      }
      const waits = this.#leaves[at] === 0 && nowUs - (this.#sentUs[at] as number) > OWED_US_MAX;
      if (waits) this.#noteNeverSent(id, (marks & REFUSED) !== 0);
    }
  }

  #at(id: number): number {
    if (id < this.#oldest || id >= this.#next) broken(`packet ${id} turns up out of time`);
    return id & MASK;
  }

  #settleOne(id: number): void {
    const at = id & MASK;
    const marks = this.#marks[at] as number;
    this.#packets[at] = null;
    if (marks & DELIVERED) return;
    if (marks & CRASHED) this.losses.crash++;
    else if (marks & ACCEPTED) broken(`packet ${id} arrived and was lost without a word`);
    else if ((this.#leaves[at] as number) > 0) this.losses.road++;
    else this.#noteNeverSent(id, (marks & REFUSED) !== 0);
  }

  /** Ends count what they drop, not which: as many drops as packets that never left. */
  #noteNeverSent(id: number, refused: boolean): void {
    this.losses.refused++;
    if (!refused && ++this.#neverSent > this.#countedDrops()) {
      broken(`packet ${id} was neither sent nor dropped for a counted reason`);
    }
  }

  /** Late is no fault; late for no reason on record is. */
  #checkDeadline(packet: SimPacket, at: number, nowUs: number): void {
    if (packet.class !== 'critical') return;
    const untilUs = (this.#sentUs[at] as number) + DEADLINE_US.critical;
    if (nowUs <= untilUs) return;
    if ((this.#acceptedUs[at] as number) <= untilUs) {
      broken(`critical packet ${packet.id} came in time and was delivered late`);
    }
    if ((this.#leftUs[at] as number) > untilUs) this.late.sender++;
    else this.late.road++;
  }

  #checkOrder(id: number, at: number, key: number, nowUs: number): void {
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = new Stream();
      this.#streams.set(key, stream);
    }
    const waitedUs = id < this.#orderedFrom ? Number.POSITIVE_INFINITY : stream.waitedFor(id);
    if (waitedUs < HOLD_LEAST_US) {
      broken(
        `packet ${id} (stream ${key & 255} of ${key >> 8}) came after a later one of its flow ` +
          `that had waited ${waitedUs} µs`,
      );
    }
    stream.note(id, this.#acceptedUs[at] as number, nowUs);
  }
}

/** The last deliveries of one stream, in their order. */
class Stream {
  /** The first to arrive opens the stream: what left before it is not waited for. */
  #first = -1;
  #top = -1;
  #count = 0;
  readonly #ids = new Float64Array(RECENT);
  readonly #acceptedUs = new Float64Array(RECENT);
  readonly #waitedUs = new Float64Array(RECENT);
  /** The highest id up to then. */
  readonly #tops = new Float64Array(RECENT);

  note(id: number, acceptedUs: number, nowUs: number): void {
    if (this.#count === 0) this.#first = id;
    this.#top = Math.max(this.#top, id);
    const at = this.#count++ % RECENT;
    this.#ids[at] = id;
    this.#acceptedUs[at] = acceptedUs;
    this.#waitedUs[at] = nowUs - acceptedUs;
    this.#tops[at] = this.#top;
  }

  /**
   * How long the first later packet to arrive had waited for this one; Infinity: it is in order, or
   * so late that the first to overtake it is no longer remembered.
   */
  waitedFor(id: number): number {
    if (id > this.#top || id < this.#first) return Number.POSITIVE_INFINITY;
    const oldest = Math.max(0, this.#count - RECENT);
    if ((this.#tops[oldest % RECENT] as number) > id) return Number.POSITIVE_INFINITY;
    let firstUs = Number.POSITIVE_INFINITY;
    let waitedUs = Number.POSITIVE_INFINITY;
    for (let i = oldest; i < this.#count; i++) {
      const at = i % RECENT;
      if ((this.#ids[at] as number) <= id || (this.#acceptedUs[at] as number) >= firstUs) continue;
      firstUs = this.#acceptedUs[at] as number;
      waitedUs = this.#waitedUs[at] as number;
    }
    return waitedUs;
  }
}

/** What a stock peer's packets have for a stream (session's STOCK_STREAM). */
const STOCK = 255;
