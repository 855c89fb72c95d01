/**
 * Netlink messages: how they are written and read (RFC 3549; linux/netlink.h).
 * Reading never throws and never leaves the buffer, whatever the bytes are: what does not fit its
 * surroundings ends the list.
 */
import { assert } from '@rmh/base';

//  0             4          6           8          12
//  length (4)    type (2)   flags (2)   sequence   port        payload…
export const HEADER_BYTES = 16;
export const TYPE_AT = 4;
export const FLAGS_AT = 6;
export const SEQUENCE_AT = 8;

// A route or link request is a few hundred bytes; this is the kernel's own page-sized habit.
const REQUEST_BYTES_MAX = 4096;

export class MessageWriter {
  readonly #bytes = new Uint8Array(REQUEST_BYTES_MAX);
  readonly #view = new DataView(this.#bytes.buffer);
  #length = HEADER_BYTES;

  constructor(type: number, flags: number) {
    this.#view.setUint16(TYPE_AT, type, true);
    this.#view.setUint16(FLAGS_AT, flags, true);
  }

  /** The fixed part behind the header: fields with their widths in bytes, in order. */
  fields(...fields: readonly (readonly [width: 1 | 2 | 4, value: number])[]): this {
    for (const [width, value] of fields) {
      const at = this.#take(width);
      if (width === 1) this.#view.setUint8(at, value);
      else if (width === 2) this.#view.setUint16(at, value, true);
      else this.#view.setUint32(at, value, true);
    }
    return this;
  }

  //  0             2          4
  //  length (2)    type (2)   value, padded to 4
  bytes(type: number, value: Uint8Array): this {
    const at = this.#take(4 + pad(value.length));
    this.#view.setUint16(at, 4 + value.length, true);
    this.#view.setUint16(at + 2, type, true);
    this.#bytes.set(value, at + 4);
    return this;
  }

  u32(type: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    return this.bytes(type, bytes);
  }

  text(type: number, value: string): this {
    return this.bytes(type, new TextEncoder().encode(`${value}\0`));
  }

  nest(type: number, body: (writer: this) => void): this {
    const at = this.#take(4);
    body(this);
    this.#view.setUint16(at, this.#length - at, true);
    this.#view.setUint16(at + 2, type, true);
    return this;
  }

  finish(sequence: number): Uint8Array {
    this.#view.setUint32(0, this.#length, true);
    this.#view.setUint32(SEQUENCE_AT, sequence, true);
    return this.#bytes.subarray(0, this.#length);
  }

  #take(bytes: number): number {
    const at = this.#length;
    assert(at + bytes <= REQUEST_BYTES_MAX, 'a netlink request is short');
    this.#length += bytes;
    return at;
  }
}

export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** Where the payload lies in the buffer that was read. */
  readonly from: number;
  readonly to: number;
}

/** The messages of one datagram: bytes[0, length). */
export function readMessages(view: DataView, length: number): Message[] {
  const messages: Message[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= length) {
    const messageLength = view.getUint32(at, true);
    if (messageLength < HEADER_BYTES || messageLength > length - at) break;
    messages.push({
      type: view.getUint16(at + TYPE_AT, true),
      flags: view.getUint16(at + FLAGS_AT, true),
      sequence: view.getUint32(at + SEQUENCE_AT, true),
      from: at + HEADER_BYTES,
      to: at + messageLength,
    });
    at += pad(messageLength);
  }
  return messages;
}

/** The attributes in bytes[from, to); of two of one type the later counts. */
export class Attributes {
  readonly #view: DataView;
  readonly #spans = new Map<number, readonly [from: number, to: number]>();

  constructor(view: DataView, from: number, to: number) {
    this.#view = view;
    let at = from;
    while (at + 4 <= to) {
      const length = view.getUint16(at, true);
      if (length < 4 || length > to - at) break;
      this.#spans.set(view.getUint16(at + 2, true) & TYPE_MASK, [at + 4, at + length]);
      at += pad(length);
    }
  }

  bytes(type: number): Uint8Array | null {
    const span = this.#spans.get(type);
    if (span === undefined) return null;
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + span[0], span[1] - span[0]);
  }

  u32(type: number): number | null {
    const span = this.#spans.get(type);
    return span === undefined || span[1] - span[0] < 4 ? null : this.#view.getUint32(span[0], true);
  }

  text(type: number): string | null {
    const bytes = this.bytes(type);
    if (bytes === null) return null;
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  nested(type: number): Attributes {
    const span = this.#spans.get(type) ?? [0, 0];
    return new Attributes(this.#view, span[0], span[1]);
  }
}

// The two upper bits say "nested" and "network byte order".
const TYPE_MASK = 0x3fff;

function pad(length: number): number {
  return (length + 3) & ~3;
}
