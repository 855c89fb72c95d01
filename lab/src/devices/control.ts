// The line to the engine: commands on standard input, reports on standard output.
import { readSync, writeSync } from 'node:fs';
import type { Source } from './loop.ts';
import type { StationCommand, StationPlan, StationReport } from './plan.ts';

// A plan is the longest line: well below 4 kB.
const LINE_BYTES_MAX = 65_536;

export class Control implements Source {
  readonly fd = 0;
  readonly wantsWrite = false;
  readonly ended = false;
  readonly #onCommand: (command: StationCommand) => void;
  #rest = '';

  constructor(onCommand: (command: StationCommand) => void) {
    this.#onCommand = onCommand;
  }

  readable(): void {
    const chunk = readChunk();
    if (chunk === '') process.exit(1); // the engine is gone
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onCommand(JSON.parse(line) as StationCommand);
  }

  writable(): void {}
  close(): void {}
}

export function say(report: StationReport): void {
  try {
    writeSync(1, `${JSON.stringify(report)}\n`);
  } catch {
    process.exit(1); // the engine is gone
  }
}

/** The plan is the only argument. */
export function planOf(argv: readonly string[]): StationPlan {
  return JSON.parse(argv[2] ?? '{}') as StationPlan;
}

function readChunk(): string {
  const buffer = Buffer.alloc(LINE_BYTES_MAX);
  return buffer.toString('utf8', 0, readSync(0, buffer));
}
