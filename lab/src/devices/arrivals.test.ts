import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Arrivals } from './arrivals.ts';
import { Delays } from './delays.ts';

const STEADY = { deadlineUs: 500_000, steady: true };

test('a percentile is at most 1/64 above the exact one', () => {
  const samples = fc.array(fc.integer({ min: 0, max: 20_000_000 }), { minLength: 1 });
  const share = fc.constantFrom(0.01, 0.5, 0.9, 0.99, 1);
  fc.assert(
    fc.property(samples, share, (all, at) => {
      const delays = new Delays();
      for (const us of all) delays.add(us);
      const exact = all.toSorted((a, b) => a - b)[Math.ceil(at * all.length) - 1] ?? 0;
      const given = delays.percentileUs(at) ?? -1;
      assert.ok(given >= exact && given <= exact + exact / 64, `${given} for ${exact}`);
    }),
  );
});

test('no samples, no percentile', () => {
  assert.equal(new Delays().percentileUs(0.5), null);
});

test('a copy is a duplicate, not a delivery, and closes no gap', () => {
  const arrivals = new Arrivals(STEADY);
  arrivals.begin(0);
  assert.equal(arrivals.arrived(0, 0, 20_000), true);
  assert.equal(arrivals.arrived(0, 0, 60_000), false);
  assert.equal(arrivals.arrived(1, 50_000, 120_000), true);
  const { delivered, duplicatesDelivered, longestGapUs } = arrivals.figures();
  assert.deepEqual([delivered, duplicatesDelivered, longestGapUs], [2, 1, 100_000]);
});

test('later than the deadline is delivered, and late', () => {
  const arrivals = new Arrivals(STEADY);
  arrivals.begin(0);
  arrivals.arrived(0, 0, 500_000);
  arrivals.arrived(1, 50_000, 550_001);
  assert.deepEqual([arrivals.figures().delivered, arrivals.figures().late], [2, 1]);
});

test('silence before the first and after the last arrival is a gap', () => {
  const first = new Arrivals(STEADY);
  first.begin(0);
  first.arrived(40, 2_000_000, 2_020_000);
  assert.equal(first.figures().longestGapUs, 2_020_000);
  const last = new Arrivals(STEADY);
  last.begin(0);
  last.arrived(0, 0, 20_000);
  last.end(8_000_000);
  assert.equal(last.figures().longestGapUs, 7_980_000);
});

test('in a flow of bursts only being later than sent apart counts', () => {
  const arrivals = new Arrivals({ deadlineUs: 500_000, steady: false });
  arrivals.begin(0);
  arrivals.arrived(0, 2_000_000, 2_030_000); // 30 ms of delay
  arrivals.arrived(1, 7_000_000, 7_090_000); // 60 ms more than the one before
  arrivals.end(60_000_000);
  assert.equal(arrivals.figures().longestGapUs, 60_000);
});

/** The twin: keeps everything and looks at the end. */
function twin(packets: readonly { sequence: number; sentUs: number; atUs: number }[]) {
  const first = new Map<number, { sentUs: number; atUs: number }>();
  for (const { sequence, sentUs, atUs } of packets) {
    if (!first.has(sequence)) first.set(sequence, { sentUs, atUs });
  }
  const times = [0, ...[...first.values()].map(({ atUs }) => atUs)];
  const gaps = times.slice(1).map((atUs, i) => atUs - (times[i] ?? 0));
  return {
    delivered: first.size,
    duplicatesDelivered: packets.length - first.size,
    late: [...first.values()].filter(({ sentUs, atUs }) => atUs - sentUs > 500_000).length,
    longestGapUs: Math.max(0, ...gaps),
  };
}

test('the counters are those of a twin that keeps every packet', () => {
  const packet = fc.record({ sequence: fc.nat(40), delayUs: fc.nat(900_000) });
  fc.assert(
    fc.property(fc.array(packet), (all) => {
      const packets = all
        .map(({ sequence, delayUs }) => ({
          sequence,
          sentUs: sequence * 50_000,
          atUs: sequence * 50_000 + delayUs,
        }))
        .sort((a, b) => a.atUs - b.atUs);
      const arrivals = new Arrivals(STEADY);
      arrivals.begin(0);
      for (const { sequence, sentUs, atUs } of packets) arrivals.arrived(sequence, sentUs, atUs);
      const { delivered, duplicatesDelivered, late, longestGapUs } = arrivals.figures();
      const counted = { delivered, duplicatesDelivered, late, longestGapUs };
      assert.deepEqual(counted, twin(packets));
    }),
  );
});
