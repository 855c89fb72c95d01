// The faster of two carriers falls silent under a car's traffic: how long does each flow stand
// still? Counted between two arrivals, so a flow's own spacing is part of its gap.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handshakeCrypto } from '@rmh/aead';
import type { TrafficClassName } from '@rmh/contract';
import { NATIONAL_POLICY } from '@rmh/scheduler';
import { Chronicle } from './chronicle.ts';
import { NO_FAULTS } from './faults.ts';
import { mixOf } from './mix.ts';
import { constantWindow, LEAD_US, SimRoad } from './road.ts';
import { BearerActor } from './simulate.ts';
import { steadyCondition } from './testing.ts';
import { TunnelBearer } from './tunnel/bearer.ts';
import type { DriveWindow, Side, SimPacket } from './types.ts';
import { World } from './world.ts';

interface Stream {
  readonly name: string;
  readonly class: TrafficClassName;
  readonly side: Side;
  readonly bytes: number;
  readonly everyUs: number;
}

const STREAMS: readonly Stream[] = [
  { name: 'dispatch', class: 'critical', side: 'car', bytes: 228, everyUs: 50_000 },
  { name: 'video', class: 'realtime', side: 'car', bytes: 1228, everyUs: 4_800 },
  { name: 'voice', class: 'realtime', side: 'site', bytes: 188, everyUs: 20_000 },
  { name: 'web-up', class: 'interactive', side: 'car', bytes: 328, everyUs: 50_000 },
  { name: 'web-down', class: 'interactive', side: 'site', bytes: 928, everyUs: 50_000 },
  { name: 'upload', class: 'bulk', side: 'car', bytes: 1328, everyUs: 3_500 },
];

/** A carrier of 50 Mbit/s and 15 ms that is silent from then on, beside one of 30 and 35. */
function silentFrom(ms: number): DriveWindow {
  const fast = steadyCondition(50, 15);
  const window = constantWindow({ fast, slow: steadyCondition(30, 35) }, 20_000);
  const timeline = {
    startMs: Float64Array.of(0, ms),
    conditions: [fast, { ...fast, state: 'drops' as const }],
  };
  const carriers = window.carriers.map((carrier, i) =>
    i === 0 ? { ...carrier, timeline } : carrier,
  );
  return { ...window, carriers };
}

/** By flow: its longest gap from a second before the silence, ms. */
function gapsMs(seed: number, silentMs: number): Map<string, number> {
  const world = new World();
  const chronicle = new Chronicle(['fast', 'slow']);
  const gaps = new Map<string, number>();
  const heardUs = new Map<string, number>();
  const onDelivery = (packet: SimPacket, nowUs: number) => {
    const name = STREAMS[packet.bucket]?.name ?? '';
    const gapMs = (nowUs - (heardUs.get(name) ?? nowUs)) / 1000;
    heardUs.set(name, nowUs);
    if (nowUs > LEAD_US + silentMs * 1000 - 1e6)
      gaps.set(name, Math.max(gaps.get(name) ?? 0, gapMs));
  };
  const window = silentFrom(silentMs);
  const road = new SimRoad({ world, window, faults: NO_FAULTS, seed, chronicle, onDelivery });
  const { memory } = mixOf('standard');
  const policy = NATIONAL_POLICY;
  const options = { road, crypto: handshakeCrypto, seed, clocks: [], policy, chronicle, memory };
  const bearer = new BearerActor(world, new TunnelBearer(options));
  road.carry(bearer);
  let id = 0;
  for (const [bucket, { everyUs, ...stream }] of STREAMS.entries()) {
    const actor = world.add({
      wake(nowUs) {
        bearer.send({ id: id++, bucket, ...stream }, nowUs);
        world.arm(actor, nowUs + everyUs);
      },
    });
    world.arm(actor, LEAD_US + ((seed * 7919 * (bucket + 1)) % everyUs));
  }
  world.run(LEAD_US + silentMs * 1000 + 2e6);
  return gaps;
}

// Allowed are 2 × the round trip of the carrier that is left (70 ms) and 50 ms, which makes 190;
// interactive repairs that leave before their turn keep it under 150.
const MOST_MS = { critical: 100, realtime: 100, interactive: 150, bulk: 190 };

test('a carrier that falls silent stops no flow for longer than its class allows', (t) => {
  const worst = new Map<string, number>();
  for (let seed = 1; seed <= 8; seed++) {
    for (const [name, ms] of gapsMs(seed, 6000 + seed * 6.3)) {
      worst.set(name, Math.max(worst.get(name) ?? 0, ms));
    }
  }
  const told = [...worst].map(([name, ms]) => `${name} ${ms.toFixed(0)} ms`).join(', ');
  t.diagnostic(told);
  for (const { name, class: of } of STREAMS) {
    assert.ok((worst.get(name) ?? Number.POSITIVE_INFINITY) <= MOST_MS[of], told);
  }
});
