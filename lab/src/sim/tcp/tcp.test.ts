import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LinkCondition } from '../../carriers/condition.ts';
import { Alone } from '../baselines/plain.ts';
import { Chronicle } from '../chronicle.ts';
import { NO_FAULTS } from '../faults.ts';
import { constantWindow, LEAD_US, SimRoad } from '../road.ts';
import { steadyCondition } from '../testing.ts';
import type { Bearer, SimPacket } from '../types.ts';
import { World } from '../world.ts';
import { TcpConnection, type TcpPacket } from './connection.ts';

const SECOND_US = 1_000_000;

/** One connection from the car over one carrier; `spoil` may keep a packet back. */
function connect(condition: LinkCondition, spoil: (packet: SimPacket) => boolean = () => false) {
  const world = new World();
  let id = 0;
  let bytes = 0;
  const road = new SimRoad({
    world,
    window: constantWindow({ only: condition }, 600_000),
    faults: NO_FAULTS,
    seed: 1,
    chronicle: new Chronicle(['only']),
    onDelivery: (packet, nowUs) =>
      (packet as TcpPacket).connection.arrived(packet as TcpPacket, nowUs),
  });
  const bearer: Bearer = new Alone(road, 0);
  road.carry(bearer);
  const connection = new TcpConnection({
    world,
    side: 'car',
    class: 'bulk',
    bucket: 0,
    send: (packet, nowUs) => {
      if (!spoil(packet)) bearer.send(packet, nowUs);
    },
    nextId: () => id++,
    onProgress: (arrived) => {
      bytes = arrived;
    },
  });
  return { world, connection, arrived: () => bytes };
}

function mbitOver(seconds: number, condition: LinkCondition): number {
  const { world, connection, arrived } = connect(condition);
  world.run(LEAD_US + SECOND_US);
  connection.write(1e9, world.nowUs);
  // Slow start fills a deep buffer first, and what it lost there takes its time.
  world.run(world.nowUs + 15 * SECOND_US);
  const before = arrived();
  world.run(world.nowUs + seconds * SECOND_US);
  return ((arrived() - before) * 8) / seconds / 1e6;
}

test('One connection fills a clean link', () => {
  for (const [mbit, oneWayMs] of [
    [2, 50],
    [20, 20],
    [80, 10],
  ] as const) {
    const reached = mbitOver(20, steadyCondition(mbit, oneWayMs));
    // 1,288 of 1,416 bytes are payload.
    assert.ok(reached > mbit * 0.91 * 0.98, `${reached.toFixed(1)} of ${mbit} Mbit/s`);
    // What a hole held back comes at once, so a stretch may hold a little more than its share.
    assert.ok(reached < mbit * 0.91 * 1.1, `${reached.toFixed(1)} of ${mbit} Mbit/s`);
  }
});

test('Slow start ends before it has filled a deep buffer', () => {
  const { world, connection } = connect(steadyCondition(20, 20));
  world.run(LEAD_US + SECOND_US);
  connection.write(1e9, world.nowUs);
  world.run(world.nowUs + 3 * SECOND_US);
  assert.equal(connection.retransmitted, 0);
});

test('Random loss of 1 % holds CUBIC down, as it does everywhere', () => {
  const reached = mbitOver(30, { ...steadyCondition(50, 20), loss: 0.01 });
  // 1.22 × 1,288 B × 8 / 40 ms / √0.01 = 3.1 Mbit/s by Mathis; CUBIC makes somewhat more.
  assert.ok(reached > 1.5 && reached < 9, `${reached.toFixed(1)} Mbit/s`);
});

test('Every byte arrives once and in order over a link that loses a tenth', () => {
  const { world, connection, arrived } = connect({ ...steadyCondition(10, 20), loss: 0.1 });
  world.run(LEAD_US + SECOND_US);
  connection.write(300_000, world.nowUs);
  world.run(world.nowUs + 60 * SECOND_US);
  assert.equal(arrived(), 300_000);
  assert.ok(connection.retransmitted > 20);
});

test('A lost segment in the middle costs one retransmission and no timeout', () => {
  let segments = 0;
  const { world, connection, arrived } = connect(steadyCondition(10, 20), (packet) => {
    return !(packet as TcpPacket).isAck && ++segments === 30;
  });
  world.run(LEAD_US + SECOND_US);
  connection.write(100_000, world.nowUs);
  world.run(world.nowUs + 500_000);
  assert.equal(arrived(), 100_000);
  assert.equal(connection.retransmitted, 1);
});

test('A lost last segment is probed for before the timeout', () => {
  let segments = 0;
  const { world, connection, arrived } = connect(steadyCondition(10, 20), (packet) => {
    return !(packet as TcpPacket).isAck && ++segments === 8;
  });
  world.run(LEAD_US + SECOND_US);
  connection.write(8 * 1288, world.nowUs);
  // Last answer after 48 ms; probe two round trips and a delayed answer later, 20 ms to come there.
  // The timeout would be at 248 ms, its segment there at 268.
  world.run(world.nowUs + 225_000);
  assert.equal(arrived(), 8 * 1288);
});

test('Silence backs off, and the connection goes on when it ends', () => {
  let silent = false;
  let offered = 0;
  const { world, connection, arrived } = connect(steadyCondition(10, 20), (packet) => {
    if (!(packet as TcpPacket).isAck && silent) offered++;
    return silent;
  });
  world.run(LEAD_US + SECOND_US);
  connection.write(2_000_000, world.nowUs);
  world.run(world.nowUs + 500_000);
  silent = true;
  world.run(world.nowUs + 10 * SECOND_US);
  assert.ok(offered < 700, `${offered} segments into the void`);
  silent = false;
  world.run(world.nowUs + 30 * SECOND_US);
  assert.equal(arrived(), 2_000_000);
});

test('A reset forgets what is on the road', () => {
  const { world, connection, arrived } = connect(steadyCondition(1, 20));
  world.run(LEAD_US + SECOND_US);
  connection.write(1_000_000, world.nowUs);
  world.run(world.nowUs + SECOND_US);
  connection.reset();
  connection.write(1288, world.nowUs);
  world.run(world.nowUs + 5 * SECOND_US);
  assert.equal(arrived(), 1288);
});
