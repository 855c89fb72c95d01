import {
  IP4_DESTINATION_AT,
  IP4_FRAGMENT_AT,
  IP4_HEADER_BYTES,
  IP4_SOURCE_AT,
  IP6_NEXT_AT,
  PROTOCOL_TCP,
  TCP_ACK_AT,
  TCP_HEADER_BYTES,
  TCP_OFFSET_AT,
  TCP_URGENT_AT,
} from './layout.ts';
import type { InnerPacket } from './packet.ts';

// Data offset and window; the flags between them have rules of their own.
const OFFSET_AND_WINDOW = 0xff00ffff;

/**
 * [IN-11] Are the headers at `at` those of `first` in everything that one super-packet can say
 * only once? All but: lengths, identification, checksums, sequence number, TCP flags, UDP length.
 * The same version and IHL, and headerBytes readable bytes, were seen before.
 */
export function sameHeaders(first: InnerPacket, at: number, headerBytes: number): boolean {
  const { view } = first.arena;
  const a = first.at;
  if (first.version === 4) {
    if (view.getUint16(a) !== view.getUint16(at)) return false;
    const fragmentAndTtl = view.getInt32(a + IP4_FRAGMENT_AT);
    if (fragmentAndTtl !== view.getInt32(at + IP4_FRAGMENT_AT)) return false;
    if (view.getInt32(a + IP4_SOURCE_AT) !== view.getInt32(at + IP4_SOURCE_AT)) return false;
    const destination = view.getInt32(a + IP4_DESTINATION_AT);
    if (destination !== view.getInt32(at + IP4_DESTINATION_AT)) return false;
    if (!sameWords(view, a, at, IP4_HEADER_BYTES, first.headerBytes)) return false;
  } else {
    if (view.getInt32(a) !== view.getInt32(at)) return false;
    if (view.getUint16(a + IP6_NEXT_AT) !== view.getUint16(at + IP6_NEXT_AT)) return false;
    if (!sameWords(view, a, at, IP6_NEXT_AT + 2, first.headerBytes)) return false;
  }
  const offset = first.headerBytes;
  if (view.getInt32(a + offset) !== view.getInt32(at + offset)) return false;
  return (
    first.protocol !== PROTOCOL_TCP || sameTcp(view, a + offset, at + offset, headerBytes - offset)
  );
}

function sameTcp(view: DataView, a: number, b: number, tcpBytes: number): boolean {
  if (view.getInt32(a + TCP_ACK_AT) !== view.getInt32(b + TCP_ACK_AT)) return false;
  const words = view.getInt32(a + TCP_OFFSET_AT) ^ view.getInt32(b + TCP_OFFSET_AT);
  if ((words & OFFSET_AND_WINDOW) !== 0) return false;
  if (view.getUint16(a + TCP_URGENT_AT) !== view.getUint16(b + TCP_URGENT_AT)) return false;
  return sameWords(view, a, b, TCP_HEADER_BYTES, tcpBytes);
}

/** From and to are multiples of four apart: IP and TCP headers count in such words. */
function sameWords(view: DataView, a: number, b: number, from: number, to: number): boolean {
  for (let i = from; i < to; i += 4) {
    if (view.getInt32(a + i) !== view.getInt32(b + i)) return false;
  }
  return true;
}
