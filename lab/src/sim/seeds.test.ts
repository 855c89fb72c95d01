// Seeds that once broke an invariant, each with what was wrong. They stay.
import { test } from 'node:test';
import { readDrive } from '../drives/read.ts';
import { drivePath } from '../drives/shipped.ts';
import { type SimRun, simulate } from './simulate.ts';
import { windowOf } from './windows.ts';

interface Found extends Pick<SimRun, 'seed' | 'mix' | 'faults'> {
  readonly drive: string;
  readonly fromMs: number;
  /** Of the window: a little more than it took to break. */
  readonly lengthMs: number;
  readonly what: string;
}

const FOUND: readonly Found[] = [
  {
    what: 'what came out made its receiver send at once, and came out again',
    drive: 'oslo',
    fromMs: 0,
    lengthMs: 20_000,
    seed: 1,
    mix: 'standard',
    faults: 'none',
  },
  {
    what: 'a stream that begins over several carriers does not know its beginning',
    drive: 'highway',
    fromMs: 0,
    lengthMs: 20_000,
    seed: 1,
    mix: 'standard',
    faults: 'none',
  },
  {
    what: 'a gateway that crashed delivers again what the unit sends again',
    drive: 'coast',
    fromMs: 0,
    lengthMs: 60_000,
    seed: 6,
    mix: 'standard',
    faults: 'random',
  },
  {
    what: 'what a gateway sealed before it crashed came after its numbers were forgotten',
    drive: 'coast',
    fromMs: 0,
    lengthMs: 60_000,
    seed: 111,
    mix: 'standard',
    faults: 'random',
  },
  {
    what: 'what a gateway sealed before it crashed came after its numbers were forgotten',
    drive: 'coast',
    fromMs: 0,
    lengthMs: 60_000,
    seed: 184,
    mix: 'standard',
    faults: 'random',
  },
];

for (const { what, drive, fromMs, lengthMs, seed, mix, faults } of FOUND) {
  test(`Seed ${seed} on ${drive}: ${what}`, async () => {
    const window = windowOf(drive, await readDrive(drivePath(drive)), fromMs, lengthMs);
    simulate({ window, seed, mix, ...(faults === undefined ? {} : { faults }) });
  });
}
