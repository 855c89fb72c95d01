import assert from 'node:assert/strict';
import test from 'node:test';
import { plainArena, Random } from '@rmh/base';
import { Arrival, Deliveries, Holds, StreamReceiver } from './index.ts';

const SEED = 2024;
const WINDOW = 4096;
const SLOT_BYTES = 16;
/** Packets come in at 8,192 places in turn, as in a batch of receive buffers. */
const PLACES = 8192;
const HOLDS_AT = PLACES * SLOT_BYTES;
const WIRE = 2 ** 32;

/** The slow twin: sets and sorting, full numbers, no window arithmetic beyond its definition. */
class TwinReceiver {
  next = -1;
  top = 0;
  readonly seen = new Set<number>();
  readonly held = new Map<number, number>();
  readonly early = new Set<number>();
  readonly out: number[] = [];

  accept(
    number: number,
    holdUs: number,
    nowUs: number,
    freeSlots: number,
    early: boolean,
  ): Arrival {
    if (this.next < 0) this.next = this.top = number < 64 ? 0 : number;
    if (number < this.top - WINDOW) return Arrival.tooOld;
    if (this.seen.has(number)) return Arrival.duplicate;
    this.seen.add(number);
    if (number >= this.top) {
      this.#letGo(number + 1 - WINDOW);
      this.top = number + 1;
    }
    if (early && number > this.next) {
      this.early.add(number);
      this.out.push(number);
      return Arrival.delivered;
    }
    if (number > this.next && holdUs > 0 && freeSlots > 0) {
      this.held.set(number, nowUs);
      return Arrival.held;
    }
    if (number > this.next) this.#letGo(number);
    this.out.push(number);
    if (number >= this.next) this.#goOnFrom(number + 1);
    return Arrival.delivered;
  }

  deadlineUs(holdUs: number): number | null {
    return this.held.size === 0 ? null : Math.min(...this.held.values()) + holdUs;
  }

  giveUp(): void {
    if (this.held.size > 0) this.#goOnFrom(Math.min(...this.held.keys()));
  }

  /** Nothing below `number` is waited for any longer. */
  #letGo(number: number): void {
    if (this.next >= number) return;
    const below = [...this.held.keys()].filter((each) => each < number);
    for (const each of below.toSorted((a, b) => a - b)) {
      if (each >= this.next) this.#goOnFrom(each);
    }
    this.#goOnFrom(Math.max(this.next, number));
  }

  #goOnFrom(number: number): void {
    this.next = number;
    for (;;) {
      if (this.held.delete(this.next)) this.out.push(this.next++);
      else if (this.early.delete(this.next)) this.next++;
      else return;
    }
  }
}

class Bench {
  readonly arena = plainArena(HOLDS_AT + 8192 * SLOT_BYTES);
  readonly holds: Holds;
  readonly deliveries: Deliveries;
  readonly receiver: StreamReceiver;
  readonly out: number[] = [];
  #packets = 0;

  constructor(slots = 8192, rows = 8192) {
    this.holds = new Holds(this.arena, HOLDS_AT, slots, SLOT_BYTES);
    this.deliveries = new Deliveries(rows);
    const { arena, holds, deliveries } = this;
    this.receiver = new StreamReceiver(3, 129, arena, holds, deliveries, () => this.drain());
  }

  accept(number: number, holdUs: number, nowUs: number, bytes = 8, early = false): Arrival {
    const at = (this.#packets++ % PLACES) * SLOT_BYTES;
    this.arena.view.setFloat64(at, number);
    const low = ((number % WIRE) + WIRE) % WIRE;
    return this.receiver.accept(low, at, bytes, number & 3, holdUs, nowUs, early);
  }

  /** Writes out: checks that each row holds the packet it names, and gives slots back. */
  drain(): void {
    const rows = this.deliveries;
    for (let row = 0; row < rows.count; row++) {
      const number = this.arena.view.getFloat64(rows.at[row] ?? -1);
      assert.deepEqual([rows.flags[row], rows.stream[row], rows.peer[row]], [number & 3, 129, 3]);
      this.out.push(number);
      const slot = rows.slot[row] ?? -1;
      if (slot >= 0) this.holds.give(slot);
    }
    rows.count = 0;
  }

  take(): number[] {
    this.drain();
    return this.out.splice(0);
  }
}

function compare(random: Random, start: number, slots: number, holdUs: number): void {
  const bench = new Bench(slots);
  const twin = new TwinReceiver();
  const once = new Set<number>();
  let top = start;
  let nowUs = 0;
  for (let step = 0; step < 3000; step++) {
    nowUs += random.below(400);
    for (;;) {
      const deadlineUs = bench.receiver.deadlineUs;
      assert.equal(deadlineUs, twin.deadlineUs(holdUs), 'one deadline');
      if (deadlineUs === null || deadlineUs > nowUs) break;
      bench.receiver.giveUpWaiting(holdUs);
      twin.giveUp();
    }
    const jump = [1, 1, 1, 2, 9, random.below(60), random.below(300) === 0 ? 6000 : 1];
    top += jump[random.below(jump.length)] ?? 0;
    const back = random.below(3) === 0 ? random.below(random.below(20) === 0 ? 5000 : 40) : 0;
    const number = Math.max(start, top - back);
    const early = random.below(4) === 0;
    const verdict = twin.accept(number, holdUs, nowUs, bench.holds.freeSlots, early);
    // Who is told that nothing is to be held need not know for how long: the twin always does.
    const expected = bench.receiver.expects(number);
    const [hold, goes] = expected ? [0, false] : [holdUs, early];
    assert.equal(bench.accept(number, hold, nowUs, 8, goes), verdict, `verdict on ${number}`);
    if (expected) assert.equal(verdict, Arrival.delivered);
    const out = bench.take();
    assert.deepEqual(out, twin.out.splice(0), `after ${number}`);
    for (const each of out) assert.ok(!once.has(each) && once.add(each), `${each} once`);
    for (const sinceUs of twin.held.values()) assert.ok(nowUs - sinceUs < holdUs, 'not too long');
    assert.equal(bench.holds.freeSlots, slots - twin.held.size, 'no slot is lost');
  }
  bench.receiver.flush();
  while (twin.held.size > 0) twin.giveUp();
  assert.deepEqual(bench.take(), twin.out);
  assert.equal(bench.holds.freeSlots, slots);
  assert.equal(bench.receiver.deadlineUs, null);
}

test(`[OR-1] StreamReceiver equals its twin, also over 2^32 (seed ${SEED})`, () => {
  const random = new Random(SEED);
  for (const start of [0, 7, 2 ** 31 - 2000, WIRE - 3000]) {
    for (const slots of [8192, 12, 0]) {
      for (const holdUs of [0, 5000, 300_000]) compare(random, start, slots, holdUs);
    }
  }
});

test('[OR-1] while nothing times out, any order of arrival within a window is put right', () => {
  const random = new Random(SEED);
  const bench = new Bench();
  const numbers = Array.from({ length: 4000 }, (_, i) => i);
  bench.accept(0, 1e9, 0);
  for (let i = numbers.length - 1; i > 1; i--) {
    const j = 1 + random.below(i);
    [numbers[i], numbers[j]] = [numbers[j] ?? 0, numbers[i] ?? 0];
  }
  for (const number of numbers) bench.accept(number, 1e9, 0);
  assert.deepEqual(
    bench.take(),
    Array.from({ length: 4000 }, (_, i) => i),
  );
  assert.equal(bench.receiver.late, 0);
});

test('[OR-2] no packet waits longer than the hold, though others fill the gap before it', () => {
  const bench = new Bench();
  bench.accept(0, 100, 0);
  bench.accept(6, 100, 10);
  bench.accept(4, 100, 90);
  bench.accept(1, 100, 95);
  bench.accept(2, 100, 96);
  assert.equal(bench.receiver.deadlineUs, 110, 'the wait of 6, not of 4');
  assert.deepEqual(bench.take(), [0, 1, 2]);
  bench.receiver.giveUpWaiting(100);
  assert.deepEqual(bench.take(), [4]);
  assert.equal(bench.receiver.deadlineUs, 110);
  bench.receiver.giveUpWaiting(100);
  assert.deepEqual(bench.take(), [6]);
});

test('[OR-5] what may go early does, and the others keep their order around it', () => {
  const bench = new Bench();
  bench.accept(0, 100, 0);
  bench.accept(2, 100, 1);
  assert.equal(bench.accept(3, 100, 2, 8, true), Arrival.delivered);
  bench.accept(4, 100, 3);
  assert.deepEqual(bench.take(), [0, 3]);
  bench.accept(1, 100, 4);
  assert.deepEqual(bench.take(), [1, 2, 4]);
  assert.equal(bench.accept(3, 100, 5, 8, true), Arrival.duplicate);
});

test('a stream that begins over several paths begins at 0', () => {
  const bench = new Bench();
  bench.accept(2, 100, 0);
  bench.accept(0, 100, 1);
  bench.accept(1, 100, 2);
  assert.deepEqual(bench.take(), [0, 1, 2]);
});

test('[OR-4] with no slot free a packet overtakes its gap, after what was held below it', () => {
  const bench = new Bench(2);
  bench.accept(0, 100, 0);
  bench.accept(2, 100, 0);
  bench.accept(6, 100, 0);
  assert.equal(bench.accept(4, 100, 0), Arrival.delivered);
  assert.deepEqual(bench.take(), [0, 2, 4]);
  assert.equal(bench.holds.refused, 1);
  assert.equal(bench.accept(1, 100, 0), Arrival.delivered, 'late, but not lost');
  assert.equal(bench.receiver.late, 1);
  bench.accept(5, 100, 0);
  assert.deepEqual(bench.take(), [1, 5, 6]);
});

test('[OR-4] a packet longer than a slot is never held', () => {
  const bench = new Bench();
  bench.accept(0, 100, 0);
  assert.equal(bench.accept(2, 100, 0, SLOT_BYTES + 1), Arrival.delivered);
  assert.equal(bench.holds.freeSlots, 8192);
});

test('a release larger than the table of deliveries is written out in parts, in order', () => {
  const bench = new Bench(8192, 4);
  bench.accept(0, 1e6, 0);
  for (let number = 2; number < 1000; number++) bench.accept(number, 1e6, 0);
  bench.accept(1, 1e6, 0);
  assert.deepEqual(
    bench.take(),
    Array.from({ length: 1000 }, (_, i) => i),
  );
  for (let number = 1001; number < 3000; number += 2) bench.accept(number, 1e6, 0);
  bench.receiver.flush();
  assert.equal(bench.take().length, 1000);
  for (let number = 3001; number < 5000; number += 2) bench.accept(number, 1e6, 0);
  bench.accept(40_000, 0, 0);
  assert.equal(bench.take().length, 1001);
  assert.equal(bench.holds.freeSlots, 8192);
});

test('a jump of the window lets go only of what it leaves behind', () => {
  const bench = new Bench();
  bench.accept(0, 1e6, 0);
  bench.accept(2, 1e6, 0);
  bench.accept(4000, 1e6, 0);
  bench.accept(WINDOW + 100, 1e6, 0);
  assert.deepEqual(bench.take(), [0, 2]);
  assert.equal(bench.receiver.deadlineUs, 1e6, 'the rest waits as long as before');
  assert.equal(bench.accept(99, 1e6, 0), Arrival.tooOld);
});
