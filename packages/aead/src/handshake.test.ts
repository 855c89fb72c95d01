import assert from 'node:assert/strict';
import test from 'node:test';
import { blake2s } from '@noble/hashes/blake2.js';
import { hmac } from '@noble/hashes/hmac.js';
import * as fc from 'fast-check';
import { handshakeCrypto as crypto } from './handshake.ts';

const COUNTING = Uint8Array.from({ length: 100 }, (_, i) => i);
const KEY = COUNTING.slice(0, 32);
const NAME = new TextEncoder().encode('Robust mobilt helsenett');

test('BLAKE2s-256 has the vector of RFC 7693, appendix B', () => {
  const abc = new TextEncoder().encode('abc');
  const digest = '508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982';
  assert.equal(text(crypto.hash(abc)), digest);
  assert.equal(text(crypto.hash(abc.slice(0, 1), new Uint8Array(0), abc.slice(1))), digest);
});

test('keyed BLAKE2s-128 and HMAC-BLAKE2s have the bytes that CPython computes', () => {
  // python3: hashlib.blake2s(data, key=bytes(range(32)), digest_size=16)
  assert.equal(text(crypto.mac(KEY, NAME)), '955a5eba34509c06db66d3ea16208c43');
  assert.equal(text(crypto.mac(KEY, COUNTING)), '0b67d33f8b859c3157fbabd9e6e47ed0');
  // python3: hmac.new(key, data, hashlib.blake2s), the second key longer than a block
  assert.equal(
    text(crypto.hmac(KEY, NAME)),
    '40215f9f2c47a5b8e39fc67287c888cff1a8b644963ed5d3c21ad28cac4d8146',
  );
  assert.equal(
    text(crypto.hmac(COUNTING.slice(0, 80), NAME)),
    'cce7776a0c6c7929ecd1e5622346e648a71289175428d5df6458331a5d29f959',
  );
});

test('OpenSSL and noble hash alike', () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 });
  const key = fc.uint8Array({ minLength: 1, maxLength: 64 });
  fc.assert(
    fc.property(parts, key, (parts, key) => {
      const whole = new Uint8Array(Buffer.concat(parts));
      assert.deepEqual(crypto.hash(...parts), blake2s(whole));
      assert.deepEqual(crypto.hmac(key, ...parts), hmac(blake2s, key, whole));
    }),
    { numRuns: 300 },
  );
});

test('X25519 has the vectors of RFC 7748, section 6.1', () => {
  const alice = hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
  const bob = hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb');
  const alicePublic = '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a';
  const bobPublic = 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f';
  const shared = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';
  assert.equal(text(crypto.publicKey(alice)), alicePublic);
  assert.equal(text(crypto.publicKey(bob)), bobPublic);
  assert.deepEqual(crypto.dh(alice, hex(bobPublic)), hex(shared));
  assert.deepEqual(crypto.dh(bob, hex(alicePublic)), hex(shared));
});

test('X25519 gives null for points of small order', () => {
  // The seven that any implementation meets: cr.yp.to/ecdh.html#validate.
  for (const point of [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ]) {
    assert.equal(crypto.dh(KEY, hex(point)), null, point);
  }
});

test('a key array that changes is never answered from the cache', () => {
  const key = KEY.slice();
  const before = crypto.publicKey(key);
  key[5] = 99;
  assert.notDeepEqual(crypto.publicKey(key), before);
  assert.deepEqual(crypto.publicKey(key), crypto.publicKey(key.slice()));
});

test('XChaCha20-Poly1305 has the vector of draft-irtf-cfrg-xchacha, appendix A.3.1', () => {
  const key = COUNTING.map((byte) => byte + 0x80).slice(0, 32);
  const nonce = COUNTING.map((byte) => byte + 0x40).slice(0, 24);
  const plaintext = new TextEncoder().encode(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip " +
      'for the future, sunscreen would be it.',
  );
  const ad = hex('50515253c0c1c2c3c4c5c6c7');
  const sealed = crypto.xseal(key, nonce, plaintext, ad);
  assert.equal(
    text(sealed),
    'bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb' +
      '731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452' +
      '2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9' +
      '21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49',
  );
  assert.deepEqual(crypto.xopen(key, nonce, sealed, ad), plaintext);
});

test('sealed bytes open with the same key, counter and data, and with no other', () => {
  const ad = NAME;
  const sealed = crypto.seal(KEY, 2 ** 40 + 7, COUNTING, ad);
  assert.deepEqual(crypto.open(KEY, 2 ** 40 + 7, sealed, ad), COUNTING);
  assert.equal(crypto.open(KEY, 7, sealed, ad), null);
  assert.equal(crypto.open(KEY, 2 ** 40 + 7, sealed, ad.slice(1)), null);
  assert.equal(crypto.open(COUNTING.slice(1, 33), 2 ** 40 + 7, sealed, ad), null);
  for (let length = 0; length < sealed.length; length++) {
    assert.equal(crypto.open(KEY, 2 ** 40 + 7, sealed.subarray(0, length), ad), null);
    assert.equal(crypto.xopen(KEY, KEY.slice(0, 24), sealed.subarray(0, length), ad), null);
  }
});

test('equal compares whole arrays and takes unequal lengths', () => {
  assert.equal(crypto.equal(KEY, KEY.slice()), true);
  assert.equal(crypto.equal(KEY, COUNTING.slice(1, 33)), false);
  assert.equal(crypto.equal(KEY, KEY.slice(1)), false);
});

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}
