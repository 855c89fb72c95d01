/**
 * The second message, at both ends (WireGuard paper, section 5.4.3), and the transport keys.
 *
 * ephemeral → ee → se → preshared key → nothing, sealed → mac1; then both ends split.
 */
import { present } from '@rmh/base';
import {
  Drop,
  MessageType,
  messageType,
  RESPONSE_BYTES,
  RESPONSE_EMPTY_AT,
  RESPONSE_EPHEMERAL_AT,
  RESPONSE_MAC1_AT,
  RESPONSE_RECEIVER_AT,
  SENDER_AT,
} from '@rmh/wire';
import type { HandshakeCrypto } from './crypto.ts';
import type { LocalIdentity } from './identity.ts';
import type { InitiatorState, ResponderState } from './initiation.ts';
import { checkMac1, stampMac1, viewOf } from './macs.ts';
import { NOTHING, Transcript } from './noise.ts';
import type { SecretKey } from './secret.ts';

/** Keys of a new session; wipe them once the packet AEAD has imported them. */
export interface SessionKeys {
  readonly sendKey: SecretKey;
  readonly receiveKey: SecretKey;
}

export interface ResponseInput {
  /** 32 fresh random bytes; the caller may wipe them afterwards. */
  readonly ephemeralPrivate: Uint8Array;
  readonly senderIndex: number;
}

/** The 92 bytes, mac1 set, mac2 zero. Wipes the state: one initiation, one response [HS-7]. */
export function createResponse(
  crypto: HandshakeCrypto,
  state: ResponderState,
  input: ResponseInput,
): SessionKeys & { message: Uint8Array } {
  const message = new Uint8Array(RESPONSE_BYTES);
  const view = viewOf(message);
  view.setUint32(0, MessageType.response, true);
  view.setUint32(SENDER_AT, input.senderIndex, true);
  view.setUint32(RESPONSE_RECEIVER_AT, state.peerIndex, true);

  const transcript = Transcript.resume(crypto, state);
  const ephemeralPublic = crypto.publicKey(input.ephemeralPrivate);
  message.set(ephemeralPublic, RESPONSE_EPHEMERAL_AT);
  transcript.mixHash(ephemeralPublic);
  transcript.mixKey(ephemeralPublic);
  // A point of small order was refused when the initiation and the peer's key were read.
  const ee = present(crypto.dh(input.ephemeralPrivate, state.peerEphemeral), 'checked point');
  const se = present(crypto.dh(input.ephemeralPrivate, state.remote.publicKey), 'checked point');
  transcript.mixKey(ee);
  transcript.mixKey(se);
  ee.fill(0);
  se.fill(0);
  const emptyKey = transcript.mixPresharedKey(state.remote.presharedKey.bytes);
  message.set(transcript.seal(emptyKey, NOTHING), RESPONSE_EMPTY_AT);
  stampMac1(crypto, state.remote.mac1Key, message);

  const [receiveKey, sendKey] = transcript.split();
  transcript.wipe();
  wipeHandshake(state);
  return { message, sendKey, receiveKey };
}

/**
 * Reads the response to our initiation, or gives the drop reason. A refused message leaves the
 * state as it was, so the true response can still come; an accepted one wipes it [HS-7].
 */
export function consumeResponse(
  crypto: HandshakeCrypto,
  local: LocalIdentity,
  state: InitiatorState,
  message: Uint8Array,
): (SessionKeys & { peerIndex: number }) | Drop {
  const view = viewOf(message);
  const type = messageType(view, 0, message.length);
  if (type < 0) return -type as Drop;
  if (type !== MessageType.response) return Drop.badType;
  // A copy of the response that came over a second path is normal.
  if (state.ephemeral.wiped) return Drop.replayedHandshake;
  if (view.getUint32(RESPONSE_RECEIVER_AT, true) !== state.senderIndex) {
    return Drop.unknownReceiver;
  }
  const refused = checkMac1(crypto, local, message);
  if (refused !== 0) return refused;

  const transcript = Transcript.resume(crypto, state);
  const opened = openEmptyPart(crypto, local, state, message, transcript);
  if (opened !== 0) {
    transcript.wipe();
    return opened;
  }
  const [sendKey, receiveKey] = transcript.split();
  transcript.wipe();
  wipeHandshake(state);
  return { peerIndex: view.getUint32(SENDER_AT, true), sendKey, receiveKey };
}

/** Ends a handshake that is given up or done. A second call does nothing. */
export function wipeHandshake(state: InitiatorState | ResponderState): void {
  state.chainingKey.wipe();
  if ('ephemeral' in state) state.ephemeral.wipe();
}

function openEmptyPart(
  crypto: HandshakeCrypto,
  local: LocalIdentity,
  state: InitiatorState,
  message: Uint8Array,
  transcript: Transcript,
): 0 | Drop {
  const ephemeral = message.subarray(RESPONSE_EPHEMERAL_AT, RESPONSE_EMPTY_AT);
  transcript.mixHash(ephemeral);
  transcript.mixKey(ephemeral);
  const ee = crypto.dh(state.ephemeral.bytes, ephemeral);
  if (ee === null) return Drop.badPublicKey;
  transcript.mixKey(ee);
  ee.fill(0);
  const se = crypto.dh(local.privateKey.bytes, ephemeral);
  if (se === null) return Drop.badPublicKey;
  transcript.mixKey(se);
  se.fill(0);
  const emptyKey = transcript.mixPresharedKey(state.remote.presharedKey.bytes);
  const sealed = message.subarray(RESPONSE_EMPTY_AT, RESPONSE_MAC1_AT);
  return transcript.open(emptyKey, sealed) === null ? Drop.badTag : 0;
}
