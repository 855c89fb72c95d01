import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import { type Lane, laneOfPieces } from './lane.ts';
import { type DemandTable, servedBytes } from './sweep.ts';

const SLOT_US = 10_000;
const SLOTS = 30;
const SLOT_BYTES = 1000;

/** Everything in whole slots, so that a flow over slots is exact. Rate: SLOT_BYTES a slot. */
interface SlotLane {
  readonly rate: number[];
  readonly oneWay: number[];
}

interface SlotDemand {
  readonly release: number;
  readonly deadline: number;
  readonly units: number;
}

function laneOfSlots({ rate, oneWay }: SlotLane): Lane {
  return laneOfPieces(
    rate.map((units, slot) => ({
      startUs: slot * SLOT_US,
      bytesPerUs: (units * SLOT_BYTES) / SLOT_US,
      oneWayUs: (oneWay[slot] ?? 0) * SLOT_US,
      drops: false,
    })),
  );
}

function tableOfSlots(demands: readonly SlotDemand[]): DemandTable {
  return {
    count: demands.length,
    releaseUs: Float64Array.from(demands, ({ release }) => release * SLOT_US),
    deadlineUs: Float64Array.from(demands, ({ deadline }) => deadline * SLOT_US),
    outerBytes: Float64Array.from(demands, ({ units }) => units * SLOT_BYTES),
    group: new Uint8Array(demands.length),
  };
}

/** The slow twin: the greatest flow from demands to slots of lanes, one unit at a time. */
function greatestFlow(lanes: readonly SlotLane[], demands: readonly SlotDemand[]): number {
  const slots = lanes.flatMap(({ rate, oneWay }) => {
    return rate.map((units, start) => {
      // Completed in this slot, or at the beginning of a later one.
      const later = rate.map((units, slot) => {
        return slot > start && units > 0 ? slot + (oneWay[slot] ?? 0) : Number.POSITIVE_INFINITY;
      });
      return { units, start, arrive: Math.min(start + 1 + (oneWay[start] ?? 0), ...later) };
    });
  });
  const held = slots.map((): number[] => []);
  const place = (demand: number, seen: Set<number>): boolean => {
    const { release, deadline } = demands[demand] ?? { release: 0, deadline: 0 };
    return slots.some(({ units, start, arrive }, slot) => {
      if (units === 0 || start < release || arrive > deadline || seen.has(slot)) return false;
      seen.add(slot);
      const holders = held[slot] ?? [];
      if (holders.length < units) return holders.push(demand) > 0;
      return holders.some((other, i) => {
        if (!place(other, seen)) return false;
        holders[i] = demand;
        return true;
      });
    });
  };
  return demands.reduce((flow, { units }, demand) => {
    for (let i = 0; i < units; i++) if (place(demand, new Set())) flow++;
    return flow;
  }, 0);
}

function drawLanes(random: Random): SlotLane[] {
  return Array.from({ length: 1 + random.below(3) }, () => {
    let rate = random.below(3);
    let oneWay = random.below(6);
    const lane: SlotLane = { rate: [], oneWay: [] };
    for (let slot = 0; slot < SLOTS; slot++) {
      if (random.unit() < 0.2) rate = random.below(3);
      if (random.unit() < 0.2) oneWay = random.below(6);
      lane.rate.push(slot < SLOTS - 1 ? rate : 0); // the last slot lasts for ever
      lane.oneWay.push(oneWay);
    }
    return lane;
  });
}

function drawDemands(random: Random): SlotDemand[] {
  const demands = Array.from({ length: 1 + random.below(14) }, () => {
    const release = random.below(SLOTS - 8);
    return { release, deadline: release + 1 + random.below(10), units: 1 + random.below(5) };
  });
  return demands.sort((a, b) => a.release - b.release);
}

test('the sweep serves as much as the greatest flow, whatever lanes and deadlines do', () => {
  const random = new Random(11);
  let scarce = 0;
  for (let run = 0; run < 400; run++) {
    const lanes = drawLanes(random);
    const demands = drawDemands(random);
    const swept = servedBytes(lanes.map(laneOfSlots), tableOfSlots(demands), 0, 0) / SLOT_BYTES;
    const flow = greatestFlow(lanes, demands);
    assert.ok(Math.abs(swept - flow) < 1e-6, `run ${run}: swept ${swept}, flow ${flow}`);
    if (flow < demands.reduce((sum, { units }) => sum + units, 0)) scarce++;
  }
  assert.ok(scarce > 200, `only ${scarce} runs had too little room to tell anything`);
});

test('the sweep counts only the groups that it is asked for', () => {
  const lanes = [laneOfSlots({ rate: [1, 1, 1, 0], oneWay: [0, 0, 0, 0] })];
  const table = tableOfSlots([
    { release: 0, deadline: 3, units: 2 },
    { release: 0, deadline: 3, units: 2 },
    { release: 1, deadline: 3, units: 2 },
  ]);
  table.group.set([0, 1, 2]);
  assert.equal(servedBytes(lanes, table, 0, 0), 2000);
  assert.equal(servedBytes(lanes, table, 1, 2), 3000);
  assert.equal(servedBytes(lanes, table, 0, 2), 3000);
});
