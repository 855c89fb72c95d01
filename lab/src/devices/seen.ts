// Which of the newest packets of a flow were seen: 65,536 of them, which is 5 minutes of video at
// 208 packets a second, far beyond any copy that a path could still hold.
export const SEEN_WINDOW = 65_536;

export class Seen {
  // Slot `sequence mod SEEN_WINDOW` holds sequence + 1 of the last packet seen there; 0 is none.
  readonly #slots = new Uint32Array(SEEN_WINDOW);

  /** True for the first copy. */
  add(sequence: number): boolean {
    const slot = sequence % SEEN_WINDOW;
    if (this.#slots[slot] === sequence + 1) return false;
    this.#slots[slot] = sequence + 1;
    return true;
  }
}
