import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** A pair of keys in the text form of key files and of `wg`. */
export interface Keys {
  readonly privateText: string;
  readonly publicText: string;
}

export function makeKeys(): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const { d = '' } = privateKey.export({ format: 'jwk' });
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { privateText: base64(d), publicText: base64(x) };
}

export function makePresharedKey(): string {
  return randomBytes(32).toString('base64');
}

function base64(urlText: string): string {
  return Buffer.from(urlText, 'base64url').toString('base64');
}
