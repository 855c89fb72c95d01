// Several passes of one generated road, in one file: each begins where the others did and drives at
// the same speed. Of what a carrier met on the first pass, each later one meets again a share, a
// little earlier or later; the rest is its own, so that all have as many outages.
import { Random } from '@rmh/base';
import { type Interval, joined } from '../intervals.ts';
import { type GeneratedDrive, type GenerateOptions, generateDrive } from './generate.ts';
import type { Troubles } from './outage-process.ts';

export interface PassesOptions extends GenerateOptions {
  /** 1 … PASSES_MAX. */
  readonly passes: number;
  /** Share of outages that belong to the place, 0 … 1: an assumption, and the point of it. */
  readonly recurrence: number;
}

export const PASSES_MAX = 50;
/** So long after one has begun the next does, beyond its own length: no two are one pass. */
const PAUSE_MS = 3_600_000;
/** A hole at 80 km/h begins some 20 m sooner or later: another lane, load, a lorry beside. */
const SHIFT_MS = 1_000;
/** Drives of one road draw from streams of their own. */
const SEED_STEP = 7_919;

export function generatePasses(options: PassesOptions): GeneratedDrive {
  const { passes, recurrence, seed, minutes } = options;
  const first = new Map<string, Troubles>();
  const drives = Array.from({ length: passes }, (_, pass) => {
    const own = { ...options, seed: seed + pass * SEED_STEP };
    const random = new Random(own.seed);
    const fromMs = pass * (minutes * 60_000 + PAUSE_MS);
    return generateDrive(own, {
      fromMs,
      meets: (carrier, drawn) => {
        const known = first.get(carrier);
        if (known === undefined) first.set(carrier, drawn);
        return known === undefined ? drawn : meetAgain(random, known, drawn, recurrence);
      },
    });
  });
  return {
    rows: drives.flatMap(({ rows }, pass) => (pass === 0 ? rows : rows.slice(1))),
    probes: drives.flatMap(({ probes }, pass) => (pass === 0 ? probes : probes.slice(1))),
  };
}

/** `share` of the known ones, shifted, and of those drawn anew what is left to it. */
function meetAgain(random: Random, known: Troubles, drawn: Troubles, share: number): Troubles {
  const some = (kept: readonly Interval[], fresh: readonly Interval[]): Interval[] => {
    const again = kept.filter(() => random.unit() < share).map((each) => shifted(random, each));
    const own = fresh.filter(() => random.unit() >= share);
    return joined([...again, ...own].sort((a, b) => a.fromMs - b.fromMs));
  };
  return { down: some(known.down, drawn.down), slow: some(known.slow, drawn.slow) };
}

function shifted(random: Random, { fromMs, toMs }: Interval): Interval {
  const startMs = Math.max(0, fromMs + random.normal() * SHIFT_MS);
  return { fromMs: startMs, toMs: startMs + (toMs - fromMs) };
}
