// Seals what must not lie in the clear in the database or in a back-up: AES-256-GCM under a key
// that lies beside it in a file of its own. A stolen copy of the database alone opens nothing.
//
//  0        1         13            …       −16
//  format   nonce     sealed bytes          tag
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { RmhError } from '@rmh/contract';
import { IDENTITY_KEY_BYTES, Identity } from '@rmh/contract/daemon';
import type { Vault } from './services.ts';

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

// Random nonces of 96 bits: below 2^32 seals under one key the chance of a repeat is 2^-33
// (NIST SP 800-38D). 2,000 units × 4 gateways, rotated daily, reach that in 1,400 years.
export function createVault(key: Uint8Array): Vault {
  return {
    seal(plain) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([Uint8Array.of(FORMAT), nonce, sealed, cipher.getAuthTag()]);
    },
    open(sealed) {
      const least = 1 + NONCE_BYTES + TAG_BYTES;
      if (sealed.length < least || sealed[0] !== FORMAT) throw new Error('not sealed by a vault');
      const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce);
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      const inner = sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES);
      return Buffer.concat([decipher.update(inner), decipher.final()]);
    },
    // HKDF (RFC 5869): from a key that signs, nobody learns the one that seals.
    identity(purpose) {
      const seed = hkdfSync('sha256', key, '', `rmh identity ${purpose}`, IDENTITY_KEY_BYTES);
      return new Identity(new Uint8Array(seed));
    },
  };
}

/** The key in the file, which is made where there is none. */
export function openVault(file: string): Vault {
  if (!existsSync(file)) {
    writeFileSync(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`, {
      mode: 0o600,
      flag: 'wx',
    });
    chmodSync(file, 0o600);
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length !== KEY_BYTES) throw new RmhError('RMH_KEY_INVALID', `${file} holds no key`);
  return createVault(key);
}
