import assert from 'node:assert/strict';
import test from 'node:test';
import { generatePrivateKey, handshakeCrypto, publicKeyOf, randomBytes } from '@rmh/aead';
import { Random, TrafficClass } from '@rmh/base';
import {
  createInitiation,
  localIdentity,
  REKEY_AFTER_MESSAGES,
  remoteIdentity,
} from '@rmh/handshake';
import { Drop, MessageType, tai64nFromUnixUs } from '@rmh/wire';
import type { End } from './end.fake.ts';
import { World } from './world.fake.ts';

const SECOND_US = 1_000_000;
const INTERACTIVE = TrafficClass.interactive << 6;
const CRITICAL = TrafficClass.critical << 6;

function pair(seed: number, initiationsPerSecondMax?: number) {
  const world = new World(handshakeCrypto, seed);
  const gateway = world.addGateway('gw1', initiationsPerSecondMax);
  const carrier = { jitterUs: 4000, loss: 0.01, duplicate: 0.01 };
  const unit = world.addUnit('unit1', [carrier, { ...carrier, delayUs: 45_000 }]);
  world.connect(unit, gateway);
  world.run(2 * SECOND_US);
  return { world, unit, gateway };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Packets both ways while `us` passes; asserts that each arrived once. */
function assertTraffic(world: World, unit: End, gateway: End, us: number, stream = INTERACTIVE) {
  for (const end of [unit, gateway]) end.delivered.length = 0;
  // Long runs at a slower pace: what matters is the crossing of the keys.
  const stepUs = us > 60 * SECOND_US ? 60_000 : 20_000;
  const count = Math.floor(us / stepUs);
  world.every(world.nowUs, stepUs, count, (id) => {
    unit.sendInner(unit.peer(gateway), stream, id);
    gateway.sendInner(gateway.peer(unit), stream, id);
  });
  world.run(us + 2 * SECOND_US);
  for (const end of [unit, gateway]) {
    assert.deepEqual(
      end.ids().toSorted((a, b) => a - b),
      range(count),
      end.options.name,
    );
  }
}

test('[HS-8] keys are renewed every 120 s under traffic, and not one packet is lost', () => {
  for (const seed of [1, 2]) {
    const { world, unit, gateway } = pair(seed);
    const before = unit.peer(gateway).handshakes;
    assertTraffic(world, unit, gateway, 370 * SECOND_US);
    assert.equal(unit.peer(gateway).handshakes - before, 3);
    assert.equal(gateway.env.drops[Drop.badTag], 0);
    assert.equal(gateway.env.drops[Drop.unknownReceiver], 0);
  }
});

test('[HS-8] keys are renewed by count, and both ends cross over with nothing lost', () => {
  const { world, unit, gateway } = pair(3);
  const before = unit.peer(gateway).handshakes;
  for (const end of [unit, gateway]) {
    const { current } = end.peer(end === unit ? gateway : unit).keys;
    if (current === null) assert.fail('a session');
    current.sendCounter = REKEY_AFTER_MESSAGES - 50;
  }
  assertTraffic(world, unit, gateway, 10 * SECOND_US);
  assert.equal(unit.peer(gateway).handshakes, before + 1);
});

test('[KEY-1] the previous keys still receive what was on the road', () => {
  const { world, unit, gateway } = pair(4);
  const held: { bytes: Uint8Array; from: string }[] = [];
  world.tap = ({ bytes, from }) => {
    const keep = bytes[0] === MessageType.transport && from.startsWith('10.1.');
    if (keep) held.push({ bytes, from });
    return !keep;
  };
  for (const id of range(5)) unit.sendInner(unit.peer(gateway), CRITICAL, id);
  world.tap = () => true;
  const index = gateway.peer(unit).keys.current?.localIndex;
  unit.tunnel.handshaker.begin(
    unit.peer(gateway),
    unit.tunnel.waysTo(unit.peer(gateway)),
    world.nowUs,
  );
  unit.flush();
  world.run(SECOND_US);
  assert.equal(gateway.peer(unit).keys.previous?.localIndex, index, 'the control: renewed');
  gateway.delivered.length = 0;
  for (const { bytes } of held) gateway.receive(0, bytes, world.addressOf(unit, 0));
  assert.ok(held.length >= 10);
  // Each was repaired meanwhile; what the old keys bring is read, and known by its number.
  assert.equal(gateway.env.drops[Drop.badTag], 0);
  assert.ok((gateway.env.drops[Drop.duplicate] ?? 0) >= 5);
});

test('[KEY-2] after 180 s without a handshake keys neither send nor receive, and are wiped', () => {
  const { world, unit, gateway } = pair(5);
  let last: Uint8Array | null = null;
  world.tap = ({ bytes, from }) => {
    if (bytes[0] !== MessageType.transport) return false;
    if (from.startsWith('10.1.')) last = bytes;
    return true;
  };
  world.run(182 * SECOND_US);
  assert.equal(unit.peer(gateway).keys.current, null);
  assert.equal(gateway.peer(unit).keys.current, null);
  assert.equal(gateway.tunnel.handshaker.byIndex.size, 0);
  const before = gateway.env.drops[Drop.unknownReceiver] ?? 0;
  gateway.receive(0, last ?? assert.fail('a packet'), world.addressOf(unit, 0));
  assert.equal(gateway.env.drops[Drop.unknownReceiver], before + 1);
  world.tap = () => true;
  world.run(8 * SECOND_US);
  assertTraffic(world, unit, gateway, SECOND_US);
});

test('[CK-5] under a flood of initiations the session keeps its traffic and can renew', () => {
  const { world, unit, gateway } = pair(6, 20);
  const flood = new Random(99);
  const attacker = localIdentity(handshakeCrypto, generatePrivateKey());
  const gatewayKey = publicKeyOf(gateway.privateKey);
  const remote = remoteIdentity(handshakeCrypto, attacker, gatewayKey, null);
  if (remote === null) assert.fail('a key');
  const { message } = createInitiation(handshakeCrypto, attacker, remote, {
    ephemeralPrivate: randomBytes(32),
    senderIndex: 7,
    timestamp: tai64nFromUnixUs(1.7e15),
  });
  let replies = 0;
  world.tap = ({ bytes, to }) => {
    if (bytes[0] === MessageType.cookieReply && to.startsWith('99.')) replies++;
    return true;
  };
  // A right mac1, and each from a source of its own: 1,000 a second for 20 s.
  world.every(world.nowUs, 1000, 20_000, () => {
    const source = world.addressOf(unit, 0).slice();
    source.set([99, flood.below(256), flood.below(256), flood.below(256)], 4);
    gateway.receive(0, message, source);
  });
  const before = unit.peer(gateway).handshakes;
  world.at(world.nowUs + 5 * SECOND_US, () => {
    const { current } = unit.peer(gateway).keys;
    if (current !== null) current.sendCounter = REKEY_AFTER_MESSAGES;
  });
  assertTraffic(world, unit, gateway, 18 * SECOND_US);
  assert.ok(replies > 10_000, `${replies} were asked for a cookie`);
  assert.equal(unit.peer(gateway).handshakes, before + 1, 'the unit shows its cookie');
  assert.equal(gateway.env.drops[Drop.unknownPeer] ?? 0, 20, 'one second of the limit, no more');
});

test('[CK-2] a cookie reply is shorter than the initiation, and a wrong cookie is refused', () => {
  const { world, unit, gateway } = pair(7, 1);
  const sizes: number[] = [];
  world.tap = ({ bytes, from }) => {
    if (bytes[0] === MessageType.cookieReply) sizes.push(bytes.length);
    if (bytes[0] === MessageType.initiation && from.startsWith('10.1.')) {
      bytes[147] = (bytes[147] ?? 0) ^ 1;
    }
    return true;
  };
  world.restart(gateway, () => gateway.addPeer(unit, true, null));
  for (const round of range(30)) {
    gateway.receive(0, new Uint8Array(148).fill(1, 0, 1), world.addressOf(unit, 0));
    unit.tunnel.handshaker.begin(
      unit.peer(gateway),
      unit.tunnel.waysTo(unit.peer(gateway)),
      world.nowUs,
    );
    unit.flush();
    world.run(100_000 + round);
  }
  assert.ok((gateway.env.drops[Drop.badCookie] ?? 0) > 0, 'the control: cookies were shown');
  assert.ok(sizes.length > 0 && sizes.every((bytes) => bytes === 64));
});

test('[HS-9] a unit whose clock was set back by a day renews its keys all the same', () => {
  const { world, unit, gateway } = pair(8);
  unit.wallOffsetUs -= 86_400 * SECOND_US;
  unit.tunnel.handshaker.wallOffsetUs = unit.wallOffsetUs;
  assertTraffic(world, unit, gateway, 130 * SECOND_US);
  world.restart(unit, () => world.connect(unit, gateway));
  world.run(3 * SECOND_US);
  assertTraffic(world, unit, gateway, SECOND_US);
});

test('[HS-3] the control: without its floor such a unit is refused, and the operator told', () => {
  const { world, unit, gateway } = pair(9);
  unit.wallOffsetUs -= 86_400 * SECOND_US;
  unit.timestampFloorUs = 0;
  world.restart(unit, () => world.connect(unit, gateway));
  world.run(5 * SECOND_US);
  assert.equal(unit.peer(gateway).keys.current, null);
  const told = gateway.said('handshake.refused');
  assert.ok(told.length >= 1 && told.length <= 2, 'and not for each packet');
});
