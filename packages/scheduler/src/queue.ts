import type { Flights } from './flights.ts';

/**
 * The packets of one class and peer that wait for their turn, as flights.
 *
 * Repairs go first: somebody waits for them. Then the flows take turns (deficit round robin,
 * RFC 8290's way: a flow that has just begun goes before those that keep a backlog, so a click is
 * not behind an upload). Within a flow the order is kept.
 */
export class ClassQueue {
  packets = 0;
  bytes = 0;
  readonly #flights: Flights;
  readonly #quantumBytes: number;
  /** A chain for each bucket that was ever used: most classes see a handful of flows. */
  readonly #chains: (Chain | null)[] = new Array<Chain | null>(BUCKETS).fill(null);
  readonly #repairs: Chain = newChain();
  readonly #fresh = new BucketRing();
  readonly #old = new BucketRing();

  constructor(flights: Flights, quantumBytes = QUANTUM_BYTES) {
    this.#flights = flights;
    this.#quantumBytes = quantumBytes;
  }

  /** Bytes that a flow has waiting, repairs not counted. */
  bytesOf(bucket: number): number {
    return this.#chains[bucket]?.bytes ?? 0;
  }

  /**
   * How many of a flow's oldest packets have to go, now that it has more than `mostBytes` waiting:
   * one, and then none for as long as TCP needs to hear of it (CoDel's interval, RFC 8289). Beyond
   * twice as much two for each of the `came` packets: nobody listens, or not soon enough.
   */
  surplus(bucket: number, mostBytes: number, came: number, nowUs: number): number {
    const chain = this.#chains[bucket];
    if (!chain || chain.bytes <= mostBytes) return 0;
    if (chain.bytes > 2 * mostBytes) return 2 * came;
    if (nowUs - chain.toldUs < TOLD_PAUSE_US) return 0;
    chain.toldUs = nowUs;
    return 1;
  }

  push(bucket: number, flight: number): void {
    const chain = this.#chains[bucket] ?? newChain();
    this.#chains[bucket] = chain;
    this.#append(chain, flight);
    if (chain.place !== Place.none) return;
    chain.place = Place.fresh;
    chain.deficit = this.#quantumBytes;
    this.#fresh.push(bucket);
  }

  pushRepair(flight: number): void {
    this.#append(this.#repairs, flight);
  }

  get hasRepairs(): boolean {
    return this.#repairs.head >= 0;
  }

  /** The bucket whose turn it is, or −1 when no flow waits. Repairs are asked for apart. */
  turn(): number {
    for (;;) {
      const ring = this.#fresh.count > 0 ? this.#fresh : this.#old;
      if (ring.count === 0) return -1;
      const bucket = ring.front;
      const chain = this.#chains[bucket] as Chain;
      if (chain.head >= 0 && chain.deficit > 0) return bucket;
      ring.shift();
      if (chain.head < 0 && chain.place === Place.old) {
        chain.place = Place.none;
        continue;
      }
      // Also an emptied fresh flow: else it could come back as fresh before the others' turn.
      if (chain.deficit <= 0) chain.deficit += this.#quantumBytes;
      chain.place = Place.old;
      this.#old.push(bucket);
    }
  }

  /** The flow whose turn it is can not leave now: the next one is asked. */
  passTurn(): void {
    const ring = this.#fresh.count > 0 ? this.#fresh : this.#old;
    const bucket = ring.front;
    ring.shift();
    (this.#chains[bucket] as Chain).place = Place.old;
    this.#old.push(bucket);
  }

  /** How many flows wait for their turn. */
  get flows(): number {
    return this.#fresh.count + this.#old.count;
  }

  head(bucket: number): number {
    return this.#chains[bucket]?.head ?? -1;
  }

  get headRepair(): number {
    return this.#repairs.head;
  }

  /** Takes the flow's oldest packet out. False: nobody needed it any more. */
  shift(bucket: number): boolean {
    const chain = this.#chains[bucket] as Chain;
    chain.deficit -= this.#flights.lengthOf(chain.head);
    return this.#remove(chain);
  }

  shiftRepair(): boolean {
    return this.#remove(this.#repairs);
  }

  #append(chain: Chain, flight: number): void {
    this.#flights.enqueue(flight);
    if (chain.head < 0) chain.head = flight;
    else this.#flights.putBehind(chain.tail, flight);
    chain.tail = flight;
    const bytes = this.#flights.lengthOf(flight);
    chain.bytes += bytes;
    this.bytes += bytes;
    this.packets++;
  }

  #remove(chain: Chain): boolean {
    const flight = chain.head;
    const bytes = this.#flights.lengthOf(flight);
    chain.head = this.#flights.behind(flight);
    chain.bytes -= bytes;
    this.bytes -= bytes;
    this.packets--;
    return this.#flights.dequeue(flight);
  }
}

const Place = { none: 0, fresh: 1, old: 2 } as const;

interface Chain {
  head: number;
  tail: number;
  bytes: number;
  deficit: number;
  place: number;
  /** When a surplus was last cut, µs. */
  toldUs: number;
}

function newChain(): Chain {
  return {
    head: -1,
    tail: -1,
    bytes: 0,
    deficit: 0,
    place: Place.none,
    toldUs: Number.NEGATIVE_INFINITY,
  };
}

/** Buckets that take turns: each stands in at most one of two rings, once. */
class BucketRing {
  count = 0;
  readonly #ring = new Uint8Array(BUCKETS);
  #first = 0;

  get front(): number {
    return this.#ring[this.#first] as number;
  }

  push(bucket: number): void {
    this.#ring[(this.#first + this.count) & (BUCKETS - 1)] = bucket;
    this.count++;
  }

  shift(): void {
    this.#first = (this.#first + 1) & (BUCKETS - 1);
    this.count--;
  }
}

/** A round trip of a flow that waits in our queue, is held at the other end, and is answered. */
const TOLD_PAUSE_US = 150_000;
/** Flow buckets of a class [FR-4]. */
const BUCKETS = 64;
/** Eight full packets a turn: neighbours of one flow travel and are joined as a train. */
const QUANTUM_BYTES = 8 * 1356;
