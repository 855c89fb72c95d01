import assert from 'node:assert/strict';
import test from 'node:test';
import { Bottleneck, type BottleneckOptions, PathTraffic, TcpTraffic } from './bottleneck.fake.ts';

const START_US = 1_000_000;
const always = (value: number) => () => value;

/** `before` until `atUs` after the start, then `after`. */
function turns(before: number, after: number, atUs: number): (nowUs: number) => number {
  return (nowUs) => (nowUs - START_US < atUs ? before : after);
}

interface Outcome {
  /** Of what the bottleneck could have carried. */
  readonly share: number;
  readonly queueMsP95: number;
  readonly queueMsMost: number;
}

/** Watches from … to, in seconds since the start. */
function watch(net: Bottleneck, us: PathTraffic, fromS: number, toS: number): Outcome {
  net.run(START_US + fromS * 1e6);
  const queues: number[] = [];
  const before = us.deliveredBytes;
  let capacity = 0;
  net.run(START_US + toS * 1e6, () => {
    capacity += net.bytesPerUs * net.stepUs;
    queues.push(net.queueUs / 1000);
  });
  queues.sort((a, b) => a - b);
  return {
    share: (us.deliveredBytes - before) / capacity,
    queueMsP95: queues[Math.floor(queues.length * 0.95)] ?? 0,
    queueMsMost: queues.at(-1) ?? 0,
  };
}

function sender(options: BottleneckOptions): { net: Bottleneck; us: PathTraffic } {
  const net = new Bottleneck(options);
  return { net, us: new PathTraffic(net) };
}

for (const mbit of [0.1, 1, 10, 50, 200]) {
  for (const rttMs of [5, 40, 300]) {
    test(`Congestion fills ${mbit} Mbit/s at ${rttMs} ms and leaves the queue low`, () => {
      const { net, us } = sender({ rateMbit: always(mbit), oneWayUs: always(rttMs * 500) });
      const seen = watch(net, us, mbit < 1 ? 12 : 5, mbit < 1 ? 22 : 10);
      // A long loop is left for one round trip each 5 s, when the queue is drained.
      assert.ok(seen.share > (rttMs > 100 ? 0.92 : 0.96), `share ${seen.share}`);
      // A slow path holds a few packets at least (0.112 s each at 0.1 Mbit/s).
      const mostMs = Math.max(rttMs > 100 ? 100 : 30, (8 * 11.2) / mbit);
      assert.ok(seen.queueMsP95 < mostMs, `queue ${seen.queueMsP95} ms`);
    });
  }
}

test('a path is known to carry no more while it is full, and for ten seconds after', () => {
  const { net, us } = sender({ rateMbit: always(2), oneWayUs: always(150_000) });
  const { congestion } = us.path;
  const limitedAt = (s: number): boolean => {
    net.run(START_US + s * 1e6);
    return congestion.isLimited(START_US + s * 1e6);
  };
  us.offeredBytesPerUs = 0.05;
  assert.equal(limitedAt(6), false, '0.4 Mbit/s say nothing of the rate');
  us.offeredBytesPerUs = 0.3;
  assert.equal(limitedAt(12), true);
  us.offeredBytesPerUs = 0.05;
  assert.equal(limitedAt(18), true);
  assert.equal(limitedAt(28), false);
});

for (const [mbit, rttMs] of [
  [1, 120],
  [10, 80],
  [30, 70],
] as const) {
  test(`drains of ${mbit} Mbit/s at ${rttMs} ms teach no lower rate, and end in no queue`, () => {
    const { net, us } = sender({ rateMbit: always(mbit), oneWayUs: always(rttMs * 500) });
    net.run(START_US + 4e6);
    let least = Number.POSITIVE_INFINITY;
    net.run(START_US + 24e6, () => {
      least = Math.min(least, us.path.congestion.bytesPerSecond);
    });
    assert.ok((least * 8) / 1e6 > 0.97 * mbit, `${least}`);
    // What is learned of an empty queue makes the rate leap past the path's.
    const { queueMsMost } = watch(net, us, 24, 34);
    assert.ok(queueMsMost < Math.max(20, (5 * 11.2) / mbit), `${queueMsMost}`);
  });
}

for (const loss of [0.01, 0.02]) {
  test(`random loss of ${loss * 100} % does not slow Congestion down`, () => {
    const { net, us } = sender({
      rateMbit: always(50),
      oneWayUs: always(10_000),
      loss: always(loss),
    });
    const { share, queueMsP95 } = watch(net, us, 2, 10);
    assert.ok(share > 0.98 - loss, `${share}`);
    assert.ok(queueMsP95 < 20, `${queueMsP95}`);
    assert.ok(us.path.suspicions <= 1, `suspect ${us.path.suspicions} times in 10 s`);
  });
}

test('from nothing to 50 Mbit/s at 40 ms within 0.5 s, and under 75 ms of queue', () => {
  const { net, us } = sender({ rateMbit: always(50), oneWayUs: always(20_000) });
  const { queueMsMost } = watch(net, us, 0, 0.5);
  assert.ok(us.path.congestion.bytesPerSecond * 8 > 48e6);
  assert.ok(queueMsMost < 75, `${queueMsMost}`);
  assert.ok(watch(net, us, 0.5, 1).share > 0.98);
});

test('from nothing to 3 Gbit/s at 0.3 ms within 0.2 s', () => {
  const { net, us } = sender({ rateMbit: always(3000), oneWayUs: always(150), stepUs: 20 });
  assert.ok(watch(net, us, 0.2, 0.3).share > 0.97);
});

for (const rttMs of [10, 20, 40]) {
  test(`50 to 5 Mbit/s at ${rttMs} ms: the queue holds what one loop could not know`, () => {
    const rateMbit = turns(50, 5, 5e6);
    const { net, us } = sender({ rateMbit, oneWayUs: always(rttMs * 500) });
    const fall = watch(net, us, 5, 6);
    // Standing queue, round trip, a report and three packets, at ten times the rate.
    const knownMs = 10 * (9 + rttMs + rttMs / 4 + 6);
    assert.ok(fall.queueMsMost < knownMs * 1.35, `${fall.queueMsMost} of ${knownMs} ms`);
    const after = watch(net, us, 6, 7);
    assert.ok(after.share > 0.9, `${after.share}`);
    assert.ok(after.queueMsP95 < 80, `${after.queueMsP95}`);
  });

  test(`5 to 50 Mbit/s at ${rttMs} ms: the rate follows within a second`, () => {
    const rateMbit = turns(5, 50, 5e6);
    const { net, us } = sender({ rateMbit, oneWayUs: always(rttMs * 500) });
    const { share } = watch(net, us, 5.9, 6.4);
    assert.ok(share > 0.9, `${share}`);
  });
}

test('5 to 50 Mbit/s at 20 ms where no rival was met: nine tenths of it within 0.22 s', () => {
  const { net, us } = sender({ rateMbit: turns(5, 50, 5e6), oneWayUs: always(10_000) });
  net.run(START_US + 5e6);
  assert.ok(us.path.congestion.bytesPerSecond * 8 < 6e6);
  net.run(START_US + 5.22e6);
  assert.ok(us.path.congestion.bytesPerSecond * 8 > 45e6);
});

test('50 to 0.5 Mbit/s within a second at 20 ms: the queue stays under 200 ms', () => {
  const rateMbit = (nowUs: number): number =>
    50 * 0.01 ** Math.min(1, Math.max(0, (nowUs - START_US) / 1e6 - 5));
  const { net, us } = sender({ rateMbit, oneWayUs: always(10_000) });
  const { queueMsMost } = watch(net, us, 5, 7);
  assert.ok(queueMsMost < 200, `${queueMsMost}`);
});

test('voice and slow video teach nothing wrong, and the rate is there when it is wanted', () => {
  const { net, us } = sender({ rateMbit: always(50), oneWayUs: always(20_000) });
  net.run(START_US + 3e6);
  us.offeredBytesPerUs = 0.125;
  net.run(START_US + 30e6);
  assert.ok(us.path.congestion.bytesPerSecond * 8 > 45e6);
  us.offeredBytesPerUs = Number.POSITIVE_INFINITY;
  const { share, queueMsMost } = watch(net, us, 30.3, 31);
  assert.ok(share > 0.9, `${share}`);
  assert.ok(queueMsMost < 60, `${queueMsMost}`);
});

for (const [onMs, offMs] of [
  [100, 40],
  [150, 60],
  [200, 40],
  [200, 80],
  [300, 60],
  [400, 100],
] as const) {
  test(`a sender who pauses (${onMs} ms on, ${offMs} off) is no path that falls`, () => {
    const { net, us } = sender({ rateMbit: always(50), oneWayUs: always(20_000) });
    net.run(START_US + 3e6);
    let least = Number.POSITIVE_INFINITY;
    net.run(START_US + 13e6, (nowUs) => {
      const isOn = (nowUs / 1000) % (onMs + offMs) < onMs;
      us.offeredBytesPerUs = isOn ? Number.POSITIVE_INFINITY : 0;
      least = Math.min(least, us.path.congestion.bytesPerSecond);
    });
    assert.ok((least * 8) / 1e6 > 40, `${(least * 8) / 1e6} Mbit/s`);
  });
}

test('a path that became slow while it idled gets a third of its window until proved', () => {
  const { net, us } = sender({ rateMbit: turns(50, 5, 4e6), oneWayUs: always(20_000) });
  net.run(START_US + 3e6);
  us.offeredBytesPerUs = 0;
  net.run(START_US + 30e6);
  us.offeredBytesPerUs = Number.POSITIVE_INFINITY;
  const { queueMsMost } = watch(net, us, 30, 31.5);
  assert.ok(queueMsMost < 500, `${queueMsMost}`);
  const { queueMsP95 } = watch(net, us, 31.5, 32);
  assert.ok(queueMsP95 < 60, `${queueMsP95}`);
});

for (const driftPpm of [100, -100]) {
  test(`a clock that drifts by ${driftPpm} ppm is no queue`, () => {
    const { net, us } = sender({ rateMbit: always(50), oneWayUs: always(20_000), driftPpm });
    const { share, queueMsP95 } = watch(net, us, 20, 40);
    assert.ok(share > 0.96, `${share}`);
    assert.ok(queueMsP95 < 25, `${queueMsP95}`);
  });
}

for (const change of [60_000, -60_000]) {
  test(`a route that changes by ${change / 1000} ms is told from a queue`, () => {
    const longUs = 80_000;
    const oneWayUs =
      change > 0 ? turns(longUs - change, longUs, 4e6) : turns(longUs, longUs + change, 4e6);
    const { net, us } = sender({ rateMbit: always(30), oneWayUs });
    const { share } = watch(net, us, 12, 16);
    assert.ok(share > 0.9, `${share}`);
  });
}

for (const offered of [0.25, Number.POSITIVE_INFINITY]) {
  const load = offered < 1 ? 'a sixth of the rate' : 'all that it may';
  test(`64 ms more at once are known as a route within 0.6 s by who sends ${load}`, () => {
    const oneWayUs = turns(25_000, 89_000, 6e6);
    const { net, us } = sender({ rateMbit: always(12), oneWayUs });
    net.run(START_US + 3e6);
    us.offeredBytesPerUs = offered;
    net.run(START_US + 6.6e6);
    assert.ok(us.path.queueUs < 20_000, `${us.path.queueUs}`);
    assert.ok(us.path.congestion.bytesPerSecond * 8 > 5e6);
    assert.ok(Math.abs(us.path.oneWayUs - 89_000) < 20_000, `${us.path.oneWayUs}`);
  });

  test(`a rate that falls to a twelfth is no route for who sends ${load}`, () => {
    const rateMbit = turns(12, 1, 6e6);
    const { net, us } = sender({ rateMbit, oneWayUs: always(25_000) });
    net.run(START_US + 3e6);
    us.offeredBytesPerUs = offered;
    net.run(START_US + 7e6);
    assert.ok(us.path.congestion.bytesPerSecond * 8 < 1.5e6);
    const { queueMsP95 } = watch(net, us, 8, 9);
    assert.ok(queueMsP95 < 60, `${queueMsP95}`);
  });
}

/** Each second another delay on the way, as a ping on LTE meets it. */
const restlessUs = (nowUs: number) => 20_000 + ((Math.floor(nowUs / 1e6) * 7_919) % 20) * 1000;

for (const [mbit, jitterMs] of [
  [20, 5],
  [10, 10],
] as const) {
  test(`${mbit} Mbit/s whose delay is never the same are soon known not to be full`, () => {
    for (const seed of [1, 2, 3]) {
      const jitterUs = jitterMs * 1000;
      const options = { seed, rateMbit: always(mbit), oneWayUs: restlessUs, jitterUs };
      const { net, us } = sender(options);
      us.offeredBytesPerUs = 0.19;
      net.run(START_US + 20e6);
      us.offeredBytesPerUs = Number.POSITIVE_INFINITY;
      const { share, queueMsP95 } = watch(net, us, 25, 32);
      assert.ok(share > 0.85, `seed ${seed}: ${share}`);
      assert.ok(queueMsP95 < 75, `seed ${seed}: ${queueMsP95}`);
    }
  });
}

test('a path that falls to a thirtieth under what it carries is known for that', () => {
  const { net, us } = sender({ rateMbit: turns(4, 0.14, 5e6), oneWayUs: always(20_000) });
  net.run(START_US + 3e6);
  us.offeredBytesPerUs = 0.19;
  net.run(START_US + 5.03e6);
  // The bursts that stand there are all that is sent for a while.
  us.offeredBytesPerUs = 0.02;
  net.run(START_US + 7e6);
  assert.ok(us.path.congestion.bytesPerSecond * 8 < 0.3e6);
});

test('a route that grows while a path is only probed is no rate of a few probes', () => {
  const { net, us } = sender({ rateMbit: always(12), oneWayUs: turns(25_000, 70_000, 4e6) });
  us.offeredBytesPerUs = 0.004;
  net.run(START_US + 6e6);
  assert.ok(us.path.queueUs < 20_000, `${us.path.queueUs}`);
  assert.ok(us.path.congestion.bytesPerSecond * 8 > 2e6);
});

for (const kind of ['delays', 'drops', 'reports stall'] as const) {
  test(`a second after an outage of 1 s (${kind}) all is as before`, () => {
    const inside = (nowUs: number): boolean => nowUs > START_US + 4e6 && nowUs < START_US + 5e6;
    const { net, us } = sender({
      rateMbit: (nowUs) => (kind === 'delays' && inside(nowUs) ? 0 : 30),
      oneWayUs: always(15_000),
      loss: (nowUs) => (kind === 'drops' && inside(nowUs) ? 1 : 0),
      returnStalls: (nowUs) => kind === 'reports stall' && inside(nowUs),
    });
    const { share, queueMsP95 } = watch(net, us, 6, 7);
    assert.ok(share > 0.9, `${share}`);
    assert.ok(queueMsP95 < 60, `${queueMsP95}`);
    assert.ok(Math.abs(us.path.congestion.bytesPerSecond * 8 - 30e6) < 5e6);
  });
}

for (const [jitterMs, least] of [
  [2, 0.95],
  [5, 0.9],
  [10, 0.85],
] as const) {
  test(`jitter of ${jitterMs} ms on the mean leaves ${least} of the rate`, () => {
    const { net, us } = sender({
      rateMbit: always(50),
      oneWayUs: always(20_000),
      jitterUs: jitterMs * 1000,
    });
    const { share } = watch(net, us, 3, 10);
    assert.ok(share > least, `${share}`);
  });
}

for (const kind of ['cubic', 'reno'] as const) {
  for (const bufferMs of [100, 300, 1500]) {
    test(`${kind} in the same buffer of ${bufferMs} ms neither starves us nor is starved`, () => {
      const { net, us } = sender({
        rateMbit: always(50),
        oneWayUs: always(20_000),
        bufferUs: bufferMs * 1000,
      });
      const they = new TcpTraffic(net, kind);
      they.fromUs = START_US + 4e6;
      net.run(START_US + 25e6);
      const before = [us.deliveredBytes, they.deliveredBytes] as const;
      net.run(START_US + 70e6);
      const ours = us.deliveredBytes - before[0];
      const share = ours / (ours + they.deliveredBytes - before[1]);
      // CUBIC returns to its maximum after 20 s in the deepest buffer: a long way to fairness.
      assert.ok(share > (bufferMs > 1000 ? 0.2 : 0.25) && share < 0.7, `${share}`);
    });
  }
}

test('who only probes a path while others fill it unlearns nothing of it', () => {
  const { net, us } = sender({ rateMbit: always(50), oneWayUs: always(10_000), bufferUs: 400_000 });
  net.run(START_US + 4e6);
  us.packetBytes = 160;
  us.offeredBytesPerUs = 0.003;
  new TcpTraffic(net, 'cubic').fromUs = START_US + 5e6;
  net.run(START_US + 30e6);
  assert.ok(us.path.congestion.bytesPerSecond * 8 > 40e6, `${us.path.congestion.bytesPerSecond}`);
});

test('when the rival has gone the queue is low again within three seconds', () => {
  const { net, us } = sender({
    rateMbit: always(50),
    oneWayUs: always(20_000),
    bufferUs: 300_000,
  });
  const they = new TcpTraffic(net, 'cubic');
  they.fromUs = START_US + 4e6;
  they.untilUs = START_US + 20e6;
  net.run(START_US + 23e6);
  const { share, queueMsP95 } = watch(net, us, 28, 32);
  assert.ok(share > 0.96, `${share}`);
  assert.ok(queueMsP95 < 30, `${queueMsP95}`);
});

test('two of ours share a bottleneck', () => {
  const { net, us } = sender({ rateMbit: always(50), oneWayUs: always(20_000) });
  const other = new PathTraffic(net);
  other.offeredBytesPerUs = 0;
  net.run(START_US + 4e6);
  other.offeredBytesPerUs = Number.POSITIVE_INFINITY;
  net.run(START_US + 30e6);
  const before = [us.deliveredBytes, other.deliveredBytes] as const;
  net.run(START_US + 80e6);
  const ours = us.deliveredBytes - before[0];
  const share = ours / (ours + other.deliveredBytes - before[1]);
  assert.ok(share > 0.3 && share < 0.7, `${share}`);
});
