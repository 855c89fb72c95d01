import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chronicle } from './chronicle.ts';
import { type FaultPlan, NO_FAULTS } from './faults.ts';
import { constantWindow, LEAD_US, SimRoad } from './road.ts';
import { steadyCondition } from './testing.ts';
import type { Bearer, Datagram } from './types.ts';
import { World } from './world.ts';

/** A road of one carrier, and what comes out of it. */
function road(faults: FaultPlan = NO_FAULTS, seconds = 60) {
  const world = new World();
  const came: { datagram: Datagram; atUs: number }[] = [];
  const gone: Datagram[] = [];
  const only = new SimRoad({
    world,
    window: constantWindow({ only: steadyCondition(10, 20) }, seconds * 1000),
    faults,
    seed: 3,
    chronicle: new Chronicle(['only']),
    onDelivery: () => {},
  });
  const bearer: Bearer = {
    name: 'test',
    nextDeadlineUs: Number.POSITIVE_INFINITY,
    send: () => {},
    poll: () => {},
    arrived: (datagram, _carrier, atUs) => came.push({ datagram, atUs }),
    gone: (datagram) => gone.push(datagram),
    copy: (datagram, damage) => ({ ...datagram, content: damage }),
  };
  only.carry(bearer);
  const offer = (content: unknown): void => {
    only.offer(0, { direction: 'up', bytes: 1250, content }, world.nowUs);
  };
  return { world, only, came, gone, offer };
}

test('A datagram comes out after its service and the way, and is the bearer’s again', () => {
  const { world, came, gone, offer, only } = road();
  offer('a');
  world.run(100_000);
  // 1,250 B at 10 Mbit/s is 1 ms.
  assert.deepEqual(
    came.map(({ atUs }) => atUs),
    [21_000],
  );
  assert.equal(gone.length, 1);
  assert.equal(only.bytesOffered, 1250);
});

test('Silence loses what is offered and says so to the bearer; a standstill only delays it', () => {
  const { world, only, came, gone, offer } = road();
  world.run(LEAD_US);
  only.suffer({ kind: 'blackhole', carrier: 0 });
  offer('lost');
  only.suffer({ kind: 'stall', carrier: 0 });
  offer('late');
  world.run(LEAD_US + 1_000_000);
  assert.deepEqual([came.length, gone.length], [0, 1]);
  only.suffer({ kind: 'passes', carrier: 0 });
  world.run(LEAD_US + 2_000_000);
  assert.deepEqual(
    came.map(({ datagram }) => datagram.content),
    ['late'],
  );
  assert.equal(gone.length, 2);
});

test('Shares of copies and damage are kept, and copies are not given back', () => {
  const { world, came, gone, offer } = road({
    ...NO_FAULTS,
    duplicateShare: 0.1,
    damageShare: 0.05,
  });
  for (let i = 0; i < 2000; i++) {
    offer('whole');
    world.run(world.nowUs + 2000);
  }
  world.run(world.nowUs + 100_000);
  const damaged = came.filter(({ datagram }) => typeof datagram.content === 'number');
  const twins = damaged.filter(({ datagram }) => datagram.content === 0).length;
  assert.ok(Math.abs(twins - 200) < 45, `${twins} copies`);
  assert.ok(Math.abs(damaged.length - twins - 100) < 35, `${damaged.length - twins} damaged`);
  assert.equal(gone.length, 2000);
});

test('The lead passes whatever the window begins with', () => {
  const world = new World();
  const dead = { ...steadyCondition(0, 20), state: 'drops' as const };
  let came = 0;
  const only = new SimRoad({
    world,
    window: constantWindow({ dead }, 10_000),
    faults: NO_FAULTS,
    seed: 1,
    chronicle: new Chronicle(['dead']),
    onDelivery: () => {},
  });
  only.carry({
    name: 'test',
    nextDeadlineUs: Number.POSITIVE_INFINITY,
    send: () => {},
    poll: () => {},
    arrived: () => came++,
  });
  only.offer(0, { direction: 'up', bytes: 100, content: null }, 0);
  world.run(LEAD_US);
  only.offer(0, { direction: 'up', bytes: 100, content: null }, LEAD_US);
  world.run(LEAD_US + 5_000_000);
  assert.equal(came, 1);
});
