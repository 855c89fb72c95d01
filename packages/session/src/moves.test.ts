import assert from 'node:assert/strict';
import test from 'node:test';
import { handshakeCrypto } from '@rmh/aead';
import { TrafficClass } from '@rmh/base';
import type { End } from './end.fake.ts';
import { World } from './world.fake.ts';

const SECOND_US = 1_000_000;
const INTERACTIVE = TrafficClass.interactive << 6;
const SEEDS = [1, 2, 3, 4];

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function house(seed: number, gateways: number) {
  const world = new World(handshakeCrypto, seed);
  const [first, ...others] = range(gateways).map((i) => world.addGateway(`gw${i + 1}`));
  if (first === undefined) throw new Error('a house has a gateway');
  const unit = world.addUnit('unit1', [{ delayUs: 15_000 }, { delayUs: 35_000 }]);
  for (const gateway of [first, ...others]) world.connect(unit, gateway);
  world.run(2 * SECOND_US);
  return { world, unit, first, second: others[0] ?? first };
}

/** Up: to the active gateway. Down: from every gateway at which the unit is active. */
function traffic(world: World, unit: End, gateways: readonly End[], stepUs: number, count: number) {
  for (const end of [unit, ...gateways]) end.delivered.length = 0;
  world.every(world.nowUs, stepUs, count, (id) => {
    const { active } = unit.tunnel.choice;
    if (active !== null) unit.sendInner(active, INTERACTIVE, id);
    const serving = gateways.find((gateway) => gateway.alive && gateway.peer(unit).active);
    serving?.sendInner(serving.peer(unit), INTERACTIVE, id);
  });
}

function missing(count: number, ...ends: readonly End[]): number[] {
  const seen = new Set(ends.flatMap((end) => end.ids()));
  return range(count).filter((id) => !seen.has(id));
}

test('[PA-3] after a NAT rebinding the new address is used once it answered', () => {
  for (const seed of SEEDS) {
    const { world, unit, first } = house(seed, 1);
    traffic(world, unit, [first], 5000, 800);
    let proved = false;
    let moved = '';
    const limit: string[] = [];
    world.at(world.nowUs + SECOND_US + seed * 999, () => {
      moved = world.rebind(unit, 0);
      world.tap = ({ to }) => {
        const event = first.said('path.address').length > 2;
        if (event) proved = true;
        const sent = world.sentTo.get(moved) ?? 0;
        const heard = world.heardFrom.get(moved) ?? 0;
        if (to === moved && !proved && sent > heard) limit.push(`${sent} > ${heard}`);
        return true;
      };
    });
    world.run(6 * SECOND_US);
    assert.ok(proved, 'the control: the address did change');
    assert.deepEqual(limit, [], '[PA-4] never more bytes than it sent');
    assert.deepEqual(missing(800, first), []);
    assert.deepEqual(missing(800, unit), []);
    const lane = first.peer(unit).laneById[0];
    assert.equal(lane?.state, 'carrying');
    const at = lane?.endpointAt ?? -1;
    assert.deepEqual(first.env.endpoints.bytesOf(at), world.addressOf(unit, 0));
  }
});

test('[PA-4] an address that never answers gets no more than it sent, and loses its claim', () => {
  const { world, unit, first } = house(5, 1);
  const forged = world.addressOf(unit, 0).slice();
  forged[3] = 1;
  const text = '10.1.0.1:769';
  // Someone on the road copies each datagram of path 0 and is first with a source of his own.
  world.tap = ({ from, bytes }) => {
    if (from !== world.textOf(unit, 0)) return true;
    world.at(world.nowUs + 1000, () => {
      world.heardFrom.set(text, (world.heardFrom.get(text) ?? 0) + bytes.length);
      first.receive(0, bytes, forged);
    });
    return false;
  };
  forged[2] = 3;
  const end = world.nowUs + 5 * SECOND_US;
  traffic(world, unit, [first], 10_000, 500);
  while (world.nowUs < end) {
    world.run(1000);
    const [sent, heard] = [world.sentTo.get(text) ?? 0, world.heardFrom.get(text) ?? 0];
    assert.ok(sent <= heard, `${sent} bytes sent, ${heard} received`);
  }
  assert.ok((world.sentTo.get(text) ?? 0) > 0, 'the control: it was challenged');
  assert.deepEqual(missing(500, first), [], 'and no packet is lost by that');
  world.tap = () => true;
  world.run(15 * SECOND_US);
  assert.equal(first.peer(unit).laneById[0]?.candidate, null);
  assert.equal(first.peer(unit).laneById[0]?.state, 'carrying');
});

test('[GW-1] a silent gateway is left within a second, and traffic goes on at the other', () => {
  for (const seed of SEEDS) {
    const { world, unit, first, second } = house(seed, 2);
    assert.equal(unit.tunnel.choice.active?.settings.name, 'gw1');
    traffic(world, unit, [first, second], 5000, 1000);
    const killedUs = world.nowUs + SECOND_US + seed * 777;
    world.at(killedUs, () => (first.alive = false));
    world.run(8 * SECOND_US);
    assert.equal(unit.tunnel.choice.active?.settings.name, 'gw2');
    const resumed = second.delivered[0]?.atUs ?? Number.POSITIVE_INFINITY;
    assert.ok(resumed - killedUs < SECOND_US, `up again after ${resumed - killedUs} µs`);
    const down = unit.delivered.find(({ peer }) => peer === 'gw2')?.atUs ?? Infinity;
    assert.ok(down - killedUs < SECOND_US, `down again after ${down - killedUs} µs`);
    assert.equal(unit.tunnel.choice.switches, 1);
  }
});

test('[GW-2] a draining gateway is left with nothing lost', () => {
  for (const seed of SEEDS) {
    const { world, unit, first, second } = house(seed, 2);
    traffic(world, unit, [first, second], 5000, 800);
    world.at(world.nowUs + SECOND_US, () => {
      first.tunnel.drainAll(world.nowUs);
      first.flush();
    });
    world.run(6 * SECOND_US);
    assert.equal(unit.tunnel.choice.active?.settings.name, 'gw2');
    assert.deepEqual(missing(800, first, second), [], 'up');
    assert.deepEqual(missing(800, unit), [], 'down');
    assert.equal(first.peer(unit).active, false);
    assert.equal(second.peer(unit).active, true);
  }
});

test('when every carrier is gone no gateway is blamed', () => {
  const { world, unit, first } = house(6, 2);
  for (const link of [0, 1]) world.carrier(unit, link).blackUntilUs = world.nowUs + 10 * SECOND_US;
  world.run(9 * SECOND_US);
  assert.equal(unit.tunnel.choice.switches, 0);
  world.run(10 * SECOND_US);
  assert.equal(unit.tunnel.choice.active?.settings.name, 'gw1');
  assert.equal(first.peer(unit).carries, true);
});

test('[FR-11] a gateway that restarted knows nobody, and traffic resumes all the same', () => {
  for (const seed of SEEDS) {
    const { world, unit, first } = house(seed, 1);
    traffic(world, unit, [first], 5000, 1600);
    const restartUs = world.nowUs + SECOND_US + seed * 555;
    world.at(restartUs, () => world.restart(first, () => first.addPeer(unit, true, null)));
    world.run(10 * SECOND_US);
    const up = first.delivered.find(({ atUs }) => atUs > restartUs + 100_000)?.atUs ?? Infinity;
    assert.ok(up - restartUs < 2.5 * SECOND_US, `up again after ${up - restartUs} µs`);
    assert.deepEqual(
      missing(1600, first).filter((id) => id > 900),
      [],
    );
    assert.deepEqual(
      missing(1600, unit).filter((id) => id > 900),
      [],
    );
    assert.equal(new Set(unit.ids()).size, unit.ids().length, 'nothing twice');
  }
});

test('[FR-11] a unit that restarted is believed, and traffic resumes at once', () => {
  for (const seed of SEEDS) {
    const { world, unit, first } = house(seed, 1);
    traffic(world, unit, [first], 5000, 1200);
    const restartUs = world.nowUs + SECOND_US + seed * 555;
    world.at(restartUs, () => {
      world.rebind(unit, 0);
      world.rebind(unit, 1);
      world.restart(unit, () => world.connect(unit, first));
    });
    world.run(8 * SECOND_US);
    const after = first.delivered.find(({ atUs }) => atUs > restartUs + 40_000)?.atUs ?? Infinity;
    assert.ok(after - restartUs < 500_000, `up again after ${after - restartUs} µs`);
    assert.deepEqual(
      missing(1200, first).filter((id) => id > 350),
      [],
    );
    assert.deepEqual(
      missing(1200, unit).filter((id) => id > 350),
      [],
    );
  }
});

test('[GW-1] a unit that restarted at another gateway leaves the one where it was', () => {
  const { world, unit, first, second } = house(10, 2);
  assert.equal(first.peer(unit).active, true);
  world.restart(unit, () => {
    world.connect(unit, second);
    world.run(SECOND_US);
    world.connect(unit, first);
  });
  world.run(4 * SECOND_US);
  assert.equal(unit.tunnel.choice.active?.settings.name, 'gw2');
  assert.equal(second.peer(unit).active, true);
  assert.equal(first.peer(unit).active, false);
});

test('[GW-1] a gateway that restarted is told again whether it has the traffic', () => {
  const { world, unit, first, second } = house(12, 2);
  for (const gateway of [first, second]) {
    world.restart(gateway, () => gateway.addPeer(unit, true, null));
    assert.equal(gateway.peer(unit).active, false);
    world.run(4 * SECOND_US);
    const mine = unit.tunnel.choice.active?.settings.name === gateway.options.name;
    assert.equal(gateway.peer(unit).active, mine);
  }
});

test('two units at one gateway do not mix', () => {
  const { world, unit, first } = house(8, 1);
  const other = world.addUnit('unit2', [{ delayUs: 25_000, loss: 0.02 }, { delayUs: 30_000 }]);
  world.connect(other, first);
  world.run(2 * SECOND_US);
  first.delivered.length = 0;
  world.every(world.nowUs, 4000, 500, (id) => {
    for (const [end, offset] of [
      [unit, 0],
      [other, 10_000],
    ] as const) {
      end.sendInner(end.peer(first), INTERACTIVE, offset + id);
      first.sendInner(first.peer(end), INTERACTIVE, offset + id);
    }
  });
  world.run(5 * SECOND_US);
  assert.deepEqual(unit.ids(), range(500));
  assert.deepEqual(
    other.ids().map((id) => id - 10_000),
    range(500),
  );
  for (const { id, peer } of first.delivered) {
    assert.equal(peer, id < 10_000 ? 'unit1' : 'unit2');
  }
  assert.equal(first.delivered.length, 1000);
});

test('a removed peer leaves nothing behind: address blocks, keys and holds come back', () => {
  const { world, unit, first } = house(9, 1);
  const free = unit.env.holds.freeSlots;
  for (let round = 0; round < 20; round++) {
    traffic(world, unit, [first], 5000, 20);
    world.run(SECOND_US);
    unit.tunnel.removePeer(unit.peer(first));
    first.tunnel.removePeer(first.peer(unit));
    assert.equal(unit.tunnel.handshaker.byIndex.size, 0);
    assert.equal(first.tunnel.handshaker.byIndex.size, 0);
    assert.equal(unit.env.holds.freeSlots, free);
    world.connect(unit, first);
    world.run(2 * SECOND_US);
    assert.equal(unit.peer(first).carries, true, `round ${round}`);
  }
});
