import assert from 'node:assert/strict';
import test from 'node:test';
import { plainArena, Random } from '@rmh/base';
import { Deliveries, Flights, Holds } from './index.ts';

const SLOTS = 8;
const SLOT_BYTES = 100;

function flights(): Flights {
  return new Flights(plainArena(1000), 50, SLOTS, SLOT_BYTES);
}

test('a flight waits until it is answered, and only for its owner', () => {
  const table = flights();
  const name = table.begin(7, 0);
  assert.equal(table.waits(name, 7), true);
  assert.equal(table.waits(name, 8), false);
  table.answered(name, 8);
  assert.equal(table.waits(name, 7), true);
  table.answered(name, 7);
  assert.equal(table.waits(name, 7), false);
});

test('[RP-2] a new packet takes the oldest slot; what still waited there counts as overrun', () => {
  const table = flights();
  const names = Array.from({ length: SLOTS }, (_, i) => table.begin(1, i));
  table.answered(names[0] ?? -1, 1);
  const ninth = table.begin(1, 9);
  assert.equal(table.overruns, 0, 'its slot was free');
  assert.equal(table.placeOf(ninth), table.placeOf(names[0] ?? -1));
  table.begin(1, 10);
  assert.equal(table.overruns, 1);
});

test('[RP-2] a name from before is stale: it neither waits nor answers for its successor', () => {
  const table = flights();
  const old = table.begin(1, 0);
  for (let i = 0; i < SLOTS; i++) table.begin(1, 1);
  const successor = old + SLOTS;
  assert.equal(table.placeOf(old), table.placeOf(successor));
  assert.equal(table.waits(old, 1), false);
  table.answered(old, 1);
  assert.equal(table.waits(successor, 1), true);
});

test('names never given, and none at all, wait for nobody', () => {
  const table = flights();
  table.begin(0, 0);
  for (const name of [-1, 1, SLOTS, 2 ** 31 - 1]) assert.equal(table.waits(name, 0), false);
});

test('[RP-1] each loss leaves one copy less on the road, and never less than none', () => {
  const table = flights();
  const name = table.begin(1, 1000);
  table.noteSend(name);
  table.noteSend(name);
  assert.equal(table.noteLoss(name), 1);
  assert.equal(table.noteLoss(name), 0);
  assert.equal(table.noteLoss(name), 0);
  assert.equal(table.sendsOf(name), 2);
  assert.equal(table.ageUs(name, 4000), 3000);
});

test('a slot begins anew with its next packet', () => {
  const table = flights();
  const first = table.begin(1, 0);
  table.noteSend(first);
  table.setLength(first, 90);
  table.abandon(first);
  assert.equal(table.waits(first, 1), false);
  for (let i = 1; i < SLOTS; i++) table.begin(1, 1);
  const again = table.begin(1, 5);
  assert.equal(table.sendsOf(again), 0);
  assert.equal(table.noteLoss(again), 0);
  assert.throws(() => table.setLength(again, SLOT_BYTES + 1), /a flight fits its slot/);
});

test('slots lie apart, inside their region', () => {
  const table = flights();
  const places = Array.from({ length: SLOTS }, () => table.placeOf(table.begin(1, 0)));
  assert.deepEqual(
    places.toSorted((a, b) => a - b),
    Array.from({ length: SLOTS }, (_, i) => 50 + i * SLOT_BYTES),
  );
  assert.throws(() => new Flights(plainArena(849), 50, SLOTS, SLOT_BYTES), /fit the arena/);
  assert.throws(() => new Flights(plainArena(9999), 0, 9, SLOT_BYTES), /power of two/);
});

test('a flight gets the room that was given back last', () => {
  const table = flights();
  const [first, second] = [table.begin(1, 0), table.begin(1, 0)];
  const places = [table.placeOf(first), table.placeOf(second)];
  table.answered(first, 1);
  table.abandon(second);
  table.abandon(second);
  table.answered(second, 1);
  assert.equal(table.placeOf(table.begin(1, 1)), places[1]);
  assert.equal(table.placeOf(table.begin(1, 1)), places[0]);
});

test('no two living flights share their room, whatever becomes of them (seeds 1 to 20)', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const table = flights();
    const random = new Random(seed);
    const queued = new Set<number>();
    let living = new Map<number, number>();
    for (let i = 0; i < 500; i++) {
      const name = table.begin(1, i);
      living.set(name, table.placeOf(name));
      const some = [...living.keys()][random.below(living.size)] ?? name;
      const what = random.below(4);
      if (what === 0 && queued.size < SLOTS / 2 && !queued.has(some)) {
        queued.add(some);
        table.enqueue(some);
      } else if (what === 1 && queued.delete(some)) table.dequeue(some);
      else if (what === 2) table.answered(some, 1);
      living = new Map([...living].filter(([each]) => queued.has(each) || table.waits(each, 1)));
      assert.equal(new Set(living.values()).size, living.size, `seed ${seed}, step ${i}`);
      for (const [each, place] of living) assert.equal(table.placeOf(each), place);
    }
    assert.ok(table.overruns > 0);
  }
});

test('[OR-4] holds give each slot out once, refuse when empty, and take back all of them', () => {
  const holds = new Holds(plainArena(1000), 100, 9, SLOT_BYTES);
  const slots = Array.from({ length: 9 }, () => holds.take());
  assert.equal(new Set(slots.map((slot) => holds.placeOf(slot))).size, 9);
  for (const slot of slots) assert.ok(holds.placeOf(slot) >= 100 && holds.placeOf(slot) <= 900);
  assert.equal(holds.take(), -1);
  assert.equal(holds.refused, 1);
  for (const slot of slots) holds.give(slot);
  assert.equal(holds.freeSlots, 9);
  assert.throws(() => holds.give(0), /given back once/);
});

test('deliveries never take more rows than they have', () => {
  const deliveries = new Deliveries(2);
  deliveries.push(1, 2, 3, 4, 5, 6, 7);
  deliveries.push(1, 2, 3, 4, 5, 6, 7);
  assert.equal(deliveries.full, true);
  assert.throws(() => deliveries.push(1, 2, 3, 4, 5, 6, 7), /made room/);
});
