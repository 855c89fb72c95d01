/** The readable twin of openssl.ts: slow, audited, no native code. For tests and the simulator. */
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { type Arena, assert } from '@rmh/base';
import { SecretKey } from '@rmh/handshake';
import { type PacketAead, type PacketKey, TAG_BYTES } from '@rmh/wire';

export function nobleAead(arena: Arena): PacketAead {
  const free: number[] = [];
  let slots = 0;

  return {
    importKey(key, direction) {
      assert(key.length === 32, 'a packet key has 32 bytes');
      const slot = free.pop() ?? slots++;
      return new NobleKey(key, direction, slot, () => free.push(slot));
    },

    seal(key, counter, at, length, to) {
      const { secret, direction } = key as NobleKey;
      assert(direction === 'seal', 'a key for sealing');
      const plaintext = arena.bytes.slice(at, at + length);
      assert(plaintext.length === length, 'inside the arena');
      arena.bytes.set(chacha20poly1305(secret.bytes, nonceOf(counter)).encrypt(plaintext), to);
    },

    open(key, counter, at, length) {
      const { secret, direction } = key as NobleKey;
      assert(direction === 'open', 'a key for opening');
      const sealed = arena.bytes.slice(at, at + length + TAG_BYTES);
      assert(sealed.length === length + TAG_BYTES, 'inside the arena');
      const cipher = chacha20poly1305(secret.bytes, nonceOf(counter));
      try {
        arena.bytes.set(cipher.decrypt(sealed), at);
        return true;
      } catch {
        return false;
      }
    },
  };
}

class NobleKey extends SecretKey implements PacketKey {
  readonly direction: 'seal' | 'open';
  readonly slot: number;
  readonly #giveSlot: () => void;

  constructor(key: Uint8Array, direction: 'seal' | 'open', slot: number, giveSlot: () => void) {
    super(key);
    this.direction = direction;
    this.slot = slot;
    this.#giveSlot = giveSlot;
  }

  get secret(): SecretKey {
    return this;
  }

  release(): void {
    if (this.wiped) return;
    this.wipe();
    this.#giveSlot();
  }
}

function nonceOf(counter: number): Uint8Array {
  const nonce = new Uint8Array(12);
  const view = new DataView(nonce.buffer);
  view.setUint32(4, counter, true);
  view.setUint32(8, counter / 2 ** 32, true);
  return nonce;
}
