import type { Arena } from '@rmh/base';
import {
  distance32,
  REPAIR_COUNT_AT,
  REPAIR_FIRST_AT,
  REPAIR_FLAGS,
  REPAIR_FLAGS_AT,
  REPAIR_HEADER_BYTES,
  REPAIR_LENGTHS_AT,
  REPAIR_PARITY_BYTES_MAX,
} from '@rmh/wire';
import { copyInto, xorInto } from './fec-bytes.ts';

/**
 * Forward error correction, the receiving end of one stream: keeps the last packets, and when a
 * symbol names a group of which exactly one is missing, rebuilds that one [RP-3]. A symbol of
 * which more are missing waits: the next arrival may leave just one.
 *
 * A stream keeps packets only from its first symbol on, while symbols come, and only if the data
 * plane has a ring for it.
 */
export class FecDecoder {
  /** What was rebuilt last: its stream number modulo 2^32, and its flags. */
  number = 0;
  flags = 0;
  rebuilt = 0;
  readonly #rings: FecRings;
  #ring: FecRing | null = null;

  constructor(rings: FecRings) {
    this.#rings = rings;
  }

  /**
   * A data frame of the stream arrived for the first time, its inner packet at `at`. Returns the
   * length of a packet that this rebuilt, written to `intoAt` (1,420 bytes), or 0. The packet at
   * `at` goes first: `intoAt` must lie elsewhere.
   */
  keep(
    arena: Arena,
    number: number,
    at: number,
    length: number,
    flags: number,
    intoAt: number,
    nowUs: number,
  ): number {
    const ring = this.#owned();
    if (ring === null || length > REPAIR_PARITY_BYTES_MAX) return 0;
    if (nowUs - ring.symbolUs > IDLE_US) {
      this.reset();
      return 0;
    }
    ring.keep(arena, number, at, length, flags);
    const waiting = ring.waitingFor(number);
    return waiting < 0 ? 0 : this.#solve(ring, waiting, arena, intoAt);
  }

  /** A sound symbol arrived, its frame at `at`. Returns as `keep` does. */
  symbol(arena: Arena, at: number, length: number, intoAt: number, nowUs: number): number {
    const ring = this.#owned() ?? this.#rings.take(this, nowUs);
    if (ring === null) return 0;
    this.#ring = ring;
    ring.symbolUs = nowUs;
    return this.#solve(ring, ring.wait(arena, at, length), arena, intoAt);
  }

  /** The other end began anew: its numbers name other packets now. */
  reset(): void {
    const ring = this.#owned();
    if (ring !== null) this.#rings.give(ring);
    this.#ring = null;
  }

  /** Another stream may have taken the ring since. */
  #owned(): FecRing | null {
    return this.#ring !== null && this.#ring.owner === this ? this.#ring : null;
  }

  #solve(ring: FecRing, symbol: number, arena: Arena, intoAt: number): number {
    const missing = ring.missingOf(symbol);
    if (missing === MANY) return 0;
    const length = missing === NONE ? 0 : ring.rebuild(symbol, missing, arena, intoAt);
    ring.settle(symbol);
    if (length === 0) return 0;
    this.number = missing;
    this.flags = ring.rebuiltFlags;
    this.rebuilt++;
    return length;
  }
}

/**
 * The rings of one data plane. When all are taken, a stream may take one that has been idle; else
 * it goes on unprotected.
 */
export class FecRings {
  readonly #rings: FecRing[] = [];
  readonly #most: number;

  /** @param most 97 KB each, made when first needed: 256 are 25 MB */
  constructor(most = RINGS_MOST) {
    this.#most = most;
  }

  take(owner: FecDecoder, nowUs: number): FecRing | null {
    const ring = this.#free(nowUs);
    if (ring === null) return null;
    ring.begin(owner);
    return ring;
  }

  give(ring: FecRing): void {
    ring.owner = null;
  }

  #free(nowUs: number): FecRing | null {
    for (const ring of this.#rings) {
      if (ring.owner === null || nowUs - ring.symbolUs > IDLE_US) return ring;
    }
    if (this.#rings.length >= this.#most) return null;
    const ring = new FecRing();
    this.#rings.push(ring);
    return ring;
  }
}

/** The last packets of a stream, and the symbols that wait for one of theirs. */
class FecRing {
  owner: FecDecoder | null = null;
  /** When its last symbol came. */
  symbolUs = 0;
  rebuiltFlags = 0;
  readonly #packets = new DataView(new ArrayBuffer(KEPT * REPAIR_PARITY_BYTES_MAX));
  /** 0: the place is empty. */
  readonly #length = new Uint16Array(KEPT);
  readonly #number = new Uint32Array(KEPT);
  readonly #flags = new Uint8Array(KEPT);
  readonly #parity = new DataView(new ArrayBuffer(SYMBOLS * REPAIR_PARITY_BYTES_MAX));
  /** 0: no symbol waits here. */
  readonly #count = new Uint8Array(SYMBOLS);
  readonly #first = new Uint32Array(SYMBOLS);
  readonly #parityBytes = new Uint16Array(SYMBOLS);
  readonly #lengthsOf = new Uint16Array(SYMBOLS);
  readonly #flagsOf = new Uint8Array(SYMBOLS);
  #nextSymbol = 0;

  begin(owner: FecDecoder): void {
    this.owner = owner;
    this.#length.fill(0);
    this.#count.fill(0);
  }

  keep(arena: Arena, number: number, at: number, length: number, flags: number): void {
    const place = number & (KEPT - 1);
    const older =
      (this.#length[place] ?? 0) > 0 && distance32(this.#number[place] ?? 0, number) > 0;
    if (older) return; // a straggler makes no room for itself
    this.#number[place] = number;
    this.#length[place] = length;
    this.#flags[place] = flags & REPAIR_FLAGS;
    copyInto(this.#packets, place * REPAIR_PARITY_BYTES_MAX, arena.view, at, length);
  }

  /** Remembers a symbol, in the place of the oldest one; returns its place. */
  wait(arena: Arena, at: number, length: number): number {
    const symbol = this.#nextSymbol;
    this.#nextSymbol = (symbol + 1) % SYMBOLS;
    const parityBytes = length - REPAIR_HEADER_BYTES;
    this.#first[symbol] = arena.view.getUint32(at + REPAIR_FIRST_AT, true);
    this.#count[symbol] = arena.view.getUint8(at + REPAIR_COUNT_AT);
    this.#flagsOf[symbol] = arena.view.getUint8(at + REPAIR_FLAGS_AT);
    this.#lengthsOf[symbol] = arena.view.getUint16(at + REPAIR_LENGTHS_AT, true);
    this.#parityBytes[symbol] = parityBytes;
    const parityAt = symbol * REPAIR_PARITY_BYTES_MAX;
    copyInto(this.#parity, parityAt, arena.view, at + REPAIR_HEADER_BYTES, parityBytes);
    return symbol;
  }

  settle(symbol: number): void {
    this.#count[symbol] = 0;
  }

  /** The waiting symbol whose group this number is in, or −1. */
  waitingFor(number: number): number {
    for (let symbol = 0; symbol < SYMBOLS; symbol++) {
      const above = distance32(number, this.#first[symbol] ?? 0);
      if (above >= 0 && above < (this.#count[symbol] ?? 0)) return symbol;
    }
    return -1;
  }

  /** The one number that the group misses, NONE, or MANY. */
  missingOf(symbol: number): number {
    let missing = NONE;
    const first = this.#first[symbol] ?? 0;
    for (let i = 0; i < (this.#count[symbol] ?? 0); i++) {
      const number = (first + i) >>> 0;
      if (this.#has(number)) continue;
      if (missing !== NONE) return MANY;
      missing = number;
    }
    return missing;
  }

  /** Writes the missing member; 0 when the numbers make no packet (a symbol that does not fit). */
  rebuild(symbol: number, missing: number, arena: Arena, intoAt: number): number {
    const parityBytes = this.#parityBytes[symbol] ?? 0;
    const parityAt = symbol * REPAIR_PARITY_BYTES_MAX;
    const first = this.#first[symbol] ?? 0;
    let length = this.#lengthsOf[symbol] ?? 0;
    let flags = this.#flagsOf[symbol] ?? 0;
    copyInto(arena.view, intoAt, this.#parity, parityAt, parityBytes);
    for (let i = 0; i < (this.#count[symbol] ?? 0); i++) {
      const number = (first + i) >>> 0;
      if (number === missing) continue;
      const place = number & (KEPT - 1);
      const bytes = this.#length[place] ?? 0;
      if (bytes > parityBytes) return 0;
      length ^= bytes;
      flags ^= this.#flags[place] ?? 0;
      xorInto(arena.view, intoAt, this.#packets, place * REPAIR_PARITY_BYTES_MAX, bytes);
    }
    if (length === 0 || length > parityBytes) return 0;
    // A shorter member was filled up with zeros: anything else was no member of this group.
    for (let i = length; i < parityBytes; i++) if (arena.bytes[intoAt + i] !== 0) return 0;
    this.rebuiltFlags = flags;
    return length;
  }

  #has(number: number): boolean {
    const place = number & (KEPT - 1);
    return this.#number[place] === number && (this.#length[place] ?? 0) > 0;
  }
}

/** Numbers are 0 … 2^32 − 1, so these are none. */
const NONE = -1;
const MANY = -2;
/** Twice the largest group: 6 Mbit/s of video for 0.1 s. 64 × 1,420 = 90,880 bytes a ring. */
const KEPT = 64;
/** A symbol overtakes a handful of packets on a quicker path: two groups, and as much again. */
const SYMBOLS = 4;
/** 100 vehicles in one bad valley with video and voice both ways; 256 × 97 KB = 25 MB. */
const RINGS_MOST = 256;
/** A stream without a symbol for so long has ended, or its path has got better. */
const IDLE_US = 10_000_000;
