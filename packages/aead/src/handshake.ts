/**
 * The handshake's primitives. OpenSSL inside Node where it has them (X25519, ChaCha20-Poly1305,
 * BLAKE2s: 1.1 µs against 2.0 for noble's); noble, audited, for what Node does not offer: keyed
 * BLAKE2s-128 and XChaCha20-Poly1305.
 */
import * as nodeCrypto from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { blake2s } from '@noble/hashes/blake2.js';
import type { HandshakeCrypto } from '@rmh/handshake';
import { TAG_BYTES } from '@rmh/wire';

// RFC 8410: what stands before the 32 key bytes in DER.
const PKCS8_X25519 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const SPKI_X25519 = Buffer.from('302a300506032b656e032100', 'hex');

export const handshakeCrypto: HandshakeCrypto = {
  publicKey,
  dh,
  hash(...parts) {
    return new Uint8Array(nodeCrypto.hash('blake2s256', Buffer.concat(parts), 'buffer'));
  },
  hmac(key, ...parts) {
    const hmac = nodeCrypto.createHmac('blake2s256', key);
    for (const part of parts) hmac.update(part);
    return new Uint8Array(hmac.digest());
  },
  mac(key, data) {
    return blake2s(data, { key, dkLen: 16 });
  },
  seal,
  open,
  xseal(key, nonce, plaintext, ad) {
    return xchacha20poly1305(key, nonce, ad).encrypt(plaintext);
  },
  xopen(key, nonce, sealed, ad) {
    try {
      return xchacha20poly1305(key, nonce, ad).decrypt(sealed);
    } catch {
      return null;
    }
  },
  equal(a, b) {
    return a.length === b.length && nodeCrypto.timingSafeEqual(a, b);
  },
};

function publicKey(privateKey: Uint8Array): Uint8Array {
  const exported = nodeCrypto.createPublicKey(keyObjectOf(privateKey)).export({
    format: 'der',
    type: 'spki',
  });
  return new Uint8Array(exported.subarray(SPKI_X25519.length));
}

function dh(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | null {
  const theirs = nodeCrypto.createPublicKey({
    key: Buffer.concat([SPKI_X25519, publicKey]),
    format: 'der',
    type: 'spki',
  });
  try {
    const ours = keyObjectOf(privateKey);
    return new Uint8Array(nodeCrypto.diffieHellman({ privateKey: ours, publicKey: theirs }));
  } catch {
    // OpenSSL refuses an all-zero result itself.
    return null;
  }
}

// Reading a private key costs as much as an X25519 (46 µs: OpenSSL computes the public key), so
// the object is kept as long as the bytes are. SecretKey keeps its bytes in one array and hands
// out no wiped one; the digest catches an array that changed all the same.
const keyObjects = new WeakMap<Uint8Array, { digest: Buffer; object: nodeCrypto.KeyObject }>();

function keyObjectOf(privateKey: Uint8Array): nodeCrypto.KeyObject {
  const digest = nodeCrypto.hash('blake2s256', privateKey, 'buffer');
  const known = keyObjects.get(privateKey);
  if (known?.digest.equals(digest)) return known.object;
  const der = Buffer.concat([PKCS8_X25519, privateKey]);
  const object = nodeCrypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  keyObjects.set(privateKey, { digest, object });
  return object;
}

function nonceOf(counter: number): Uint8Array {
  const nonce = new Uint8Array(12);
  const view = new DataView(nonce.buffer);
  view.setUint32(4, counter, true);
  view.setUint32(8, counter / 2 ** 32, true);
  return nonce;
}

function seal(key: Uint8Array, counter: number, plaintext: Uint8Array, ad: Uint8Array): Uint8Array {
  const cipher = nodeCrypto.createCipheriv('chacha20-poly1305', key, nonceOf(counter), {
    authTagLength: TAG_BYTES,
  });
  cipher.setAAD(ad, { plaintextLength: plaintext.length });
  const parts = [cipher.update(plaintext), cipher.final(), cipher.getAuthTag()];
  return new Uint8Array(Buffer.concat(parts));
}

function open(
  key: Uint8Array,
  counter: number,
  sealed: Uint8Array,
  ad: Uint8Array,
): Uint8Array | null {
  if (sealed.length < TAG_BYTES) return null;
  const body = sealed.subarray(0, sealed.length - TAG_BYTES);
  const decipher = nodeCrypto.createDecipheriv('chacha20-poly1305', key, nonceOf(counter), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(ad, { plaintextLength: body.length });
  decipher.setAuthTag(sealed.subarray(body.length));
  const plaintext = decipher.update(body);
  try {
    decipher.final();
  } catch {
    return null;
  }
  return new Uint8Array(plaintext);
}
