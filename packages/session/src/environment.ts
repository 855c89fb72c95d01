import type { Arena } from '@rmh/base';
import type { HandshakeCrypto } from '@rmh/handshake';
import type { Deliveries, FecRings, Flights, Holds } from '@rmh/scheduler';
import type { PacketAead } from '@rmh/wire';
import type { Transmits } from './transmits.ts';

/**
 * What a tunnel end needs from outside. The shell owns it: memory, cryptography, randomness, the
 * tables in which effects wait, and the two calls that perform them.
 */
export interface Environment {
  readonly arena: Arena;
  readonly crypto: HandshakeCrypto;
  readonly aead: PacketAead;
  readonly transmits: Transmits;
  readonly deliveries: Deliveries;
  readonly flights: Flights;
  readonly holds: Holds;
  /** What arrived of streams whose losses can be rebuilt. */
  readonly rings: FecRings;
  /** SCRATCH_BYTES of the arena for what is under construction. */
  readonly scratchAt: number;
  /** 32-byte blocks in the arena for the remote addresses of paths. */
  readonly endpoints: EndpointBlocks;
  /** Counters by drop reason (index: Drop). */
  readonly drops: Float64Array;
  /** Fresh bytes from a cryptographic generator. */
  randomBytes(count: number): Uint8Array;
  /** Sends every waiting datagram; empties the table and the room behind it. */
  flushTransmits(): void;
  /** Writes every waiting inner packet out; frees the hold slots it used. */
  flushDeliveries(): void;
  /** Something that an operator may want to know: an event of the catalogue. */
  note(event: TunnelEvent): void;
}

/** Events of a tunnel end, by peer name. */
export type TunnelEvent =
  | { kind: 'handshake.done'; peer: string; handshakes: number }
  | { kind: 'handshake.refused'; peer: string; reason: string; seconds: number }
  | { kind: 'handshake.silent'; peer: string; tries: number }
  | { kind: 'peer.multipath'; peer: string; on: boolean }
  | { kind: 'path.state'; peer: string; path: number; from: string; to: string }
  | { kind: 'path.address'; peer: string; path: number }
  | { kind: 'peer.active'; peer: string; active: boolean }
  | { kind: 'gateway.switched'; from: string; to: string; why: string }
  | { kind: 'timestamp'; us: number };

/** A control message being written, a repair symbol being written, a packet being rebuilt. */
export const SCRATCH_BYTES = 3 * 2048;
export const SYMBOL_SCRATCH_AT = 2048;
export const REBUILT_SCRATCH_AT = 4096;

/** An address block: an opaque socket address, zero padded, compared byte by byte. */
export const ENDPOINT_BLOCK_BYTES = 32;

/** Hands out address blocks of one region of the arena. */
export class EndpointBlocks {
  readonly #arena: Arena;
  readonly #at: number;
  readonly #free: number[];

  constructor(arena: Arena, at: number, blocks: number) {
    this.#arena = arena;
    this.#at = at;
    this.#free = Array.from({ length: blocks }, (_, i) => blocks - 1 - i);
  }

  /** A zeroed block's offset, or −1 when all are in use. */
  take(): number {
    const block = this.#free.pop();
    if (block === undefined) return -1;
    const at = this.#at + block * ENDPOINT_BLOCK_BYTES;
    this.#arena.bytes.fill(0, at, at + ENDPOINT_BLOCK_BYTES);
    return at;
  }

  give(at: number): void {
    this.#free.push((at - this.#at) / ENDPOINT_BLOCK_BYTES);
  }

  copy(from: number, to: number): void {
    this.#arena.bytes.copyWithin(to, from, from + ENDPOINT_BLOCK_BYTES);
  }

  same(a: number, b: number): boolean {
    const { view } = this.#arena;
    for (let i = 0; i < ENDPOINT_BLOCK_BYTES; i += 4) {
      if (view.getUint32(a + i, true) !== view.getUint32(b + i, true)) return false;
    }
    return true;
  }

  bytesOf(at: number): Uint8Array {
    return this.#arena.bytes.slice(at, at + ENDPOINT_BLOCK_BYTES);
  }

  /**
   * The address without its port, 4 or 16 bytes: a block is a socket address (sockaddr_in: port at
   * 2, address at 4; sockaddr_in6: address at 8).
   */
  addressOf(at: number): Uint8Array {
    const v4 = this.#arena.view.getUint16(at, true) === AF_INET;
    return v4 ? this.#arena.bytes.slice(at + 4, at + 8) : this.#arena.bytes.slice(at + 8, at + 24);
  }
}

const AF_INET = 2;
