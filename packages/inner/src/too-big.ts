import type { Arena } from '@rmh/base';
import { internetChecksum, pseudoSum } from './checksum.ts';
import {
  IP4_CHECKSUM_AT,
  IP4_DESTINATION_AT,
  IP4_FRAGMENT_AT,
  IP4_HEADER_BYTES,
  IP4_LENGTH_AT,
  IP4_PROTOCOL_AT,
  IP4_SOURCE_AT,
  IP6_DESTINATION_AT,
  IP6_HEADER_BYTES,
  IP6_LENGTH_AT,
  IP6_NEXT_AT,
  IP6_SOURCE_AT,
  PROTOCOL_ICMP,
  PROTOCOL_ICMP6,
} from './layout.ts';
import { InnerPacket } from './packet.ts';

//  ICMP:  0 type   1 code   2 checksum   4 MTU (v4: the lower two bytes)   8 what was too big…
const ICMP_BYTES = 8;
const FRAGMENTATION_NEEDED = 0x0304;
const PACKET_TOO_BIG = 0x0200;
const TTL = 64;
// An answer never needs more: RFC 1812 § 4.3.2.3, RFC 4443 § 2.4 (c).
const ANSWER4_BYTES_MAX = 576;
const ANSWER6_BYTES_MAX = 1280;
/** How much room writePacketTooBig needs at `to`. */
export const TOO_BIG_BYTES_MAX = ANSWER6_BYTES_MAX;

/**
 * [IN-13] The ICMP answer to a packet over the inner MTU, written to arena[to…]; its bytes, or 0
 * when none may be sent (RFC 1122 § 3.2.2, RFC 4443 § 2.4 (e)). It comes from the packet's own
 * destination: the one address that is sure to be routed through the tunnel, so no reverse path
 * filter drops it. Also for IPv4 without don't-fragment: Linux then fragments at the source,
 * which loses fewer packets than we would by cutting each.
 */
export function writePacketTooBig(
  arena: Arena,
  packetAt: number,
  packetBytes: number,
  mtu: number,
  to: number,
): number {
  if (packet.read(arena, packetAt, packetBytes) !== 0) return 0;
  return packet.version === 4 ? answerV4(arena, mtu, to) : answerV6(arena, mtu, to);
}

function answerV4(arena: Arena, mtu: number, to: number): number {
  const { view, bytes } = arena;
  const { at } = packet;
  if ((view.getUint16(at + IP4_FRAGMENT_AT) & 0x1fff) !== 0) return 0;
  if (!isUnicastV4(view, at + IP4_SOURCE_AT)) return 0;
  if (!isUnicastV4(view, at + IP4_DESTINATION_AT)) return 0;
  if (packet.protocol === PROTOCOL_ICMP && !isIcmpQuery(view)) return 0;
  const quoted = Math.min(packet.totalLength, ANSWER4_BYTES_MAX - IP4_HEADER_BYTES - ICMP_BYTES);
  const total = IP4_HEADER_BYTES + ICMP_BYTES + quoted;
  bytes.fill(0, to, to + IP4_HEADER_BYTES + ICMP_BYTES);
  // Precedence 6 (network control), as routers answer: RFC 1812 § 4.3.2.5.
  view.setUint16(to, 0x45c0);
  view.setUint16(to + IP4_LENGTH_AT, total);
  view.setUint8(to + IP4_PROTOCOL_AT - 1, TTL);
  view.setUint8(to + IP4_PROTOCOL_AT, PROTOCOL_ICMP);
  bytes.copyWithin(to + IP4_SOURCE_AT, at + IP4_DESTINATION_AT, at + IP4_DESTINATION_AT + 4);
  bytes.copyWithin(to + IP4_DESTINATION_AT, at + IP4_SOURCE_AT, at + IP4_SOURCE_AT + 4);
  view.setUint16(to + IP4_CHECKSUM_AT, internetChecksum(arena, to, IP4_HEADER_BYTES));
  const icmpAt = to + IP4_HEADER_BYTES;
  view.setUint16(icmpAt, FRAGMENTATION_NEEDED);
  view.setUint16(icmpAt + 6, Math.min(mtu, 0xffff));
  bytes.copyWithin(icmpAt + ICMP_BYTES, at, at + quoted);
  view.setUint16(icmpAt + 2, internetChecksum(arena, icmpAt, ICMP_BYTES + quoted));
  return total;
}

function answerV6(arena: Arena, mtu: number, to: number): number {
  const { view, bytes } = arena;
  const { at } = packet;
  if (!isUnicastV6(view, at + IP6_SOURCE_AT)) return 0;
  if (!isUnicastV6(view, at + IP6_DESTINATION_AT)) return 0;
  if (packet.protocol === PROTOCOL_ICMP6 && !isIcmpQuery(view)) return 0;
  const quoted = Math.min(packet.totalLength, ANSWER6_BYTES_MAX - IP6_HEADER_BYTES - ICMP_BYTES);
  const total = IP6_HEADER_BYTES + ICMP_BYTES + quoted;
  bytes.fill(0, to, to + IP6_HEADER_BYTES + ICMP_BYTES);
  view.setUint8(to, 0x60);
  view.setUint16(to + IP6_LENGTH_AT, ICMP_BYTES + quoted);
  view.setUint8(to + IP6_NEXT_AT, PROTOCOL_ICMP6);
  view.setUint8(to + IP6_NEXT_AT + 1, TTL);
  bytes.copyWithin(to + IP6_SOURCE_AT, at + IP6_DESTINATION_AT, at + IP6_DESTINATION_AT + 16);
  bytes.copyWithin(to + IP6_DESTINATION_AT, at + IP6_SOURCE_AT, at + IP6_SOURCE_AT + 16);
  const icmpAt = to + IP6_HEADER_BYTES;
  view.setUint16(icmpAt, PACKET_TOO_BIG);
  view.setUint32(icmpAt + 4, mtu);
  bytes.copyWithin(icmpAt + ICMP_BYTES, at, at + quoted);
  const pseudo = pseudoSum(arena, to, PROTOCOL_ICMP6, ICMP_BYTES + quoted);
  view.setUint16(icmpAt + 2, internetChecksum(arena, icmpAt, ICMP_BYTES + quoted, pseudo));
  return total;
}

/** Errors are never answered. Of a fragment nobody sees the type: not answered either. */
function isIcmpQuery(view: DataView): boolean {
  if (packet.isFragment || packet.totalLength <= packet.headerBytes) return false;
  const type = view.getUint8(packet.transportAt);
  if (packet.version === 6) return type >= 128;
  return type === 0 || type === 8 || type === 13 || type === 14;
}

/** Not 0.x, loopback, multicast, reserved or broadcast. */
function isUnicastV4(view: DataView, at: number): boolean {
  const first = view.getUint8(at);
  return first !== 0 && first !== 127 && first < 224;
}

/** Neither multicast nor ::/64, which holds the unspecified and the loopback address. */
function isUnicastV6(view: DataView, at: number): boolean {
  if (view.getUint8(at) === 0xff) return false;
  return view.getInt32(at) !== 0 || view.getInt32(at + 4) !== 0;
}

// Read and forgotten within one call of writePacketTooBig.
const packet = new InnerPacket();
