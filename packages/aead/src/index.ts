export { handshakeCrypto } from './handshake.ts';
export {
  decodeKey,
  encodeKey,
  generatePrivateKey,
  KEY_BYTES,
  publicKeyOf,
  randomBytes,
} from './keys.ts';
export { nobleAead } from './noble.ts';
export { opensslAead } from './openssl.ts';
