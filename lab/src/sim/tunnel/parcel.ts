import type { Direction } from '../../carriers/condition.ts';
import type { Datagram } from '../types.ts';

/**
 * A UDP datagram of the tunnel on the road, with as much of its bytes as matters: its head and
 * its tag. Parcels are used again once the road is done with them.
 */
export class Parcel implements Datagram {
  direction: Direction = 'up';
  bytes = 0;
  readonly content = null;
  /** The unit's port on that carrier: changes with each rebinding. */
  port = 0;
  gateway = 0;
  /** Length of the whole datagram; of `head`, how much is filled. */
  length = 0;
  headBytes = 0;
  readonly head = new Uint8Array(HEAD_BYTES_MAX);
  readonly tag = new Uint8Array(8);
  /** The inner packet inside, or −1. */
  inner = -1;
  /** Came out at the other side. */
  arrived = false;

  copyFrom(other: Parcel): this {
    this.direction = other.direction;
    this.bytes = other.bytes;
    this.port = other.port;
    this.gateway = other.gateway;
    this.length = other.length;
    this.headBytes = other.headBytes;
    this.head.set(other.head.subarray(0, other.headBytes));
    this.tag.set(other.tag);
    this.inner = other.inner;
    return this;
  }

  /** Changes one bit of what is carried. */
  damage(word: number): void {
    const bit = word % ((this.headBytes + this.tag.length) * 8);
    const at = bit >> 3;
    const into = at < this.headBytes ? this.head : this.tag;
    const index = at < this.headBytes ? at : at - this.headBytes;
    into[index] = (into[index] ?? 0) ^ (1 << (bit & 7));
  }
}

/** Transport header and the longest plaintext that the simulated cryptography covers. */
export const HEAD_BYTES_MAX = 496;
