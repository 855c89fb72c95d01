/**
 * What TUN hands over becomes packets of the inner MTU:
 *   1. read the packet, then what the virtio header says of it
 *   2. one packet: its bytes as they are
 *   3. a train: the headers once per segment, corrected, each with its slice of the payload
 */
import type { Arena } from '@rmh/base';
import {
  checksumOffset,
  completeChecksum,
  holdsWholeTransport,
  updateChecksum,
} from './checksum.ts';
import { InnerFault } from './fault.ts';
import {
  GSO_ECN,
  GSO_NONE,
  GSO_TCP4,
  GSO_TCP6,
  GSO_UDP,
  IP4_CHECKSUM_AT,
  IP4_ID_AT,
  IP4_LENGTH_AT,
  IP6_HEADER_BYTES,
  IP6_LENGTH_AT,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  TCP_CWR,
  TCP_FIN,
  TCP_FLAGS_AT,
  TCP_HEADER_BYTES,
  TCP_OFFSET_AT,
  TCP_PSH,
  TCP_RST,
  TCP_SEQ_AT,
  TCP_SYN,
  UDP_HEADER_BYTES,
  UDP_LENGTH_AT,
  VNET_CHECKSUM_OFFSET_AT,
  VNET_CHECKSUM_START_AT,
  VNET_FLAGS_AT,
  VNET_GSO_SIZE_AT,
  VNET_GSO_TYPE_AT,
  VNET_NEEDS_CHECKSUM,
} from './layout.ts';
import { InnerPacket } from './packet.ts';

// Linux sends no MSS below 48 (TCP_MIN_SND_MSS), 36 beside timestamps: 65,535 / 36 = 1,820.
export const SEGMENTS_MAX = 2048;

export class Segmenter {
  /** What is being cut: class, flow and addresses of all its segments. Set by begin. */
  readonly packet: InnerPacket;
  /** Segments to write; 0 after a fault. */
  count = 0;
  /** The transport checksum in what `write` writes is left for the receiver to make [IN-8]. */
  checksumPartial = false;

  #arena: Arena;
  #isTcp = false;
  /** IP and transport headers, repeated in each segment. */
  #headerBytes = 0;
  #payloadBytes = 0;
  #segmentPayloadBytes = 0;
  #seq = 0;
  #flags = 0;
  #id = 0;
  #headerChecksum = 0;

  constructor(flowSeed = 0) {
    this.packet = new InnerPacket(flowSeed);
    this.#arena = this.packet.arena;
  }

  /**
   * The packet lies in arena[packetAt, packetAt + packetBytes), its 10-byte virtio header at
   * vnetAt. Both stay where they are until the last write. A single packet over
   * segmentBytesMax, and a UDP train of such, is tooLarge; TCP is cut to fit [IN-7].
   */
  begin(
    arena: Arena,
    vnetAt: number,
    packetAt: number,
    packetBytes: number,
    segmentBytesMax: number,
  ): 0 | InnerFault {
    this.#arena = arena;
    this.count = 0;
    const fault = this.packet.read(arena, packetAt, packetBytes);
    if (fault !== 0) return fault;
    const { view } = arena;
    const gsoType = view.getUint8(vnetAt + VNET_GSO_TYPE_AT) & ~GSO_ECN;
    if (gsoType !== GSO_NONE) {
      const gsoSize = view.getUint16(vnetAt + VNET_GSO_SIZE_AT, true);
      return this.#beginTrain(gsoType, gsoSize, segmentBytesMax);
    }
    if (this.packet.totalLength > segmentBytesMax) return InnerFault.tooLarge;
    this.checksumPartial = false;
    if ((view.getUint8(vnetAt + VNET_FLAGS_AT) & VNET_NEEDS_CHECKSUM) !== 0) {
      const startAt = view.getUint16(vnetAt + VNET_CHECKSUM_START_AT, true);
      const offset = view.getUint16(vnetAt + VNET_CHECKSUM_OFFSET_AT, true);
      if (!this.#keepOrComplete(startAt, offset)) return InnerFault.badOffload;
    }
    this.count = 1;
    return 0;
  }

  /** Segment `index` of `count` as a whole IP packet at arena[to…], which must not overlap the
   * source. Its bytes; 0 for an index out of range. */
  write(index: number, to: number): number {
    if (index < 0 || index >= this.count) return 0;
    const { bytes } = this.#arena;
    const { at, totalLength } = this.packet;
    if (this.count === 1) {
      bytes.copyWithin(to, at, at + totalLength);
      return totalLength;
    }
    const skipped = index * this.#segmentPayloadBytes;
    const payload = Math.min(this.#segmentPayloadBytes, this.#payloadBytes - skipped);
    const payloadAt = at + this.#headerBytes + skipped;
    copyHeaders(this.#arena.view, at, to, this.#headerBytes);
    bytes.copyWithin(to + this.#headerBytes, payloadAt, payloadAt + payload);
    this.#correctIp(index, to, this.#headerBytes + payload);
    if (this.#isTcp) this.#correctTcp(index, skipped, to);
    else
      this.#arena.view.setUint16(this.#transportOf(to) + UDP_LENGTH_AT, UDP_HEADER_BYTES + payload);
    return this.#headerBytes + payload;
  }

  #beginTrain(gsoType: number, gsoSize: number, segmentBytesMax: number): 0 | InnerFault {
    const { packet } = this;
    if (!isTypeOf(gsoType, packet) || gsoSize === 0) return InnerFault.badOffload;
    const { view } = this.#arena;
    const transportBytes = packet.totalLength - packet.headerBytes;
    this.#isTcp = packet.protocol === PROTOCOL_TCP;
    const transportHeaderBytes = this.#isTcp
      ? tcpHeaderBytes(view, packet.transportAt, transportBytes)
      : UDP_HEADER_BYTES;
    if (transportHeaderBytes === 0 || transportBytes < transportHeaderBytes) {
      return InnerFault.badTransport;
    }
    this.#headerBytes = packet.headerBytes + transportHeaderBytes;
    this.#payloadBytes = transportBytes - transportHeaderBytes;
    const room = segmentBytesMax - this.#headerBytes;
    // [IN-7] A TCP stream may be cut anywhere; a datagram's end is the sender's.
    const segmentPayloadBytes = this.#isTcp ? Math.min(gsoSize, room) : gsoSize;
    if (room <= 0 || Math.min(segmentPayloadBytes, this.#payloadBytes) > room) {
      return InnerFault.tooLarge;
    }
    const count = Math.max(1, Math.ceil(this.#payloadBytes / segmentPayloadBytes));
    if (count > SEGMENTS_MAX || !this.#readFirst()) return InnerFault.badOffload;
    this.#segmentPayloadBytes = segmentPayloadBytes;
    // A super-packet's checksum is never one of its segments', so it is unfinished even unsaid.
    this.checksumPartial = true;
    this.count = count;
    return 0;
  }

  /** The fields that differ between segments, as the first one has them. */
  #readFirst(): boolean {
    const { view } = this.#arena;
    const { at, version, transportAt } = this.packet;
    if (version === 4) {
      this.#id = view.getUint16(at + IP4_ID_AT);
      this.#headerChecksum = view.getUint16(at + IP4_CHECKSUM_AT);
    }
    if (!this.#isTcp) return true;
    this.#seq = view.getUint32(transportAt + TCP_SEQ_AT);
    this.#flags = view.getUint8(transportAt + TCP_FLAGS_AT);
    // Neither can be repeated; Linux builds no such super-packet.
    return (this.#flags & (TCP_SYN | TCP_RST)) === 0;
  }

  /** [IN-8] Left partial where the far end can rebuild it, completed here where it can not. */
  #keepOrComplete(startAt: number, offset: number): boolean {
    const { packet } = this;
    const isOwn = startAt === packet.headerBytes && offset === checksumOffset(packet.protocol);
    if (isOwn && holdsWholeTransport(packet)) {
      this.checksumPartial = true;
      return true;
    }
    // Of an inner packet in another tunnel, say, or SCTP over UDP.
    if (startAt + offset + 2 > packet.totalLength) return false;
    const from = packet.at + startAt;
    completeChecksum(this.#arena, from, from + offset, packet.at + packet.totalLength);
    return true;
  }

  #transportOf(to: number): number {
    return to + this.packet.headerBytes;
  }

  // [IN-6] Own length; IPv4: identification counts up and the header checksum follows.
  #correctIp(index: number, to: number, length: number): void {
    const { view } = this.#arena;
    if (this.packet.version === 6) {
      view.setUint16(to + IP6_LENGTH_AT, length - IP6_HEADER_BYTES);
      return;
    }
    const id = (this.#id + index) & 0xffff;
    view.setUint16(to + IP4_LENGTH_AT, length);
    view.setUint16(to + IP4_ID_AT, id);
    const checksum = updateChecksum(this.#headerChecksum, this.packet.totalLength, length);
    view.setUint16(to + IP4_CHECKSUM_AT, updateChecksum(checksum, this.#id, id));
  }

  // [IN-6] Own sequence number; CWR tells once, FIN and PSH hold for the end.
  #correctTcp(index: number, skipped: number, to: number): void {
    const { view } = this.#arena;
    const tcpAt = this.#transportOf(to);
    view.setUint32(tcpAt + TCP_SEQ_AT, (this.#seq + skipped) >>> 0);
    let flags = this.#flags;
    if (index > 0) flags &= ~TCP_CWR;
    if (index < this.count - 1) flags &= ~(TCP_FIN | TCP_PSH);
    view.setUint8(tcpAt + TCP_FLAGS_AT, flags);
  }
}

/** Headers are whole words, and so short that the call of `copyWithin` would cost more. */
function copyHeaders(view: DataView, from: number, to: number, headerBytes: number): void {
  for (let i = 0; i < headerBytes; i += 4) view.setUint32(to + i, view.getUint32(from + i));
}

/** Header with options; 0 when it does not fit. */
export function tcpHeaderBytes(view: DataView, tcpAt: number, transportBytes: number): number {
  if (transportBytes < TCP_HEADER_BYTES) return 0;
  const bytes = (view.getUint8(tcpAt + TCP_OFFSET_AT) >> 4) * 4;
  return bytes < TCP_HEADER_BYTES || bytes > transportBytes ? 0 : bytes;
}

function isTypeOf(gsoType: number, packet: InnerPacket): boolean {
  if (packet.isFragment || packet.isSourceRouted) return false;
  if (gsoType === GSO_UDP) return packet.protocol === PROTOCOL_UDP;
  if (packet.protocol !== PROTOCOL_TCP) return false;
  return gsoType === (packet.version === 4 ? GSO_TCP4 : GSO_TCP6);
}
