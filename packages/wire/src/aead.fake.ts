import { type Arena, assert } from '@rmh/base';
import type { PacketAead, PacketKey } from './aead.ts';
import { TAG_BYTES } from './messages.ts';

/**
 * A fake of PacketAead for simulations: a keyed checksum as the tag and a keyed stream over the
 * bytes. It refuses what was changed as the real one does, at a twentieth of the cost in plain
 * code, and is worth nothing as cryptography.
 */
export function fakeAead(arena: Arena): PacketAead {
  let slots = 0;
  return {
    importKey(key, direction) {
      assert(key.length === 32, 'a packet key has 32 bytes');
      return new FakeKey(slots++, key, direction);
    },

    seal(key, counter, at, length, to) {
      const word = wordOf(key, 'seal', counter);
      assert(at >= 0 && to + length + TAG_BYTES <= arena.bytes.length, 'inside the arena');
      arena.bytes.copyWithin(to, at, at + length);
      stir(arena.bytes, to, length, word);
      tag(arena, to, length, word);
      for (let i = 0; i < 4; i++) arena.view.setUint32(to + length + i * 4, TAG[i] ?? 0, true);
    },

    open(key, counter, at, length) {
      const word = wordOf(key, 'open', counter);
      assert(at >= 0 && at + length + TAG_BYTES <= arena.bytes.length, 'inside the arena');
      tag(arena, at, length, word);
      let wrong = 0;
      for (let i = 0; i < 4; i++) {
        wrong |= (TAG[i] ?? 0) ^ arena.view.getUint32(at + length + i * 4, true);
      }
      stir(arena.bytes, at, length, word);
      // Whoever reads a refused packet reads garbage [AE-2].
      if (wrong !== 0) arena.bytes.fill(0x11, at, at + length);
      return wrong === 0;
    },
  };
}

class FakeKey implements PacketKey {
  readonly slot: number;
  readonly direction: 'seal' | 'open';
  readonly word: number;
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

const TAG = new Uint32Array(4);

function wordOf(key: PacketKey, direction: 'seal' | 'open', counter: number): number {
  const { word, direction: made, released } = key as FakeKey;
  assert(made === direction && !released, `a living key for ${direction}`);
  const high = Math.imul(counter / 2 ** 32, 0x85ebca6b);
  return word ^ high ^ Math.imul(counter | 0, 0x9e3779b1) || 1;
}

function tag({ bytes }: Arena, at: number, length: number, word: number): void {
  let a = word;
  let b = ~word;
  for (let i = 0; i < length; i++) {
    a = Math.imul(a ^ (bytes[at + i] ?? 0), 0x01000193);
    b = (b + Math.imul(a ^ (a >>> 15), 0x85ebca6b)) | 0;
  }
  TAG[0] = a;
  TAG[1] = b;
  TAG[2] = Math.imul(a ^ (b >>> 13), 0xc2b2ae35) ^ length;
  TAG[3] = Math.imul(b ^ (a >>> 16), 0x27d4eb2f) ^ word;
}

function stir(bytes: Uint8Array, at: number, length: number, word: number): void {
  let state = word;
  for (let i = at; i < at + length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = (bytes[i] ?? 0) ^ state;
  }
}
