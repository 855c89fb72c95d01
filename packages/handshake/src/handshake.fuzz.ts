/**
 * Damaged, cut, grown, random and reflected messages into every reader of this package and of
 * wire's messages: none throws, none accepts, none changes what the true message then does.
 * RMH_FUZZ_RUNS=1000000 takes about 12 s on 2 shared cores; RMH_FUZZ_SEED repeats a run.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { handshakeCrypto as crypto, generatePrivateKey, randomBytes } from '@rmh/aead';
import { Random } from '@rmh/base';
import {
  dropName,
  messageType,
  readCounter,
  readReceiverIndex,
  readSenderIndex,
  tai64nFromUnixUs,
} from '@rmh/wire';
import {
  CookieChecker,
  CookieJar,
  checkMac1,
  consumeInitiation,
  consumeResponse,
  createInitiation,
  createResponse,
  type LocalIdentity,
  localIdentity,
  type RemoteIdentity,
  remoteIdentity,
} from './index.ts';

const RUNS = Number(process.env['RMH_FUZZ_RUNS'] ?? 2000);
const SEED = Number(process.env['RMH_FUZZ_SEED'] ?? Date.now());
const SOURCE = Uint8Array.of(192, 0, 2, 1, 0x12, 0x34);
const NOW_US = 1e12;
const MAC2_BYTES = 16;

const unit = localIdentity(crypto, generatePrivateKey());
const gateway = localIdentity(crypto, generatePrivateKey());
const toGateway = remoteIdentity(crypto, unit, gateway.publicKey, null) as RemoteIdentity;
const toUnit = remoteIdentity(crypto, gateway, unit.publicKey, null) as RemoteIdentity;

/** One true handshake; the fuzz tries to pass off something else in its place. */
function arrange() {
  const { message: initiation, state } = createInitiation(crypto, unit, toGateway, {
    ephemeralPrivate: randomBytes(32),
    senderIndex: 7,
    timestamp: tai64nFromUnixUs(NOW_US),
  });
  const received = consumeInitiation(crypto, gateway, initiation, () => toUnit);
  if (typeof received === 'number') return assert.fail(dropName(received));
  const input = { ephemeralPrivate: randomBytes(32), senderIndex: 9 };
  const response = createResponse(crypto, received.state, input).message;
  const checker = new CookieChecker(crypto, gateway);
  checker.rotate(randomBytes(32), NOW_US);
  const jar = new CookieJar(crypto, toGateway);
  jar.stampMac2(initiation, NOW_US);
  const reply = checker.createReply(initiation, SOURCE, randomBytes(24), NOW_US);
  return { initiation, response, reply, state, checker, jar };
}

type Stage = ReturnType<typeof arrange>;

/** What each reader says to the message: true where it accepts. */
function readAll(stage: Stage, message: Uint8Array): boolean[] {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const type = messageType(view, 0, message.length);
  if (type > 0) {
    readReceiverIndex(view, 0);
    readSenderIndex(view, 0);
    if (type === 4) assert.ok(readCounter(view, 0) >= -1);
  }
  checkMac1(crypto, gateway, message);
  return [
    typeof consumeInitiation(crypto, gateway, message, () => toUnit) === 'object',
    typeof consumeInitiation(crypto, unit, message, () => toGateway) === 'object',
    typeof consumeResponse(crypto, unit, stage.state, message) === 'object',
    stage.jar.consumeReply(message, NOW_US) === 0,
    stage.checker.checkMac2(message, SOURCE, NOW_US) === 0,
  ];
}

function mutate(random: Random, original: Uint8Array): Uint8Array {
  const at = random.below(original.length);
  const copy = original.slice();
  switch (random.below(7)) {
    case 0:
      copy[at] = (copy[at] as number) ^ (1 << random.below(8));
      return copy;
    case 1:
      return copy.subarray(0, at);
    case 2: {
      const grown = new Uint8Array(copy.length + 1 + random.below(64));
      grown.set(copy);
      return grown;
    }
    case 3:
      return Uint8Array.from({ length: random.below(300) }, () => random.below(256));
    case 4:
      random.fill(copy.subarray(at, at + 1 + random.below(32)));
      return copy;
    case 5:
      copy.copyWithin(at, random.below(copy.length), random.below(copy.length));
      return copy;
    default:
      copy[0] = 1 + random.below(4);
      return copy;
  }
}

/** Now and then a right mac1, so that the fuzz gets past the first gate. */
function maybeSign(random: Random, message: Uint8Array): void {
  if (message.length < 32 || random.below(8) !== 0) return;
  const to: LocalIdentity = random.below(2) === 0 ? gateway : unit;
  const at = message.length - 32;
  message.set(crypto.mac(to.mac1Key, message.subarray(0, at)), at);
}

// mac2 is checked under load only, so a message that differs there alone is a true one. So is one
// that differs only in its sender index, once it is signed anew: mac1 is all that covers it.
function isTrue(message: Uint8Array, original: Uint8Array): boolean {
  if (message.length !== original.length) return false;
  const macs = message.length === 64 ? 0 : MAC2_BYTES * 2;
  const end = message.length - macs;
  return message.subarray(0, end).every((byte, i) => {
    return byte === original[i] || (macs > 0 && i >= 4 && i < 8);
  });
}

test(`${RUNS} wrong messages: no reader throws or accepts (seed ${SEED})`, () => {
  const random = new Random(SEED);
  const stage = arrange();
  const originals = [stage.initiation, stage.response, stage.reply];
  const bytesBefore = bytesInUse();
  let tried = 0;
  for (let run = 0; run < RUNS; run++) {
    const message = mutate(random, originals[random.below(3)] as Uint8Array);
    maybeSign(random, message);
    if (originals.some((original) => isTrue(message, original))) continue;
    tried++;
    assert.deepEqual(readAll(stage, message), [false, false, false, false, false], `run ${run}`);
  }
  assert.ok(tried > RUNS / 2, 'most messages are wrong ones');
  assert.ok(bytesInUse() - bytesBefore < 64 * 2 ** 20, 'memory stays bounded');

  // The control: the same readers still take the true messages.
  const [initiation] = readAll(stage, stage.initiation);
  const [, , response] = readAll(stage, stage.response);
  const [, , , reply] = readAll(stage, stage.reply);
  assert.deepEqual([initiation, response, reply], [true, true, true]);
});

function bytesInUse(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
