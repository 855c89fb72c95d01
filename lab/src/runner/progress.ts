// The progress of a run on standard error: one line that is rewritten in a terminal; elsewhere a
// line for each phase.
import type { WriteStream } from 'node:tty';
import type { Watcher } from './conduct.ts';
import { phaseText, progress } from './lab-text.ts';
import type { RunOrder, RunPhase, Snapshot } from './protocol.ts';

const CLEAR_LINE = '\r\x1b[2K';

export class LabProgress implements Watcher {
  readonly #order: Pick<RunOrder, 'seconds' | 'faults'>;
  readonly #out: WriteStream;
  #phase: RunPhase | null = null;

  constructor(order: Pick<RunOrder, 'seconds' | 'faults'>, out: WriteStream) {
    this.#order = order;
    this.#out = out;
  }

  onPhase(phase: RunPhase): void {
    this.#phase = phase;
    this.#show(`${phaseText(phase)} …`, true);
  }

  onSnapshot(snapshot: Snapshot): void {
    if (this.#phase !== 'running') return;
    this.#show(progress(snapshot, this.#order.seconds ?? 0, this.#order.faults), false);
  }

  onStop(): void {
    this.#show('ending; press Ctrl-C once more to end at once …', true);
  }

  onEnd(): void {
    if (this.#out.isTTY) this.#out.write(CLEAR_LINE);
  }

  #show(line: string, always: boolean): void {
    if (this.#out.isTTY) this.#out.write(`${CLEAR_LINE}${line.slice(0, this.#out.columns - 1)}`);
    else if (always) this.#out.write(`${line}\n`);
  }
}
