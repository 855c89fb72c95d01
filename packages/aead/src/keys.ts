/** Static keys: made, written and read the way `wg` does. */
import * as nodeCrypto from 'node:crypto';
import { handshakeCrypto } from './handshake.ts';

export const KEY_BYTES = 32;

/** Fresh bytes from the operating system. */
export function randomBytes(count: number): Uint8Array {
  return new Uint8Array(nodeCrypto.randomBytes(count));
}

/** An X25519 private key, clamped (RFC 7748, section 5) as `wg genkey` does. */
export function generatePrivateKey(): Uint8Array {
  const key = randomBytes(KEY_BYTES);
  key[0] = (key[0] as number) & 248;
  key[31] = ((key[31] as number) & 127) | 64;
  return key;
}

export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  return handshakeCrypto.publicKey(privateKey);
}

/** 32 bytes as the 44 letters that WireGuard configurations use. */
export function encodeKey(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('base64');
}

/** The 32 bytes, or null when the text is not exactly what encodeKey writes. */
export function decodeKey(text: string): Uint8Array | null {
  if (text.length !== 44) return null;
  const key = new Uint8Array(Buffer.from(text, 'base64'));
  return key.length === KEY_BYTES && encodeKey(key) === text ? key : null;
}
