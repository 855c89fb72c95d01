import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import fc from 'fast-check';
import type { DirectionCondition } from './condition.ts';
import { BUFFER_BYTES_MIN, DROP, Link, type LinkFault, type LinkOptions } from './link.ts';

const CLEAN: DirectionCondition = {
  rateKbps: 12_000,
  oneWayUs: 15_000,
  jitterUs: 0,
  loss: 0,
  state: 'up',
};

function linkOf(condition: Partial<DirectionCondition>, more: Partial<LinkOptions> = {}): Link {
  const full = { ...CLEAN, ...condition };
  return new Link({ random: new Random(1), condition: full, ...more });
}

function deliveries(link: Link, untilUs: number): number[] {
  const times: number[] = [];
  while (link.poll(untilUs) >= 0) times.push(link.deliveredUs);
  return times;
}

test('a packet takes its serialisation time plus the one-way delay', () => {
  const link = linkOf({});
  assert.equal(link.offer(7, 1500, 0), 0);
  assert.equal(link.nextDueUs(), 16_000); // 12,000 bit at 12 Mbit/s = 1 ms
  assert.equal(link.poll(15_999), -1);
  assert.equal(link.poll(16_000), 7);
  assert.equal(link.deliveredUs, 16_000);
});

test('a rate that falls by ten in mid-queue slows only what was not served yet', () => {
  const link = linkOf({ oneWayUs: 0 });
  for (let i = 0; i < 3; i++) link.offer(i, 1500, 0);
  link.setCondition({ ...CLEAN, oneWayUs: 0, rateKbps: 1200 }, 1500);
  // 1: at 1 ms; 2: half by 1.5 ms, the other half in 5 ms; 3: 10 ms more.
  assert.deepEqual(deliveries(link, 1e6), [1000, 6500, 16_500]);
});

test('an outage that delays holds packets until its end, then drains them at the link rate', () => {
  const link = linkOf({ oneWayUs: 0, state: 'delays' });
  for (let i = 0; i < 3; i++) link.offer(i, 1500, i * 100_000);
  assert.equal(link.nextDueUs(), Number.POSITIVE_INFINITY);
  assert.equal(link.poll(1e6), -1);
  link.setCondition({ ...CLEAN, oneWayUs: 0 }, 2e6);
  assert.deepEqual(deliveries(link, 3e6), [2_001_000, 2_002_000, 2_003_000]);
});

test('an outage that drops discards the queue and what is offered, and spares what flies', () => {
  const link = linkOf({});
  for (let i = 0; i < 3; i++) link.offer(i, 1500, 0);
  link.setFault('blackhole', 1500);
  assert.equal(link.offer(3, 1500, 2000), DROP.outage);
  assert.deepEqual(deliveries(link, 1e6), [16_000]);
  assert.deepEqual([link.reclaim(), link.reclaim(), link.reclaim()], [1, 2, -1]);
  assert.equal(link.counters.outage, 3);
  link.setFault('none', 2e6);
  assert.equal(link.offer(4, 1500, 2e6), 0);
});

test('packets older than the age limit never come out of a stall', () => {
  const link = linkOf({ oneWayUs: 0, state: 'delays' }, { limits: { ageUsMax: 1e6 } });
  for (let i = 0; i < 4; i++) link.offer(i, 1500, i * 1e6);
  link.setCondition({ ...CLEAN, oneWayUs: 0 }, 3.5e6);
  assert.deepEqual(deliveries(link, 5e6), [3_501_000]);
  assert.equal(link.counters.stale, 3);
});

test('the buffer is bounded by delay at the present rate, and by bytes in a stall', () => {
  const slow = linkOf({ rateKbps: 1000 });
  let accepted = 0;
  while (slow.offer(accepted, 1500, 0) === 0) accepted++;
  assert.ok(slow.queueDelayUs(0) <= 1_500_000 + 2 * 12_000);
  assert.ok(accepted >= 125 && accepted <= 127, String(accepted));
  const stalled = linkOf({ state: 'delays' });
  accepted = 0;
  while (stalled.offer(accepted, 1500, 0) === 0) accepted++;
  assert.equal(accepted, Math.floor(2_000_000 / 1500));
  const crawling = linkOf({ rateKbps: 10 });
  accepted = 0;
  while (crawling.offer(accepted, 1500, 0) === 0) accepted++;
  assert.equal(accepted, BUFFER_BYTES_MIN / 1500);
});

test('random loss comes near its share', () => {
  const link = linkOf({ loss: 0.01, rateKbps: Number.POSITIVE_INFINITY });
  for (let i = 0; i < 20_000; i++) {
    link.offer(i, 100, i * 100);
    link.poll(i * 100);
  }
  const share = link.counters.loss / 20_000;
  assert.ok(share > 0.008 && share < 0.012, String(share));
});

test('jitter keeps the order, and the reorder option lets packets overtake', () => {
  const order = (reorder: boolean) => {
    const link = linkOf({ jitterUs: 5000 }, { reorder });
    const out: number[] = [];
    for (let i = 0; i < 300; i++) link.offer(i, 100, i * 1000);
    for (let token = link.poll(1e7); token >= 0; token = link.poll(1e7)) out.push(token);
    return out;
  };
  const sorted = Array.from({ length: 300 }, (_, i) => i);
  assert.deepEqual(order(false), sorted);
  assert.notDeepEqual(order(true), sorted);
  assert.deepEqual(
    order(true).sort((a, b) => a - b),
    sorted,
  );
});

interface Step {
  kind: 'offer' | 'condition' | 'fault' | 'poll';
  afterUs: number;
  bytes: number;
  condition: DirectionCondition;
  fault: LinkFault;
}

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('offer', 'offer', 'offer', 'offer', 'condition', 'fault', 'poll'),
    afterUs: fc.nat(60_000),
    bytes: fc.integer({ min: 20, max: 1500 }),
    condition: fc.record<DirectionCondition>({
      rateKbps: fc.constantFrom(0, 30, 500, 12_000, 300_000, Number.POSITIVE_INFINITY),
      oneWayUs: fc.constantFrom(0, 5000, 80_000),
      jitterUs: fc.constantFrom(0, 0, 4000),
      loss: fc.constantFrom(0, 0, 0.2),
      state: fc.constantFrom('up', 'up', 'delays', 'drops'),
    }),
    fault: fc.constantFrom<LinkFault>('none', 'none', 'stall', 'blackhole'),
  }),
  { maxLength: 300 },
);

interface Played {
  log: string[];
  link: Link;
}

/** Plays the steps; `eager` polls after every step, otherwise only where the steps say so. */
function play(all: readonly Step[], eager: boolean, check: (link: Link) => void): Played {
  const limits = { bufferBytesMax: 60_000, ageUsMax: 700_000, packetsMax: 200 };
  const link = linkOf({}, { limits });
  const log: string[] = [];
  let nowUs = 0;
  let lastToken = -1;
  const drain = () => {
    const claimedUs = link.nextDueUs();
    for (let token = link.poll(nowUs); token >= 0; token = link.poll(nowUs)) {
      assert.ok(token > lastToken, 'first in, first out');
      assert.ok(link.deliveredUs >= claimedUs - 1e-6, 'nothing is due before nextDueUs');
      lastToken = token;
      log.push(`${token}@${link.deliveredUs.toFixed(3)}`);
    }
  };
  for (const [token, step] of all.entries()) {
    nowUs += step.afterUs;
    if (step.kind === 'offer') log.push(`offer ${link.offer(token, step.bytes, nowUs)}`);
    if (step.kind === 'condition') link.setCondition(step.condition, nowUs);
    if (step.kind === 'fault') link.setFault(step.fault, nowUs);
    if (eager || step.kind === 'poll') drain();
    check(link);
  }
  link.setFault('none', nowUs);
  link.setCondition(CLEAN, nowUs);
  nowUs += 10e6;
  drain();
  return { log: log.sort(), link };
}

test('every offered packet is delivered, dropped for one reason, or still there', () => {
  fc.assert(
    fc.property(steps, fc.boolean(), (all, eager) => {
      const { link } = play(all, eager, ({ counters, queuePackets, flightPackets }) => {
        const { offered, delivered, loss, queueFull, outage, stale } = counters;
        const gone = delivered + loss + queueFull + outage + stale;
        assert.equal(offered, gone + queuePackets + flightPackets);
      });
      assert.equal(link.queuePackets + link.flightPackets, 0);
      assert.equal(link.queueBytes, 0);
      let reclaimed = 0;
      while (link.reclaim() >= 0) reclaimed++;
      assert.ok(reclaimed <= link.counters.outage + link.counters.stale);
    }),
  );
});

test('queue and packets stay within their bounds', () => {
  fc.assert(
    fc.property(steps, (all) => {
      play(all, false, (link) => {
        assert.ok(link.queueBytes <= 60_000 && link.queueBytes >= 0);
        assert.ok(link.queuePackets + link.flightPackets <= 200);
      });
    }),
  );
});

test('the same seed and steps give the same deliveries, however often it is polled', () => {
  const bounded = steps.map((all) => all.slice(0, 150)); // below packetsMax: polling frees slots
  fc.assert(
    fc.property(bounded, (all) => {
      const none = () => {};
      assert.deepEqual(play(all, true, none).log, play(all, false, none).log);
    }),
  );
});

test('no window of deliveries carries more than the rate allows', () => {
  const offers = fc.array(fc.tuple(fc.nat(5000), fc.integer({ min: 20, max: 1500 })), {
    minLength: 2,
    maxLength: 120,
  });
  fc.assert(
    fc.property(offers, fc.integer({ min: 100, max: 100_000 }), (all, rateKbps) => {
      const link = linkOf({ rateKbps });
      const out: { atUs: number; bytes: number }[] = [];
      let nowUs = 0;
      for (const [token, [afterUs, bytes]] of all.entries()) {
        nowUs += afterUs;
        link.offer(token, bytes, nowUs);
      }
      while (link.poll(1e12) >= 0) out.push({ atUs: link.deliveredUs, bytes: link.deliveredBytes });
      for (let first = 0; first < out.length; first++) {
        let bits = 0;
        for (let last = first + 1; last < out.length; last++) {
          bits += (out[last]?.bytes ?? 0) * 8;
          const spanUs = (out[last]?.atUs ?? 0) - (out[first]?.atUs ?? 0);
          assert.ok(bits <= (spanUs * rateKbps) / 1000 + 1e-3, `${bits} bit in ${spanUs} µs`);
        }
      }
    }),
  );
});
