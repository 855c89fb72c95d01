import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import type { TrafficClassName } from '@rmh/contract';
import type { LinkCondition } from '../../carriers/condition.ts';
import {
  conditionAt,
  constantTimeline,
  nextChangeMs,
  type Timeline,
} from '../../carriers/timeline.ts';
import { type Beside, boundOfDemands, type Demand, objectDemand, packetDemand } from './index.ts';

const CLEAN: LinkCondition = {
  upKbps: 8000, // a byte each µs
  downKbps: 8000,
  oneWayUs: 20_000,
  jitterUs: 0,
  loss: 0,
  state: 'up',
  measured: true,
};

function timelineOf(...pieces: readonly [startMs: number, Partial<LinkCondition>][]): Timeline {
  return {
    startMs: Float64Array.from(pieces, ([startMs]) => startMs),
    conditions: pieces.map(([, condition]) => ({ ...CLEAN, ...condition })),
  };
}

type Carriers = readonly Timeline[];

function boundOf(timelines: Carriers, demands: readonly Demand[], beside: Beside = 'nothing') {
  const carriers = timelines.map((timeline, i) => ({ name: `c${i}`, timeline }));
  return boundOfDemands({ carriers, lengthMs: 60_000 }, demands, beside);
}

/** Class critical unless said otherwise; `ms` from release to deadline. */
function packet(releaseMs: number, ms: number, outerBytes = 1000, more: Partial<Demand> = {}) {
  const from = { class: 'critical', direction: 'up', worth: 1, isWhole: true } as const;
  const releaseUs = releaseMs * 1000;
  return { ...from, releaseUs, deadlineUs: releaseUs + ms * 1000, outerBytes, ...more };
}

test('a packet costs its headers, its service and its flight', () => {
  const demand = packetDemand('realtime', 'up', 924, 5000);
  assert.equal(demand.outerBytes, 1000);
  const within = (us: number) =>
    boundOf([constantTimeline(CLEAN)], [{ ...demand, deadlineUs: 5000 + us }]).realtime;
  assert.deepEqual(within(21_000), { sent: 1, inTime: 1 });
  assert.deepEqual(within(20_900), { sent: 1, inTime: 0 });
});

test('nothing passes an outage that drops, and what it cuts off begins anew', () => {
  const road = [timelineOf([0, {}], [10, { state: 'drops' }], [100, {}])];
  assert.equal(boundOf(road, [packet(0, 50)]).critical.inTime, 1);
  assert.equal(boundOf(road, [packet(9.5, 100)]).critical.inTime, 0);
  assert.equal(boundOf(road, [packet(9.5, 112)]).critical.inTime, 1);
  assert.equal(boundOf(road, [packet(20, 100)]).critical.inTime, 0);
});

test('an outage that delays keeps what was served in part', () => {
  const road = [timelineOf([0, {}], [10, { state: 'delays' }], [100, {}])];
  assert.equal(boundOf(road, [packet(9.5, 111.1)]).critical.inTime, 1);
  assert.equal(boundOf(road, [packet(9.5, 110.9)]).critical.inTime, 0);
});

test('rates of all carriers add up, and chance counts as none', () => {
  const unlucky = { ...CLEAN, loss: 0.5, jitterUs: 50_000 };
  const road = [constantTimeline(unlucky), constantTimeline(unlucky)];
  const burst = Array.from({ length: 100 }, () => packet(0, 45));
  assert.equal(boundOf(road, burst).critical.inTime, 50); // 2 × 25 ms of service
});

test('where not all packets fit, the small ones do', () => {
  const road = [constantTimeline(CLEAN)];
  const demands = [
    ...Array.from({ length: 10 }, () => packet(0, 30, 1000)),
    ...Array.from({ length: 10 }, () => packet(0, 30, 500)),
  ];
  assert.equal(boundOf(road, demands).critical.inTime, 15);
});

test('of an object each byte in time counts, the first after the delay', () => {
  const road = [constantTimeline(CLEAN)];
  const { interactive } = boundOf(road, [objectDemand('interactive', 'down', 1e7, 0)]);
  assert.equal(interactive.sent, 1e7);
  const expected = (1_980_000 * 1288) / 1416; // 2 s less the delay
  assert.ok(Math.abs(interactive.inTime - expected) < 5, `${interactive.inTime}`);
});

test('a class is bounded alone, or besides all that is more urgent', () => {
  const road = [constantTimeline(CLEAN)];
  const demands = Array.from({ length: 40 }, (_, i) =>
    packet(0, 50, 1000, i < 20 ? {} : { class: 'realtime' }),
  );
  assert.equal(boundOf(road, demands).realtime.inTime, 20);
  assert.equal(boundOf(road, demands, 'moreUrgent').critical.inTime, 20);
  assert.equal(boundOf(road, demands, 'moreUrgent').realtime.inTime, 10);
});

test('up and down do not share, and behind the window its last condition stays', () => {
  const carriers = [{ name: 'a', timeline: timelineOf([0, { downKbps: 0 }], [1000, {}]) }];
  const at = (ms: number) => {
    const demands = [packet(ms, 100), packet(ms, 100, 1000, { direction: 'down' })];
    return boundOfDemands({ carriers, lengthMs: 1000 }, demands, 'nothing').critical.inTime;
  };
  assert.equal(at(0), 1);
  assert.equal(at(1500), 1);
});

// The exhaustive search: every choice of carriers, every order, and each packet may wait for the
// next change of its carrier.
interface Schedule {
  readonly inTime: readonly boolean[];
}

const CHANCE_MS = 160;

function arrivalUs(timeline: Timeline, bytes: number, fromUs: number) {
  let leftBytes = bytes;
  let atUs = fromUs;
  for (;;) {
    const { state, upKbps, oneWayUs } = conditionAt(timeline, atUs / 1000);
    const changeUs = nextChangeMs(timeline, atUs / 1000) * 1000;
    if (state === 'drops') leftBytes = bytes;
    const bytesPerUs = state === 'up' ? upKbps / 8000 : 0;
    const doneUs = bytesPerUs > 0 ? atUs + leftBytes / bytesPerUs : Number.POSITIVE_INFINITY;
    if (doneUs <= changeUs) return { doneUs, arriveUs: doneUs + oneWayUs };
    leftBytes -= bytesPerUs * (changeUs - atUs);
    atUs = changeUs;
  }
}

function* schedules(
  timelines: readonly Timeline[],
  demands: readonly Demand[],
): Generator<Schedule> {
  const freeUs = timelines.map(() => 0);
  const inTime = demands.map(() => false);
  yield* extend(demands.map((_, i) => i));

  function* extend(open: readonly number[]): Generator<Schedule> {
    if (open.length === 0) yield { inTime };
    for (const i of open) {
      const rest = open.filter((other) => other !== i);
      const demand = demands[i];
      if (demand === undefined) return;
      inTime[i] = false;
      if (i === open[0]) yield* extend(rest); // never sent
      for (const [carrier, timeline] of timelines.entries()) {
        const free = freeUs[carrier] ?? 0;
        const soonUs = Math.max(free, demand.releaseUs);
        const changeUs = nextChangeMs(timeline, soonUs / 1000) * 1000;
        for (const fromUs of [soonUs, changeUs]) {
          if (fromUs >= demand.deadlineUs) continue;
          const { doneUs, arriveUs } = arrivalUs(timeline, demand.outerBytes, fromUs);
          if (arriveUs > demand.deadlineUs) continue;
          freeUs[carrier] = doneUs;
          inTime[i] = true;
          yield* extend(rest);
          inTime[i] = false;
        }
        freeUs[carrier] = free;
      }
    }
  }
}

function drawTimeline(random: Random): Timeline {
  const states = ['up', 'up', 'up', 'drops', 'delays'] as const;
  const piece = (startMs: number): [number, Partial<LinkCondition>] => [
    startMs,
    {
      upKbps: 100 + random.below(1500),
      oneWayUs: 5000 + random.below(50_000),
      state: states[random.below(states.length)] ?? 'up',
    },
  ];
  const first = 20 + random.below(60);
  const last: [number, Partial<LinkCondition>] = [CHANCE_MS + 50, { state: 'up' }];
  return timelineOf(piece(0), piece(first), piece(first + 20 + random.below(60)), last);
}

function drawDemands(random: Random, count: number): Demand[] {
  return Array.from({ length: count }, (_, i) => {
    const trafficClass: TrafficClassName = i % 2 === 0 ? 'critical' : 'realtime';
    const bytes = random.below(3) === 0 ? 300 : 1300;
    return packet(random.below(60), 30 + random.below(70), bytes, { class: trafficClass });
  });
}

test('no schedule of an exhaustive search brings more, and most often one brings as much', () => {
  const random = new Random(5);
  let cases = 0;
  let equal = 0;
  for (let run = 0; run < 80; run++) {
    const road = [drawTimeline(random), drawTimeline(random)];
    const demands = drawDemands(random, 4).map((demand) => ({
      ...demand,
      class: 'critical' as const,
    }));
    let best = 0;
    for (const { inTime } of schedules(road, demands)) {
      best = Math.max(best, inTime.filter(Boolean).length);
    }
    const bound = boundOf(road, demands).critical.inTime;
    assert.ok(bound >= best, `run ${run}: bound ${bound}, found ${best}`);
    cases++;
    if (bound === best) equal++;
  }
  assert.ok(equal >= cases * 0.9, `equal in ${equal} of ${cases}`);
});

test('besides all critical packets that can come, no schedule brings more of realtime', () => {
  const random = new Random(6);
  let scarce = 0;
  for (let run = 0; run < 250; run++) {
    const road = [drawTimeline(random), drawTimeline(random)];
    const demands = drawDemands(random, 4).map((demand) => ({ ...demand, outerBytes: 1300 }));
    const bound = boundOf(road, demands, 'moreUrgent');
    let best = 0;
    for (const { inTime } of schedules(road, demands)) {
      const count = (name: TrafficClassName) =>
        inTime.filter((came, i) => came && demands[i]?.class === name).length;
      assert.ok(count('critical') <= bound.critical.inTime);
      if (count('critical') === bound.critical.inTime) best = Math.max(best, count('realtime'));
    }
    assert.ok(bound.realtime.inTime >= best, `run ${run}: ${bound.realtime.inTime} < ${best}`);
    if (bound.realtime.inTime < boundOf(road, demands).realtime.inTime) scarce++;
  }
  assert.ok(scarce > 5, `only ${scarce} runs had too little room to tell anything`);
});
