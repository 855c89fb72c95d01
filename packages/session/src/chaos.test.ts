/** Random faults, one path at a time, by the seed: RMH_CHAOS_SEED and RMH_CHAOS_ROUNDS. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { handshakeCrypto } from '@rmh/aead';
import { TrafficClass } from '@rmh/base';
import type { End } from './end.fake.ts';
import { World } from './world.fake.ts';

const SECOND_US = 1_000_000;
const FIRST_SEED = Number(process.env['RMH_CHAOS_SEED'] ?? 1);
const ROUNDS = Number(process.env['RMH_CHAOS_ROUNDS'] ?? 6);
const STEP_US = 8000;
const PACKETS = 3000;
const STREAMS = [
  TrafficClass.critical << 6,
  TrafficClass.interactive << 6,
  (TrafficClass.bulk << 6) | 9,
] as const;

const FAULTS = ['both', 'up', 'down', 'stall', 'rebind', 'linkdown', 'doubt'] as const;

/** One fault on one link; the other link is well. Returns when this one is well again. */
function fault(world: World, unit: End, link: number): number {
  const kind = FAULTS[world.random.below(FAULTS.length)] ?? 'both';
  const untilUs = world.nowUs + 100_000 + world.random.below(4 * SECOND_US);
  const carrier = world.carrier(unit, link);
  if (kind === 'stall') carrier.stallUntilUs = untilUs;
  else if (kind === 'rebind') world.rebind(unit, link);
  else if (kind === 'doubt') unit.tunnel.doubtLink(link, world.nowUs);
  else {
    carrier.black = kind === 'linkdown' ? 'both' : kind;
    carrier.blackUntilUs = untilUs;
  }
  if (kind === 'linkdown') {
    unit.tunnel.closeLink(link, world.nowUs);
    world.at(untilUs, () => {
      world.rebind(unit, link);
      unit.tunnel.openLink(link, world.nowUs);
    });
  }
  unit.flush();
  return untilUs;
}

function chaos(seed: number) {
  const world = new World(handshakeCrypto, seed);
  const gateway = world.addGateway('gw1');
  const unit = world.addUnit('unit1', [
    { delayUs: 5000 + world.random.below(40_000), jitterUs: world.random.below(5000) },
    { delayUs: 5000 + world.random.below(80_000), jitterUs: world.random.below(15_000) },
  ]);
  world.connect(unit, gateway);
  world.run(2 * SECOND_US);
  unit.delivered.length = gateway.delivered.length = 0;
  world.every(world.nowUs, STEP_US, PACKETS, (id) => {
    for (const [i, stream] of STREAMS.entries()) {
      unit.sendInner(unit.peer(gateway), stream, id * STREAMS.length + i);
      gateway.sendInner(gateway.peer(unit), stream, id * STREAMS.length + i);
    }
  });
  const next = () => {
    const wellUs = fault(world, unit, world.random.below(2));
    // Probes to a parked path are half a second apart: by then it is found again.
    world.at(wellUs + 2 * SECOND_US, next);
  };
  world.at(world.nowUs + SECOND_US, next);
  world.run(PACKETS * STEP_US + 5 * SECOND_US);
  return { unit, gateway };
}

for (let seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) {
  test(`with one path well at any time every packet arrives exactly once (seed ${seed})`, () => {
    const { unit, gateway } = chaos(seed);
    for (const end of [unit, gateway]) {
      for (const [i, stream] of STREAMS.entries()) {
        const ids = end.delivered.filter((each) => each.stream === stream).map(({ id }) => id);
        const expected = Array.from({ length: PACKETS }, (_, n) => n * STREAMS.length + i);
        const seen = new Set(ids);
        const missing = expected.filter((id) => !seen.has(id));
        assert.deepEqual(missing, [], `${end.options.name}, stream ${stream}`);
        assert.equal(seen.size, ids.length, 'nothing twice');
      }
    }
  });
}
