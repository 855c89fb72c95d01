/**
 * Sending: messages are queued as structures the kernel can read, then leave in one sendmmsg.
 * A train (several datagrams of one size for one address) is a single message with UDP_SEGMENT.
 * Where the kernel refuses that, the same batch leaves datagram by datagram.
 */
import { type Arena, assert } from '@rmh/base';
import { allocateArena, IOVEC_BYTES } from './arena.ts';
import { sockaddrBytes } from './endpoint.ts';
import { Errno } from './errors.ts';
import { lastErrno, setPointer, sys } from './native.ts';
import {
  CONTROL_AT,
  CONTROL_LENGTH_AT,
  IOVEC_COUNT_AT,
  IOVECS_AT,
  MMSGHDR_BYTES,
  MSG_DONTWAIT,
  NAME_AT,
  NAME_LENGTH_AT,
} from './udp-receive.ts';
import { SOL_UDP, UDP_SEGMENT, type UdpSocket } from './udp-socket.ts';

// UDP_MAX_SEGMENTS is 64 in kernels before 6.9, 128 since.
export const TRAIN_SEGMENTS_MAX = 64;
// Above the device's gso_max_size the kernel cuts the train before the device, which costs the
// whole gain: 65,536 - 14 (Ethernet) - 4 (VLAN) - 40 (IPv6) - 8 (UDP).
export const TRAIN_BYTES_MAX = 65_470;

export class SendBatch {
  /** Why the last flush stopped early; 0 if it did not. */
  lastErrno = 0;
  readonly #arena: Arena;
  readonly #entriesMax: number;
  /** mmsghdr[entries], then iovec[entries], then control[entries]. */
  readonly #headers: Arena;
  readonly #iovecsAt: number;
  readonly #controlAt: number;
  readonly #cutter: TrainCutter;
  #head = 0;
  #tail = 0;

  constructor(arena: Arena, entriesMax = 64) {
    assert(arena.address !== 0, 'the arena has a native address');
    this.#arena = arena;
    this.#entriesMax = entriesMax;
    this.#headers = allocateArena(entriesMax * (MMSGHDR_BYTES + IOVEC_BYTES + CONTROL_BYTES));
    this.#iovecsAt = entriesMax * MMSGHDR_BYTES;
    this.#controlAt = this.#iovecsAt + entriesMax * IOVEC_BYTES;
    this.#cutter = new TrainCutter();
    for (let i = 0; i < entriesMax; i++) this.#layOut(i);
  }

  /** Messages queued. */
  get count(): number {
    return this.#tail - this.#head;
  }

  /** No further add until a flush (or dropFirst) has emptied the batch. */
  get full(): boolean {
    return this.#tail === this.#entriesMax;
  }

  /**
   * Queue arena[at, at + length) for the endpoint at `endpointAt`: one datagram, or a train of
   * datagrams of `segmentBytes` each if that is less. Both are read at flush: leave them be.
   */
  add(at: number, length: number, segmentBytes: number, endpointAt: number): void {
    assert(this.#tail < this.#entriesMax, 'the batch has room');
    const train = segmentBytes < length;
    assert(
      !train || (length <= TRAIN_BYTES_MAX && length <= segmentBytes * TRAIN_SEGMENTS_MAX),
      'the train fits one send',
    );
    const { view } = this.#headers;
    const i = this.#tail++;
    const header = i * MMSGHDR_BYTES;
    const iovec = this.#iovecsAt + i * IOVEC_BYTES;
    setPointer(view, header + NAME_AT, this.#arena.address + endpointAt);
    view.setUint32(header + NAME_LENGTH_AT, sockaddrBytes(this.#arena, endpointAt), true);
    setPointer(view, iovec, this.#arena.address + at);
    view.setUint32(iovec + 8, length, true);
    view.setUint32(header + CONTROL_LENGTH_AT, train ? CONTROL_BYTES : 0, true);
    if (train) view.setUint16(this.#controlAt + i * CONTROL_BYTES + 16, segmentBytes, true);
  }

  /**
   * Messages that left. Fewer than `count` was: `lastErrno` says why the first unsent one failed
   * (EAGAIN: socket buffer full; EMSGSIZE: larger than the device's MTU). The unsent stay queued:
   * flush again, or dropFirst and flush, or clear.
   */
  flush(socket: UdpSocket): number {
    const before = this.#head;
    this.lastErrno = 0;
    while (this.#head < this.#tail && this.lastErrno === 0) {
      if (socket.gso) this.#sendAll(socket);
      else this.#sendHeadCut(socket);
    }
    const sent = this.#head - before;
    if (this.#head === this.#tail) this.clear();
    return sent;
  }

  /** Give up the first unsent message. */
  dropFirst(): void {
    assert(this.#head < this.#tail, 'the batch has a first message');
    this.#head++;
    this.#cutter.sent = 0;
    if (this.#head === this.#tail) this.clear();
  }

  clear(): void {
    this.#head = 0;
    this.#tail = 0;
    this.#cutter.sent = 0;
  }

  #sendAll(socket: UdpSocket): void {
    const from = this.#headers.address + this.#head * MMSGHDR_BYTES;
    const sent = sys.sendmmsg(socket.fd, from, this.#tail - this.#head, MSG_DONTWAIT);
    if (sent > 0) {
      this.#head += sent;
      return;
    }
    const errno = lastErrno();
    // EIO: the device cannot checksum segments. EINVAL: no UDP_SEGMENT, or (before 6.12) a segment
    // over the MTU; sending it cut tells these apart, as only the latter then fails too.
    const refused = errno === Errno.EIO || errno === Errno.EINVAL;
    if (!refused || !this.#headIsTrain()) this.lastErrno = errno;
    else if (this.#sendHeadCut(socket)) socket.gso = false;
  }

  /** The first message, datagram by datagram. True if all of it left. */
  #sendHeadCut(socket: UdpSocket): boolean {
    const { view } = this.#headers;
    const control = this.#controlAt + this.#head * CONTROL_BYTES;
    const iovec = this.#iovecsAt + this.#head * IOVEC_BYTES;
    const length = view.getUint32(iovec + 8, true);
    const segmentBytes = this.#headIsTrain() ? view.getUint16(control + 16, true) : length;
    const header = this.#head * MMSGHDR_BYTES;
    this.lastErrno = this.#cutter.send(socket, this.#headers, header, iovec, segmentBytes);
    if (this.lastErrno !== 0) return false;
    this.#head++;
    return true;
  }

  #headIsTrain(): boolean {
    const at = this.#head * MMSGHDR_BYTES + CONTROL_LENGTH_AT;
    return this.#headers.view.getUint32(at, true) !== 0;
  }

  #layOut(i: number): void {
    const { view, address } = this.#headers;
    const header = i * MMSGHDR_BYTES;
    const control = this.#controlAt + i * CONTROL_BYTES;
    setPointer(view, header + IOVECS_AT, address + this.#iovecsAt + i * IOVEC_BYTES);
    view.setUint32(header + IOVEC_COUNT_AT, 1, true);
    setPointer(view, header + CONTROL_AT, address + control);
    view.setUint32(control, CONTROL_LENGTH, true);
    view.setInt32(control + 8, SOL_UDP, true);
    view.setInt32(control + 12, UDP_SEGMENT, true);
  }
}

/** Sends one message as its datagrams; remembers how far it came when the socket is full. */
class TrainCutter {
  /** Datagrams of the current message that have left. */
  sent = 0;
  readonly #headers = allocateArena(TRAIN_SEGMENTS_MAX * (MMSGHDR_BYTES + IOVEC_BYTES));

  /** 0 when all have left, else errno; call again with the same message to go on. */
  send(
    socket: UdpSocket,
    from: Arena,
    header: number,
    iovec: number,
    segmentBytes: number,
  ): number {
    const length = from.view.getUint32(iovec + 8, true);
    const count = Math.max(1, Math.ceil(length / Math.max(1, segmentBytes)));
    this.#cut(from, header, iovec, segmentBytes, count);
    while (this.sent < count) {
      const first = this.#headers.address + this.sent * MMSGHDR_BYTES;
      const sent = sys.sendmmsg(socket.fd, first, count - this.sent, MSG_DONTWAIT);
      if (sent <= 0) return lastErrno();
      this.sent += sent;
    }
    this.sent = 0;
    return 0;
  }

  #cut(from: Arena, header: number, iovec: number, segmentBytes: number, count: number): void {
    const { view, address } = this.#headers;
    const length = from.view.getUint32(iovec + 8, true);
    const iovecsAt = TRAIN_SEGMENTS_MAX * MMSGHDR_BYTES;
    const base =
      from.view.getUint32(iovec, true) + from.view.getUint32(iovec + 4, true) * 0x1_0000_0000;
    for (let i = 0; i < count; i++) {
      const to = i * MMSGHDR_BYTES;
      const piece = iovecsAt + i * IOVEC_BYTES;
      // Name and name length, as they lie.
      for (let word = 0; word < 12; word += 4) {
        view.setUint32(to + word, from.view.getUint32(header + word, true), true);
      }
      setPointer(view, to + IOVECS_AT, address + piece);
      view.setUint32(to + IOVEC_COUNT_AT, 1, true);
      setPointer(view, piece, base + i * segmentBytes);
      view.setUint32(piece + 8, Math.min(segmentBytes, length - i * segmentBytes), true);
    }
  }
}

// CMSG_LEN(2) and CMSG_SPACE(2): a 16-byte header, the segment size as u16, padding.
const CONTROL_LENGTH = 18;
const CONTROL_BYTES = 24;
