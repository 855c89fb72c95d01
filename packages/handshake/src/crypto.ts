/**
 * The primitives that the handshake needs; @rmh/aead provides them. Each function is pure: same
 * bytes in, same bytes out. No input is changed or kept.
 */
export interface HandshakeCrypto {
  /** The X25519 public key of a private key. */
  publicKey(privateKey: Uint8Array): Uint8Array;
  /** X25519; null when the result is all zero (the peer's point has a small order). */
  dh(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | null;
  /** BLAKE2s-256 over the parts, one after the other. */
  hash(...parts: readonly Uint8Array[]): Uint8Array;
  /** HMAC-BLAKE2s-256 over the parts, one after the other. */
  hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
  /** Keyed BLAKE2s-128. */
  mac(key: Uint8Array, data: Uint8Array): Uint8Array;
  /** ChaCha20-Poly1305; the nonce is four zero bytes and the counter, little endian. */
  seal(key: Uint8Array, counter: number, plaintext: Uint8Array, ad: Uint8Array): Uint8Array;
  /** Null when the tag is wrong. */
  open(key: Uint8Array, counter: number, sealed: Uint8Array, ad: Uint8Array): Uint8Array | null;
  /** XChaCha20-Poly1305 with a nonce of 24 bytes. */
  xseal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, ad: Uint8Array): Uint8Array;
  /** Null when the tag is wrong. */
  xopen(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, ad: Uint8Array): Uint8Array | null;
  /** Constant time for equal lengths; false for unequal ones. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
}
