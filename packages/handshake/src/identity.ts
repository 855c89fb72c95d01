/** Who we are and whom we talk to, with everything computed once that depends on nothing else. */
import type { HandshakeCrypto } from './crypto.ts';
import { ascii } from './noise.ts';
import { SecretKey } from './secret.ts';

export interface LocalIdentity {
  readonly privateKey: SecretKey;
  readonly publicKey: Uint8Array;
  /** [HS-6] Checks the mac1 of messages to us. Anyone who knows our public key can compute it. */
  readonly mac1Key: Uint8Array;
  /** [CK-3] Seals the cookies that we hand out. */
  readonly cookieKey: Uint8Array;
}

export interface RemoteIdentity {
  readonly publicKey: Uint8Array;
  readonly presharedKey: SecretKey;
  /** X25519 of the two static keys, in both directions the same. */
  readonly staticStatic: SecretKey;
  /** [HS-6] Makes the mac1 of messages to this peer. */
  readonly mac1Key: Uint8Array;
  /** [CK-3] Opens the cookies that this peer hands out. */
  readonly cookieKey: Uint8Array;
}

/** Keeps copies of the keys; the caller may wipe its own. */
export function localIdentity(crypto: HandshakeCrypto, privateKey: Uint8Array): LocalIdentity {
  const publicKey = crypto.publicKey(privateKey);
  return { privateKey: new SecretKey(privateKey), publicKey, ...keysOf(crypto, publicKey) };
}

/**
 * A peer, with its preshared key (null: 32 zero bytes, as in WireGuard). Null when the public key
 * is of small order or is our own: such a key is refused in configuration and can never handshake.
 */
export function remoteIdentity(
  crypto: HandshakeCrypto,
  local: LocalIdentity,
  publicKey: Uint8Array,
  presharedKey: Uint8Array | null,
): RemoteIdentity | null {
  if (publicKey.length !== 32 || crypto.equal(publicKey, local.publicKey)) return null;
  if (presharedKey !== null && presharedKey.length !== 32) return null;
  const shared = crypto.dh(local.privateKey.bytes, publicKey);
  if (shared === null) return null;
  const staticStatic = new SecretKey(shared);
  shared.fill(0);
  return {
    publicKey: publicKey.slice(),
    presharedKey: new SecretKey(presharedKey ?? new Uint8Array(32)),
    staticStatic,
    ...keysOf(crypto, publicKey),
  };
}

function keysOf(crypto: HandshakeCrypto, publicKey: Uint8Array) {
  return {
    mac1Key: crypto.hash(ascii('mac1----'), publicKey),
    cookieKey: crypto.hash(ascii('cookie--'), publicKey),
  };
}
