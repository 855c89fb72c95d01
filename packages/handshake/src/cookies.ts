/**
 * Cookies (WireGuard paper, section 5.4.7). A responder under load answers an initiation with a
 * cookie that only the owner of the source address can receive, and does no X25519 until a message
 * comes back that is keyed with it (mac2). A cookie fits one source address: keep one jar per path.
 */
import { assert, present } from '@rmh/base';
import {
  COOKIE_NONCE_AT,
  COOKIE_NONCE_BYTES,
  COOKIE_RECEIVER_AT,
  COOKIE_REPLY_BYTES,
  COOKIE_SEALED_AT,
  Drop,
  MAC_BYTES,
  MessageType,
  messageType,
  SENDER_AT,
} from '@rmh/wire';
import type { HandshakeCrypto } from './crypto.ts';
import type { LocalIdentity, RemoteIdentity } from './identity.ts';
import { COOKIE_LIFETIME_US } from './lifetimes.ts';
import { coveredByMac2, hasMacs, mac1Of, mac2Of, viewOf } from './macs.ts';
import { SecretKey } from './secret.ts';

const NO_MAC = new Uint8Array(MAC_BYTES);

/** The responder's side. Holds one secret and nothing per client. */
export class CookieChecker {
  readonly #crypto: HandshakeCrypto;
  readonly #local: LocalIdentity;
  #secret: SecretKey | null = null;
  #secretSinceUs = 0;

  constructor(crypto: HandshakeCrypto, local: LocalIdentity) {
    this.#crypto = crypto;
    this.#local = local;
  }

  /** [CK-1] True when `rotate` is due before the next createReply. */
  needsSecret(nowUs: number): boolean {
    return this.#secret === null || nowUs - this.#secretSinceUs >= COOKIE_LIFETIME_US;
  }

  /** Takes 32 fresh random bytes as the secret; cookies given before become worthless. */
  rotate(secret: Uint8Array, nowUs: number): void {
    assert(secret.length === 32, 'a cookie secret has 32 bytes');
    this.#secret?.wipe();
    this.#secret = new SecretKey(secret);
    this.#secretSinceUs = nowUs;
  }

  /** [CK-2] 0 when mac2 proves the source; the message's mac1 was checked before. */
  checkMac2(message: Uint8Array, sourceBytes: Uint8Array, nowUs: number): 0 | Drop {
    if (!hasMacs(message)) return Drop.badLength;
    const mac2 = mac2Of(message);
    if (this.needsSecret(nowUs) || this.#crypto.equal(mac2, NO_MAC)) return Drop.cookieRequired;
    const expected = this.#crypto.mac(this.#cookieFor(sourceBytes), coveredByMac2(message));
    return this.#crypto.equal(mac2, expected) ? 0 : Drop.badCookie;
  }

  /** The 64 bytes that answer an initiation or response whose mac1 is right. */
  createReply(
    message: Uint8Array,
    sourceBytes: Uint8Array,
    nonce: Uint8Array,
    nowUs: number,
  ): Uint8Array {
    assert(hasMacs(message), 'only initiations and responses are answered with a cookie');
    assert(nonce.length === COOKIE_NONCE_BYTES, 'a cookie nonce has 24 bytes');
    assert(!this.needsSecret(nowUs), 'the secret is rotated first');
    const reply = new Uint8Array(COOKIE_REPLY_BYTES);
    const view = viewOf(reply);
    view.setUint32(0, MessageType.cookieReply, true);
    view.setUint32(COOKIE_RECEIVER_AT, viewOf(message).getUint32(SENDER_AT, true), true);
    reply.set(nonce, COOKIE_NONCE_AT);
    const cookie = this.#cookieFor(sourceBytes);
    const { cookieKey } = this.#local;
    reply.set(this.#crypto.xseal(cookieKey, nonce, cookie, mac1Of(message)), COOKIE_SEALED_AT);
    return reply;
  }

  #cookieFor(sourceBytes: Uint8Array): Uint8Array {
    return this.#crypto.mac(present(this.#secret, 'secret').bytes, sourceBytes);
  }
}

/** The initiator's side of one peer over one path. */
export class CookieJar {
  readonly #crypto: HandshakeCrypto;
  readonly #remote: RemoteIdentity;
  #cookie: SecretKey | null = null;
  #cookieSinceUs = 0;
  /** Of the last message stamped, until a reply used it up [CK-4]. */
  #lastMac1: Uint8Array | null = null;
  #lastSenderIndex = 0;

  constructor(crypto: HandshakeCrypto, remote: RemoteIdentity) {
    this.#crypto = crypto;
    this.#remote = remote;
  }

  /** Stamps mac2 if a fresh cookie is at hand. Call it for every handshake message just sent. */
  stampMac2(message: Uint8Array, nowUs: number): void {
    assert(hasMacs(message), 'initiations and responses carry macs');
    this.#lastMac1 = mac1Of(message).slice();
    this.#lastSenderIndex = viewOf(message).getUint32(SENDER_AT, true);
    const cookie = this.#freshCookie(nowUs);
    if (cookie === null) return;
    const mac2 = this.#crypto.mac(cookie.bytes, coveredByMac2(message));
    message.set(mac2, message.length - MAC_BYTES);
  }

  /** Keeps the cookie of a reply to the last message; 0, or the drop reason. */
  consumeReply(message: Uint8Array, nowUs: number): 0 | Drop {
    const view = viewOf(message);
    const type = messageType(view, 0, message.length);
    if (type < 0) return -type as Drop;
    if (type !== MessageType.cookieReply) return Drop.badType;
    if (this.#lastMac1 === null) return Drop.badCookie;
    if (view.getUint32(COOKIE_RECEIVER_AT, true) !== this.#lastSenderIndex) {
      return Drop.unknownReceiver;
    }
    const nonce = message.subarray(COOKIE_NONCE_AT, COOKIE_SEALED_AT);
    const sealed = message.subarray(COOKIE_SEALED_AT);
    const cookie = this.#crypto.xopen(this.#remote.cookieKey, nonce, sealed, this.#lastMac1);
    if (cookie === null) return Drop.badTag;
    this.#cookie?.wipe();
    this.#cookie = new SecretKey(cookie);
    this.#cookieSinceUs = nowUs;
    this.#lastMac1 = null;
    return 0;
  }

  #freshCookie(nowUs: number): SecretKey | null {
    return nowUs - this.#cookieSinceUs < COOKIE_LIFETIME_US ? this.#cookie : null;
  }
}
