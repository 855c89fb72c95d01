import assert from 'node:assert/strict';
import test from 'node:test';
import { handshakeCrypto } from '@rmh/aead';
import { TrafficClass } from '@rmh/base';
import type { End } from './end.fake.ts';
import { type Carrier, World } from './world.fake.ts';

const SECOND_US = 1_000_000;
const SEEDS = [1, 2, 3, 4, 5];
const CRITICAL = TrafficClass.critical << 6;
const INTERACTIVE = TrafficClass.interactive << 6;
const BULK = (TrafficClass.bulk << 6) | 5;

interface Pair {
  readonly world: World;
  readonly unit: End;
  readonly gateway: End;
}

/** A unit with two carriers (15 and 35 ms one way) that has been up for two seconds. */
function pair(seed: number, carriers: readonly Partial<Carrier>[] = TWO): Pair {
  const world = new World(handshakeCrypto, seed);
  const gateway = world.addGateway('gw1');
  const unit = world.addUnit('unit1', carriers);
  world.connect(unit, gateway);
  world.run(2 * SECOND_US);
  return { world, unit, gateway };
}

const TWO: readonly Partial<Carrier>[] = [{ delayUs: 15_000 }, { delayUs: 35_000 }];

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** One packet each `stepUs`, both ways, of one stream; ids 0 … count − 1. */
function traffic({ world, unit, gateway }: Pair, stream: number, stepUs: number, count: number) {
  unit.delivered.length = gateway.delivered.length = 0;
  world.every(world.nowUs, stepUs, count, (id) => {
    unit.sendInner(unit.peer(gateway), stream, id);
    gateway.sendInner(gateway.peer(unit), stream, id);
  });
}

function longestGapUs(end: End): number {
  let longest = 0;
  for (let i = 1; i < end.delivered.length; i++) {
    const gap = (end.delivered[i]?.atUs ?? 0) - (end.delivered[i - 1]?.atUs ?? 0);
    longest = Math.max(longest, gap);
  }
  return longest;
}

function states(end: End, of: End): string[] {
  return end.peer(of).lanes.map((lane) => lane.state);
}

test('[FR-11] handshake, hello, and after them every path carries at both ends', () => {
  const { unit, gateway } = pair(1);
  assert.equal(unit.peer(gateway).speech, 'multipath');
  assert.equal(gateway.peer(unit).speech, 'multipath');
  assert.deepEqual(states(unit, gateway), ['carrying', 'carrying']);
  assert.deepEqual(states(gateway, unit), ['carrying', 'carrying']);
  assert.equal(unit.tunnel.choice.active?.settings.name, 'gw1');
  assert.equal(gateway.peer(unit).active, true);
  assert.equal(unit.said('handshake.done').length, 1);
});

test('[FR-14] each path is measured at both ends, though mostly reports travel on it', () => {
  const both = pair(2);
  traffic(both, INTERACTIVE, 5000, 400);
  both.world.run(3 * SECOND_US);
  for (const [end, of] of [
    [both.unit, both.gateway],
    [both.gateway, both.unit],
  ] as const) {
    const rtts = end.peer(of).lanes.map((lane) => Math.round(lane.rtt.latestUs / 1000));
    assert.deepEqual(rtts, [30, 70], end.options.name);
    const leasts = end.peer(of).lanes.map((lane) => Math.round(lane.congestion.tripUs / 1000));
    assert.deepEqual(leasts, [30, 70], 'reports that came over the other path count for neither');
    assert.equal(end.peer(of).favourite, 0, 'and the quicker one is in use');
  }
});

for (const dark of [0, 1]) {
  test(`a blackhole on path ${dark}: everything arrives in order, the gap is bounded`, () => {
    for (const seed of SEEDS) {
      const both = pair(seed);
      const { world, unit, gateway } = both;
      traffic(both, INTERACTIVE, 5000, 1200);
      world.at(world.nowUs + SECOND_US + seed * 777, () => {
        world.carrier(unit, dark).blackUntilUs = world.nowUs + 4 * SECOND_US;
      });
      world.run(9 * SECOND_US);
      for (const end of [unit, gateway]) {
        assert.deepEqual(end.ids(), range(1200), `${end.options.name}, seed ${seed}`);
        // 2 × RTT of the slower path + 50 ms.
        assert.ok(longestGapUs(end) <= 190_000, `gap ${longestGapUs(end)}, seed ${seed}`);
      }
      assert.deepEqual(states(unit, gateway), ['carrying', 'carrying'], 'and it comes back');
    }
  });
}

for (const black of ['up', 'down'] as const) {
  test(`a path that is dark only ${black} is left as well, and everything arrives in order`, () => {
    for (const seed of SEEDS) {
      const both = pair(seed, [
        { delayUs: 15_000, black },
        { delayUs: 35_000, black },
      ]);
      const { world, unit, gateway } = both;
      traffic(both, INTERACTIVE, 5000, 1000);
      world.at(world.nowUs + SECOND_US, () => {
        world.carrier(unit, 0).blackUntilUs = world.nowUs + 3 * SECOND_US;
      });
      world.run(9 * SECOND_US);
      for (const end of [unit, gateway]) {
        assert.deepEqual(end.ids(), range(1000), `${end.options.name}, seed ${seed}`);
        assert.ok(longestGapUs(end) <= 190_000, `gap ${longestGapUs(end)}, seed ${seed}`);
      }
    }
  });
}

test('an outage that only delays: each packet once, in order, without its wait', () => {
  for (const seed of SEEDS) {
    const both = pair(seed);
    const { world, unit, gateway } = both;
    traffic(both, INTERACTIVE, 5000, 1000);
    world.at(world.nowUs + SECOND_US, () => {
      world.carrier(unit, 0).stallUntilUs = world.nowUs + 2 * SECOND_US;
    });
    world.run(9 * SECOND_US);
    for (const end of [unit, gateway]) {
      assert.deepEqual(end.ids(), range(1000), `${end.options.name}, seed ${seed}`);
      assert.ok(longestGapUs(end) <= 190_000, `gap ${longestGapUs(end)}, seed ${seed}`);
    }
    assert.deepEqual(states(unit, gateway), ['carrying', 'carrying']);
    assert.ok((unit.peer(gateway).laneById[0]?.rtt.smoothedUs ?? 0) < 60_000, 'and is forgotten');
  }
});

test('both paths dark: what left meanwhile arrives over the first that is back', () => {
  for (const seed of SEEDS) {
    const both = pair(seed);
    const { world, unit, gateway } = both;
    traffic(both, INTERACTIVE, 10_000, 600);
    world.at(world.nowUs + SECOND_US, () => {
      world.carrier(unit, 0).blackUntilUs = world.nowUs + 20 * SECOND_US;
      world.carrier(unit, 1).blackUntilUs = world.nowUs + SECOND_US;
    });
    world.run(10 * SECOND_US);
    for (const end of [unit, gateway]) {
      assert.deepEqual(
        end.ids().toSorted((a, b) => a - b),
        range(600),
        `seed ${seed}`,
      );
    }
  }
});

test('critical packets lose nothing when a path goes dark, and none waits for a repair', () => {
  for (const dark of [0, 1]) {
    const both = pair(7 + dark);
    const { world, unit, gateway } = both;
    traffic(both, CRITICAL, 20_000, 300);
    world.at(world.nowUs + SECOND_US + 3333, () => {
      world.carrier(unit, dark).blackUntilUs = world.nowUs + 60 * SECOND_US;
    });
    world.run(8 * SECOND_US);
    for (const end of [unit, gateway]) {
      assert.deepEqual(end.ids(), range(300));
      assert.ok(longestGapUs(end) <= 20_000 + 20_000, `${longestGapUs(end)}`);
    }
  }
});

test('[RP-1] with loss, jitter and duplicates each packet arrives exactly once', () => {
  const rough = { jitterUs: 8000, loss: 0.05, duplicate: 0.05 };
  for (const seed of SEEDS) {
    const both = pair(
      seed,
      TWO.map((carrier) => ({ ...carrier, ...rough })),
    );
    const { world, unit, gateway } = both;
    for (const stream of [CRITICAL, INTERACTIVE, BULK]) {
      traffic(both, stream, 4000, 1000);
      world.run(8 * SECOND_US);
      for (const end of [unit, gateway]) {
        const ids = end.ids();
        assert.deepEqual(
          ids.toSorted((a, b) => a - b),
          range(1000),
          `${stream}, seed ${seed}`,
        );
        if (stream === CRITICAL) continue;
        const turned = ids.filter((id, i) => id < (ids[i - 1] ?? 0)).length;
        assert.ok(turned <= 10, `${turned} out of order, seed ${seed}`);
      }
    }
  }
});

test('a link that vanishes takes nothing with it, and carries again when it is back', () => {
  const both = pair(11);
  const { world, unit, gateway } = both;
  traffic(both, INTERACTIVE, 5000, 1000);
  world.at(world.nowUs + SECOND_US, () => {
    world.carrier(unit, 0).blackUntilUs = world.nowUs + 2 * SECOND_US;
    unit.tunnel.closeLink(0, world.nowUs);
    unit.flush();
  });
  world.at(world.nowUs + 3 * SECOND_US, () => {
    world.rebind(unit, 0);
    unit.tunnel.openLink(0, world.nowUs);
  });
  world.run(8 * SECOND_US);
  assert.deepEqual(gateway.ids(), range(1000));
  assert.deepEqual(unit.ids(), range(1000));
  assert.deepEqual(states(unit, gateway), ['carrying', 'carrying']);
  assert.deepEqual(states(gateway, unit), ['carrying', 'carrying']);
});

test('a link that appears later carries, and takes over when it is the better one', () => {
  const world = new World(handshakeCrypto, 12);
  const gateway = world.addGateway('gw1');
  const unit = world.addUnit('unit1', [{ delayUs: 60_000 }, { delayUs: 10_000 }]);
  unit.tunnel.closeLink(1, world.nowUs);
  world.connect(unit, gateway);
  world.run(2 * SECOND_US);
  assert.deepEqual(states(unit, gateway), ['carrying']);
  unit.tunnel.openLink(1, world.nowUs);
  const both = { world, unit, gateway };
  world.run(2 * SECOND_US);
  traffic(both, INTERACTIVE, 10_000, 300);
  world.run(4 * SECOND_US);
  assert.deepEqual(gateway.ids(), range(300));
  assert.equal(unit.peer(gateway).favourite, 1);
  assert.equal(gateway.peer(unit).favourite, 1);
});

test('the same seed gives the same transcript, another seed another', () => {
  const transcripts = [21, 21, 22].map((seed) => {
    const both = pair(seed, [
      { loss: 0.1, jitterUs: 9000 },
      { delayUs: 40_000, duplicate: 0.1 },
    ]);
    traffic(both, INTERACTIVE, 5000, 200);
    both.world.run(3 * SECOND_US);
    return `${both.world.transcript} ${JSON.stringify(both.unit.delivered)}`;
  });
  assert.equal(transcripts[0], transcripts[1]);
  assert.notEqual(transcripts[1], transcripts[2]);
});
