/**
 * The two macs at the end of an initiation and a response (WireGuard paper, section 5.4.4): mac1
 * shows that the sender knows our public key, mac2 that it receives at the address it sends from.
 */
import { assert } from '@rmh/base';
import { Drop, INITIATION_BYTES, MAC_BYTES, RESPONSE_BYTES } from '@rmh/wire';
import type { HandshakeCrypto } from './crypto.ts';
import type { LocalIdentity } from './identity.ts';

/** Where the macs lie, counted from the end of either message. */
const MAC1_FROM_END = 2 * MAC_BYTES;
const MAC2_FROM_END = MAC_BYTES;

/** [HS-6] Of an initiation or a response to us: 0, or the drop reason. */
export function checkMac1(
  crypto: HandshakeCrypto,
  local: LocalIdentity,
  message: Uint8Array,
): 0 | Drop {
  if (!hasMacs(message)) return Drop.badLength;
  const mac = crypto.mac(local.mac1Key, message.subarray(0, message.length - MAC1_FROM_END));
  return crypto.equal(mac, mac1Of(message)) ? 0 : Drop.badMac1;
}

export function stampMac1(crypto: HandshakeCrypto, key: Uint8Array, message: Uint8Array): void {
  assert(hasMacs(message), 'initiations and responses carry macs');
  const at = message.length - MAC1_FROM_END;
  message.set(crypto.mac(key, message.subarray(0, at)), at);
}

/** An initiation or a response by its length: only these carry macs. */
export function hasMacs(message: Uint8Array): boolean {
  return message.length === INITIATION_BYTES || message.length === RESPONSE_BYTES;
}

export function mac1Of(message: Uint8Array): Uint8Array {
  return message.subarray(message.length - MAC1_FROM_END, message.length - MAC2_FROM_END);
}

export function mac2Of(message: Uint8Array): Uint8Array {
  return message.subarray(message.length - MAC2_FROM_END);
}

/** What mac2 covers: the message up to and with mac1. */
export function coveredByMac2(message: Uint8Array): Uint8Array {
  return message.subarray(0, message.length - MAC2_FROM_END);
}

export function viewOf(message: Uint8Array): DataView {
  return new DataView(message.buffer, message.byteOffset, message.byteLength);
}
