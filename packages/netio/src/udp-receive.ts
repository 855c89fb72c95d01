/**
 * Receiving: one recvmmsg for a whole batch. The structures are laid out once; a receive only
 * resets the four words that the kernel overwrote, then reads the results into plain numbers.
 */
import { type Arena, assert } from '@rmh/base';
import { allocateArena, IOVEC_BYTES } from './arena.ts';
import { AF_INET6, ENDPOINT_BYTES } from './endpoint.ts';
import { lastErrno, setPointer, sys } from './native.ts';
import { SO_RXQ_OVFL, SOL_SOCKET, SOL_UDP, UDP_GRO, type UdpSocket } from './udp-socket.ts';

export class ReceiveBatch {
  /** Datagrams dropped because they did not fit their slot. */
  truncated = 0;
  readonly #slots: number;
  readonly #slotBytes: number;
  readonly #arena: Arena;
  readonly #regionAt: number;
  readonly #endpointsAt: number;
  /** mmsghdr[slots], then iovec[slots], then control[slots]. */
  readonly #headers: Arena;
  readonly #controlAt: number;
  readonly #lengths: Int32Array;
  readonly #segments: Int32Array;
  #used: number;

  /** What the caller sets aside at `regionAt`: the slots, then one endpoint for each. */
  static regionBytes(slots: number, slotBytes: number): number {
    return slots * (slotBytes + ENDPOINT_BYTES);
  }

  /** 8 slots of 65,536 bytes hold eight full trains: half a megabyte a call, a fair turn. */
  constructor(arena: Arena, regionAt: number, slots: number, slotBytes: number) {
    const end = regionAt + ReceiveBatch.regionBytes(slots, slotBytes);
    assert(regionAt >= 0 && end <= arena.bytes.length, 'the region lies in the arena');
    assert(arena.address !== 0, 'the arena has a native address');
    this.#arena = arena;
    this.#regionAt = regionAt;
    this.#slots = slots;
    this.#slotBytes = slotBytes;
    this.#endpointsAt = regionAt + slots * slotBytes;
    this.#headers = allocateArena(slots * (MMSGHDR_BYTES + IOVEC_BYTES + CONTROL_BYTES));
    this.#controlAt = slots * (MMSGHDR_BYTES + IOVEC_BYTES);
    this.#lengths = new Int32Array(slots);
    this.#segments = new Int32Array(slots);
    this.#used = slots;
    for (let i = 0; i < slots; i++) this.#layOut(i);
  }

  /** Messages received (each a datagram or a train), or -errno (EAGAIN: nothing waits). */
  receive(socket: UdpSocket): number {
    this.#reset();
    const count = sys.recvmmsg(socket.fd, this.#headers.address, this.#slots, MSG_DONTWAIT, 0);
    if (count < 0) return -lastErrno();
    this.#used = count;
    for (let i = 0; i < count; i++) this.#readSlot(i, socket);
    return count;
  }

  /** Where message `i` of the last receive lies in the arena. */
  slotAt(i: number): number {
    return this.#regionAt + i * this.#slotBytes;
  }

  /** Its bytes; 0 if it did not fit or was empty: pass over it. */
  length(i: number): number {
    return this.#lengths[i] ?? 0;
  }

  /** Bytes of each datagram in the train; the last may be shorter. Its length if it came alone. */
  segmentBytes(i: number): number {
    return this.#segments[i] ?? 0;
  }

  /** Where its sender's endpoint lies in the arena; zero behind the address. */
  endpointAt(i: number): number {
    return this.#endpointsAt + i * ENDPOINT_BYTES;
  }

  #layOut(i: number): void {
    const { view, address } = this.#headers;
    const at = i * MMSGHDR_BYTES;
    const iovecAt = this.#slots * MMSGHDR_BYTES + i * IOVEC_BYTES;
    setPointer(view, at + NAME_AT, this.#arena.address + this.endpointAt(i));
    setPointer(view, at + IOVECS_AT, address + iovecAt);
    view.setUint32(at + IOVEC_COUNT_AT, 1, true);
    setPointer(view, at + CONTROL_AT, address + this.#controlAt + i * CONTROL_BYTES);
    setPointer(view, iovecAt, this.#arena.address + this.slotAt(i));
    view.setUint32(iovecAt + 8, this.#slotBytes, true);
  }

  /** The kernel overwrites these in the messages that it fills. */
  #reset(): void {
    const { view } = this.#headers;
    for (let i = 0; i < this.#used; i++) {
      const at = i * MMSGHDR_BYTES;
      view.setUint32(at + NAME_LENGTH_AT, ENDPOINT_BYTES, true);
      view.setUint32(at + CONTROL_LENGTH_AT, CONTROL_BYTES, true);
      view.setUint32(at + FLAGS_AT, 0, true);
    }
    this.#used = 0;
  }

  #readSlot(i: number, socket: UdpSocket): void {
    const { view } = this.#headers;
    const at = i * MMSGHDR_BYTES;
    const fits = (view.getUint32(at + FLAGS_AT, true) & MSG_TRUNC) === 0;
    const length = fits ? view.getUint32(at + MESSAGE_LENGTH_AT, true) : 0;
    if (!fits) this.truncated++;
    this.#lengths[i] = length;
    this.#segments[i] = length;
    this.#clearTail(this.endpointAt(i));
    const controlLength = view.getUint32(at + CONTROL_LENGTH_AT, true);
    if (controlLength > 0) this.#readControl(i, controlLength, socket);
  }

  /** The kernel writes 16 bytes for IPv4: an IPv6 sender may have left more in this block. */
  #clearTail(at: number): void {
    const { view } = this.#arena;
    if (view.getUint16(at, true) === AF_INET6) return;
    view.setFloat64(at + 16, 0);
    view.setFloat64(at + 24, 0);
  }

  //  0            8           12          16
  //  length (8)   level (4)   type (4)    value, padded to 8
  #readControl(i: number, controlLength: number, socket: UdpSocket): void {
    const { view } = this.#headers;
    const from = this.#controlAt + i * CONTROL_BYTES;
    let at = from;
    while (at + 20 <= from + controlLength) {
      const level = view.getInt32(at + 8, true);
      const type = view.getInt32(at + 12, true);
      const value = view.getUint32(at + 16, true);
      if (level === SOL_UDP && type === UDP_GRO && value > 0) {
        if (value < (this.#lengths[i] ?? 0)) this.#segments[i] = value;
      } else if (level === SOL_SOCKET && type === SO_RXQ_OVFL) {
        socket.overflowed = value;
      }
      const length = view.getUint32(at, true);
      if (length < 16) return;
      at += (length + 7) & ~7;
    }
  }
}

//  struct mmsghdr
//  0      8            16       24            32        40               48      56
//  name   name length  iovecs   iovec count   control   control length   flags   message length
export const MMSGHDR_BYTES = 64;
export const NAME_AT = 0;
export const NAME_LENGTH_AT = 8;
export const IOVECS_AT = 16;
export const IOVEC_COUNT_AT = 24;
export const CONTROL_AT = 32;
export const CONTROL_LENGTH_AT = 40;
const FLAGS_AT = 48;
const MESSAGE_LENGTH_AT = 56;

// UDP_GRO (24) and SO_RXQ_OVFL (24), and one more that a later kernel may add.
const CONTROL_BYTES = 72;
const MSG_TRUNC = 0x20;
export const MSG_DONTWAIT = 0x40;
