// Secrets that we give out: 256 random bits, of which we keep only the SHA-256. Guessing is
// hopeless, so no slow hash is needed, and the look-up by hash takes the same time hit or miss.
import { createHash, randomBytes } from 'node:crypto';

export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function hashOf(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}
