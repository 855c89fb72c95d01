// How the run before this one ended: STATE/run.json, and the numbers that its outages have used.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../daemon/atomic-file.ts';

export type PreviousRun = 'stopped' | 'crashed' | 'power' | 'unknown';

const RUN = z.object({
  running: z.boolean(),
  /** Changes with each start of the machine. */
  bootId: z.string(),
  /** Numbers up to here have been given, or may have been. */
  numbered: z.int().min(0),
});

/** A write for so many numbers; 2^31 of them outlast 200,000 restarts. */
const NUMBERS_AT_ONCE = 10_000;

export class RunMarker {
  readonly previous: PreviousRun;
  readonly #path: string;
  readonly #bootId: string;
  #next: number;
  #numbered: number;

  /** Throws where the directory cannot be written. */
  constructor(stateDirectory: string, bootId = readBootId()) {
    this.#path = join(stateDirectory, 'run.json');
    this.#bootId = bootId;
    const before = readRun(this.#path);
    this.previous = previousOf(before, bootId);
    this.#next = (before?.numbered ?? 0) + 1;
    this.#numbered = this.#next - 1 + NUMBERS_AT_ONCE;
    this.#write(true);
  }

  /** A number that no run of this machine has given. */
  takeNumber(): number {
    if (this.#next > this.#numbered) {
      this.#numbered += NUMBERS_AT_ONCE;
      this.#write(true);
    }
    return this.#next++;
  }

  /** This run ends as it was asked to. */
  stopped(): void {
    this.#write(false);
  }

  #write(running: boolean): void {
    const run = { running, bootId: this.#bootId, numbered: this.#numbered };
    writeAtomically(this.#path, `${JSON.stringify(run)}\n`);
  }
}

function previousOf(before: z.output<typeof RUN> | null, bootId: string): PreviousRun {
  if (before === null) return 'unknown';
  if (!before.running) return 'stopped';
  return before.bootId === bootId ? 'crashed' : 'power';
}

function readRun(path: string): z.output<typeof RUN> | null {
  try {
    const parsed = RUN.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // the first run, or a file that nobody can read: nothing is known
  }
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
