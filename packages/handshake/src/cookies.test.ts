import assert from 'node:assert/strict';
import test from 'node:test';
import { handshakeCrypto as crypto, generatePrivateKey, randomBytes } from '@rmh/aead';
import { COOKIE_REPLY_BYTES, Drop, tai64nFromUnixUs } from '@rmh/wire';
import {
  COOKIE_LIFETIME_US,
  CookieChecker,
  CookieJar,
  checkMac1,
  createInitiation,
  localIdentity,
  type RemoteIdentity,
  remoteIdentity,
} from './index.ts';

const SOURCE = Uint8Array.of(192, 0, 2, 1, 0x12, 0x34);
const NOW_US = 1e12;

const unit = localIdentity(crypto, generatePrivateKey());
const gateway = localIdentity(crypto, generatePrivateKey());
const remote = remoteIdentity(crypto, unit, gateway.publicKey, null) as RemoteIdentity;

function initiation(): Uint8Array {
  const timestamp = tai64nFromUnixUs(NOW_US);
  const input = { ephemeralPrivate: randomBytes(32), senderIndex: 77, timestamp };
  return createInitiation(crypto, unit, remote, input).message;
}

function checker(): CookieChecker {
  const made = new CookieChecker(crypto, gateway);
  made.rotate(randomBytes(32), NOW_US);
  return made;
}

/** A jar that asked once and got its cookie at NOW_US. */
function filledJar(from: CookieChecker): CookieJar {
  const jar = new CookieJar(crypto, remote);
  const first = initiation();
  jar.stampMac2(first, NOW_US);
  assert.equal(from.checkMac2(first, SOURCE, NOW_US), Drop.cookieRequired);
  const reply = from.createReply(first, SOURCE, randomBytes(24), NOW_US);
  assert.equal(jar.consumeReply(reply, NOW_US), 0);
  return jar;
}

function stamped(jar: CookieJar, nowUs: number): Uint8Array {
  const message = initiation();
  jar.stampMac2(message, nowUs);
  return message;
}

test('[CK-2] a cookie brings the next initiation past the check, with mac1 still right', () => {
  const gate = checker();
  const message = stamped(filledJar(gate), NOW_US + 1);
  assert.equal(gate.checkMac2(message, SOURCE, NOW_US + 1), 0);
  assert.equal(checkMac1(crypto, gateway, message), 0);
});

test('[CK-2] a cookie is worth nothing from another source', () => {
  const gate = checker();
  const message = stamped(filledJar(gate), NOW_US);
  const elsewhere = SOURCE.map((byte, i) => (i === 5 ? byte ^ 1 : byte));
  assert.equal(gate.checkMac2(message, elsewhere, NOW_US), Drop.badCookie);
});

test('[CK-2] any bit flipped in a message with mac2 is refused', () => {
  const gate = checker();
  const message = stamped(filledJar(gate), NOW_US);
  for (let bit = 0; bit < message.length * 8; bit++) {
    const damaged = message.slice();
    damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
    assert.equal(gate.checkMac2(damaged, SOURCE, NOW_US), Drop.badCookie, `bit ${bit}`);
  }
});

test('[CK-1] a secret and its cookies end after 120 s', () => {
  const gate = checker();
  const jar = filledJar(gate);
  const lastUs = NOW_US + COOKIE_LIFETIME_US - 1;
  assert.equal(gate.needsSecret(lastUs), false);
  assert.equal(gate.checkMac2(stamped(jar, lastUs), SOURCE, lastUs), 0);
  const endUs = lastUs + 1;
  assert.equal(gate.needsSecret(endUs), true);
  const late = stamped(jar, endUs);
  assert.deepEqual(late.subarray(132), new Uint8Array(16));
  assert.equal(gate.checkMac2(late, SOURCE, endUs), Drop.cookieRequired);
  assert.throws(() => gate.createReply(late, SOURCE, randomBytes(24), endUs));
});

test('[CK-1] a rotated secret ends the cookies given before', () => {
  const gate = checker();
  const jar = filledJar(gate);
  gate.rotate(randomBytes(32), NOW_US);
  assert.equal(gate.checkMac2(stamped(jar, NOW_US), SOURCE, NOW_US), Drop.badCookie);
});

test('[CK-4] a reply fits the last message only, once, and any bit flipped is refused', () => {
  const gate = checker();
  const jar = new CookieJar(crypto, remote);
  const old = stamped(jar, NOW_US);
  const message = stamped(jar, NOW_US);
  const late = gate.createReply(old, SOURCE, randomBytes(24), NOW_US);
  assert.equal(jar.consumeReply(late, NOW_US), Drop.badTag);
  const reply = gate.createReply(message, SOURCE, randomBytes(24), NOW_US);
  for (let bit = 0; bit < reply.length * 8; bit++) {
    const damaged = reply.slice();
    damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
    assert.notEqual(jar.consumeReply(damaged, NOW_US), 0, `bit ${bit}`);
  }
  assert.equal(jar.consumeReply(reply, NOW_US), 0);
  assert.equal(jar.consumeReply(reply, NOW_US), Drop.badCookie);
});

test('[CK-4] a reply that nobody asked for is refused', () => {
  const gate = checker();
  const reply = gate.createReply(initiation(), SOURCE, randomBytes(24), NOW_US);
  assert.equal(new CookieJar(crypto, remote).consumeReply(reply, NOW_US), Drop.badCookie);
});

test('[CK-3] a reply is smaller than what it answers and sealed under the public key', () => {
  const message = initiation();
  const nonce = randomBytes(24);
  const reply = checker().createReply(message, SOURCE, nonce, NOW_US);
  assert.equal(reply.length, COOKIE_REPLY_BYTES);
  assert.ok(reply.length < message.length);
  assert.deepEqual([...reply.subarray(0, 8)], [3, 0, 0, 0, 77, 0, 0, 0]);
  const sealed = reply.subarray(32);
  const mac1 = message.subarray(116, 132);
  assert.ok(crypto.xopen(gateway.cookieKey, nonce, sealed, mac1) !== null);
});

test('a message too short to carry macs is no reason to throw', () => {
  for (const length of [0, 16, 32, 64, 91, 147, 149, 1500]) {
    const message = new Uint8Array(length);
    assert.equal(checkMac1(crypto, gateway, message), Drop.badLength);
    assert.equal(checker().checkMac2(message, SOURCE, NOW_US), Drop.badLength);
  }
});
