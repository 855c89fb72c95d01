import assert from 'node:assert/strict';
import { test } from 'node:test';
import { present, Random } from '@rmh/base';
import { gridDisk } from 'h3-js';
import { LINKS, OSLO, PARENTS, rule, START, TROMSO, World } from './engine.fake.ts';
import { Rules } from './rules.ts';

test('A vehicle without service is an alarm after the tolerance, and not a second before', () => {
  const world = new World();
  world.add(1);
  world.run(5);
  world.change(1, { state: 'down', sinceMs: world.nowMs });
  assert.deepEqual(world.run(29), []);
  const [raise] = world.run(1);
  assert(raise?.kind === 'raise');
  assert.equal(raise.condition.kind, 'vehicle-down');
  assert.equal(raise.condition.sinceMs, START + 5_000);
  world.change(1, { state: 'up', sinceMs: world.nowMs });
  assert.deepEqual(world.run(30), []);
  assert.equal(world.run(1)[0]?.kind, 'clear');
});

test('A vehicle that was switched off is no alarm, also when it lacked a carrier', () => {
  const world = new World();
  world.add(1);
  world.carrier(1, 'telia', 'down');
  world.run(100);
  world.change(1, { state: 'off', sinceMs: world.nowMs });
  assert.deepEqual(world.run(3_600), []);
  // The control: the same silence without a good-bye is one.
  world.change(1, { state: 'unknown', sinceMs: world.nowMs });
  assert.equal(world.run(301).length, 1);
});

test('A flapping carrier is one alarm for as long as it flaps', () => {
  const world = new World();
  world.add(1);
  for (let i = 0; i < 200; i++) {
    world.carrier(1, 'telia', i % 2 === 0 ? 'down' : 'up');
    world.run(i % 2 === 0 ? 10 : 7);
  }
  assert.equal(world.orders.length, 1);
  world.carrier(1, 'telia', 'up');
  world.run(120);
  assert.deepEqual(
    world.orders.map(({ kind }) => kind),
    ['raise', 'clear'],
  );
});

test('A carrier that is away for four minutes now and then is no alarm', () => {
  const world = new World();
  world.add(1);
  for (let i = 0; i < 10; i++) {
    world.carrier(1, 'telia', 'down');
    world.run(240);
    world.carrier(1, 'telia', 'up');
    world.run(300);
  }
  assert.deepEqual(world.orders, []);
});

// Sixty vehicles within two rings of Oslo lose Telia within half a minute, for ten minutes.
function plantOutage(world: World, seed: number): void {
  const random = new Random(seed);
  const around = gridDisk(OSLO, 2);
  for (let id = 1; id <= 60; id++) {
    world.add(id, {
      cell: present(around[id % around.length], 'a cell'),
      organisationId: id % 2 ? 4 : 5,
    });
  }
  for (let id = 61; id <= 100; id++) {
    world.add(id, { cell: TROMSO });
  }
  world.run(10);
  const at = new Map<number, number[]>();
  for (let id = 1; id <= 60; id++) {
    const second = random.below(30);
    at.set(second, [...(at.get(second) ?? []), id]);
  }
  for (let second = 0; second < 30; second++) {
    for (const id of at.get(second) ?? []) world.carrier(id, 'telia', 'down');
    world.run(1);
  }
  world.run(570);
}

test('Sixty vehicles that lose a carrier in one area for ten minutes are exactly one alarm', () => {
  const world = new World();
  plantOutage(world, 7);
  for (let id = 1; id <= 60; id++) world.carrier(id, 'telia', 'up');
  world.run(600);
  assert.deepEqual(
    world.raised().map((order) => order.kind === 'raise' && order.condition.kind),
    ['carrier-area'],
  );
  const [raise] = world.raised();
  assert(raise?.kind === 'raise');
  assert.equal(raise.condition.organisationId, 1);
  assert.deepEqual(
    raise.condition.organisationIds.toSorted((a, b) => a - b),
    [4, 5],
  );
  assert.equal(raise.condition.carrier, 'telia');
  const last = world.orders.findLast((order) => order.kind === 'update');
  const vehicles = last?.kind === 'update' ? last.vehicles : raise.condition.vehicleIds.length;
  assert.equal(vehicles, 60);
  assert.equal(world.orders.at(-1)?.kind, 'clear');
  assert.equal(world.open.size, 0);
});

test('Without the rule for areas the same outage is sixty alarms', () => {
  const world = new World([rule({ kind: 'carrier-area', enabled: false })]);
  plantOutage(world, 7);
  assert.equal(world.raised('carrier-down').length, 60);
  assert.equal(world.raised('carrier-area').length, 0);
});

test('An area takes in the single alarms that were raised just before it', () => {
  const world = new World([rule({ kind: 'carrier-down', raiseAfterS: 2 })]);
  for (let id = 1; id <= 8; id++) world.add(id);
  world.carrier(1, 'ice', 'down');
  world.carrier(2, 'ice', 'down');
  world.run(10);
  assert.equal(world.raised('carrier-down').length, 2);
  for (let id = 3; id <= 8; id++) world.carrier(id, 'ice', 'down');
  world.run(60);
  assert.equal(world.raised('carrier-down').length, 2);
  const [area] = world.raised('carrier-area');
  assert(area?.kind === 'raise');
  const swallowed = world.orders.filter((order) => order.kind === 'clear');
  assert.deepEqual(
    swallowed.map((order) => order.kind === 'clear' && order.partOf),
    [area.condition.key, area.condition.key],
  );
  assert.deepEqual([...world.open.values()], ['carrier-area']);
});

test('Losses scattered over country or time, or among many that hold, are no area', () => {
  const scattered = new World();
  const cells = gridDisk(OSLO, 40);
  for (let id = 1; id <= 60; id++) {
    // Eleven rings apart at least.
    scattered.add(id, { cell: present(cells[(id * 71) % cells.length], 'a cell') });
    scattered.add(1_000 + id, { cell: present(cells[(id * 71) % cells.length], 'a cell') });
  }
  scattered.run(5);
  for (let id = 1; id <= 60; id++) scattered.carrier(id, 'telia', 'down');
  scattered.run(900);
  assert.equal(scattered.raised('carrier-area').length, 0);
  assert.equal(scattered.raised('carrier-down').length, 60);

  const overTime = new World();
  for (let id = 1; id <= 10; id++) overTime.add(id);
  for (let id = 1; id <= 10; id++) {
    overTime.carrier(id, 'telia', 'down');
    overTime.run(20);
  }
  assert.equal(overTime.raised('carrier-area').length, 0);

  const amongMany = new World();
  for (let id = 1; id <= 40; id++) amongMany.add(id);
  for (let id = 1; id <= 20; id++) amongMany.carrier(id, 'telia', 'down');
  amongMany.run(900);
  assert.equal(amongMany.raised('carrier-area').length, 0);
});

test('Vehicles that lost all carriers do not blame one of them', () => {
  const world = new World();
  for (let id = 1; id <= 20; id++) world.add(id);
  const carriers = LINKS.map((link) => ({ link, state: 'down' as const, sinceMs: world.nowMs }));
  for (let id = 1; id <= 20; id++) {
    world.change(id, { state: 'down', sinceMs: world.nowMs, carriers });
  }
  world.run(60);
  assert.equal(world.raised('carrier-area').length, 0);
  assert.equal(world.raised('vehicle-down').length, 20);
});

test('Simulated vehicles make no area together with real ones', () => {
  const world = new World();
  for (let id = 1; id <= 8; id++) world.add(id, { simulated: id > 4 });
  for (let id = 1; id <= 8; id++) world.carrier(id, 'telia', 'down');
  world.run(120);
  assert.equal(world.raised('carrier-area').length, 0);
  world.add(9);
  world.carrier(9, 'telia', 'down');
  for (let id = 1; id <= 4; id++) world.carrier(id, 'telia', 'down');
  world.run(120);
  const areas = world.raised('carrier-area');
  assert.deepEqual(
    areas.map((order) => order.kind === 'raise' && order.condition.simulated),
    [false],
  );
});

test('A silent gateway is one alarm, not one for every unit that it took along', () => {
  const world = new World();
  for (let id = 1; id <= 30; id++) world.add(id, { gateway: id <= 20 ? 'gw-a' : 'gw-b' });
  const silentAt = world.nowMs;
  world.gateways.push(
    { gatewayId: 1, organisationId: 1, name: 'gw-a', heardMs: silentAt },
    { gatewayId: 2, organisationId: 1, name: 'gw-b', heardMs: Number.MAX_SAFE_INTEGER },
  );
  for (let id = 1; id <= 20; id++) world.change(id, { state: 'unknown', sinceMs: silentAt });
  world.run(900);
  assert.deepEqual([...world.open.values()], ['gateway-silent']);
  assert.equal(world.raised().length, 1);
  // One whose own gateway is well is an alarm of its own.
  world.change(25, { state: 'unknown', sinceMs: world.nowMs });
  world.run(400);
  assert.deepEqual([...world.open.values()], ['gateway-silent', 'vehicle-silent']);
});

test('What was silent while the platform was away is no alarm before its time', () => {
  const world = new World();
  world.listeningSinceMs = START;
  for (let id = 1; id <= 5; id++) world.add(id, { state: 'unknown', sinceMs: START - 900_000 });
  assert.deepEqual(world.run(299), []);
  assert.equal(world.run(2).length, 5);
});

test('A vehicle that falls silent while it is down stays one alarm', () => {
  const world = new World();
  world.add(1);
  world.change(1, { state: 'down', sinceMs: world.nowMs });
  world.run(60);
  world.change(1, { state: 'unknown', sinceMs: world.nowMs });
  assert.deepEqual(world.run(1_000), []);
  assert.deepEqual([...world.open.values()], ['vehicle-down']);
  world.change(1, { state: 'up', sinceMs: world.nowMs });
  assert.equal(world.run(40)[0]?.kind, 'clear');
});

test('An alarm that was cleared by hand comes back only after its cause was gone', () => {
  const world = new World([rule({ kind: 'vehicle-down', raiseAfterS: 5 })]);
  world.add(1);
  world.change(1, { state: 'down', sinceMs: world.nowMs });
  world.run(10);
  world.open.clear();
  assert.deepEqual(
    world.run(3_600).map(({ kind }) => kind),
    ['hush'],
  );
  world.change(1, { state: 'up', sinceMs: world.nowMs });
  world.run(30);
  world.change(1, { state: 'down', sinceMs: world.nowMs });
  assert.equal(world.run(10).length, 1);
});

test('An area that ends leaves no storm of the few that still lack the carrier', () => {
  const world = new World();
  for (let id = 1; id <= 20; id++) world.add(id);
  for (let id = 1; id <= 20; id++) world.carrier(id, 'telia', 'down');
  world.run(600);
  for (let id = 3; id <= 20; id++) world.carrier(id, 'telia', 'up');
  world.run(130);
  assert.equal(world.open.size, 0);
  // Two are left. Their five minutes began when the area no longer explained them.
  world.run(165);
  assert.deepEqual([...world.open.values()], []);
  world.run(20);
  assert.deepEqual([...world.open.values()], ['carrier-down', 'carrier-down']);
});

test('The nearest rule decides, and a rule that is switched off clears', () => {
  const rules = new Rules(PARENTS, [
    rule({ raiseAfterS: 100 }),
    rule({ organisationId: 2, raiseAfterS: 7 }),
  ]);
  assert.equal(rules.ruleOf(4, 'carrier-down').raiseAfterS, 7);
  assert.equal(rules.ruleOf(5, 'carrier-down').raiseAfterS, 100);
  assert.equal(rules.ruleOf(5, 'carrier-down').fromOrganisationId, 1);
  assert.equal(rules.ruleOf(5, 'vehicle-down').fromOrganisationId, null);
  assert.equal(rules.commonOf([4]), 4);
  assert.equal(rules.commonOf([4, 2]), 2);
  assert.equal(rules.commonOf([4, 5]), 1);
});

test('What comes and goes at random raises nothing twice and clears nothing closed', () => {
  const random = new Random(99);
  const pick = <T>(of: readonly T[]): T => of[random.below(of.length)] as T;
  const world = new World([
    rule({ raiseAfterS: 3, clearAfterS: 3 }),
    rule({ kind: 'carrier-area', raiseAfterS: 2, clearAfterS: 5 }),
    rule({ kind: 'vehicle-silent', raiseAfterS: 5, clearAfterS: 0 }),
  ]);
  const cells = gridDisk(OSLO, 3);
  for (let id = 1; id <= 50; id++) world.add(id);
  for (let i = 0; i < 1_500; i++) {
    for (let n = 0; n < 6; n++) {
      const id = 1 + random.below(50);
      const kind = random.unit();
      if (kind < 0.7) world.carrier(id, pick(LINKS), pick(['up', 'down', 'absent']));
      else if (kind < 0.8) world.change(id, { state: pick(['off', 'unknown', 'down']) });
      else if (kind < 0.9) world.change(id, { cell: pick(cells) });
      else if (world.open.size > 0) world.open.delete(pick([...world.open.keys()]));
    }
    const before = new Set(world.open.keys());
    const from = world.orders.length;
    world.run(1);
    for (const order of world.orders.slice(from)) {
      if (order.kind === 'raise') assert(!before.has(order.condition.key), order.condition.key);
    }
  }
  assert(world.orders.length > 100, 'the random fleet did not try enough');
});
