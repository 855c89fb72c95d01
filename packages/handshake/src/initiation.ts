/**
 * The first message, at both ends (WireGuard paper, section 5.4.2).
 *
 * Create:  ephemeral → es → our static key, sealed → ss → timestamp, sealed → mac1.
 * Consume: length, reserved → mac1 → es, static key → known peer? → ss, timestamp. Cheap first:
 *          a stranger costs us one keyed hash, one who knows our public key one X25519.
 */
import { assert, present } from '@rmh/base';
import {
  Drop,
  INITIATION_BYTES,
  INITIATION_EPHEMERAL_AT,
  INITIATION_MAC1_AT,
  INITIATION_STATIC_AT,
  INITIATION_TIMESTAMP_AT,
  MessageType,
  messageType,
  SENDER_AT,
  TIMESTAMP_BYTES,
} from '@rmh/wire';
import type { HandshakeCrypto } from './crypto.ts';
import type { LocalIdentity, RemoteIdentity } from './identity.ts';
import { checkMac1, stampMac1, viewOf } from './macs.ts';
import { type NoiseState, Transcript } from './noise.ts';
import { SecretKey } from './secret.ts';

/** The initiator between its initiation and the response. Good for one response. */
export interface InitiatorState extends NoiseState {
  readonly remote: RemoteIdentity;
  readonly senderIndex: number;
  readonly ephemeral: SecretKey;
}

/** The responder between the initiation and its response. Good for one response. */
export interface ResponderState extends NoiseState {
  readonly remote: RemoteIdentity;
  readonly peerIndex: number;
  readonly peerEphemeral: Uint8Array;
}

export interface InitiationInput {
  /** 32 fresh random bytes; copied, so the caller may wipe its own. */
  readonly ephemeralPrivate: Uint8Array;
  /** Names this handshake and later the session: the peer puts it in all it sends us. */
  readonly senderIndex: number;
  /** TAI64N, later than in any initiation we sent to this peer before. */
  readonly timestamp: Uint8Array;
}

export interface ReceivedInitiation {
  readonly remote: RemoteIdentity;
  /** [HS-3] The caller refuses one that is not later than the last it accepted of this peer. */
  readonly timestamp: Uint8Array;
  readonly senderIndex: number;
  readonly state: ResponderState;
}

/** The 148 bytes, mac1 set, mac2 zero (CookieJar.stampMac2 fills it in when needed). */
export function createInitiation(
  crypto: HandshakeCrypto,
  local: LocalIdentity,
  remote: RemoteIdentity,
  input: InitiationInput,
): { message: Uint8Array; state: InitiatorState } {
  assert(input.timestamp.length === TIMESTAMP_BYTES, 'a TAI64N timestamp has 12 bytes');
  const message = new Uint8Array(INITIATION_BYTES);
  const view = viewOf(message);
  view.setUint32(0, MessageType.initiation, true);
  view.setUint32(SENDER_AT, input.senderIndex, true);

  const transcript = Transcript.start(crypto, remote.publicKey);
  const ephemeral = new SecretKey(input.ephemeralPrivate);
  const ephemeralPublic = crypto.publicKey(ephemeral.bytes);
  message.set(ephemeralPublic, INITIATION_EPHEMERAL_AT);
  transcript.mixKey(ephemeralPublic);
  transcript.mixHash(ephemeralPublic);

  const es = present(crypto.dh(ephemeral.bytes, remote.publicKey), 'remoteIdentity checked it');
  const staticKey = transcript.mixKeyAndDerive(es);
  es.fill(0);
  message.set(transcript.seal(staticKey, local.publicKey), INITIATION_STATIC_AT);
  const timestampKey = transcript.mixKeyAndDerive(remote.staticStatic.bytes);
  message.set(transcript.seal(timestampKey, input.timestamp), INITIATION_TIMESTAMP_AT);

  stampMac1(crypto, remote.mac1Key, message);
  const state = { ...transcript.state, remote, senderIndex: input.senderIndex, ephemeral };
  transcript.wipe();
  return { message, state };
}

/**
 * Reads a peer's initiation, or gives the drop reason. Nothing is kept when it is refused.
 * `findPeer` looks a public key up among those that may connect.
 */
export function consumeInitiation(
  crypto: HandshakeCrypto,
  local: LocalIdentity,
  message: Uint8Array,
  findPeer: (publicKey: Uint8Array) => RemoteIdentity | null,
): ReceivedInitiation | Drop {
  const view = viewOf(message);
  const type = messageType(view, 0, message.length);
  if (type < 0) return -type as Drop;
  if (type !== MessageType.initiation) return Drop.badType;
  const refused = checkMac1(crypto, local, message);
  if (refused !== 0) return refused;

  const transcript = Transcript.start(crypto, local.publicKey);
  const received = readSealedParts(crypto, local, message, transcript, findPeer);
  if (typeof received === 'number') {
    transcript.wipe();
    return received;
  }
  const senderIndex = view.getUint32(SENDER_AT, true);
  const peerEphemeral = message.slice(INITIATION_EPHEMERAL_AT, INITIATION_STATIC_AT);
  const { remote, timestamp } = received;
  const state = { ...transcript.state, remote, peerIndex: senderIndex, peerEphemeral };
  transcript.wipe();
  return { remote, timestamp, senderIndex, state };
}

function readSealedParts(
  crypto: HandshakeCrypto,
  local: LocalIdentity,
  message: Uint8Array,
  transcript: Transcript,
  findPeer: (publicKey: Uint8Array) => RemoteIdentity | null,
): { remote: RemoteIdentity; timestamp: Uint8Array } | Drop {
  const ephemeral = message.subarray(INITIATION_EPHEMERAL_AT, INITIATION_STATIC_AT);
  transcript.mixKey(ephemeral);
  transcript.mixHash(ephemeral);

  const es = crypto.dh(local.privateKey.bytes, ephemeral);
  if (es === null) return Drop.badPublicKey;
  const staticKey = transcript.mixKeyAndDerive(es);
  es.fill(0);
  const sealedStatic = message.subarray(INITIATION_STATIC_AT, INITIATION_TIMESTAMP_AT);
  const publicKey = transcript.open(staticKey, sealedStatic);
  if (publicKey === null) return Drop.badTag;
  const remote = findPeer(publicKey);
  if (remote === null) return Drop.unknownPeer;
  assert(crypto.equal(remote.publicKey, publicKey), 'findPeer gives the peer of that key');

  const timestampKey = transcript.mixKeyAndDerive(remote.staticStatic.bytes);
  const sealedTimestamp = message.subarray(INITIATION_TIMESTAMP_AT, INITIATION_MAC1_AT);
  const timestamp = transcript.open(timestampKey, sealedTimestamp);
  return timestamp === null ? Drop.badTag : { remote, timestamp };
}
