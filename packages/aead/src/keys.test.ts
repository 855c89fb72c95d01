import assert from 'node:assert/strict';
import test from 'node:test';
import { inspect } from 'node:util';
import { localIdentity, SecretKey } from '@rmh/handshake';
import * as fc from 'fast-check';
import { handshakeCrypto } from './handshake.ts';
import { decodeKey, encodeKey, generatePrivateKey, publicKeyOf, randomBytes } from './keys.ts';
import { nativeArena } from './native-arena.ts';
import { nobleAead } from './noble.ts';
import { opensslAead } from './openssl.ts';

test('a private key is clamped, and each is another', () => {
  const keys = Array.from({ length: 20 }, generatePrivateKey);
  for (const key of keys) {
    assert.equal(key.length, 32);
    assert.equal((key[0] as number) & 7, 0);
    assert.equal((key[31] as number) >> 6, 1);
  }
  assert.equal(new Set(keys.map(encodeKey)).size, 20);
});

test('any key of 32 bytes survives its 44 letters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
      const letters = encodeKey(key);
      assert.equal(letters.length, 44);
      assert.deepEqual(decodeKey(letters), key);
    }),
  );
});

test('a key is read only as it is written', () => {
  const good = encodeKey(randomBytes(32));
  for (const bad of [
    '',
    good.slice(1),
    `${good}=`,
    `${good.slice(0, 43)}A`,
    ` ${good.slice(1)}`,
    good.replace(/.=$/, '/='),
    `!${good.slice(1)}`,
    `${'-'.repeat(43)}=`,
    encodeKey(randomBytes(33)),
    encodeKey(randomBytes(31)),
  ]) {
    if (bad !== good) assert.equal(decodeKey(bad), null, bad);
  }
});

test('any text is read without throwing', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 40, maxLength: 46, unit: 'binary' }), (text) => {
      const key = decodeKey(text);
      if (key !== null) assert.equal(encodeKey(key), text);
    }),
  );
});

test('publicKeyOf is what `wg pubkey` prints for the first key of RFC 7748', () => {
  const key = Buffer.from(
    '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a',
    'hex',
  );
  assert.equal(encodeKey(publicKeyOf(key)), 'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=');
});

test('keys print as [secret] wherever they appear', () => {
  const arena = nativeArena(64);
  const bytes = new Uint8Array(32).fill(0xab);
  const keys = [
    new SecretKey(bytes),
    opensslAead(arena).importKey(bytes, 'seal'),
    nobleAead(arena).importKey(bytes, 'open'),
  ];
  for (const key of keys) {
    assert.equal(inspect(key), '[secret]');
    assert.equal(inspect({ key }, { showHidden: true }), '{ key: [secret] }');
    assert.equal(JSON.stringify({ key }), '{"key":"[secret]"}');
    assert.equal(String(key as SecretKey), '[secret]');
  }
  const identity = localIdentity(handshakeCrypto, bytes);
  assert.match(inspect(identity), /privateKey: \[secret\]/);
});

test('a wiped key holds zeros and is not used', () => {
  const key = new SecretKey(new Uint8Array(32).fill(1));
  const inside = key.bytes;
  key.wipe();
  key.wipe();
  assert.deepEqual(inside, new Uint8Array(32));
  assert.equal(key.wiped, true);
  assert.throws(() => key.bytes, { name: 'AssertionFailed' });
});
