import assert from 'node:assert/strict';
import test from 'node:test';
import { handshakeCrypto as crypto, generatePrivateKey, randomBytes } from '@rmh/aead';
import { Drop, tai64nFromUnixUs } from '@rmh/wire';
import * as fc from 'fast-check';
import {
  consumeInitiation,
  consumeResponse,
  createInitiation,
  createResponse,
  type LocalIdentity,
  localIdentity,
  type RemoteIdentity,
  remoteIdentity,
  wipeHandshake,
} from './index.ts';

const MAC2_BYTES = 16;
const TIMESTAMP = tai64nFromUnixUs(1_700_000_000_000_000);

interface Pair {
  readonly unit: LocalIdentity;
  readonly gateway: LocalIdentity;
  readonly unitSeesGateway: RemoteIdentity;
  readonly gatewaySeesUnit: RemoteIdentity;
}

function pairOf(unitKey: Uint8Array, gatewayKey: Uint8Array, psk: Uint8Array | null): Pair {
  const unit = localIdentity(crypto, unitKey);
  const gateway = localIdentity(crypto, gatewayKey);
  const unitSeesGateway = remoteIdentity(crypto, unit, gateway.publicKey, psk);
  const gatewaySeesUnit = remoteIdentity(crypto, gateway, unit.publicKey, psk);
  assert.ok(unitSeesGateway !== null && gatewaySeesUnit !== null);
  return { unit, gateway, unitSeesGateway, gatewaySeesUnit };
}

const PAIR = pairOf(generatePrivateKey(), generatePrivateKey(), randomBytes(32));

function initiate(pair: Pair, ephemeralPrivate = randomBytes(32)) {
  const input = { ephemeralPrivate, senderIndex: 0xfedcba98, timestamp: TIMESTAMP };
  return createInitiation(crypto, pair.unit, pair.unitSeesGateway, input);
}

function accept(pair: Pair, message: Uint8Array) {
  const received = consumeInitiation(crypto, pair.gateway, message, () => pair.gatewaySeesUnit);
  if (typeof received === 'number') assert.fail(`refused with ${received}`);
  return received;
}

function respond(pair: Pair, message: Uint8Array, ephemeralPrivate = randomBytes(32)) {
  const { state } = accept(pair, message);
  return createResponse(crypto, state, { ephemeralPrivate, senderIndex: 0x01020304 });
}

test('[HS-5] a handshake of any keys and any preshared key agrees on both transport keys', () => {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const psk = fc.option(key);
  fc.assert(
    fc.property(key, key, psk, key, key, (unitKey, gatewayKey, psk, unitOnce, gatewayOnce) => {
      // Keys that clamp to the same scalar are one end talking to itself.
      fc.pre(!crypto.equal(crypto.publicKey(unitKey), crypto.publicKey(gatewayKey)));
      const pair = pairOf(unitKey, gatewayKey, psk);
      const { message, state } = initiate(pair, unitOnce);
      const response = respond(pair, message, gatewayOnce);
      const result = consumeResponse(crypto, pair.unit, state, response.message);
      if (typeof result === 'number') assert.fail(`refused with ${result}`);
      assert.deepEqual(result.sendKey.bytes, response.receiveKey.bytes);
      assert.deepEqual(result.receiveKey.bytes, response.sendKey.bytes);
      assert.notDeepEqual(result.sendKey.bytes, result.receiveKey.bytes);
      assert.equal(result.peerIndex, 0x01020304);
    }),
    { numRuns: 200 },
  );
});

test('[HS-2] the responder learns who calls, when, and under which index', () => {
  const received = accept(PAIR, initiate(PAIR).message);
  assert.equal(received.remote, PAIR.gatewaySeesUnit);
  assert.deepEqual(received.timestamp, TIMESTAMP);
  assert.equal(received.senderIndex, 0xfedcba98);
  assert.equal(received.state.peerIndex, 0xfedcba98);
});

test('[HS-2] an initiation with any bit before mac2 flipped is refused', () => {
  const { message } = initiate(PAIR);
  for (let bit = 0; bit < (message.length - MAC2_BYTES) * 8; bit++) {
    const damaged = flipped(message, bit);
    const verdict = consumeInitiation(crypto, PAIR.gateway, damaged, () => PAIR.gatewaySeesUnit);
    assert.equal(typeof verdict, 'number', `bit ${bit}`);
  }
});

test('[HS-2] an initiation with a flipped bit and a right mac1 is refused all the same', () => {
  const { message } = initiate(PAIR);
  // From the ephemeral on; the sender index is covered by mac1 alone (as in WireGuard). The top
  // bit of the ephemeral's last byte is no part of the point (RFC 7748), but of the hash.
  for (let bit = 8 * 8; bit < 116 * 8; bit++) {
    const forged = withMac1(flipped(message, bit), PAIR.gateway);
    const verdict = consumeInitiation(crypto, PAIR.gateway, forged, () => PAIR.gatewaySeesUnit);
    assert.equal(verdict, Drop.badTag, `bit ${bit}`);
  }
});

test('[HS-7] a response with any bit before mac2 flipped is refused, the true one fits', () => {
  const { message, state } = initiate(PAIR);
  const response = respond(PAIR, message);
  const hash = state.hash.slice();
  const chainingKey = state.chainingKey.bytes.slice();
  for (let bit = 0; bit < (response.message.length - MAC2_BYTES) * 8; bit++) {
    const damaged = flipped(response.message, bit);
    assert.equal(typeof consumeResponse(crypto, PAIR.unit, state, damaged), 'number', `${bit}`);
    if (bit < 12 * 8 || bit >= 60 * 8) continue;
    const forged = withMac1(damaged, PAIR.unit);
    assert.equal(consumeResponse(crypto, PAIR.unit, state, forged), Drop.badTag, `${bit}`);
  }
  assert.deepEqual(state.hash, hash);
  assert.deepEqual(state.chainingKey.bytes, chainingKey);
  assert.equal(typeof consumeResponse(crypto, PAIR.unit, state, response.message), 'object');
});

test('[HS-7] a second copy of the response is refused, and the state is wiped', () => {
  const { message, state } = initiate(PAIR);
  const response = respond(PAIR, message);
  assert.equal(typeof consumeResponse(crypto, PAIR.unit, state, response.message), 'object');
  const again = consumeResponse(crypto, PAIR.unit, state, response.message);
  assert.equal(again, Drop.replayedHandshake);
  assert.ok(state.ephemeral.wiped && state.chainingKey.wiped);
  wipeHandshake(state);
});

test('[HS-7] a responder state answers once', () => {
  const { state } = accept(PAIR, initiate(PAIR).message);
  createResponse(crypto, state, { ephemeralPrivate: randomBytes(32), senderIndex: 1 });
  assert.ok(state.chainingKey.wiped);
  assert.throws(() =>
    createResponse(crypto, state, { ephemeralPrivate: randomBytes(32), senderIndex: 1 }),
  );
});

test('[HS-4] ends with different preshared keys do not agree', () => {
  const other = remoteIdentity(crypto, PAIR.gateway, PAIR.unit.publicKey, randomBytes(32));
  assert.ok(other !== null);
  const { message, state } = initiate(PAIR);
  const response = respond({ ...PAIR, gatewaySeesUnit: other }, message);
  assert.equal(consumeResponse(crypto, PAIR.unit, state, response.message), Drop.badTag);
});

test('[HS-4] no preshared key is the key of 32 zero bytes', () => {
  const pair = pairOf(generatePrivateKey(), generatePrivateKey(), null);
  const zero = remoteIdentity(crypto, pair.gateway, pair.unit.publicKey, new Uint8Array(32));
  assert.ok(zero !== null);
  const { message, state } = initiate(pair);
  const response = respond({ ...pair, gatewaySeesUnit: zero }, message);
  assert.equal(typeof consumeResponse(crypto, pair.unit, state, response.message), 'object');
});

test('an initiation from a key that nobody knows is refused before its timestamp is read', () => {
  const verdict = consumeInitiation(crypto, PAIR.gateway, initiate(PAIR).message, () => null);
  assert.equal(verdict, Drop.unknownPeer);
});

test('[HS-6] a message for another end is refused by its mac1', () => {
  const { message, state } = initiate(PAIR);
  const reflected = consumeInitiation(crypto, PAIR.unit, message, () => PAIR.unitSeesGateway);
  assert.equal(reflected, Drop.badMac1);
  assert.equal(consumeResponse(crypto, PAIR.unit, state, message), Drop.badType);
});

test('a response to another initiation is refused', () => {
  const first = initiate(PAIR);
  const second = initiate(PAIR);
  const response = respond(PAIR, second.message);
  assert.equal(consumeResponse(crypto, PAIR.unit, first.state, response.message), Drop.badTag);
  const strange = { ...second.state, senderIndex: 5 };
  const verdict = consumeResponse(crypto, PAIR.unit, strange, response.message);
  assert.equal(verdict, Drop.unknownReceiver);
});

test('a point of small order is refused in a message and in the configuration', () => {
  // RFC 7748, section 6.1: zero and one are among the points whose result is all zero.
  for (const first of [0, 1]) {
    const point = new Uint8Array(32);
    point[0] = first;
    assert.equal(remoteIdentity(crypto, PAIR.unit, point, null), null);
    const { message } = initiate(PAIR);
    message.set(point, 8);
    const forged = withMac1(message, PAIR.gateway);
    const verdict = consumeInitiation(crypto, PAIR.gateway, forged, () => PAIR.gatewaySeesUnit);
    assert.equal(verdict, Drop.badPublicKey);
  }
});

test('our own key is no peer, and keys have 32 bytes', () => {
  const { unit, gateway } = PAIR;
  assert.equal(remoteIdentity(crypto, unit, unit.publicKey, null), null);
  assert.equal(remoteIdentity(crypto, unit, gateway.publicKey.subarray(1), null), null);
  assert.equal(remoteIdentity(crypto, unit, gateway.publicKey, new Uint8Array(31)), null);
});

test('the ends keep copies: wiping what was handed in changes nothing', () => {
  const key = generatePrivateKey();
  const ephemeralPrivate = randomBytes(32);
  const pair = pairOf(key, generatePrivateKey(), null);
  const { message, state } = initiate(pair, ephemeralPrivate);
  key.fill(0);
  ephemeralPrivate.fill(0);
  const response = respond(pair, message);
  assert.equal(typeof consumeResponse(crypto, pair.unit, state, response.message), 'object');
});

function flipped(message: Uint8Array, bit: number): Uint8Array {
  const copy = message.slice();
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
  return copy;
}

function withMac1(message: Uint8Array, to: LocalIdentity): Uint8Array {
  const at = message.length - 32;
  message.set(crypto.mac(to.mac1Key, message.subarray(0, at)), at);
  return message;
}
