/** Held packets by number: columns over one window, chained in the order of their arrival. */
export class HeldRing {
  count = 0;
  readonly #slot = new Int32Array(WINDOW).fill(-1);
  readonly #length = new Uint16Array(WINDOW);
  readonly #flags = new Uint8Array(WINDOW);
  readonly #sinceUs = new Float64Array(WINDOW);
  readonly #before = new Int16Array(WINDOW);
  readonly #after = new Int16Array(WINDOW);
  #oldest = NONE;
  #youngest = NONE;

  put(number: number, slot: number, length: number, flags: number, nowUs: number): void {
    const row = number & MASK;
    this.#slot[row] = slot;
    this.#length[row] = length;
    this.#flags[row] = flags;
    this.#sinceUs[row] = nowUs;
    this.#before[row] = this.#youngest;
    this.#after[row] = NONE;
    if (this.#youngest === NONE) this.#oldest = row;
    else this.#after[this.#youngest] = row;
    this.#youngest = row;
    this.count++;
  }

  slotOf(number: number): number {
    return this.#slot[number & MASK] ?? -1;
  }

  lengthOf(number: number): number {
    return this.#length[number & MASK] ?? 0;
  }

  flagsOf(number: number): number {
    return this.#flags[number & MASK] ?? 0;
  }

  remove(number: number): void {
    const row = number & MASK;
    const before = this.#before[row] as number;
    const after = this.#after[row] as number;
    if (before === NONE) this.#oldest = after;
    else this.#after[before] = after;
    if (after === NONE) this.#youngest = before;
    else this.#before[after] = before;
    this.#slot[row] = -1;
    this.count--;
  }

  /** The first held number at or above `from`; something is held. */
  lowestFrom(from: number): number {
    let number = from;
    while (this.slotOf(number) < 0) number++;
    return number;
  }

  /** When the packet came that is held the longest; something is held. */
  get oldestUs(): number {
    return this.#sinceUs[this.#oldest] ?? 0;
  }
}

const NONE = -1;
/** 300 Mbit/s × 0.15 s of skew between two paths / 8 / 1,400 B = 4,000 packets. */
export const WINDOW = 4096;
const MASK = WINDOW - 1;
