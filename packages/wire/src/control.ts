import { PATHS_MAX } from './frames.ts';

/**
 * Control frames: type, length, body, one behind the other in a control message [FR-10].
 *
 *   0     1     2       4
 *   type  zero  length  body…
 *
 * An unknown type is skipped by its length; a length that leaves the message ends the reading
 * and the message counts as damaged.
 */
export const ControlType = {
  /** version u8, flags u8, zero u16, incarnation u32: multipath is wanted or granted [FR-11]. */
  hello: 1,
  helloReply: 2,
  /** token u32, then padding: is the path alive, how wide, how long does it take? [FR-12] */
  ping: 3,
  pong: 4,
  /** token 8 bytes: does this address answer? [FR-13] */
  challenge: 5,
  response: 6,
  /** what arrived on one path [FR-14] */
  report: 7,
  /** path u8, three zero bytes: the sender gives this path up [FR-15] */
  closePath: 8,
  /** gateway → unit: move your traffic to another gateway [FR-16] */
  drain: 9,
  /** unit → gateway: epoch u32, active u8, three zero bytes [FR-17] */
  activate: 10,
  /** gateway → unit: epoch u32 */
  activated: 11,
} as const;
export type ControlType = (typeof ControlType)[keyof typeof ControlType];

export const CONTROL_HEADER_BYTES = 4;
export const PROTOCOL_VERSION = 1;

export const HELLO_BYTES = 8;
export const TOKEN_BYTES = 4;
export const CHALLENGE_BYTES = 8;
export const ACTIVATE_BYTES = 8;
export const EPOCH_BYTES = 4;
export const CLOSE_PATH_BYTES = 4;

/**
 * A report's body:
 *
 *   0     1       2      4        8         12          16      20
 *   path  zero    bits   newest   held µs   one-way µs  bytes   bitmap…
 *
 * Bit i of the bitmap: did number newest − 1 − i arrive? `bits` counts them. `held` is the time
 * between the newest's arrival and this report; `one-way` its arrival by the receiver's clock
 * minus its stamp, modulo 2^32, so only differences of it mean anything; `bytes` all bytes that
 * arrived on the path, modulo 2^32 [FR-14].
 */
export const REPORT_PATH_AT = 0;
/** REPORT_SPARED and REPORT_BULK_ALONE; the other bits are zero and not read. */
export const REPORT_FLAGS_AT = 1;
export const REPORT_BITS_AT = 2;
export const REPORT_NEWEST_AT = 4;
export const REPORT_HELD_AT = 8;
export const REPORT_ONE_WAY_AT = 12;
export const REPORT_BYTES_AT = 16;
export const REPORT_BITMAP_AT = 20;
/** The reporter wants only critical and realtime packets on this path [PA-7]. */
export const REPORT_SPARED = 1;
/** With the bit before: interactive packets too, and all but bulk as on any path [PA-7]. */
export const REPORT_BULK_ALONE = 2;
/** 300 Mbit/s is 27 packets a millisecond: at a report each 10 ms three reports see each. */
export const REPORT_BITS_MAX = 1024;

/** Body offset and length of control frames, one after the other; reused, never reallocated. */
export class ControlReader {
  type = 0;
  bodyAt = 0;
  bodyBytes = 0;
  #view: DataView;
  #at = 0;
  #end = 0;

  constructor(view: DataView) {
    this.#view = view;
  }

  /** Reads frames in [at, end). */
  begin(at: number, end: number): void {
    this.#at = at;
    this.#end = end;
  }

  /** 1: a frame lies in the fields; 0: the message ended; −1: damaged, stop here. */
  next(): 1 | 0 | -1 {
    if (this.#at === this.#end) return 0;
    if (this.#end - this.#at < CONTROL_HEADER_BYTES) return -1;
    const type = this.#view.getUint8(this.#at);
    if (this.#view.getUint8(this.#at + 1) !== 0) return -1;
    const length = this.#view.getUint16(this.#at + 2, true);
    const bodyAt = this.#at + CONTROL_HEADER_BYTES;
    if (bodyAt + length > this.#end) return -1;
    this.type = type;
    this.bodyAt = bodyAt;
    this.bodyBytes = length;
    this.#at = bodyAt + length;
    return controlLengthFits(this.#view, type, bodyAt, length) ? 1 : -1;
  }
}

/** Known types have exact lengths; an unknown one may be any [FR-10]. */
function controlLengthFits(view: DataView, type: number, at: number, length: number): boolean {
  switch (type) {
    case ControlType.hello:
    case ControlType.helloReply:
      return length === HELLO_BYTES;
    case ControlType.ping:
    case ControlType.pong:
      return length >= TOKEN_BYTES;
    case ControlType.challenge:
    case ControlType.response:
      return length === CHALLENGE_BYTES;
    case ControlType.report:
      return reportFits(view, at, length);
    case ControlType.closePath:
      return length === CLOSE_PATH_BYTES && view.getUint8(at) < PATHS_MAX;
    case ControlType.drain:
      return length === 0;
    case ControlType.activate:
      return length === ACTIVATE_BYTES;
    case ControlType.activated:
      return length === EPOCH_BYTES;
    default:
      return true;
  }
}

function reportFits(view: DataView, at: number, length: number): boolean {
  if (length < REPORT_BITMAP_AT) return false;
  const bits = view.getUint16(at + REPORT_BITS_AT, true);
  if (bits > REPORT_BITS_MAX || view.getUint8(at + REPORT_PATH_AT) >= PATHS_MAX) return false;
  return length === REPORT_BITMAP_AT + ((bits + 7) >> 3);
}

/** Appends control frames to a message under construction. */
export function writeControlHeader(
  view: DataView,
  at: number,
  type: ControlType,
  bodyBytes: number,
): number {
  view.setUint8(at, type);
  view.setUint8(at + 1, 0);
  view.setUint16(at + 2, bodyBytes, true);
  return at + CONTROL_HEADER_BYTES;
}
