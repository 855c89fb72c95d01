// Just enough of IPv4, UDP, TCP and ICMP to translate addresses.
//
//  0        2           4   6            8    9         10    12   16   20
//  ver/ihl  total (2)   id  fragment(2)  ttl  protocol  sum   src  dst  options…
export const IP_SUM_AT = 10;
export const SRC_AT = 12;
export const DST_AT = 16;
const TOTAL_AT = 2;
const FRAGMENT_AT = 6;
const PROTOCOL_AT = 9;
const IP_HEADER_BYTES = 20;
//  ICMP:  0 type   1 code   2 sum (2)   4 id (2) or unused   6 sequence   8 data or quoted packet
export const ICMP_SUM_AT = 2;
const ICMP_ID_AT = 4;
const ICMP_HEADER_BYTES = 8;

export const Protocol = { icmp: 1, tcp: 6, udp: 17 } as const;
export const IcmpType = { echoReply: 0, unreachable: 3, echo: 8, timeExceeded: 11 } as const;

/** ok, or why a packet does not pass. */
export const Verdict = {
  ok: 0,
  malformed: -1,
  notIpv4: -2,
  fragment: -3,
  protocol: -4,
  noMapping: -5,
} as const;

/** Offsets are absolute in the view. For an ICMP error they lie in the packet that it quotes. */
export interface Packet {
  protocol: number;
  headerBytes: number;
  totalBytes: number;
  sourcePortAt: number;
  destinationPortAt: number;
  sumAt: number;
  /** TCP and UDP sum a pseudo header with the addresses; ICMP does not. */
  sumCoversAddresses: boolean;
  quoted: boolean;
}

/** Fills `into` from view[at, at + length); trusts nothing that the packet says of its length. */
export function classify(view: DataView, at: number, length: number, into: Packet): number {
  const verdict = readHeader(view, at, length, into);
  if (verdict !== Verdict.ok) return verdict;
  into.totalBytes = view.getUint16(at + TOTAL_AT);
  into.quoted = false;
  const transportAt = at + into.headerBytes;
  const transportBytes = into.totalBytes - into.headerBytes;
  if (into.totalBytes > length || transportBytes < 0) return Verdict.malformed;
  if (into.protocol !== Protocol.icmp) return locatePorts(transportAt, transportBytes, into);
  if (transportBytes < ICMP_HEADER_BYTES) return Verdict.malformed;
  const type = view.getUint8(transportAt);
  if (type === IcmpType.echo || type === IcmpType.echoReply) {
    locateIcmpId(transportAt, into);
    return Verdict.ok;
  }
  if (type !== IcmpType.unreachable && type !== IcmpType.timeExceeded) return Verdict.protocol;
  return classifyQuoted(view, transportAt, transportBytes, into);
}

/** RFC 1624, equation 3; `was` and `is` are 16 or 32 bits. */
export function adjustSum(sum: number, was: number, is: number): number {
  let total = ~sum & 0xffff;
  total += (~(was >>> 16) & 0xffff) + (~was & 0xffff) + (is >>> 16) + (is & 0xffff);
  total = (total & 0xffff) + (total >>> 16);
  total = (total & 0xffff) + (total >>> 16);
  return ~total & 0xffff;
}

/** RFC 1071 over view[from, to). */
export function icmpSum(view: DataView, from: number, to: number): number {
  let total = 0;
  for (let at = from; at + 1 < to; at += 2) total += view.getUint16(at);
  if ((to - from) % 2 === 1) total += view.getUint8(to - 1) << 8;
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return ~total & 0xffff;
}

function readHeader(view: DataView, at: number, length: number, into: Packet): number {
  if (length < 1) return Verdict.malformed;
  if (view.getUint8(at) >> 4 !== 4) return Verdict.notIpv4;
  if (length < IP_HEADER_BYTES) return Verdict.malformed;
  into.headerBytes = (view.getUint8(at) & 0xf) * 4;
  if (into.headerBytes < IP_HEADER_BYTES || into.headerBytes > length) return Verdict.malformed;
  // More fragments, or an offset: ports are not in every piece. Units do not send them.
  if ((view.getUint16(at + FRAGMENT_AT) & 0x3fff) !== 0) return Verdict.fragment;
  into.protocol = view.getUint8(at + PROTOCOL_AT);
  return Verdict.ok;
}

function locatePorts(transportAt: number, bytes: number, into: Packet): number {
  const isTcp = into.protocol === Protocol.tcp;
  if (!isTcp && into.protocol !== Protocol.udp) return Verdict.protocol;
  if (bytes < (isTcp ? 20 : 8)) return Verdict.malformed;
  into.sourcePortAt = transportAt;
  into.destinationPortAt = transportAt + 2;
  into.sumAt = transportAt + (isTcp ? 16 : 6);
  into.sumCoversAddresses = true;
  return Verdict.ok;
}

function locateIcmpId(transportAt: number, into: Packet): void {
  into.sourcePortAt = transportAt + ICMP_ID_AT;
  into.destinationPortAt = transportAt + ICMP_ID_AT;
  into.sumAt = transportAt + ICMP_SUM_AT;
  into.sumCoversAddresses = false;
}

/** RFC 792: the error quotes the header and at least 8 bytes, which hold the ports. */
function classifyQuoted(view: DataView, icmpAt: number, bytes: number, into: Packet): number {
  const quotedAt = icmpAt + ICMP_HEADER_BYTES;
  const quotedBytes = bytes - ICMP_HEADER_BYTES;
  const { headerBytes } = into;
  const verdict = readHeader(view, quotedAt, quotedBytes, into);
  const quotedHeaderBytes = into.headerBytes;
  into.headerBytes = headerBytes;
  if (verdict !== Verdict.ok) return Verdict.malformed;
  if (quotedBytes < quotedHeaderBytes + 8) return Verdict.malformed;
  into.quoted = true;
  const transportAt = quotedAt + quotedHeaderBytes;
  if (into.protocol === Protocol.icmp) {
    locateIcmpId(transportAt, into);
    return Verdict.ok;
  }
  if (into.protocol !== Protocol.udp && into.protocol !== Protocol.tcp) return Verdict.protocol;
  into.sourcePortAt = transportAt;
  into.destinationPortAt = transportAt + 2;
  return Verdict.ok;
}
