import { type Arena, assert } from '@rmh/base';
import {
  FrameKind,
  REPAIR_COUNT_MAX,
  REPAIR_COUNT_MIN,
  REPAIR_FLAGS,
  REPAIR_HEADER_BYTES,
  REPAIR_PARITY_BYTES_MAX,
  writeFrameHeader,
  writeRepairHeader,
} from '@rmh/wire';
import { copyInto, xorInto } from './fec-bytes.ts';
import type { ClassPolicy } from './policy.ts';

/**
 * Forward error correction, the sending end of one stream: exclusive or over a group of
 * packets, so that any single one of them that is lost can be rebuilt from the others [RP-3].
 *
 * A group is full after `protectEvery` packets, and due when its first packet has waited as long as
 * the class can bear; then `write` makes the symbol and the next group begins. 1.4 KB a stream.
 */
export class FecEncoder {
  /** When a group that is not full ends, or null while there is none. */
  deadlineUs: number | null = null;
  readonly #parity = new Uint8Array(REPAIR_PARITY_BYTES_MAX);
  readonly #view = new DataView(this.#parity.buffer);
  #first = 0;
  #count = 0;
  #flags = 0;
  #lengths = 0;
  #longest = 0;

  /**
   * A packet left for the first time under its stream number. True when its group is full: write
   * the symbol now.
   *
   * @param at where the inner packet lies in the arena, and how long it is
   * @param protectEvery packets a group, 2 … 32
   * @param waitUs how long the first packet of a group may wait for the symbol
   */
  add(
    arena: Arena,
    number: number,
    at: number,
    length: number,
    flags: number,
    protectEvery: number,
    waitUs: number,
    nowUs: number,
  ): boolean {
    assert(length > 0 && length <= REPAIR_PARITY_BYTES_MAX, 'an inner packet within the MTU');
    // A number in between went without protection: what was gathered can not be named any more.
    if (this.#count > 0 && number !== this.#first + this.#count) this.drop();
    if (this.#count === 0) {
      this.#first = number;
      this.deadlineUs = nowUs + waitUs;
    }
    xorInto(this.#view, 0, arena.view, at, length);
    this.#count++;
    this.#flags ^= flags & REPAIR_FLAGS;
    this.#lengths ^= length;
    this.#longest = Math.max(this.#longest, length);
    return this.#count >= Math.min(protectEvery, REPAIR_COUNT_MAX);
  }

  /**
   * Writes the group's symbol as a frame, ready to be stamped, and begins anew; returns its bytes.
   * 0: a single packet, which a symbol would only copy; whether it is worth a copy is the
   * verdict's to say.
   */
  write(arena: Arena, at: number, stream: number): number {
    const [count, longest] = [this.#count, this.#longest];
    if (count < REPAIR_COUNT_MIN) {
      this.drop();
      return 0;
    }
    writeFrameHeader(arena.view, at, FrameKind.symbol, 0, stream, 0);
    writeRepairHeader(arena.view, at, this.#first, count, this.#flags, this.#lengths);
    copyInto(arena.view, at + REPAIR_HEADER_BYTES, this.#view, 0, longest);
    this.drop();
    return REPAIR_HEADER_BYTES + longest;
  }

  /** Forgets what was gathered. */
  drop(): void {
    this.#parity.fill(0, 0, this.#longest);
    this.#count = this.#flags = this.#lengths = this.#longest = 0;
    this.deadlineUs = null;
  }
}

/** What the decision to protect looks at; times in µs. */
export interface FecFacts {
  /** Expected delay of a packet sent now, to the other end. */
  readonly oneWayUs: number;
  /** How long we wait for an answer before we take a packet for lost. */
  readonly patienceUs: number;
  /** Share of packets lost on the path, 0 … 1. */
  readonly lossShare: number;
}

/**
 * Is a symbol worth its bytes? Where a repair still comes in time it is cheaper, because it costs
 * only what was lost; and without loss there is nothing to rebuild.
 */
export function wantsSymbols(policy: ClassPolicy, path: FecFacts): boolean {
  if (policy.protectEvery < REPAIR_COUNT_MIN) return false;
  const repairedUs = path.patienceUs + path.oneWayUs;
  const repairInTime = repairedUs <= Math.min(policy.deadlineUs, policy.repairUntilUs);
  return !repairInTime && path.lossShare > policy.missShareMost * SYMBOLS_BEFORE_COPIES;
}

/**
 * How long the first packet of a group may wait for its symbol: a lost packet is rebuilt when the
 * symbol has come, so the wait and the way together must fit into the deadline.
 */
export function symbolWaitUs(policy: ClassPolicy, path: FecFacts): number {
  return Math.max(WAIT_LEAST_US, (policy.deadlineUs - path.oneWayUs) / 2);
}

/**
 * Symbols begin at half the risk at which copies do: of eight packets they cost an eighth, and what
 * they leave unrepaired is about 8 p² (p = 1 %: 0.08 %).
 */
const SYMBOLS_BEFORE_COPIES = 0.5;
/** The slices of one video frame leave within so much. */
const WAIT_LEAST_US = 5_000;
