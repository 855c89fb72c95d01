// What is done to a run on purpose, beside what its drive does: a plan drawn from the seed.
import { Random } from '@rmh/base';
import type { EndFault } from './types.ts';

/** A fault of a carrier: silence, a standstill that only delays, or the end of either. */
export interface RoadFault {
  readonly kind: 'blackhole' | 'stall' | 'passes';
  readonly carrier: number;
}

export type Fault = EndFault | RoadFault;

export interface PlannedFault {
  readonly atUs: number;
  readonly fault: Fault;
}

/** How an end's clock differs from true time: it shows true × (1 + drift) + offset. */
export interface ClockError {
  readonly offsetUs: number;
  readonly driftPpm: number;
}

export interface FaultPlan {
  /** Carriers whose packets may overtake each other. */
  readonly reorder: readonly number[];
  /** Share of datagrams that arrive twice, and damaged, 0 … 1. */
  readonly duplicateShare: number;
  readonly damageShare: number;
  /** Unit, first gateway, second gateway. */
  readonly clocks: readonly ClockError[];
  /** In the order of their times. */
  readonly planned: readonly PlannedFault[];
}

// Clocks that differ even without faults: an end that compares its clock with another's is wrong.
const CLOCKS_APART: readonly ClockError[] = [
  { offsetUs: 1_000_000, driftPpm: 0 },
  { offsetUs: 77_000_000, driftPpm: 0 },
  { offsetUs: 4_321_000_000, driftPpm: 0 },
];

export const NO_FAULTS: FaultPlan = {
  reorder: [],
  duplicateShare: 0,
  damageShare: 0,
  clocks: CLOCKS_APART,
  planned: [],
};

/** A fault each 15 s on average: 240 an hour, where a bad road has 16. */
const PAUSE_US = 15_000_000;
/** Crystals keep 20 ppm; a hot one with a bad oscillator 100. */
const DRIFT_PPM_MAX = 100;
/** Two turns of the 32 bits that frames carry of the clock. */
const OFFSET_US_MAX = 2 ** 33;

export function randomFaults(seed: number, carriers: number, lengthUs: number): FaultPlan {
  const random = new Random(seed);
  const clocks = CLOCKS_APART.map(() => ({
    offsetUs: 1_000_000 + random.below(OFFSET_US_MAX),
    driftPpm: (random.unit() * 2 - 1) * DRIFT_PPM_MAX,
  }));
  const all = Array.from({ length: carriers }, (_, i) => i);
  const reorder = all.filter(() => random.unit() < 0.3);
  const duplicateShare = random.unit() < 0.5 ? random.unit() * 0.02 : 0;
  const damageShare = random.unit() < 0.5 ? random.unit() * 0.02 : 0;
  const planned: PlannedFault[] = [];
  for (let atUs = random.exponential(PAUSE_US); atUs < lengthUs; ) {
    planned.push(...drawOne(random, Math.round(atUs), carriers));
    atUs += random.exponential(PAUSE_US);
  }
  planned.sort((a, b) => a.atUs - b.atUs);
  return { reorder, duplicateShare, damageShare, clocks, planned };
}

/** A fault and, where it lasts, its end. */
function drawOne(random: Random, atUs: number, carriers: number): PlannedFault[] {
  const carrier = random.below(carriers);
  const gateway = random.below(2);
  // Half a second to half a minute; short ones are the more frequent.
  const untilUs = atUs + Math.round(500_000 * 60 ** random.unit());
  switch (random.below(7)) {
    case 0:
      return [
        { atUs, fault: { kind: 'gateway-crash', gateway } },
        { atUs: untilUs, fault: { kind: 'gateway-start', gateway } },
      ];
    case 1:
      // Drained for maintenance, so it ends with a restart.
      return [
        { atUs, fault: { kind: 'gateway-drain', gateway } },
        { atUs: untilUs, fault: { kind: 'gateway-crash', gateway } },
        { atUs: untilUs + 2_000_000, fault: { kind: 'gateway-start', gateway } },
      ];
    case 2:
      return [
        { atUs, fault: { kind: 'link-down', carrier } },
        { atUs: untilUs, fault: { kind: 'link-up', carrier } },
      ];
    case 3:
      return [
        { atUs, fault: { kind: 'blackhole', carrier } },
        { atUs: untilUs, fault: { kind: 'passes', carrier } },
      ];
    case 4:
      return [
        { atUs, fault: { kind: 'stall', carrier } },
        { atUs: untilUs, fault: { kind: 'passes', carrier } },
      ];
    default:
      return [{ atUs, fault: { kind: 'rebind', carrier } }];
  }
}

export function isRoadFault(fault: Fault): fault is RoadFault {
  return fault.kind === 'blackhole' || fault.kind === 'stall' || fault.kind === 'passes';
}

export function wordsOf(fault: Fault, carriers: readonly string[]): string {
  if ('gateway' in fault) return `gateway ${fault.gateway + 1}: ${fault.kind.slice(8)}`;
  return `${carriers[fault.carrier] ?? '?'}: ${fault.kind}`;
}
