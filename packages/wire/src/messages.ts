/**
 * WireGuard's four messages, byte for byte (WireGuard paper, section 5.4). All integers are little
 * endian; all offsets count from the message's first byte.
 */
import { Drop } from './drop.ts';

export const MessageType = { initiation: 1, response: 2, cookieReply: 3, transport: 4 } as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

export const TYPE_AT = 0;
export const RESERVED_AT = 1;
/** Who sent it: every message but the cookie reply and transport names its sender here. */
export const SENDER_AT = 4;
export const INDEX_BYTES = 4;
export const MAC_BYTES = 16;
export const TAG_BYTES = 16;
export const PUBLIC_KEY_BYTES = 32;
export const TIMESTAMP_BYTES = 12;

//  [MSG-1] type 1, handshake initiation, 148 bytes
//  0     1     4       8          40             88                116   132   148
//  type  zero  sender  ephemeral  static+tag     timestamp+tag     mac1  mac2
export const INITIATION_EPHEMERAL_AT = 8;
export const INITIATION_STATIC_AT = 40;
export const INITIATION_TIMESTAMP_AT = 88;
export const INITIATION_MAC1_AT = 116;
export const INITIATION_MAC2_AT = 132;
export const INITIATION_BYTES = 148;

//  [MSG-2] type 2, handshake response, 92 bytes
//  0     1     4       8         12         44         60    76    92
//  type  zero  sender  receiver  ephemeral  empty+tag  mac1  mac2
export const RESPONSE_RECEIVER_AT = 8;
export const RESPONSE_EPHEMERAL_AT = 12;
export const RESPONSE_EMPTY_AT = 44;
export const RESPONSE_MAC1_AT = 60;
export const RESPONSE_MAC2_AT = 76;
export const RESPONSE_BYTES = 92;

//  [MSG-3] type 3, cookie reply, 64 bytes
//  0     1     4         8      32          64
//  type  zero  receiver  nonce  cookie+tag
export const COOKIE_RECEIVER_AT = 4;
export const COOKIE_NONCE_AT = 8;
export const COOKIE_NONCE_BYTES = 24;
export const COOKIE_SEALED_AT = 32;
export const COOKIE_BYTES = 16;
export const COOKIE_REPLY_BYTES = 64;

//  [MSG-4] type 4, transport, 32 bytes and more
//  0     1     4         8        16
//  type  zero  receiver  counter  ciphertext… tag (16)
export const TRANSPORT_RECEIVER_AT = 4;
export const TRANSPORT_COUNTER_AT = 8;
export const TRANSPORT_HEADER_BYTES = 16;
export const TRANSPORT_BYTES_MIN = TRANSPORT_HEADER_BYTES + TAG_BYTES;
/** What a transport message costs beyond its plaintext: header and tag. */
export const TRANSPORT_OVERHEAD_BYTES = TRANSPORT_HEADER_BYTES + TAG_BYTES;

/**
 * The message's type (1 … 4), or a drop reason *negated* (types and reasons share small numbers).
 * After a positive answer every fixed field of that type may be read without checking lengths.
 */
export function messageType(view: DataView, at: number, length: number): number {
  if (length < 4) return -Drop.tooShort;
  const word = view.getUint32(at, true);
  const type = word & 0xff;
  if (type < 1 || type > 4) return -Drop.badType;
  // [MSG-5] The three reserved bytes are zero. Drop the message otherwise; do not repair it.
  if (word !== type) return -Drop.reservedNotZero;
  if (type === MessageType.transport) {
    return length < TRANSPORT_BYTES_MIN ? -Drop.tooShort : type;
  }
  // [MSG-6] Handshake messages have exactly their length.
  const exact = exactBytes(type);
  if (length === exact) return type;
  return length < exact ? -Drop.tooShort : -Drop.badLength;
}

/** The receiver index of a response, a cookie reply or a transport message; -1 for the others. */
export function readReceiverIndex(view: DataView, at: number): number {
  const type = view.getUint8(at + TYPE_AT);
  if (type === MessageType.transport) return view.getUint32(at + TRANSPORT_RECEIVER_AT, true);
  if (type === MessageType.response) return view.getUint32(at + RESPONSE_RECEIVER_AT, true);
  if (type === MessageType.cookieReply) return view.getUint32(at + COOKIE_RECEIVER_AT, true);
  return -1;
}

/** The sender index of an initiation or a response. */
export function readSenderIndex(view: DataView, at: number): number {
  return view.getUint32(at + SENDER_AT, true);
}

/**
 * The counter of a transport message, or -1 above 2^53 - 1: a number holds no more exactly, and
 * keys are replaced long before [MSG-7].
 */
export function readCounter(view: DataView, at: number): number {
  const high = view.getUint32(at + TRANSPORT_COUNTER_AT + 4, true);
  if (high > 0x1f_ffff) return -1;
  return high * 2 ** 32 + view.getUint32(at + TRANSPORT_COUNTER_AT, true);
}

/** Writes the 16 header bytes of a transport message; the counter is below 2^53. */
export function writeTransportHeader(
  view: DataView,
  at: number,
  receiverIndex: number,
  counter: number,
): void {
  view.setUint32(at + TYPE_AT, MessageType.transport, true);
  view.setUint32(at + TRANSPORT_RECEIVER_AT, receiverIndex, true);
  // setUint32 keeps the low 32 bits of any integer below 2^53.
  view.setUint32(at + TRANSPORT_COUNTER_AT, counter, true);
  view.setUint32(at + TRANSPORT_COUNTER_AT + 4, counter / 2 ** 32, true);
}

function exactBytes(type: number): number {
  if (type === MessageType.initiation) return INITIATION_BYTES;
  return type === MessageType.response ? RESPONSE_BYTES : COOKIE_REPLY_BYTES;
}
