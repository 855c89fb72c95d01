import assert from 'node:assert/strict';
import test from 'node:test';
import { handshakeCrypto } from '@rmh/aead';
import { TrafficClass } from '@rmh/base';
import { type ClassPolicy, NATIONAL_POLICY, type Policy } from '@rmh/scheduler';
import { Drop } from '@rmh/wire';
import { World } from './world.fake.ts';

const SECOND_US = 1_000_000;
const INTERACTIVE = TrafficClass.interactive << 6;
const BULK = TrafficClass.bulk << 6;

function house() {
  const world = new World(handshakeCrypto, 7);
  const gateway = world.addGateway('gw1');
  const unit = world.addUnit('unit1', [{ delayUs: 15_000 }, { delayUs: 25_000 }]);
  world.connect(unit, gateway);
  world.run(2 * SECOND_US);
  const duplicated = () =>
    unit.peer(gateway).lanes.reduce((sum, lane) => sum + lane.bytesDuplicated, 0);
  return { world, gateway, unit, duplicated };
}

/** The baseline, with this said of every class. */
function policyWith(every: Partial<ClassPolicy>, more: Partial<Policy> = {}): Policy {
  const classes = { ...NATIONAL_POLICY.classes };
  for (const name of Object.values(TrafficClass)) classes[name] = { ...classes[name], ...every };
  return { ...NATIONAL_POLICY, ...more, name: 'other', classes };
}

const COPY_ALL = policyWith({ copiesMost: 2, missShareMost: 0 }, { duplicateShareMost: 0.9 });

/** 500 packets, 4 ms apart; in the midst of them the policy changes. */
function driveThrough(next: Policy | null, before: Policy | null = null) {
  const { world, gateway, unit, duplicated } = house();
  unit.tunnel.setPolicy(before, world.nowUs);
  world.every(world.nowUs, 4_000, 500, (id) => {
    unit.sendInner(unit.peer(gateway), INTERACTIVE, id);
  });
  world.run(SECOND_US);
  const early = duplicated();
  unit.tunnel.setPolicy(next, world.nowUs);
  world.run(2 * SECOND_US);
  return { early, late: duplicated() - early, ids: gateway.ids() };
}

test('Another policy changes the verdict on the next packet; none is lost or doubled', () => {
  const { early, late, ids } = driveThrough(COPY_ALL);
  assert.equal(early, 0);
  assert.ok(late > 250 * 64, `${late} B of copies`);
  assert.deepEqual(
    ids,
    ids.map((_, i) => i),
  );
  assert.equal(ids.length, 500);
});

test('The baseline comes back when no policy is named', () => {
  const { early, late, ids } = driveThrough(null, COPY_ALL);
  assert.ok(early > 200 * 64, `${early} B of copies`);
  assert.equal(late, 0);
  assert.equal(ids.length, 500);
});

test('The same policy again changes nothing', () => {
  assert.deepEqual(driveThrough(null), { ...driveThrough(NATIONAL_POLICY), early: 0, late: 0 });
});

test('What waits is judged by the new policy at once', () => {
  const { world, gateway, unit } = house();
  for (const lane of unit.peer(gateway).lanes) {
    Object.defineProperty(lane.congestion, 'nextSendUs', { value: () => world.nowUs + SECOND_US });
  }
  unit.sendInner(unit.peer(gateway), BULK, 1);
  world.run(100_000);
  assert.equal(unit.env.drops[Drop.tooLate], 0);
  unit.tunnel.setPolicy(policyWith({ queueMostUs: 50_000 }), world.nowUs);
  world.run(10_000);
  assert.equal(unit.env.drops[Drop.tooLate], 1);
});

test('Share, shared fate and queue target reach what is there and what comes', () => {
  const { world, gateway, unit } = house();
  const figures = { duplicateShareMost: 0.4, sharedFate: 0.6, queueTargetUs: 3_000 };
  unit.tunnel.setPolicy(policyWith({}, figures), world.nowUs);
  const late = world.addGateway('gw2');
  world.connect(unit, late);
  for (const { copies, fate, lanes } of [unit.peer(gateway), unit.peer(late)]) {
    assert.deepEqual([copies.share, fate.prior], [0.4, 0.6]);
    assert.deepEqual(
      lanes.map(({ congestion }) => congestion.queueTargetUs),
      [3_000, 3_000],
    );
  }
});
