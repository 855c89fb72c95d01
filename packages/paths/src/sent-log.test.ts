import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '@rmh/base';
import { SentLog } from './index.ts';

const SEED = 4711;
const SLOTS_MAX = 16_384;

interface Entry {
  sentUs: number;
  bytes: number;
  flight: number;
  taken: boolean;
}

/** The slow twin: every open number in a map, nothing cleverer. */
class TwinLog {
  next = 0;
  readonly open = new Map<number, Entry>();

  get oldestOpen(): number {
    return this.open.size === 0 ? this.next : Math.min(...this.open.keys());
  }

  add(sentUs: number, bytes: number, flight: number): number {
    let pushedOut = -1;
    const oldest = this.oldestOpen;
    if (this.next - oldest === SLOTS_MAX) {
      pushedOut = this.open.get(oldest)?.flight ?? -1;
      this.open.delete(oldest);
    }
    this.open.set(this.next++, { sentUs, bytes, flight, taken: false });
    return pushedOut;
  }

  take(number: number): number {
    const entry = this.open.get(number);
    if (entry === undefined || entry.taken) return -1;
    entry.taken = true;
    return entry.flight;
  }
}

function assertSame(log: SentLog, twin: TwinLog): void {
  assert.equal(log.next, twin.next);
  assert.equal(log.oldestOpen, twin.oldestOpen);
  assert.equal(log.inFlight, twin.open.size);
  assert.equal(
    log.inFlightBytes,
    twin.open.values().reduce((sum, entry) => sum + entry.bytes, 0),
  );
  for (const [number, entry] of twin.open) {
    assert.ok(log.isOpen(number), `${number} is open`);
    assert.equal(log.sentUsOf(number), entry.sentUs);
    assert.equal(log.bytesOf(number), entry.bytes);
    assert.equal(log.flightOf(number), entry.flight);
  }
}

test(`SentLog equals its twin through growth, answers and losses (seed ${SEED})`, () => {
  const random = new Random(SEED);
  for (let round = 0; round < 20; round++) {
    const log = new SentLog();
    const twin = new TwinLog();
    const share = random.unit();
    for (let step = 0; step < 2000; step++) {
      if (random.unit() < share || twin.open.size === 0) {
        const flight = random.below(4) === 0 ? -1 : step;
        assert.equal(
          log.add(step * 10, step % 1500, flight),
          twin.add(step * 10, step % 1500, flight),
        );
        continue;
      }
      const spread = twin.next - twin.oldestOpen;
      const number = twin.oldestOpen + random.below(spread);
      assert.equal(log.isOpen(number), twin.open.has(number));
      if (!log.isOpen(number)) continue;
      if (random.below(3) === 0) assert.equal(log.take(number), twin.take(number));
      else {
        assert.equal(log.settle(number), twin.open.get(number)?.flight);
        twin.open.delete(number);
      }
      if (step % 97 === 0) assertSame(log, twin);
    }
    assertSame(log, twin);
  }
});

test('SentLog pushes the oldest out, with its flight, when 16,384 are unanswered', () => {
  const log = new SentLog();
  for (let i = 0; i < SLOTS_MAX; i++) assert.equal(log.add(i, 100, i + 5), -1);
  assert.equal(log.add(SLOTS_MAX, 100, 1), 5);
  assert.equal(log.oldestOpen, 1);
  assert.equal(log.inFlight, SLOTS_MAX);
  log.settle(1);
  log.settle(2);
  assert.equal(log.add(0, 100, 1), -1);
  assert.equal(log.add(0, 100, 1), -1);
  assert.equal(log.add(0, 100, 1), 8, 'number 3 is the oldest now');
});

test('a number that was settled or never sent is not open', () => {
  const log = new SentLog();
  for (let i = 0; i < 300; i++) log.add(i, 100, i);
  log.settle(7);
  for (const number of [-1, 7, 300, 301, 300 + 512]) assert.equal(log.isOpen(number), false);
  assert.equal(log.isOpen(299), true);
});

test('a flight is taken once, and its answer is still news', () => {
  const log = new SentLog();
  log.add(0, 100, 42);
  assert.equal(log.take(0), 42);
  assert.equal(log.take(0), -1);
  assert.ok(log.isOpen(0));
  assert.equal(log.settle(0), 42);
  assert.equal(log.take(0), -1);
});

test('[FR-14] expand finds the full number behind its low half, on both sides of 2^32', () => {
  const log = new SentLog();
  for (const next of [0, 1, 5, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 32 + 9, 2 ** 40]) {
    log.next = next;
    for (let back = 1; back <= 20; back++) {
      const number = next - back;
      const low = ((number % 2 ** 32) + 2 ** 32) % 2 ** 32;
      assert.equal(log.expand(low), number < 0 ? -1 : number, `${back} behind ${next}`);
    }
    // What lies ahead can only be a number of the turn before, or of none.
    const ahead = log.expand((next + 3) % 2 ** 32);
    assert.ok(ahead < next, `3 ahead of ${next}`);
  }
});
