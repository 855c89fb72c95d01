import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '@rmh/base';
import {
  REPORT_BITMAP_AT,
  REPORT_BITS_AT,
  REPORT_BITS_MAX,
  REPORT_BYTES_AT,
  REPORT_HELD_AT,
  REPORT_NEWEST_AT,
  REPORT_ONE_WAY_AT,
} from '@rmh/wire';
import { type FlightList, Path } from './index.ts';

const SEED = 99;
const view = new DataView(new ArrayBuffer(REPORT_BITMAP_AT + REPORT_BITS_MAX / 8));

interface Said {
  newest: number;
  arrived?: readonly number[];
  bits?: number;
  heldUs?: number;
  oneWayUs?: number;
  ownWay?: boolean;
}

function report(path: Path, said: Said, nowUs: number): boolean {
  new Uint8Array(view.buffer).fill(0);
  view.setUint16(REPORT_BITS_AT, said.bits ?? 64, true);
  view.setUint32(REPORT_NEWEST_AT, said.newest, true);
  view.setUint32(REPORT_HELD_AT, said.heldUs ?? 0, true);
  view.setUint32(REPORT_ONE_WAY_AT, said.oneWayUs ?? 0, true);
  view.setUint32(REPORT_BYTES_AT, 12_345, true);
  for (const number of said.arrived ?? []) {
    const i = said.newest - 1 - number;
    const at = REPORT_BITMAP_AT + (i >> 3);
    view.setUint8(at, view.getUint8(at) | (1 << (i & 7)));
  }
  return path.report(view, 0, nowUs, said.ownWay);
}

function taken(list: FlightList): number[] {
  const flights = Array.from({ length: list.count }, (_, i) => list.at(i));
  list.clear();
  return flights;
}

/** A path that carries, 40 ms away, with `count` flights (100, 101 …) sent 1 ms apart from 0. */
function carrying(count: number): Path {
  const path = new Path(0);
  path.on('validate');
  path.on('heard');
  for (let i = 0; i < count; i++) path.sent(i * 1000, 100, 100 + i, true);
  return path;
}

test('a report answers the newest and what its bits name, once', () => {
  const path = carrying(5);
  assert.equal(report(path, { newest: 3, arrived: [2, 0] }, 40_000), true);
  assert.deepEqual(taken(path.answered), [103, 102, 100]);
  assert.equal(path.fresh, true);
  path.fresh = false;
  report(path, { newest: 3, arrived: [2, 0] }, 41_000);
  assert.deepEqual(taken(path.answered), []);
  assert.equal(path.fresh, false, 'what was answered before proves nothing now');
  assert.equal(path.deliveredBytes, 12_345 + 4 * 32, 'frame bytes, and what encryption adds');
});

test('a report of a number never sent is refused and changes nothing', () => {
  const path = carrying(5);
  for (const newest of [5, 6, 2 ** 31, 2 ** 32 - 1]) {
    assert.equal(report(path, { newest }, 40_000), false, `${newest}`);
  }
  assert.equal(path.log.inFlight, 5);
  assert.equal(path.rtt.samples, 0);
});

test('the round trip counts without the time for which the report was held', () => {
  const path = carrying(1);
  report(path, { newest: 0, heldUs: 7000 }, 47_000);
  assert.equal(path.rtt.smoothedUs, 40_000);
});

test('an unanswered number 5 ms older than the newest answered one is lost', () => {
  const path = carrying(10);
  report(path, { newest: 7, arrived: [6, 5, 4, 3, 2] }, 40_000);
  assert.deepEqual(taken(path.lost), [100, 101]);
  assert.equal(path.packetsLost, 2);
  report(path, { newest: 8, arrived: [7, 6, 5, 4, 3, 2] }, 41_000);
  assert.deepEqual(taken(path.lost), [], 'lost once');
});

test('reordering within 5 ms is no loss', () => {
  const path = carrying(10);
  report(path, { newest: 4 }, 40_000);
  assert.deepEqual(taken(path.lost), []);
  report(path, { newest: 4, arrived: [3, 2, 1, 0] }, 40_500);
  assert.deepEqual(taken(path.answered), [104, 103, 102, 101, 100]);
});

test('a gap counts as lost 5 ms after it was seen, also when nothing more is heard', () => {
  const path = carrying(3);
  report(path, { newest: 2, arrived: [0] }, 40_000);
  assert.deepEqual(taken(path.lost), []);
  // It left 1 ms before what was answered.
  assert.equal(path.strayAtUs, 44_000);
  path.check(43_999);
  assert.deepEqual(taken(path.lost), []);
  path.check(44_000);
  assert.deepEqual(taken(path.lost), [101]);
  assert.equal(path.strayAtUs, Number.POSITIVE_INFINITY);
});

test('what 128 later numbers overtook is lost, however close in time', () => {
  const path = new Path(0);
  for (let i = 0; i < 200; i++) path.sent(1000, 100, i, true);
  report(path, { newest: 127, bits: 0 }, 41_000);
  assert.deepEqual(taken(path.lost), []);
  report(path, { newest: 130, bits: 0 }, 41_000);
  assert.deepEqual(taken(path.lost), [0, 1, 2]);
});

test('a report that came over a quicker path says what arrived, and no round trip', () => {
  const path = carrying(3);
  report(path, { newest: 1, arrived: [0], ownWay: false }, 30_000);
  assert.deepEqual(taken(path.answered), [101, 100]);
  assert.equal(path.rtt.samples, 0);
  report(path, { newest: 1, arrived: [0] }, 41_000);
  assert.equal(path.rtt.smoothedUs, 40_000);
  assert.equal(path.rtt.samples, 1);
});

test('a path with nothing awaited is never late', () => {
  const path = carrying(0);
  assert.equal(path.lateAtUs, null);
  assert.equal(path.check(1e12), false);
  path.sent(0, 100, 1, true);
  report(path, { newest: 0 }, 40_000);
  assert.equal(path.lateAtUs, null);
  assert.equal(path.check(1e12), false);
  assert.equal(path.state, 'carrying');
});

test('[FR-9] messages that owe no report never make a path late', () => {
  const path = carrying(0);
  for (let i = 0; i < 1000; i++) path.sent(i, 100, -1, false);
  assert.equal(path.lateAtUs, null);
  assert.equal(path.log.inFlight, 0);
  assert.equal(path.check(1e12), false);
});

test('a late answer brings suspicion once, long silence parks once', () => {
  const path = carrying(1);
  report(path, { newest: 0 }, 40_000);
  path.sent(100_000, 100, 7, true);
  const lateAt = path.lateAtUs ?? assert.fail('something is awaited');
  // 40 ms average, 4 × 20 ms variance, a quarter of the average for each of two reports.
  assert.equal(lateAt, 100_000 + 40_000 + 80_000 + 20_000);
  assert.equal(path.check(lateAt - 1), false);
  assert.equal(path.check(lateAt), true);
  assert.equal(path.state, 'suspect');
  assert.equal(path.check(lateAt + 1), false);
  assert.equal(path.check(100_000 + 3_000_000), false);
  assert.equal(path.check(100_000 + 3_000_001), true);
  assert.equal(path.state, 'parked');
  assert.equal(path.check(1e12), false);
  assert.equal(path.suspicions, 1);
});

test('an answer moves the patience to the oldest number still awaited', () => {
  const path = carrying(5);
  report(path, { newest: 2, arrived: [1, 0] }, 40_000);
  assert.equal(path.lateAtUs, 3000 + path.patienceUs);
  report(path, { newest: 4, arrived: [3] }, 41_000);
  assert.equal(path.lateAtUs, null);
});

test('[RP-1] flights are taken off a suspect path once, and answers to them still count', () => {
  const path = carrying(4);
  report(path, { newest: 0 }, 40_000);
  path.answered.clear();
  path.takeUnanswered();
  assert.deepEqual(
    taken(path.lost).filter((flight) => flight >= 0),
    [101, 102, 103],
  );
  path.takeUnanswered();
  assert.deepEqual(
    taken(path.lost).filter((flight) => flight >= 0),
    [],
  );
  report(path, { newest: 3, arrived: [2, 1] }, 90_000);
  assert.deepEqual(taken(path.answered), [103, 102, 101]);
});

test('[PA-6] a path forgets what was measured and awaited at its old address', () => {
  const path = carrying(4);
  report(path, { newest: 1, oneWayUs: 5 }, 40_000);
  path.forget();
  assert.deepEqual([path.log.inFlight, path.rtt.samples, path.lateAtUs], [0, 0, null]);
  assert.equal(report(path, { newest: 3, arrived: [2] }, 50_000), true);
  assert.equal(path.rtt.samples, 0, 'an answer from before measures nothing now');
});

test('the standing queue is the one-way time above the least seen, over 2^32 too', () => {
  const path = carrying(4);
  const stamps = [2 ** 32 - 10, 2 ** 32 - 20, 30, 2 ** 32 - 20];
  const queues = stamps.map((oneWayUs, newest) => {
    report(path, { newest, oneWayUs }, 40_000 + newest);
    return path.queueUs;
  });
  assert.deepEqual(queues, [0, 0, 50, 0]);
});

test(`every flight is answered or lost exactly once, whatever arrives (seed ${SEED})`, () => {
  const random = new Random(SEED);
  for (let round = 0; round < 30; round++) {
    const path = carrying(0);
    const seen = new Set<number>();
    const settled = new Map<number, number>();
    let nowUs = 0;
    const note = (list: FlightList): void => {
      for (const flight of taken(list)) settled.set(flight, (settled.get(flight) ?? 0) + 1);
    };
    for (let n = 0; n < 1000; n++) {
      path.sent((nowUs += random.below(3000)), 100, n, true);
      if (random.below(10) < 8) seen.add(n);
      if (random.below(8) > 0 || !seen.has(n)) continue;
      const arrived = [...seen].filter((each) => each < n && each >= n - 100);
      report(path, { newest: n, arrived, bits: 100 }, nowUs + 20_000);
      note(path.answered);
      note(path.lost);
    }
    for (let n = 0; n < 900; n++) assert.equal(settled.get(n), 1, `flight ${n}, round ${round}`);
  }
});

test('what is unanswered beyond a round trip counts as a queue, also when answers stop', () => {
  const path = carrying(4);
  report(path, { newest: 3, arrived: [0, 1, 2] }, 43_000);
  assert.ok(path.oneWayUs < 25_000, `${path.oneWayUs}`);
  const { bytesPerSecond } = path.congestion;
  for (let n = 4; n < 104; n++) path.sent(43_000 + n, 1400, n, true);
  const waitUs = (140_000 / bytesPerSecond) * 1e6;
  assert.ok(path.oneWayUs > waitUs - 60_000, `${path.oneWayUs} of ${waitUs}`);
});
