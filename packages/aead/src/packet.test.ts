/** opensslAead against its readable twin, RFC 8439 and a Poly1305 in bigints. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Arena } from '@rmh/base';
import type { PacketAead } from '@rmh/wire';
import * as fc from 'fast-check';
import { handshakeCrypto } from './handshake.ts';
import { nativeArena } from './native-arena.ts';
import { nobleAead } from './noble.ts';
import { opensslAead } from './openssl.ts';

const TAG_BYTES = 16;
const PACKET_MAX = 2048;
const arena = nativeArena(2 * PACKET_MAX + 4 * TAG_BYTES);
const KEY = Uint8Array.from({ length: 32 }, (_, i) => i * 7);

const providers: readonly [string, PacketAead][] = [
  ['opensslAead', opensslAead(arena)],
  ['nobleAead', nobleAead(arena)],
];
const [[, openssl], [, noble]] = providers as [[string, PacketAead], [string, PacketAead]];

/** Seals the bytes at `at` towards `to` and gives what lies there then. */
function sealed(
  aead: PacketAead,
  key: Uint8Array,
  counter: number,
  plaintext: Uint8Array,
  at = 3,
  to = at,
): Uint8Array {
  const packetKey = aead.importKey(key, 'seal');
  arena.bytes.set(plaintext, at);
  aead.seal(packetKey, counter, at, plaintext.length, to);
  packetKey.release();
  return arena.bytes.slice(to, to + plaintext.length + TAG_BYTES);
}

function opened(
  aead: PacketAead,
  key: Uint8Array,
  counter: number,
  sealed: Uint8Array,
): Uint8Array | null {
  const packetKey = aead.importKey(key, 'open');
  arena.bytes.set(sealed, 3);
  const length = sealed.length - TAG_BYTES;
  const right = aead.open(packetKey, counter, 3, length);
  packetKey.release();
  return right ? arena.bytes.slice(3, 3 + length) : null;
}

test('the Poly1305 of this test has the vector of RFC 8439, section 2.5.2', () => {
  const key = hex('85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b');
  const message = new TextEncoder().encode('Cryptographic Forum Research Group');
  assert.deepEqual(poly1305(key, message), hex('a8061dc1305136c6c22b8baf0c0127a9'));
});

for (const [name, aead] of providers) {
  test(`[AE-1] ${name} seals zeros with the key streams of RFC 8439, appendix A.1`, () => {
    // Test vectors 1 and 2: zero key, zero nonce, blocks 0 and 1.
    const block0 = hex('76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7');
    const block1 = hex(
      '9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed' +
        '29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f',
    );
    const lengths = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0);
    const tag = poly1305(block0, new Uint8Array(Buffer.concat([block1, lengths])));
    const packet = sealed(aead, new Uint8Array(32), 0, new Uint8Array(64));
    assert.deepEqual(packet.subarray(0, 64), block1);
    assert.deepEqual(packet.subarray(64), tag);
  });

  test(`[AE-2] ${name} refuses a packet with any bit flipped, and goes on working`, () => {
    const plaintext = Uint8Array.from({ length: 40 }, (_, i) => i);
    const packet = sealed(aead, KEY, 9, plaintext);
    for (let bit = 0; bit < packet.length * 8; bit++) {
      const damaged = packet.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      assert.equal(opened(aead, KEY, 9, damaged), null, `bit ${bit}`);
    }
    assert.deepEqual(opened(aead, KEY, 9, packet), plaintext);
  });

  test(`[AE-2] ${name} uses one key on after a wrong tag`, () => {
    const key = aead.importKey(KEY, 'open');
    const packet = sealed(aead, KEY, 1, Uint8Array.of(1, 2, 3));
    for (let i = 0; i < 3; i++) {
      arena.bytes.set(packet, 3);
      assert.equal(aead.open(key, 2, 3, 3), false);
      arena.bytes.set(packet, 3);
      assert.equal(aead.open(key, 1, 3, 3), true);
      assert.deepEqual([...arena.bytes.subarray(3, 6)], [1, 2, 3]);
    }
    key.release();
  });

  test(`[AE-1] ${name} seals and opens nothing: a keepalive is a tag`, () => {
    const packet = sealed(aead, KEY, 5, new Uint8Array(0));
    assert.equal(packet.length, TAG_BYTES);
    assert.deepEqual(opened(aead, KEY, 5, packet), new Uint8Array(0));
    assert.equal(opened(aead, KEY, 6, packet), null);
  });

  test(`${name} does not use a released key, nor one for the other direction`, () => {
    const seal = aead.importKey(KEY, 'seal');
    const open = aead.importKey(KEY, 'open');
    assert.throws(() => aead.open(seal, 0, 0, 10), { name: 'AssertionFailed' });
    assert.throws(() => aead.seal(open, 0, 0, 10, 0), { name: 'AssertionFailed' });
    seal.release();
    seal.release();
    assert.throws(() => aead.seal(seal, 0, 0, 10, 0), { name: 'AssertionFailed' });
    open.release();
  });

  test(`${name} gives each living key a slot of its own and uses slots again`, () => {
    const keys = Array.from({ length: 5 }, () => aead.importKey(KEY, 'seal'));
    const slots = keys.map((key) => key.slot);
    assert.equal(new Set(slots).size, 5);
    for (const key of keys) key.release();
    const again = Array.from({ length: 5 }, () => aead.importKey(KEY, 'seal'));
    assert.deepEqual(new Set(again.map((key) => key.slot)), new Set(slots));
    for (const key of again) key.release();
  });

  test(`${name} touches nothing outside the arena`, () => {
    const key = aead.importKey(KEY, 'seal');
    const open = aead.importKey(KEY, 'open');
    const end = arena.bytes.length;
    assert.throws(() => aead.seal(key, 0, end - 100, 100, end - 115));
    assert.throws(() => aead.seal(key, 0, end - 10, 11, 0));
    assert.throws(() => aead.seal(key, 0, -1, 10, 0));
    assert.throws(() => aead.open(open, 0, end - 20, 5));
    aead.seal(key, 0, end - 116, 100, end - 116);
    key.release();
    open.release();
  });
}

test('[AE-1] opensslAead equals nobleAead equals node:crypto, in place and apart', () => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const plaintext = fc.uint8Array({ maxLength: PACKET_MAX, size: 'max' });
  const counter = fc.oneof(
    fc.integer({ min: 0, max: 1000 }),
    fc.constantFrom(2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 48 - 1, 2 ** 53 - 1),
    fc.maxSafeNat(),
  );
  fc.assert(
    fc.property(key, plaintext, counter, fc.boolean(), (key, plaintext, counter, inPlace) => {
      const at = 3;
      const to = inPlace ? at : at + PACKET_MAX + TAG_BYTES;
      const fast = sealed(openssl, key, counter, plaintext, at, to);
      const plain = sealed(noble, key, counter, plaintext, at, to);
      assert.deepEqual(fast, plain);
      const third = handshakeCrypto.seal(key, counter, plaintext, new Uint8Array(0));
      assert.deepEqual(fast, third);
      assert.deepEqual(opened(openssl, key, counter, fast), plaintext);
      assert.deepEqual(opened(noble, key, counter, fast), plaintext);
      assert.deepEqual(handshakeCrypto.open(key, counter, fast, new Uint8Array(0)), plaintext);
    }),
    { numRuns: 300 },
  );
});

test('[AE-1] sealing writes its target only', () => {
  for (const aead of [openssl, noble]) {
    arena.bytes.fill(0xaa);
    sealed(aead, KEY, 1, new Uint8Array(100), 200, 400);
    const touched = [...arena.bytes.keys()].filter((i) => arena.bytes[i] !== 0xaa);
    const allowed = touched.every((i) => (i >= 200 && i < 300) || (i >= 400 && i < 516));
    assert.ok(allowed);
  }
});

test('many living keys do not mix', () => {
  const keys = Array.from({ length: 50 }, (_, i) => KEY.map((byte) => byte ^ i));
  const seals = keys.map((key) => openssl.importKey(key, 'seal'));
  for (const [i, seal] of seals.entries()) {
    arena.bytes.fill(i, 0, 64);
    openssl.seal(seal, i, 0, 64, 0);
    const packet = arena.bytes.slice(0, 64 + TAG_BYTES);
    const own = opened(noble, keys[i] as Uint8Array, i, packet);
    assert.deepEqual(own, new Uint8Array(64).fill(i));
  }
  for (const seal of seals) seal.release();
});

test('opensslAead needs an arena with an address', () => {
  const plain: Arena = { ...arena, address: 0 };
  assert.throws(() => opensslAead(plain), { name: 'AssertionFailed' });
});

/** RFC 8439, section 2.5.1. */
function poly1305(key: Uint8Array, message: Uint8Array): Uint8Array {
  const little = (bytes: Uint8Array) =>
    bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const r = little(key.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16) {
    const block = message.subarray(at, at + 16);
    sum = ((sum + little(block) + (1n << BigInt(8 * block.length))) * r) % (2n ** 130n - 5n);
  }
  const tag = sum + little(key.subarray(16));
  return Uint8Array.from({ length: 16 }, (_, i) => Number((tag >> BigInt(8 * i)) & 0xffn));
}

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}
