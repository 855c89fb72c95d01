import { assert } from '@rmh/base';

/**
 * Inner packets that are ready for the TUN device, in order: columns of one bounded table. The
 * shell writes them out and clears the table before the receive buffers are used again.
 */
export class Deliveries {
  count = 0;
  readonly at: Int32Array;
  readonly length: Int32Array;
  readonly flags: Uint8Array;
  readonly stream: Uint8Array;
  readonly number: Float64Array;
  /** The hold slot that becomes free once the packet is written, or −1. */
  readonly slot: Int32Array;
  /** Index of the peer it came from. */
  readonly peer: Int32Array;

  constructor(rowsMax: number) {
    this.at = new Int32Array(rowsMax);
    this.length = new Int32Array(rowsMax);
    this.flags = new Uint8Array(rowsMax);
    this.stream = new Uint8Array(rowsMax);
    this.number = new Float64Array(rowsMax);
    this.slot = new Int32Array(rowsMax);
    this.peer = new Int32Array(rowsMax);
  }

  get full(): boolean {
    return this.count === this.at.length;
  }

  push(
    at: number,
    length: number,
    flags: number,
    stream: number,
    number: number,
    slot: number,
    peer: number,
  ): void {
    assert(!this.full, 'the caller made room');
    const row = this.count++;
    this.at[row] = at;
    this.length[row] = length;
    this.flags[row] = flags;
    this.stream[row] = stream;
    this.number[row] = number;
    this.slot[row] = slot;
    this.peer[row] = peer;
  }
}
