import {
  IP4_FRAGMENT_AT,
  IP4_FRAGMENT_MASK,
  IP4_HEADER_BYTES,
  IP4_LENGTH_AT,
  IP4_PROTOCOL_AT,
  IP6_HEADER_BYTES,
  IP6_LENGTH_AT,
  IP6_NEXT_AT,
  TCP_FLAGS_AT,
  TCP_HEADER_BYTES,
  TCP_OFFSET_AT,
} from './layout.ts';

/**
 * Is the packet at `at` a TCP acknowledgement without payload? It may overtake what is missing: a
 * later one says all that an earlier one does (RFC 9293, cumulative). SYN, FIN and RST keep their
 * place, and so does what is not plainly such a packet (fragments, extension headers).
 */
export function isPureAck(view: DataView, at: number, length: number): boolean {
  if (length > PURE_ACK_BYTES_MAX || length < IP4_HEADER_BYTES + TCP_HEADER_BYTES) return false;
  const tcpAt = tcpOf(view, at, length);
  if (tcpAt < 0 || tcpAt + TCP_HEADER_BYTES > at + length) return false;
  const headerBytes = (view.getUint8(tcpAt + TCP_OFFSET_AT) >> 4) * 4;
  if (tcpAt + headerBytes !== at + length) return false;
  return (view.getUint8(tcpAt + TCP_FLAGS_AT) & FLAGS_LOOKED_AT) === FLAG_ACK;
}

/** Where TCP begins in a packet of exactly `length` bytes, or −1. */
function tcpOf(view: DataView, at: number, length: number): number {
  const first = view.getUint8(at);
  if (first >> 4 === 4) {
    const whole = (view.getUint16(at + IP4_FRAGMENT_AT) & IP4_FRAGMENT_MASK) === 0;
    const fits = view.getUint16(at + IP4_LENGTH_AT) === length;
    const tcp = view.getUint8(at + IP4_PROTOCOL_AT) === PROTOCOL_TCP;
    return whole && fits && tcp ? at + (first & 15) * 4 : -1;
  }
  if (first >> 4 !== 6 || length < IP6_HEADER_BYTES + TCP_HEADER_BYTES) return -1;
  const fits = view.getUint16(at + IP6_LENGTH_AT) + IP6_HEADER_BYTES === length;
  return fits && view.getUint8(at + IP6_NEXT_AT) === PROTOCOL_TCP ? at + IP6_HEADER_BYTES : -1;
}

const PROTOCOL_TCP = 6;
const FLAG_ACK = 0x10;
/** FIN, SYN, RST and ACK; PSH and the ECN bits say nothing here. */
const FLAGS_LOOKED_AT = 0x17;
/** IPv6 and TCP with all the options that fit. */
const PURE_ACK_BYTES_MAX = IP6_HEADER_BYTES + 60;
