import type { Arena } from '@rmh/base';
import { updateChecksum } from './checksum.ts';
import {
  IP4_FRAGMENT_AT,
  IP4_HEADER_BYTES,
  IP4_LENGTH_AT,
  IP4_PROTOCOL_AT,
  IP6_HEADER_BYTES,
  IP6_LENGTH_AT,
  IP6_NEXT_AT,
  PROTOCOL_TCP,
  TCP_CHECKSUM_AT,
  TCP_FLAGS_AT,
  TCP_HEADER_BYTES,
  TCP_OFFSET_AT,
  TCP_SYN,
} from './layout.ts';

const OPTION_END = 0;
const OPTION_NOP = 1;
const OPTION_MSS = 2;
const MSS_BYTES = 4;
// The offset alone: a first fragment still holds the options.
const FRAGMENT_OFFSET = 0x1fff;

/**
 * [IN-12] Lowers the MSS that a TCP SYN in arena[at, at + length) announces; true when it did.
 * Never raises it, never adds one (RFC 9293 § 3.7.1). An unfinished checksum (`partial`) covers
 * only the pseudo-header so far and stays. Malformed options end the search; IPv6 extension
 * headers before TCP are not searched: no SYN has them in practice.
 */
export function clampMss(
  arena: Arena,
  at: number,
  length: number,
  mssMax4: number,
  mssMax6: number,
  partial = false,
): boolean {
  const { view } = arena;
  if (length < IP4_HEADER_BYTES + TCP_HEADER_BYTES) return false;
  const isV4 = view.getUint8(at) >> 4 === 4;
  const tcpAt = isV4 ? tcpInV4(view, at, length) : tcpInV6(view, at, length);
  if (tcpAt < 0 || (view.getUint8(tcpAt + TCP_FLAGS_AT) & TCP_SYN) === 0) return false;
  const packetEnd = at + ipBytes(view, at, isV4);
  const headerEnd = tcpAt + (view.getUint8(tcpAt + TCP_OFFSET_AT) >> 4) * 4;
  const mssAt = findMss(view, tcpAt + TCP_HEADER_BYTES, Math.min(headerEnd, packetEnd));
  if (mssAt < 0) return false;
  const mss = view.getUint16(mssAt);
  const mssMax = isV4 ? mssMax4 : mssMax6;
  if (mss <= mssMax) return false;
  view.setUint16(mssAt, mssMax);
  if (partial) return true;
  // At an odd offset its two bytes lie in two words of the sum: count them swapped.
  const isOdd = ((mssAt - tcpAt) & 1) !== 0;
  const checksum = updateChecksum(
    view.getUint16(tcpAt + TCP_CHECKSUM_AT),
    isOdd ? swapped(mss) : mss,
    isOdd ? swapped(mssMax) : mssMax,
  );
  view.setUint16(tcpAt + TCP_CHECKSUM_AT, checksum);
  return true;
}

/** The TCP header within the given bytes, or -1. */
function tcpInV4(view: DataView, at: number, length: number): number {
  if (view.getUint8(at + IP4_PROTOCOL_AT) !== PROTOCOL_TCP) return -1;
  if ((view.getUint16(at + IP4_FRAGMENT_AT) & FRAGMENT_OFFSET) !== 0) return -1;
  const headerBytes = (view.getUint8(at) & 15) * 4;
  const total = ipBytes(view, at, true);
  if (headerBytes < IP4_HEADER_BYTES || total > length) return -1;
  return total < headerBytes + TCP_HEADER_BYTES ? -1 : at + headerBytes;
}

function tcpInV6(view: DataView, at: number, length: number): number {
  if (view.getUint8(at) >> 4 !== 6 || length < IP6_HEADER_BYTES + TCP_HEADER_BYTES) return -1;
  if (view.getUint8(at + IP6_NEXT_AT) !== PROTOCOL_TCP) return -1;
  const total = ipBytes(view, at, false);
  if (total > length || total < IP6_HEADER_BYTES + TCP_HEADER_BYTES) return -1;
  return at + IP6_HEADER_BYTES;
}

function ipBytes(view: DataView, at: number, isV4: boolean): number {
  if (isV4) return view.getUint16(at + IP4_LENGTH_AT);
  return IP6_HEADER_BYTES + view.getUint16(at + IP6_LENGTH_AT);
}

/** Where the option's value lies, or -1. */
function findMss(view: DataView, from: number, end: number): number {
  let at = from;
  while (at + MSS_BYTES <= end) {
    const kind = view.getUint8(at);
    if (kind === OPTION_END) return -1;
    if (kind === OPTION_NOP) {
      at++;
      continue;
    }
    const bytes = view.getUint8(at + 1);
    if (kind === OPTION_MSS) return bytes === MSS_BYTES ? at + 2 : -1;
    if (bytes < 2) return -1;
    at += bytes;
  }
  return -1;
}

function swapped(word: number): number {
  return (word >> 8) | ((word & 0xff) << 8);
}
