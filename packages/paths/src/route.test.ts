import assert from 'node:assert/strict';
import test from 'node:test';
import { DeliveryRate } from './delivery.ts';
import { RouteWatch } from './route.ts';

const TARGET_US = 8_000;
const RTT_US = 60_000;
const KNOWN = 1_500_000;

interface Road {
  /** One-way time without a queue and what it carries (bytes/µs), at a departure. */
  readonly baseUs: (sentUs: number) => number;
  readonly capacity: (sentUs: number) => number;
  /** Bytes/µs that we send. */
  readonly sends: (sentUs: number) => number;
  readonly limited?: boolean;
}

/** When the watch says that the route is longer, and by what; or null within two seconds. */
function verdict(road: Road): { atUs: number; byUs: number } | null {
  const watch = new RouteWatch();
  const delivery = new DeliveryRate();
  let freeUs = 0;
  let arrivedUs = 0;
  let bytes = 0;
  let leastUs = Number.POSITIVE_INFINITY;
  for (let sentUs = 0; sentUs < 2e6; sentUs += 1000 / road.sends(sentUs)) {
    bytes += 1000;
    freeUs = Math.max(freeUs, sentUs) + 1000 / road.capacity(sentUs);
    arrivedUs = Math.max(arrivedUs, freeUs + road.baseUs(sentUs));
    const queueUs = arrivedUs - sentUs - road.baseUs(0);
    leastUs = Math.min(leastUs, queueUs);
    watch.note(sentUs, queueUs, TARGET_US, RTT_US, KNOWN);
    if (!delivery.take(sentUs, arrivedUs, bytes, 25_000, false)) continue;
    if (watch.take(delivery, leastUs, road.limited === true)) {
      return { atUs: arrivedUs, byUs: watch.levelUs };
    }
    leastUs = Number.POSITIVE_INFINITY;
  }
  return null;
}

const steady = (): number => 25_000;
const longer = (sentUs: number): number => (sentUs < 500_000 ? 25_000 : 89_000);
const little = (): number => 0.25;

test('RouteWatch knows a longer route within 0.2 s while the application sends little', () => {
  const seen = verdict({ baseUs: longer, capacity: () => 1.5, sends: little });
  assert.ok(seen !== null && seen.atUs < 800_000, `${seen?.atUs}`);
  assert.ok(Math.abs(seen.byUs - 64_000) < 2_000, `${seen.byUs}`);
});

test('RouteWatch knows a longer route by what does not drain when we slow down', () => {
  const sends = (sentUs: number): number => (sentUs < 600_000 ? 1.4 : 0.7);
  const seen = verdict({ baseUs: longer, capacity: () => 1.5, sends, limited: true });
  assert.ok(seen !== null && seen.atUs < 900_000, `${seen?.atUs}`);
});

test('RouteWatch takes a queue that our own window holds for no longer route', () => {
  const capacity = (sentUs: number): number => (sentUs < 500_000 ? 1.5 : 0.2);
  const sends = (sentUs: number): number => (sentUs < 550_000 ? 1.4 : 0.2);
  assert.equal(verdict({ baseUs: steady, capacity, sends, limited: true }), null);
});

test('RouteWatch takes a falling capacity for no longer route', () => {
  for (const after of [0.05, 0.1, 0.2, 0.24]) {
    const capacity = (sentUs: number): number => (sentUs < 500_000 ? 1.5 : after);
    assert.equal(verdict({ baseUs: steady, capacity, sends: little }), null, `${after}`);
  }
});

test('RouteWatch takes a stall that drains for no longer route', () => {
  const stalled = (sentUs: number): boolean => sentUs > 500_000 && sentUs < 510_000;
  const capacity = (sentUs: number): number => (stalled(sentUs) ? 0.02 : 0.5);
  assert.equal(verdict({ baseUs: steady, capacity, sends: little }), null);
});

test('RouteWatch takes a queue that others fill by and by for no longer route', () => {
  const baseUs = (sentUs: number): number =>
    25_000 + Math.min(200_000, Math.max(0, sentUs - 500_000) * 0.9);
  assert.equal(verdict({ baseUs, capacity: () => 1.5, sends: little }), null);
});
