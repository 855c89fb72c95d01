import assert from 'node:assert/strict';
import test from 'node:test';
import { handshakeCrypto } from '@rmh/aead';
import { TrafficClass } from '@rmh/base';
import { Drop } from '@rmh/wire';
import type { End } from './end.fake.ts';
import { World } from './world.fake.ts';

const SECOND_US = 1_000_000;
const CRITICAL = TrafficClass.critical << 6;
const REALTIME = TrafficClass.realtime << 6;
const INTERACTIVE = TrafficClass.interactive << 6;
const BULK = TrafficClass.bulk << 6;

interface Setting {
  world: World;
  unit: End;
  gateway: End;
  /** No path of the unit has room before this moment, µs. */
  closedUntilUs: number;
}

/** A unit with one carrier of 20 ms whose rate a test can close and open. */
function setting(): Setting {
  const world = new World(handshakeCrypto, 1);
  const gateway = world.addGateway('gw1');
  const unit = world.addUnit('unit1', [{}]);
  world.connect(unit, gateway);
  world.run(2 * SECOND_US);
  unit.delivered.length = gateway.delivered.length = 0;
  const made = { world, unit, gateway, closedUntilUs: 0 };
  for (const lane of unit.peer(gateway).lanes) {
    const until = (nowUs: number) => Math.max(nowUs, made.closedUntilUs);
    Object.defineProperty(lane.congestion, 'nextSendUs', { value: until });
  }
  return made;
}

function send({ unit, gateway }: Setting, stream: number, ...ids: number[]): void {
  for (const id of ids) unit.sendInner(unit.peer(gateway), stream, id);
}

test('what waits leaves by class, whatever came first; critical does not wait', () => {
  const made = setting();
  const { world, gateway } = made;
  made.closedUntilUs = world.nowUs + 40_000;
  send(made, BULK, 1, 2);
  send(made, INTERACTIVE, 3, 4);
  send(made, REALTIME, 5, 6);
  send(made, CRITICAL, 7);
  world.run(30_000);
  assert.deepEqual(gateway.ids(), [7]);
  world.run(SECOND_US);
  assert.deepEqual(gateway.ids(), [7, 5, 6, 3, 4, 1, 2]);
});

test('a class that more urgent ones keep from leaving sends a packet each 0.1 s', () => {
  const made = setting();
  const { world, unit, gateway } = made;
  const onlyOne = (_bytes: number, nowUs: number) => {
    made.closedUntilUs = nowUs + 30_000;
  };
  for (const lane of unit.peer(gateway).lanes) {
    Object.defineProperty(lane.congestion, 'sent', { value: onlyOne });
  }
  send(made, BULK, 101, 102, 103, 104, 105);
  for (let i = 0; i < 15; i++) {
    send(made, INTERACTIVE, 2 * i, 2 * i + 1);
    world.run(30_000);
  }
  const came = gateway.ids().filter((id) => id > 100);
  assert.ok(came.length >= 3 && came.length <= 4, `${came.length} in 0.45 s`);
  assert.ok(gateway.ids().length > 10);
});

test('a realtime packet that waited too long goes no further, and is counted', () => {
  const made = setting();
  const { world, unit, gateway } = made;
  made.closedUntilUs = world.nowUs + 400_000;
  send(made, REALTIME, 1);
  send(made, INTERACTIVE, 2);
  world.run(390_000);
  send(made, REALTIME, 3);
  world.run(SECOND_US);
  assert.deepEqual(gateway.ids(), [3, 2]);
  assert.equal(unit.env.drops[Drop.tooLate], 1);
  assert.equal(unit.peer(gateway).tallies[TrafficClass.realtime]?.unsent, 1);
});

/** Longer than any debt that is made for what is urgent, 50 ms: nothing leaves. */
function closeFor(made: Setting, us: number): void {
  made.closedUntilUs = made.world.nowUs + us;
}

test('a critical packet comes late rather than never, also with others behind it', () => {
  const made = setting();
  closeFor(made, 700_000);
  send(made, CRITICAL, 1);
  made.world.run(400_000);
  send(made, CRITICAL, 2, 3);
  made.world.run(SECOND_US);
  assert.deepEqual(made.gateway.ids(), [1, 2, 3]);
});

test('a critical flow of few packets does not wait for eight full ones of another', () => {
  const made = setting();
  const { world, unit, gateway } = made;
  closeFor(made, 200_000);
  for (let id = 1; id <= 60; id++) unit.sendInner(unit.peer(gateway), CRITICAL, id, 200);
  send(made, CRITICAL | 1, 101, 102, 103);
  world.run(SECOND_US);
  const ids = gateway.ids();
  assert.equal(ids.length, 63);
  // Eight full ones are 50 of these.
  assert.ok(ids.indexOf(103) < 12, ids.join(' '));
});

test('copies try a path that was left out, until it is known to carry little', () => {
  const world = new World(handshakeCrypto, 1);
  const gateway = world.addGateway('gw1');
  const unit = world.addUnit('unit1', [{}, { delayUs: 200_000 }]);
  world.connect(unit, gateway);
  world.run(3 * SECOND_US);
  const peer = unit.peer(gateway);
  const [quick, slow] = peer.lanes;
  assert.ok(quick !== undefined && slow !== undefined);
  let readyAtUs = 0;
  Object.defineProperties(quick.congestion, {
    bytesPerSecond: { get: () => 100_000 },
    nextSendUs: { value: (nowUs: number) => Math.max(nowUs, readyAtUs) },
    sent: { value: (_bytes: number, nowUs: number) => (readyAtUs = nowUs + 1_000) },
  });
  let limited = false;
  Object.defineProperties(slow.congestion, {
    bytesPerSecond: { get: () => 1_000 },
    isLimited: { value: () => limited },
    nextSendUs: { value: (nowUs: number) => nowUs },
  });
  const copiesOf = (first: number): number => {
    const before = slow.bytesDuplicated;
    const ids = Array.from({ length: 200 }, (_, i) => first + i);
    gateway.delivered.length = 0;
    for (const id of ids) unit.sendInner(peer, BULK, id, 200);
    world.run(SECOND_US);
    assert.deepEqual(gateway.ids(), ids, 'nothing waited for the slow one, nothing came twice');
    return slow.bytesDuplicated - before;
  };
  const tried = copiesOf(0);
  assert.ok(tried > 5_000, `${tried} bytes`);
  limited = true;
  assert.equal(copiesOf(1000), 0);
});

test('a flow over its backlog loses its oldest packets, and leaves no gap to wait at', () => {
  const made = setting();
  const { world, unit, gateway } = made;
  made.closedUntilUs = world.nowUs + 50_000;
  const peer = unit.peer(gateway);
  // Unmeasured, the limit is the longest train: 65,536 bytes of packets of 200 and their headers.
  const ids = Array.from({ length: 400 }, (_, i) => i);
  for (const id of ids) unit.sendInner(peer, INTERACTIVE, id, 200);
  const dropped = unit.env.drops[Drop.queueFull] ?? 0;
  assert.ok(dropped > 0 && dropped < 200, `${dropped} dropped`);
  world.run(SECOND_US);
  assert.deepEqual(gateway.ids(), ids.slice(dropped));
  assert.equal(gateway.peer(unit).tallies[TrafficClass.interactive]?.reordered, 0);
});

test('a train leaves with its last packet, also when that one is refused', () => {
  const made = setting();
  const { world, unit, gateway } = made;
  const peer = unit.peer(gateway);
  for (const id of [1, 2, 3]) unit.sendInner(peer, INTERACTIVE, id, 64, id === 3 ? 3 : 0);
  assert.equal(unit.env.flights.queued, 0);
  for (const id of [4, 5]) unit.sendInner(peer, INTERACTIVE, id, 64, 0);
  assert.equal(unit.env.flights.queued, 2, 'they wait for their last one');
  Object.defineProperty(unit.env.flights, 'queuesFull', { value: true });
  unit.sendInner(peer, INTERACTIVE, 6, 64, 3);
  assert.equal(unit.env.drops[Drop.queueFull], 1);
  assert.equal(unit.env.flights.queued, 0);
  world.run(SECOND_US);
  assert.deepEqual(gateway.ids(), [1, 2, 3, 4, 5]);
});

test('of a train that comes to a full backlog as many go as of single packets', () => {
  const dropped = [1, 40].map((train) => {
    const made = setting();
    const { world, unit, gateway } = made;
    made.closedUntilUs = world.nowUs + SECOND_US;
    const peer = unit.peer(gateway);
    for (let id = 1; id <= 920; id++) {
      unit.sendInner(peer, INTERACTIVE, id, 200, id % train === 0 ? train : 0);
    }
    return unit.env.drops[Drop.queueFull] ?? 0;
  });
  assert.ok((dropped[0] ?? 0) > 100);
  assert.ok(Math.abs((dropped[0] ?? 0) - (dropped[1] ?? 0)) <= 40, dropped.join(' and '));
});

test('[GW-2] what never left goes to the next gateway with the traffic, once', () => {
  const made = setting();
  const { world, unit, gateway } = made;
  const second = world.addGateway('gw2');
  world.connect(unit, second);
  world.run(3 * SECOND_US);
  made.closedUntilUs = world.nowUs + 10 * SECOND_US;
  send(made, INTERACTIVE, 1, 2, 3);
  world.run(100_000);
  gateway.tunnel.drainAll(world.nowUs);
  gateway.flush();
  world.run(SECOND_US);
  assert.equal(unit.tunnel.choice.active?.settings.name, 'gw2');
  assert.deepEqual(second.ids(), [1, 2, 3]);
  assert.deepEqual(gateway.ids(), []);
});

test('a peer that is removed leaves nothing in the queues', () => {
  const made = setting();
  const { world, unit, gateway } = made;
  made.closedUntilUs = world.nowUs + SECOND_US;
  send(made, INTERACTIVE, 1, 2, 3);
  assert.equal(unit.env.flights.queued, 3);
  unit.tunnel.removePeer(unit.peer(gateway));
  assert.equal(unit.env.flights.queued, 0);
});

test('[RP-2] when the queues are full, others are refused and critical packets still leave', () => {
  const made = setting();
  const { world, unit, gateway } = made;
  made.closedUntilUs = world.nowUs + 10 * SECOND_US;
  // Packets of 20 bytes: their flows' limits in bytes are far, the slots are not.
  for (let id = 0; !unit.env.flights.queuesFull; id++) {
    unit.sendInner(unit.peer(gateway), BULK | (id & 63), id, 20);
  }
  const before = unit.env.drops[Drop.queueFull] ?? 0;
  send(made, INTERACTIVE, 9001);
  assert.equal((unit.env.drops[Drop.queueFull] ?? 0) - before, 1);
  made.closedUntilUs = world.nowUs + 1000;
  send(made, CRITICAL, 9002);
  world.run(50_000);
  assert.ok(gateway.ids().includes(9002));
});
