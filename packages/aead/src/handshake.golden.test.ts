/**
 * The handshake against an independent hand: X25519 from RFC 7748 in bigints, the message patterns
 * from the WireGuard paper's and Noise's equations, noble for hashing and sealing. The reference
 * itself is held against a published vector first, so that two equal mistakes cannot agree.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { blake2s } from '@noble/hashes/blake2.js';
import { hmac } from '@noble/hashes/hmac.js';
import {
  consumeInitiation,
  consumeResponse,
  createInitiation,
  createResponse,
  localIdentity,
  type RemoteIdentity,
  remoteIdentity,
} from '@rmh/handshake';
import { handshakeCrypto as crypto } from './handshake.ts';

type Bytes = Uint8Array<ArrayBuffer>;

interface Script {
  readonly prologue: Uint8Array;
  readonly initiatorStatic: Uint8Array;
  readonly initiatorOnce: Uint8Array;
  readonly responderStatic: Uint8Array;
  readonly responderOnce: Uint8Array;
  readonly psk: Uint8Array;
  readonly firstPayload: Uint8Array;
  readonly secondPayload: Uint8Array;
}

// cacophony (github.com/haskell-cryptography/cacophony), vectors/cacophony.txt, public domain:
// Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s, its first four messages. Not its handshake_hash: the copy
// in mcginty/snow has a value that neither this reference nor one in Python (hashlib, cryptography)
// gives, though both give all four messages; WireGuard never uses that last hash.
const PUBLISHED: Script = {
  prologue: hex('4a6f686e2047616c74'),
  initiatorStatic: hex('e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1'),
  initiatorOnce: hex('893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a'),
  responderStatic: hex('4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893'),
  responderOnce: hex('bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b'),
  psk: hex('54686973206973206d7920417573747269616e20706572737065637469766521'),
  firstPayload: hex('4c756477696720766f6e204d69736573'),
  secondPayload: hex('4d757272617920526f746862617264'),
};
const PUBLISHED_FIRST =
  'ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944' +
  '001e21de9f98ddd8e2ad57527207feb56253c9c94a9e496782ecfcb2a75fbcaf' +
  '1b52948cc48daefe660c62119ab5000980c84831215f2441eba616548e832985' +
  '464cf17e51ee93109008399a21f7e13f';
const PUBLISHED_SECOND =
  '95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843' +
  'cb765f2caef0751b8f007572dab0322217755c0632f365717edbf34d33e87a';

test('the reference speaks Noise_IKpsk2 as its published vector does', () => {
  const said = reference(PUBLISHED);
  assert.deepEqual(said.first, hex(PUBLISHED_FIRST));
  assert.deepEqual(said.second, hex(PUBLISHED_SECOND));
  const third = sealZero(said.toResponder, hex('462e20412e20486179656b'), new Uint8Array(0));
  assert.deepEqual(third, hex('8153ca9833bc3c1b91a7e66e5f4d4f5b59bf9e64c2f20d15f0bba7'));
  const fourth = sealZero(said.toInitiator, hex('4361726c204d656e676572'), new Uint8Array(0));
  assert.deepEqual(fourth, hex('07af0c9c86e1b4e80f36b04ff7688d51141af3debd0332f0a705ef'));
});

for (const [name, psk] of [
  ['a preshared key', PUBLISHED.psk],
  ['no preshared key', null],
] as const) {
  test(`[HS-1] [HS-5] a fixed handshake with ${name} has the reference's bytes and keys`, () => {
    const timestamp = hex('400000006553f10a075bca00');
    const said = reference({
      ...PUBLISHED,
      prologue: new TextEncoder().encode('WireGuard v1 zx2c4 Jason@zx2c4.com'),
      psk: psk ?? new Uint8Array(32),
      firstPayload: timestamp,
      secondPayload: new Uint8Array(0),
    });
    const unit = localIdentity(crypto, PUBLISHED.initiatorStatic);
    const gateway = localIdentity(crypto, PUBLISHED.responderStatic);
    const toGateway = remoteIdentity(crypto, unit, gateway.publicKey, psk) as RemoteIdentity;
    const toUnit = remoteIdentity(crypto, gateway, unit.publicKey, psk) as RemoteIdentity;

    const initiation = createInitiation(crypto, unit, toGateway, {
      ephemeralPrivate: PUBLISHED.initiatorOnce,
      senderIndex: 0x04030201,
      timestamp,
    });
    const firstHeader = hex('0100000001020304');
    assert.deepEqual(initiation.message, framed(firstHeader, said.first, gateway.publicKey));

    const received = consumeInitiation(crypto, gateway, initiation.message, () => toUnit);
    if (typeof received === 'number') return assert.fail('refused');
    assert.deepEqual(received.timestamp, timestamp);
    const input = { ephemeralPrivate: PUBLISHED.responderOnce, senderIndex: 0x08070605 };
    const response = createResponse(crypto, received.state, input);
    const secondHeader = hex('020000000506070801020304');
    assert.deepEqual(response.message, framed(secondHeader, said.second, unit.publicKey));
    assert.deepEqual(response.receiveKey.bytes, said.toResponder);
    assert.deepEqual(response.sendKey.bytes, said.toInitiator);

    const done = consumeResponse(crypto, unit, initiation.state, response.message);
    if (typeof done === 'number') return assert.fail('refused');
    assert.deepEqual(done.sendKey.bytes, said.toResponder);
    assert.deepEqual(done.receiveKey.bytes, said.toInitiator);
    assert.equal(done.peerIndex, 0x08070605);
  });
}

/** Header, Noise message, mac1 towards the receiver's key, mac2 of zeros. */
function framed(header: Uint8Array, noise: Uint8Array, receiver: Uint8Array): Uint8Array {
  const covered = concat(header, noise);
  const key = blake2s(concat(new TextEncoder().encode('mac1----'), receiver));
  return concat(covered, blake2s(covered, { key, dkLen: 16 }), new Uint8Array(16));
}

function reference(script: Script) {
  const base = new Uint8Array(32);
  base[0] = 9;
  const initiatorPublic = x25519(script.initiatorStatic, base);
  const responderPublic = x25519(script.responderStatic, base);
  const initiatorOncePublic = x25519(script.initiatorOnce, base);
  const responderOncePublic = x25519(script.responderOnce, base);

  let ck = blake2s(new TextEncoder().encode('Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s'));
  let h = blake2s(concat(ck, script.prologue));
  h = blake2s(concat(h, responderPublic));

  // → e, es, s, ss
  h = blake2s(concat(h, initiatorOncePublic));
  ck = kdf(ck, initiatorOncePublic)[0];
  const es = kdf(ck, x25519(script.initiatorOnce, responderPublic));
  const sealedStatic = sealZero(es[1], initiatorPublic, h);
  h = blake2s(concat(h, sealedStatic));
  const ss = kdf(es[0], x25519(script.initiatorStatic, responderPublic));
  const sealedFirst = sealZero(ss[1], script.firstPayload, h);
  h = blake2s(concat(h, sealedFirst));

  // ← e, ee, se, psk
  h = blake2s(concat(h, responderOncePublic));
  ck = kdf(ss[0], responderOncePublic)[0];
  ck = kdf(ck, x25519(script.responderOnce, initiatorOncePublic))[0];
  ck = kdf(ck, x25519(script.responderOnce, initiatorPublic))[0];
  const psk = kdf(ck, script.psk);
  h = blake2s(concat(h, psk[1]));
  const sealedSecond = sealZero(psk[2], script.secondPayload, h);

  const [toResponder, toInitiator] = kdf(psk[0], new Uint8Array(0));
  return {
    first: concat(initiatorOncePublic, sealedStatic, sealedFirst),
    second: concat(responderOncePublic, sealedSecond),
    toResponder,
    toInitiator,
  };
}

function kdf(key: Uint8Array, input: Uint8Array): [Bytes, Bytes, Bytes] {
  const t0 = hmac(blake2s, key, input);
  const t1 = hmac(blake2s, t0, Uint8Array.of(1));
  const t2 = hmac(blake2s, t0, concat(t1, Uint8Array.of(2)));
  return [t1, t2, hmac(blake2s, t0, concat(t2, Uint8Array.of(3)))];
}

function sealZero(key: Uint8Array, plaintext: Uint8Array, ad: Uint8Array): Uint8Array {
  return chacha20poly1305(key, new Uint8Array(12), ad).encrypt(plaintext);
}

/** RFC 7748, section 5, line by line. */
function x25519(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  const p = 2n ** 255n - 19n;
  const mod = (n: bigint) => ((n % p) + p) % p;
  const k = (fromLittleEndian(scalar) & (2n ** 254n - 8n)) | (2n ** 254n);
  const x1 = mod(fromLittleEndian(point) & (2n ** 255n - 1n));
  let [x2, z2, x3, z3] = [1n, 0n, x1, 1n];
  for (let t = 254n; t >= 0n; t--) {
    const swap = ((k >> t) & 1n) === 1n;
    if (swap) [x2, x3, z2, z3] = [x3, x2, z3, z2];
    const a = x2 + z2;
    const b = x2 - z2;
    const e = a * a - b * b;
    const da = (x3 - z3) * a;
    const cb = (x3 + z3) * b;
    [x3, z3] = [mod((da + cb) ** 2n), mod(x1 * (da - cb) ** 2n)];
    [x2, z2] = [mod(a * a * b * b), mod(e * (a * a + 121665n * e))];
    if (swap) [x2, x3, z2, z3] = [x3, x2, z3, z2];
  }
  let inverse = 1n;
  for (let t = 255n; t >= 0n; t--) {
    inverse = mod(inverse * inverse);
    if ((((p - 2n) >> t) & 1n) === 1n) inverse = mod(inverse * z2);
  }
  const u = mod(x2 * inverse);
  return Uint8Array.from({ length: 32 }, (_, i) => Number((u >> BigInt(8 * i)) & 0xffn));
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}
