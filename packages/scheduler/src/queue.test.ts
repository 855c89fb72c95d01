import assert from 'node:assert/strict';
import test from 'node:test';
import { plainArena } from '@rmh/base';
import fc from 'fast-check';
import { ClassQueue, Flights } from './index.ts';

const SLOTS = 256;
const SLOT_BYTES = 1536;

function table(): {
  flights: Flights;
  queue: ClassQueue;
  put: (bucket: number, bytes?: number) => number;
} {
  const flights = new Flights(plainArena(SLOTS * SLOT_BYTES), 0, SLOTS, SLOT_BYTES);
  const queue = new ClassQueue(flights);
  const put = (bucket: number, bytes = 50): number => {
    const flight = flights.begin(0, 0);
    flights.setLength(flight, bytes);
    queue.push(bucket, flight);
    return flight;
  };
  return { flights, queue, put };
}

/** Takes out everything, as the buckets have their turns. */
function drain(queue: ClassQueue): { bucket: number; flight: number }[] {
  const out: { bucket: number; flight: number }[] = [];
  for (let bucket = queue.turn(); bucket >= 0; bucket = queue.turn()) {
    out.push({ bucket, flight: queue.head(bucket) });
    queue.shift(bucket);
  }
  return out;
}

test('ClassQueue keeps the order within a flow, and loses and doubles nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 63 }), { maxLength: 120 }), (buckets) => {
      const { queue, flights, put } = table();
      const wanted = buckets.map((bucket) => ({ bucket, flight: put(bucket) }));
      assert.equal(queue.packets, buckets.length);
      const got = drain(queue);
      for (const bucket of new Set(buckets)) {
        const of = (list: typeof got) => list.filter((each) => each.bucket === bucket);
        assert.deepEqual(of(got), of(wanted));
      }
      assert.equal(got.length, wanted.length);
      assert.deepEqual([queue.packets, queue.bytes, flights.queued], [0, 0, 0]);
    }),
    { seed: 7 },
  );
});

test('ClassQueue lets a flow that has just begun go before one that keeps a backlog', () => {
  const { queue, put } = table();
  for (let i = 0; i < 100; i++) put(1, 1356);
  // The first turn of the upload is over once it has had its quantum.
  for (let i = 0; i < 9; i++) {
    queue.turn();
    queue.shift(1);
  }
  put(2);
  assert.equal(queue.turn(), 2);
});

test('ClassQueue gives a flow that comes and goes no more than its share', () => {
  const { queue, put } = table();
  const served = [0, 0];
  for (let i = 0; i < 30; i++) put(1);
  for (let i = 0; i < 400; i++) {
    // The second flow has one packet at a time and is there at once when it was served.
    if (queue.bytesOf(2) === 0) put(2);
    if (queue.bytesOf(1) === 0) for (let k = 0; k < 30; k++) put(1);
    const bucket = queue.turn();
    queue.shift(bucket);
    served[bucket - 1] = (served[bucket - 1] ?? 0) + 1;
  }
  const [steady, blinking] = served as [number, number];
  assert.ok(steady > 0.4 * blinking, `${steady} against ${blinking}`);
});

test('ClassQueue serves others when one flow passes its turn', () => {
  const { queue, put } = table();
  put(1);
  put(2);
  assert.equal(queue.turn(), 1);
  queue.passTurn();
  assert.equal(queue.turn(), 2);
  assert.equal(queue.flows, 2);
});

test('[RP-1] repairs go before what never left; an answer meanwhile makes the repair void', () => {
  const { queue, flights, put } = table();
  put(3);
  const lost = flights.begin(0, 0);
  flights.setLength(lost, 40);
  queue.pushRepair(lost);
  assert.equal(queue.headRepair, lost);
  flights.answered(lost, 0);
  assert.equal(queue.shiftRepair(), false, 'nobody needs it any more');
  assert.equal(queue.hasRepairs, false);
  assert.equal(queue.turn(), 3);
});

test('[RP-2] no new packet takes the slot of one that waits in a queue', () => {
  const { flights, queue, put } = table();
  const waiting = put(5);
  for (let i = 0; i < 3 * SLOTS; i++) flights.begin(1, i);
  assert.equal(queue.head(5), waiting);
  assert.equal(flights.waits(waiting, 0), false, 'it is in a queue');
  assert.equal(queue.shift(5), true);
  assert.equal(flights.waits(waiting, 0), true);
});

test('Flights says when its queues are full, so that begin always finds a slot', () => {
  const { flights, put } = table();
  let taken = 0;
  while (!flights.queuesFull) {
    put(taken % 64);
    taken++;
  }
  assert.equal(taken, SLOTS / 2);
  assert.ok(flights.begin(0, 0) >= 0);
});
