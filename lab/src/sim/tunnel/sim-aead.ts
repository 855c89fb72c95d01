import { type Arena, assert } from '@rmh/base';
import { FrameKind, type PacketAead, type PacketKey } from '@rmh/wire';
import { broken } from '../invariants.ts';

/**
 * A stand-in for the packet cryptography at simulation speed: it leaves the bytes as they are, so
 * that the simulator can follow each packet, and its tag covers key, counter, length and as many
 * bytes as a simulated datagram carries. What was damaged on the road is refused. It also watches
 * that no key seals two messages under one counter, and that no key comes twice.
 */
export class SimAead implements PacketAead {
  readonly #arena: Arena;
  readonly #keysSeen: Set<string>;
  #slots = 0;

  /** `keysSeen`: of all ends of the run, so that a key is new wherever it is made. */
  constructor(arena: Arena, keysSeen: Set<string>) {
    this.#arena = arena;
    this.#keysSeen = keysSeen;
  }

  importKey(key: Uint8Array, direction: 'seal' | 'open'): PacketKey {
    assert(key.length === 32, 'a packet key has 32 bytes');
    const name = `${direction} ${String.fromCharCode(...key)}`;
    if (this.#keysSeen.has(name)) broken('keys are never used again: one came twice');
    this.#keysSeen.add(name);
    return new SimKey(this.#slots++, key, direction);
  }

  seal(key: PacketKey, counter: number, at: number, length: number, to: number): void {
    const mine = key as SimKey;
    assert(mine.direction === 'seal' && !mine.released, 'a living key to seal with');
    if (counter <= mine.counter) broken(`a key sealed counter ${counter} twice`);
    mine.counter = counter;
    const { bytes, view } = this.#arena;
    const covered = coveredBytes(bytes[at] as number, length);
    bytes.copyWithin(to, at, at + covered);
    const tagAt = to + length;
    view.setUint32(tagAt, tagOf(this.#arena, mine, counter, to, covered, length), true);
    view.setUint32(tagAt + 4, TAG_LOW, true);
  }

  open(key: PacketKey, counter: number, at: number, length: number): boolean {
    const mine = key as SimKey;
    assert(mine.direction === 'open' && !mine.released, 'a living key to open with');
    const { bytes, view } = this.#arena;
    const covered = coveredBytes(bytes[at] as number, length);
    const high = tagOf(this.#arena, mine, counter, at, covered, length);
    const tagAt = at + length;
    return view.getUint32(tagAt, true) === high && view.getUint32(tagAt + 4, true) === TAG_LOW;
  }
}

class SimKey implements PacketKey {
  readonly slot: number;
  readonly direction: 'seal' | 'open';
  readonly word: number;
  counter = -1;
  released = false;

  constructor(slot: number, key: Uint8Array, direction: 'seal' | 'open') {
    this.slot = slot;
    this.direction = direction;
    let word = 0x811c9dc5;
    for (const byte of key) word = Math.imul(word ^ byte, 0x01000193);
    this.word = word;
  }

  release(): void {
    this.released = true;
  }
}

/** Plaintext that is kept of a data message: frame header, and IPv4 and TCP up to its flags. */
const DATA_COVERED_BYTES = 52;
/** Of any other: the longest control message has 300 bytes; repair symbols may be cut. */
const OTHER_COVERED_BYTES = 480;

/** How much of a plaintext of that first byte matters to anyone. */
export function coveredBytes(firstByte: number, length: number): number {
  const isData = firstByte === FrameKind.data || firstByte >> 4 === 4;
  return Math.min(length, isData ? DATA_COVERED_BYTES : OTHER_COVERED_BYTES);
}

let TAG_LOW = 0;

/** The upper half of the tag; the lower lies in TAG_LOW. */
function tagOf(
  { view }: Arena,
  key: SimKey,
  counter: number,
  at: number,
  covered: number,
  length: number,
): number {
  let a = key.word ^ Math.imul(counter | 0, 0x9e3779b1) ^ Math.imul(length, 0x27d4eb2f);
  let b = ~a ^ Math.floor(counter / 2 ** 32);
  let i = 0;
  for (; i + 4 <= covered; i += 4) {
    a = Math.imul(a ^ view.getUint32(at + i, true), 0x01000193);
    b = (b + Math.imul(a ^ (a >>> 15), 0x85ebca6b)) | 0;
  }
  for (; i < covered; i++) a = Math.imul(a ^ view.getUint8(at + i), 0x01000193);
  TAG_LOW = (b ^ (a >>> 13)) >>> 0;
  return Math.imul(a ^ (b >>> 16), 0xc2b2ae35) >>> 0;
}
