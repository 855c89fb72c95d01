import type { Arena } from '@rmh/base';
import {
  DATA_HEADER_BYTES,
  FrameKind,
  isBareIp,
  MessageType,
  TAG_BYTES,
  TRANSPORT_HEADER_BYTES,
  TRANSPORT_OVERHEAD_BYTES,
} from '@rmh/wire';
import type { Direction } from '../../carriers/condition.ts';
import type { Datagram } from '../types.ts';
import { NAME_AT } from './end.ts';
import { coveredBytes } from './sim-aead.ts';

/**
 * A UDP datagram of the tunnel on the road, with as much of its bytes as matters: its head and
 * its tag. Parcels are used again once the road is done with them.
 */
export class Parcel implements Datagram {
  direction: Direction = 'up';
  /** Of the outer IP packet. */
  bytes = 0;
  readonly content = null;
  /** The unit's port on that carrier, and the gateway. */
  port = 0;
  gateway = 0;
  /** Of the whole datagram. */
  length = 0;
  /** The inner packet inside, or −1. */
  inner = -1;
  /** First byte of the plaintext: what kind of frame; 0 for a handshake. */
  kind = 0;
  #headBytes = 0;
  readonly #head = new Uint8Array(HEAD_BYTES_MAX);
  readonly #tag = new Uint8Array(SIM_TAG_BYTES);

  /** The datagram at [at, at+length). */
  pack({ bytes, view }: Arena, at: number, length: number): void {
    const plainBytes = length - TRANSPORT_OVERHEAD_BYTES;
    const isTransport = bytes[at] === MessageType.transport;
    this.length = length;
    this.bytes = length + OUTER_HEADERS_BYTES;
    this.inner = -1;
    this.kind = 0;
    this.#headBytes = length;
    if (isTransport) {
      const plainAt = at + TRANSPORT_HEADER_BYTES;
      const first = bytes[plainAt] as number;
      this.kind = plainBytes > 0 ? first : 0;
      if (this.kind === FrameKind.data) {
        this.inner = view.getUint32(plainAt + DATA_HEADER_BYTES + NAME_AT, true);
      } else if (isBareIp(this.kind)) this.inner = view.getUint32(plainAt + NAME_AT, true);
      this.#headBytes = TRANSPORT_HEADER_BYTES + coveredBytes(first, plainBytes);
      const tagAt = at + length - TAG_BYTES;
      for (let i = 0; i < SIM_TAG_BYTES; i++) this.#tag[i] = bytes[tagAt + i] as number;
    }
    // Most heads have 64 bytes: a view of them would cost more than the copy.
    const head = this.#head;
    const headBytes = this.#headBytes;
    for (let i = 0; i < headBytes; i++) head[i] = bytes[at + i] as number;
  }

  /** Puts the datagram at `at`, as far as anyone will look at it. */
  unpack(bytes: Uint8Array, at: number): void {
    const head = this.#head;
    const headBytes = this.#headBytes;
    for (let i = 0; i < headBytes; i++) bytes[at + i] = head[i] as number;
    if (this.length === headBytes) return;
    const tagAt = at + this.length - TAG_BYTES;
    for (let i = 0; i < SIM_TAG_BYTES; i++) bytes[tagAt + i] = this.#tag[i] as number;
  }

  copyFrom(other: Parcel): this {
    this.direction = other.direction;
    this.bytes = other.bytes;
    this.port = other.port;
    this.gateway = other.gateway;
    this.length = other.length;
    this.inner = other.inner;
    this.kind = other.kind;
    this.#headBytes = other.#headBytes;
    this.#head.set(other.#head);
    this.#tag.set(other.#tag);
    return this;
  }

  /** Changes one bit of what is carried. */
  damage(word: number): void {
    const bit = word % ((this.#headBytes + SIM_TAG_BYTES) * 8);
    const at = bit >> 3;
    const into = at < this.#headBytes ? this.#head : this.#tag;
    const index = at < this.#headBytes ? at : at - this.#headBytes;
    into[index] = (into[index] ?? 0) ^ (1 << (bit & 7));
  }
}

/** Bytes of a tag that are carried: the rest is nothing. */
const SIM_TAG_BYTES = 8;
/** IPv4 and UDP. */
const OUTER_HEADERS_BYTES = 28;
/** Transport header and the longest plaintext that the simulated cryptography covers. */
const HEAD_BYTES_MAX = 496;
