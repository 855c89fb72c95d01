// Time of a simulation. Everything that happens is one of a few actors waking: a direction of a
// carrier, a flow, a timer. Each actor has one alarm, so a heap of alarms is the whole queue and
// nothing is made per packet.
import { assert } from '@rmh/base';

export interface Actor {
  /** Its alarm has come and is cleared; it sets the next one itself. */
  wake(nowUs: number): void;
}

// Carriers × 3, flows, TCP connections × 2, bearer, faults: about 60 in the largest mix.
const ACTORS_MAX = 1024;
/** An actor that wakes so often without time passing sets its alarm wrong. */
const WAKES_AT_ONCE_MAX = 100_000;

export class World {
  /** Whole µs from the start of the run. */
  nowUs = 0;
  wakes = 0;
  readonly #actors: Actor[] = [];
  /** Of each actor: when it wakes, and where it stands in the heap (−1: no alarm). */
  readonly #atUs = new Float64Array(ACTORS_MAX);
  readonly #place = new Int32Array(ACTORS_MAX).fill(-1);
  readonly #heap = new Int32Array(ACTORS_MAX);
  #alarms = 0;

  add(actor: Actor): number {
    assert(this.#actors.length < ACTORS_MAX, 'a simulation has a bounded number of actors');
    return this.#actors.push(actor) - 1;
  }

  /** Sets the actor's only alarm; Infinity clears it. What is past wakes it at once. */
  arm(actor: number, atUs: number): void {
    const place = this.#place[actor] as number;
    if (atUs === Number.POSITIVE_INFINITY) {
      if (place >= 0) this.#remove(place);
      return;
    }
    const beforeUs = this.#atUs[actor] as number;
    // Deadlines may fall between two microseconds; clocks do not.
    const nextUs = Math.max(this.nowUs, Math.ceil(atUs));
    this.#atUs[actor] = nextUs;
    if (place < 0) {
      this.#put(this.#alarms, actor);
      this.#rise(this.#alarms++);
    } else if (nextUs < beforeUs) this.#rise(place);
    else if (nextUs > beforeUs) this.#sink(place);
  }

  /** Lets time pass. */
  run(untilUs: number): void {
    let atOnce = 0;
    while (this.#alarms > 0) {
      const actor = this.#heap[0] as number;
      const atUs = this.#atUs[actor] as number;
      if (atUs > untilUs) break;
      atOnce = atUs > this.nowUs ? 0 : atOnce + 1;
      assert(atOnce < WAKES_AT_ONCE_MAX, 'time goes on');
      this.nowUs = atUs;
      this.#remove(0);
      this.wakes++;
      (this.#actors[actor] as Actor).wake(atUs);
    }
    this.nowUs = Math.max(this.nowUs, untilUs);
  }

  #put(place: number, actor: number): void {
    this.#heap[place] = actor;
    this.#place[actor] = place;
  }

  #remove(place: number): void {
    this.#place[this.#heap[place] as number] = -1;
    const last = this.#heap[--this.#alarms] as number;
    if (place === this.#alarms) return;
    this.#put(place, last);
    this.#rise(place);
    this.#sink(this.#place[last] as number);
  }

  /** At one time the older actor wakes first: the order never depends on the heap's history. */
  #before(a: number, b: number): boolean {
    const byTimeUs = (this.#atUs[a] as number) - (this.#atUs[b] as number);
    return byTimeUs < 0 || (byTimeUs === 0 && a < b);
  }

  #rise(from: number): void {
    let place = from;
    const actor = this.#heap[place] as number;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = this.#heap[above] as number;
      if (!this.#before(actor, other)) break;
      this.#put(place, other);
      place = above;
    }
    this.#put(place, actor);
  }

  #sink(from: number): void {
    let place = from;
    const actor = this.#heap[place] as number;
    for (;;) {
      let below = place * 2 + 1;
      if (below >= this.#alarms) break;
      if (below + 1 < this.#alarms) {
        const left = this.#heap[below] as number;
        if (this.#before(this.#heap[below + 1] as number, left)) below++;
      }
      const other = this.#heap[below] as number;
      if (!this.#before(other, actor)) break;
      this.#put(place, other);
      place = below;
    }
    this.#put(place, actor);
  }
}
