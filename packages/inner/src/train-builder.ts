/**
 * Packets that arrived become one super-packet for TUN again, the reverse of Segmenter:
 *   1. begin with the first
 *   2. append while the next continues it; its payload stays where it lies
 *   3. finish: virtio header, and the first packet's headers made those of the whole
 * What the caller writes into TUN: the virtio header, then the pieces in their order.
 */
import type { Arena } from '@rmh/base';
import {
  checksumOffset,
  fillChecksumPseudo,
  holdsWholeTransport,
  updateChecksum,
} from './checksum.ts';
import { InnerFault } from './fault.ts';
import {
  GSO_ECN,
  GSO_TCP4,
  GSO_TCP6,
  GSO_UDP,
  IP_BYTES_MAX,
  IP4_CHECKSUM_AT,
  IP4_LENGTH_AT,
  IP6_HEADER_BYTES,
  IP6_LENGTH_AT,
  PROTOCOL_TCP,
  TCP_CWR,
  TCP_FIN,
  TCP_FLAGS_AT,
  TCP_PSH,
  TCP_RST,
  TCP_SEQ_AT,
  TCP_SYN,
  TCP_URG,
  UDP_HEADER_BYTES,
  UDP_LENGTH_AT,
  VNET_CHECKSUM_OFFSET_AT,
  VNET_CHECKSUM_START_AT,
  VNET_FLAGS_AT,
  VNET_GSO_SIZE_AT,
  VNET_GSO_TYPE_AT,
  VNET_HEADER_BYTES,
  VNET_HEADER_LENGTH_AT,
  VNET_NEEDS_CHECKSUM,
} from './layout.ts';
import { InnerPacket } from './packet.ts';
import { sameHeaders } from './same-headers.ts';
import { tcpHeaderBytes } from './segmenter.ts';

// 64 KB at the 256 bytes of a small MSS; a quarter of the 1,024 iovecs that writev takes.
export const PIECES_MAX = 256;
// Linux before 6.9 takes UDP super-packets of up to 64 datagrams (UDP_MAX_SEGMENTS).
const DATAGRAMS_MAX = 64;

export class TrainBuilder {
  /** The first packet as begin found it: class, flow and addresses of all members. */
  readonly packet = new InnerPacket();
  /** [0] the first packet whole, then the payloads of the others. */
  readonly pieceAt = new Int32Array(PIECES_MAX);
  readonly pieceBytes = new Int32Array(PIECES_MAX);
  pieceCount = 0;

  readonly #udpTrains: boolean;
  #partial = false;
  /** Nothing may follow: no train material, or its end was seen. */
  #closed = true;
  #isTcp = false;
  #transportHeaderBytes = 0;
  #headerBytes = 0;
  /** Payload of the first packet: no later one may have more, only the last one less. */
  #segmentPayloadBytes = 0;
  #totalBytes = 0;
  #nextSeq = 0;
  /** FIN and PSH of the members so far. */
  #endFlags = 0;

  /** udpTrains: the kernel behind TUN takes UDP super-packets (6.2 and newer). */
  constructor(udpTrains: boolean) {
    this.#udpTrains = udpTrains;
  }

  /** The first packet. `partial`: its sender left the transport checksum unfinished [IN-9]. */
  begin(arena: Arena, at: number, length: number, partial: boolean): 0 | InnerFault {
    const { packet } = this;
    this.pieceCount = 0;
    this.#closed = true;
    const fault = packet.read(arena, at, length);
    if (fault !== 0) return fault;
    if (partial && !holdsWholeTransport(packet)) return InnerFault.badTransport;
    this.#partial = partial;
    this.#totalBytes = packet.totalLength;
    this.pieceAt[0] = at;
    this.pieceBytes[0] = packet.totalLength;
    this.pieceCount = 1;
    if (partial) this.#openTrain(arena.view);
    return 0;
  }

  /**
   * The packet in arena[at, at + length) continues the train: true, and it has become a piece.
   * False: finish this one and begin the next with it [IN-11].
   */
  append(at: number, length: number, partial: boolean): boolean {
    if (this.#closed || !partial || this.pieceCount >= this.#piecesMax()) return false;
    const { packet } = this;
    const { view } = packet.arena;
    if (length <= this.#headerBytes || view.getUint8(at) !== view.getUint8(packet.at)) return false;
    const total = totalLengthOf(view, at, packet.version);
    const payload = total - this.#headerBytes;
    if (total > length || payload <= 0 || payload > this.#segmentPayloadBytes) return false;
    if (this.#totalBytes + payload > IP_BYTES_MAX) return false;
    if (!sameHeaders(packet, at, this.#headerBytes)) return false;
    if (this.#isTcp ? !this.#continuesStream(view, at) : !this.#holdsDatagram(view, at, payload)) {
      return false;
    }
    this.pieceAt[this.pieceCount] = at + this.#headerBytes;
    this.pieceBytes[this.pieceCount] = payload;
    this.pieceCount++;
    this.#totalBytes += payload;
    this.#nextSeq = (this.#nextSeq + payload) >>> 0;
    if (payload < this.#segmentPayloadBytes || this.#endFlags !== 0) this.#closed = true;
    return true;
  }

  /** Writes the 10-byte virtio header to vnetAt and corrects the first packet in place [IN-9]. */
  finish(vnetAt: number): void {
    if (this.pieceCount === 0) return; // begin found a fault
    const { packet } = this;
    const { view } = packet.arena;
    for (let i = 0; i < VNET_HEADER_BYTES; i += 2) view.setUint16(vnetAt + i, 0);
    this.#closed = true;
    if (!this.#partial) return;
    if (this.pieceCount > 1) this.#makeWhole(view, vnetAt);
    const { transportAt, protocol, headerBytes } = packet;
    const transportBytes = this.#totalBytes - headerBytes;
    fillChecksumPseudo(packet.arena, packet.at, transportAt, protocol, transportBytes);
    view.setUint8(vnetAt + VNET_FLAGS_AT, VNET_NEEDS_CHECKSUM);
    view.setUint16(vnetAt + VNET_CHECKSUM_START_AT, headerBytes, true);
    view.setUint16(vnetAt + VNET_CHECKSUM_OFFSET_AT, checksumOffset(protocol), true);
  }

  #openTrain(view: DataView): void {
    const { packet } = this;
    const { transportAt } = packet;
    const transportBytes = packet.totalLength - packet.headerBytes;
    this.#isTcp = packet.protocol === PROTOCOL_TCP;
    this.#endFlags = 0;
    this.#transportHeaderBytes = this.#isTcp
      ? tcpHeaderBytes(view, transportAt, transportBytes)
      : UDP_HEADER_BYTES;
    this.#headerBytes = packet.headerBytes + this.#transportHeaderBytes;
    const payload = transportBytes - this.#transportHeaderBytes;
    if (this.#transportHeaderBytes === 0 || payload === 0) return;
    this.#segmentPayloadBytes = payload;
    if (this.#isTcp) {
      const flags = view.getUint8(transportAt + TCP_FLAGS_AT);
      if ((flags & (TCP_FIN | TCP_PSH | TCP_SYN | TCP_RST | TCP_URG)) !== 0) return;
      this.#nextSeq = (view.getUint32(transportAt + TCP_SEQ_AT) + payload) >>> 0;
    } else if (!this.#udpTrains) return;
    this.#closed = false;
  }

  #piecesMax(): number {
    return this.#isTcp ? PIECES_MAX : DATAGRAMS_MAX;
  }

  #continuesStream(view: DataView, at: number): boolean {
    const tcpAt = at + this.packet.headerBytes;
    if (view.getUint32(tcpAt + TCP_SEQ_AT) !== this.#nextSeq) return false;
    const flags = view.getUint8(tcpAt + TCP_FLAGS_AT);
    const first = view.getUint8(this.packet.transportAt + TCP_FLAGS_AT);
    // CWR belongs to a first segment, FIN and PSH to a last; every other flag is the same.
    if ((flags & TCP_CWR) !== 0) return false;
    if (((flags ^ first) & ~(TCP_CWR | TCP_FIN | TCP_PSH)) !== 0) return false;
    this.#endFlags = flags & (TCP_FIN | TCP_PSH);
    return true;
  }

  #holdsDatagram(view: DataView, at: number, payload: number): boolean {
    const udpAt = at + this.packet.headerBytes;
    return view.getUint16(udpAt + UDP_LENGTH_AT) === UDP_HEADER_BYTES + payload;
  }

  #makeWhole(view: DataView, vnetAt: number): void {
    const { at, version, transportAt, headerBytes } = this.packet;
    const total = this.#totalBytes;
    if (version === 4) {
      const before = view.getUint16(at + IP4_LENGTH_AT);
      const checksum = view.getUint16(at + IP4_CHECKSUM_AT);
      view.setUint16(at + IP4_LENGTH_AT, total);
      view.setUint16(at + IP4_CHECKSUM_AT, updateChecksum(checksum, before, total));
    } else {
      view.setUint16(at + IP6_LENGTH_AT, total - IP6_HEADER_BYTES);
    }
    let gsoType: number = GSO_UDP;
    if (this.#isTcp) {
      const flags = view.getUint8(transportAt + TCP_FLAGS_AT) | this.#endFlags;
      view.setUint8(transportAt + TCP_FLAGS_AT, flags);
      gsoType = (version === 4 ? GSO_TCP4 : GSO_TCP6) | ((flags & TCP_CWR) === 0 ? 0 : GSO_ECN);
    } else {
      view.setUint16(transportAt + UDP_LENGTH_AT, total - headerBytes);
    }
    view.setUint8(vnetAt + VNET_GSO_TYPE_AT, gsoType);
    view.setUint16(vnetAt + VNET_HEADER_LENGTH_AT, this.#headerBytes, true);
    view.setUint16(vnetAt + VNET_GSO_SIZE_AT, this.#segmentPayloadBytes, true);
  }
}

function totalLengthOf(view: DataView, at: number, version: 4 | 6): number {
  if (version === 4) return view.getUint16(at + IP4_LENGTH_AT);
  return IP6_HEADER_BYTES + view.getUint16(at + IP6_LENGTH_AT);
}
