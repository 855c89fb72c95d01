// When each flow's next packet leaves. Pure: time in, due packets out.
import { dueUs, type Flow } from './flows.ts';

// Flows start a little apart, so that not all packets of a common period leave at once.
const STAGGER_US = 1300;

export class Pacer {
  readonly flow: Flow;
  #startUs = Number.POSITIVE_INFINITY;
  #next = 0;

  constructor(flow: Flow) {
    this.flow = flow;
  }

  start(atUs: number): void {
    this.#startUs = atUs + this.flow.id * STAGGER_US;
  }

  get nextUs(): number {
    return this.#startUs + dueUs(this.flow.pattern, this.#next);
  }

  /** Sequence numbers due by now; a process that slept catches up, as a real device would. */
  *due(nowUs: number, stopUs: number): Generator<number> {
    while (this.nextUs <= nowUs && this.nextUs < stopUs) yield this.#next++;
  }
}
