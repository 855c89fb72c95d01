/**
 * How a path that may carry more is found out: while no queue stands and more waits to be sent, its
 * rate grows by up to 1.8 a loop. It is judged once a loop (a round). Times µs.
 */
export class Growth {
  /** Nothing is known of the path yet: it grows until a queue stands, or nothing more arrives. */
  starting = true;
  #boost = 1;
  #endsUs = 0;
  #rateBefore = 0;
  /** No queue stood in this round. */
  #low = true;
  #lowRounds = 0;
  #flatRounds = 0;

  get active(): boolean {
    return this.starting || this.#boost > 1;
  }

  /** Of the known rate, so much is sent. */
  get gain(): number {
    return this.starting ? START_GAIN : this.#boost;
  }

  /** A queue was met in this round. */
  queued(): void {
    this.#low = false;
  }

  /** It was too much. */
  stop(): void {
    this.starting = false;
    this.#boost = 1;
  }

  /** Others share the path: their window leads. */
  pause(): void {
    this.#boost = 1;
  }

  forget(): void {
    this.starting = true;
    this.#boost = 1;
    this.#rateBefore = 0;
    this.#flatRounds = 0;
  }

  /**
   * Each sample. `full`: more waited all the time; `leaps`: it may grow at once; `held`: not now,
   * because the path falls. `drained`: the queue is empty by our own doing, which tells nothing.
   */
  step(nowUs: number, loopUs: number, rate: number, given: Given): void {
    if (nowUs < this.#endsUs) return;
    this.#endsUs = nowUs + loopUs;
    if (this.starting) {
      const flat = given.full && rate <= 1.25 * this.#rateBefore;
      this.#flatRounds = flat ? this.#flatRounds + 1 : 0;
      if (this.#flatRounds === 3) this.starting = false;
    } else if (this.#low && given.full && !given.held) {
      if (given.leaps) this.#boost = START_GAIN;
      else if (this.#lowRounds++ > 0) this.#boost = Math.min(START_GAIN, this.#boost * 1.4);
    } else {
      this.#boost = 1;
      this.#lowRounds = 0;
    }
    this.#rateBefore = rate;
    this.#low = !given.drained;
  }
}

interface Given {
  readonly full: boolean;
  readonly leaps: boolean;
  readonly held: boolean;
  readonly drained: boolean;
}

/** Below 2 the overshoot, (gain − 1) × loop, stays under 60 ms at a round trip of 40 ms. */
const START_GAIN = 1.8;
