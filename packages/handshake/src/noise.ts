/**
 * The symmetric half of Noise_IKpsk2 as WireGuard runs it (WireGuard paper, section 5.4): a running
 * hash of all that was said and a chaining key of all that was agreed.
 */
import type { HandshakeCrypto } from './crypto.ts';
import { SecretKey } from './secret.ts';

/** [HS-1] The two strings that every WireGuard handshake starts from. */
export const CONSTRUCTION = 'Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s';
export const IDENTIFIER = 'WireGuard v1 zx2c4 Jason@zx2c4.com';

export const NOTHING = new Uint8Array(0);
const ONE = Uint8Array.of(1);
const TWO = Uint8Array.of(2);
const THREE = Uint8Array.of(3);

/** What one end knows between two messages of a handshake. */
export interface NoiseState {
  readonly hash: Uint8Array;
  readonly chainingKey: SecretKey;
}

/** ASCII only: the protocol's labels. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** A handshake in the making. Mutable, lives within one function, then becomes a NoiseState. */
export class Transcript {
  readonly #crypto: HandshakeCrypto;
  #hash: Uint8Array;
  #chainingKey: Uint8Array;

  private constructor(crypto: HandshakeCrypto, hash: Uint8Array, chainingKey: Uint8Array) {
    this.#crypto = crypto;
    this.#hash = hash;
    this.#chainingKey = chainingKey;
  }

  /** [HS-1] Towards the responder's static key, which the initiator knows beforehand. */
  static start(crypto: HandshakeCrypto, responderPublic: Uint8Array): Transcript {
    const chainingKey = crypto.hash(ascii(CONSTRUCTION));
    const named = crypto.hash(chainingKey, ascii(IDENTIFIER));
    return new Transcript(crypto, crypto.hash(named, responderPublic), chainingKey);
  }

  static resume(crypto: HandshakeCrypto, state: NoiseState): Transcript {
    return new Transcript(crypto, state.hash, state.chainingKey.bytes.slice());
  }

  get state(): NoiseState {
    return { hash: this.#hash, chainingKey: new SecretKey(this.#chainingKey) };
  }

  mixHash(said: Uint8Array): void {
    this.#hash = this.#crypto.hash(this.#hash, said);
  }

  /** KDF1: the chaining key takes the input in. */
  mixKey(input: Uint8Array): void {
    const [next] = this.#derive(input, 1);
    this.#replaceChainingKey(next);
  }

  /** KDF2: as mixKey, and a key to seal or open the next part with. */
  mixKeyAndDerive(input: Uint8Array): Uint8Array {
    const [next, key] = this.#derive(input, 2);
    this.#replaceChainingKey(next);
    return key;
  }

  /** [HS-4] KDF3: the preshared key enters the chaining key and the hash. */
  mixPresharedKey(presharedKey: Uint8Array): Uint8Array {
    const [next, temporary, key] = this.#derive(presharedKey, 3);
    this.#replaceChainingKey(next);
    this.mixHash(temporary);
    temporary.fill(0);
    return key;
  }

  seal(key: Uint8Array, plaintext: Uint8Array): Uint8Array {
    const sealed = this.#crypto.seal(key, 0, plaintext, this.#hash);
    key.fill(0);
    this.mixHash(sealed);
    return sealed;
  }

  open(key: Uint8Array, sealed: Uint8Array): Uint8Array | null {
    const plaintext = this.#crypto.open(key, 0, sealed, this.#hash);
    key.fill(0);
    if (plaintext !== null) this.mixHash(sealed);
    return plaintext;
  }

  /** [HS-5] The two transport keys: initiator → responder first. */
  split(): [SecretKey, SecretKey] {
    const [toResponder, toInitiator] = this.#derive(NOTHING, 2);
    const keys: [SecretKey, SecretKey] = [new SecretKey(toResponder), new SecretKey(toInitiator)];
    toResponder.fill(0);
    toInitiator.fill(0);
    return keys;
  }

  wipe(): void {
    this.#chainingKey.fill(0);
  }

  #replaceChainingKey(next: Uint8Array): void {
    this.#chainingKey.fill(0);
    this.#chainingKey = next;
  }

  /** HKDF of one to three outputs; outputs not asked for are empty. */
  #derive(input: Uint8Array, outputs: 1 | 2 | 3): [Uint8Array, Uint8Array, Uint8Array] {
    const crypto = this.#crypto;
    const extracted = crypto.hmac(this.#chainingKey, input);
    const first = crypto.hmac(extracted, ONE);
    const second = outputs >= 2 ? crypto.hmac(extracted, first, TWO) : new Uint8Array(0);
    const third = outputs === 3 ? crypto.hmac(extracted, second, THREE) : new Uint8Array(0);
    extracted.fill(0);
    return [first, second, third];
  }
}
