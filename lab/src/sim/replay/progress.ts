// How far a comparison is, on standard error: a line that is rewritten in a terminal, elsewhere one
// each ten seconds.
import type { WriteStream } from 'node:tty';
import type { ReplayState } from './replay.ts';

const CLEAR_LINE = '\r\x1b[2K';
const LINE_EVERY_MS = 10_000;

export class ReplayProgress {
  readonly #out: WriteStream;
  readonly #startMs = performance.now();
  #lineMs = 0;

  constructor(out: WriteStream) {
    this.#out = out;
  }

  show(state: ReplayState): void {
    const elapsedMs = performance.now() - this.#startMs;
    const line = progressLine(state, elapsedMs);
    if (this.#out.isTTY) this.#out.write(`${CLEAR_LINE}${line.slice(0, this.#out.columns - 1)}`);
    else if (elapsedMs - this.#lineMs >= LINE_EVERY_MS) {
      this.#lineMs = elapsedMs;
      this.#out.write(`${line}\n`);
    }
  }

  end(): void {
    if (this.#out.isTTY) this.#out.write(CLEAR_LINE);
  }
}

/** "12/80 runs, 1.2 h simulated at 140 × real time, 35 s left" */
export function progressLine({ done, of, hoursDone }: ReplayState, elapsedMs: number): string {
  const speed = (hoursDone * 3_600_000) / Math.max(1, elapsedMs);
  const leftS = ((elapsedMs / Math.max(1, done)) * (of - done)) / 1000;
  const hours = `${hoursDone.toFixed(1)} h simulated at ${speed.toFixed(0)} × real time`;
  return `${done}/${of} runs, ${hours}, ${leftS.toFixed(0)} s left`;
}
