// The bound against everything that carries packets over a road here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TRAFFIC_CLASS_NAMES } from '@rmh/base';
import fc from 'fast-check';
import type { LinkCondition } from '../../carriers/condition.ts';
import { baselinesOf } from '../baselines/index.ts';
import { RunFailed, runBearer, type SimRun, simulate, workloadOfRun } from '../simulate.ts';
import type {
  Bearer,
  BearerResult,
  DriveWindow,
  Road,
  SimPacket,
  WindowCarrier,
} from '../types.ts';
import { boundOf, type ClassCounts } from './index.ts';

const LENGTH_MS = 15_000;

const condition: fc.Arbitrary<LinkCondition> = fc.record({
  upKbps: fc.integer({ min: 0, max: 4000 }),
  downKbps: fc.integer({ min: 0, max: 4000 }),
  oneWayUs: fc.integer({ min: 1000, max: 200_000 }),
  jitterUs: fc.constantFrom(0, 0, 5000, 50_000),
  loss: fc.constantFrom(0, 0, 0.01, 0.1),
  state: fc.constantFrom('up', 'up', 'up', 'up', 'drops', 'delays'),
  measured: fc.constant(true),
});

const carrier: fc.Arbitrary<Omit<WindowCarrier, 'name'>> = fc
  .array(fc.record({ lastsMs: fc.integer({ min: 20, max: 3000 }), condition }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((pieces) => {
    let startMs = 0;
    const starts = pieces.map(({ lastsMs }) => (startMs += lastsMs) - lastsMs);
    const conditions = pieces.map(({ condition }) => condition);
    return { timeline: { startMs: Float64Array.from(starts), conditions } };
  });

const anyRun: fc.Arbitrary<SimRun> = fc.record({
  window: fc.array(carrier, { minLength: 1, maxLength: 3 }).map(
    (carriers): DriveWindow => ({
      drive: 'drawn',
      fromMs: 0,
      lengthMs: LENGTH_MS,
      carriers: carriers.map(({ timeline }, i) => ({ name: `c${i}`, timeline })),
    }),
  ),
  seed: fc.nat(1e9),
  mix: fc.constantFrom('standard', 'standard', 'video'),
});

function boundOfRun(run: SimRun): ClassCounts {
  return boundOf(run.window, workloadOfRun(run));
}

function assertWithin(bound: ClassCounts, { name: bearer, classes }: BearerResult): void {
  for (const name of TRAFFIC_CLASS_NAMES) {
    assert.equal(classes[name].sent, bound[name].sent, `${bearer}: ${name} was sent alike`);
    const { inTime } = classes[name];
    assert.ok(inTime <= bound[name].inTime, `${bearer}: ${name} ${inTime} > ${bound[name].inTime}`);
  }
}

test('no baseline brings more in time than the bound says, whatever the road', () => {
  const property = fc.property(anyRun, (run) => {
    const bound = boundOfRun(run);
    for (const { make } of baselinesOf(run.window)) assertWithin(bound, runBearer(make, run));
  });
  fc.assert(property, { numRuns: 20, seed: 3, endOnFailure: true });
});

test('neither does the tunnel', () => {
  let finished = 0;
  const property = fc.property(anyRun, (run) => {
    const bound = boundOfRun(run);
    try {
      assertWithin(bound, simulate(run).tunnel);
      finished++;
    } catch (error) {
      // A broken invariant is for the simulator's own tests; here it leaves nothing to compare.
      if (!(error instanceof RunFailed)) throw error;
    }
  });
  fc.assert(property, { numRuns: 4, seed: 4, endOnFailure: true });
  assert.ok(finished >= 2, `only ${finished} runs of the tunnel came to their end`);
});

/** Needs no carriers: a datagram is there at once. TCP would answer itself for ever. */
class Magic implements Bearer {
  readonly name = 'magic';
  readonly nextDeadlineUs = Number.POSITIVE_INFINITY;
  readonly #road: Road;

  constructor(road: Road) {
    this.#road = road;
  }

  send(packet: SimPacket, nowUs: number): void {
    const isDatagram = packet.class === 'critical' || packet.class === 'realtime';
    if (isDatagram) this.#road.deliver(packet, nowUs);
  }

  arrived(): void {}
  poll(): void {}
}

test('a bearer that needs no carriers is caught', () => {
  const down: LinkCondition = {
    upKbps: 9000,
    downKbps: 9000,
    oneWayUs: 20_000,
    jitterUs: 0,
    loss: 0,
    state: 'drops',
    measured: true,
  };
  const timeline = {
    startMs: Float64Array.of(0, 5000, 5700),
    conditions: [{ ...down, state: 'up' as const }, down, { ...down, state: 'up' as const }],
  };
  const window: DriveWindow = {
    drive: 'made',
    fromMs: 0,
    lengthMs: LENGTH_MS,
    carriers: [{ name: 'a', timeline }],
  };
  const run: SimRun = { window, seed: 1, mix: 'standard' };
  const bound = boundOfRun(run);
  for (const { make } of baselinesOf(window)) assertWithin(bound, runBearer(make, run));
  assert.throws(
    () =>
      assertWithin(
        bound,
        runBearer((road) => new Magic(road), run),
      ),
    /magic/,
  );
});
