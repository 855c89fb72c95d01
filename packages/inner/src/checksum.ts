/**
 * The internet checksum (RFC 1071): the 16-bit ones' complement sum of big-endian words. Sums
 * here are folded to 16 bits and not yet complemented unless said otherwise.
 */
import type { Arena } from '@rmh/base';
import {
  IP4_SOURCE_AT,
  IP6_HEADER_BYTES,
  IP6_SOURCE_AT,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  TCP_CHECKSUM_AT,
  TCP_HEADER_BYTES,
  UDP_CHECKSUM_AT,
  UDP_HEADER_BYTES,
  UDP_LENGTH_AT,
} from './layout.ts';
import { InnerPacket } from './packet.ts';

/** Carries folded back in: 0 … 0xffff. For sums up to 2^32. */
export function foldSum(sum: number): number {
  const once = (sum >>> 16) + (sum & 0xffff);
  return (once & 0xffff) + (once >>> 16);
}

/** The folded sum over at most 65,535 bytes at arena[at…]; an odd end counts as a high byte. */
export function sumBytes(arena: Arena, at: number, length: number): number {
  const { view } = arena;
  // Halves of 32-bit words apart: 16,384 words × 0xffff stays below 2^31, so V8 keeps integers.
  let high = 0;
  let low = 0;
  let i = at;
  const unrolledEnd = at + length - 15;
  for (; i < unrolledEnd; i += 16) {
    const a = view.getInt32(i);
    const b = view.getInt32(i + 4);
    const c = view.getInt32(i + 8);
    const d = view.getInt32(i + 12);
    high = (high + (a >>> 16) + (b >>> 16) + (c >>> 16) + (d >>> 16)) | 0;
    low = (low + (a & 0xffff) + (b & 0xffff) + (c & 0xffff) + (d & 0xffff)) | 0;
  }
  const end = at + length;
  for (; i + 1 < end; i += 2) low = (low + view.getUint16(i)) | 0;
  if (i < end) low = (low + (view.getUint8(i) << 8)) | 0;
  return foldSum(foldSum(high) + foldSum(low));
}

/** The checksum as it stands in a header: the complement of `initial` plus the bytes' sum. */
export function internetChecksum(arena: Arena, at: number, length: number, initial = 0): number {
  return ~foldSum(sumBytes(arena, at, length) + initial) & 0xffff;
}

/** RFC 1624, equation 3: `checksum` after one 16-bit word changed. A wrong one stays wrong. */
export function updateChecksum(checksum: number, before: number, after: number): number {
  return ~foldSum((~checksum & 0xffff) + (~before & 0xffff) + after) & 0xffff;
}

/** The folded sum of the pseudo-header (RFC 9293 § 3.1, RFC 8200 § 8.1). */
export function pseudoSum(
  arena: Arena,
  packetAt: number,
  protocol: number,
  transportBytes: number,
): number {
  const isV4 = arena.view.getUint8(packetAt) >> 4 === 4;
  const addresses = isV4
    ? sumBytes(arena, packetAt + IP4_SOURCE_AT, 8)
    : sumBytes(arena, packetAt + IP6_SOURCE_AT, IP6_HEADER_BYTES - IP6_SOURCE_AT);
  return foldSum(addresses + protocol + transportBytes);
}

/** Where the checksum lies in the transport header; -1 for other protocols. */
export function checksumOffset(protocol: number): number {
  if (protocol === PROTOCOL_TCP) return TCP_CHECKSUM_AT;
  return protocol === PROTOCOL_UDP ? UDP_CHECKSUM_AT : -1;
}

/** [IN-9] The state that Linux calls CHECKSUM_PARTIAL: only the pseudo-header is in the field. */
export function fillChecksumPseudo(
  arena: Arena,
  packetAt: number,
  transportAt: number,
  protocol: number,
  transportBytes: number,
): void {
  const sum = pseudoSum(arena, packetAt, protocol, transportBytes);
  arena.view.setUint16(transportAt + checksumOffset(protocol), sum);
}

/**
 * Completes a checksum from its seed: the field at `fieldAt` holds the pseudo-header's sum, the
 * bytes from `startAt` to `endAt` are added. Zero means "none" to UDP, so it becomes 0xffff,
 * which is the same number to everybody else.
 */
export function completeChecksum(
  arena: Arena,
  startAt: number,
  fieldAt: number,
  endAt: number,
): void {
  const checksum = internetChecksum(arena, startAt, endAt - startAt);
  arena.view.setUint16(fieldAt, checksum === 0 ? 0xffff : checksum);
}

/**
 * [IN-10] The whole TCP or UDP checksum, whatever stands in the field: what a stock WireGuard
 * peer needs. False, and nothing written, when the packet has none that could be computed.
 */
export function finishChecksum(arena: Arena, packetAt: number, length: number): boolean {
  if (packet.read(arena, packetAt, length) !== 0 || !holdsWholeTransport(packet)) return false;
  const { transportAt, protocol } = packet;
  const transportBytes = packet.totalLength - packet.headerBytes;
  fillChecksumPseudo(arena, packetAt, transportAt, protocol, transportBytes);
  const fieldAt = transportAt + checksumOffset(protocol);
  completeChecksum(arena, transportAt, fieldAt, transportAt + transportBytes);
  return true;
}

/**
 * [IN-8] Only of such a packet may the checksum travel unfinished, because the far end can
 * rebuild it from the packet alone: TCP or UDP, whole, its own length and destination final.
 */
export function holdsWholeTransport(packet: InnerPacket): boolean {
  if (packet.isFragment || packet.isSourceRouted) return false;
  const bytes = packet.totalLength - packet.headerBytes;
  if (packet.protocol === PROTOCOL_TCP) return bytes >= TCP_HEADER_BYTES;
  if (packet.protocol !== PROTOCOL_UDP || bytes < UDP_HEADER_BYTES) return false;
  return packet.arena.view.getUint16(packet.transportAt + UDP_LENGTH_AT) === bytes;
}

// Read and forgotten within one call of finishChecksum.
const packet = new InnerPacket();
