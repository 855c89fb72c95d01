/** Packet encryption as the session sees it; @rmh/aead provides it. Prints as [secret]. */
export interface PacketKey {
  /** A small number, unique among this provider's living keys. */
  readonly slot: number;
  /** Wipes the key; it may not be used afterwards. A second call does nothing. */
  release(): void;
}

/** ChaCha20-Poly1305 (RFC 8439) in place in an arena; offsets and lengths in bytes. */
export interface PacketAead {
  /** Copies the 32 key bytes; the caller may wipe its own. */
  importKey(key: Uint8Array, direction: 'seal' | 'open'): PacketKey;
  /**
   * Plaintext [at, at+length) → ciphertext and tag at [to, to+length+16). The two may be the same
   * place (to === at) or apart, not half over each other. The nonce is four zero bytes and the
   * counter, little endian; no additional data [AE-1].
   */
  seal(key: PacketKey, counter: number, at: number, length: number, to: number): void;
  /**
   * Ciphertext and tag at [at, at+length+16) → plaintext in place at `at`. False when the tag is
   * wrong; the length bytes are then garbage and must not be read [AE-2].
   */
  open(key: PacketKey, counter: number, at: number, length: number): boolean;
}
