/**
 * Datagrams that are ready to leave: columns of one bounded table over a region of the arena that
 * fills from its start. Neighbours of equal length on one path lie one behind the other, so the
 * shell sends them as one train.
 */
export class Transmits {
  count = 0;
  readonly at: Int32Array;
  readonly length: Int32Array;
  readonly link: Int32Array;
  /** The remote address: an address block in the arena. */
  readonly endpointAt: Int32Array;
  readonly #regionAt: number;
  readonly #regionBytes: number;
  #used = 0;

  constructor(regionAt: number, regionBytes: number, rowsMax: number) {
    this.#regionAt = regionAt;
    this.#regionBytes = regionBytes;
    this.at = new Int32Array(rowsMax);
    this.length = new Int32Array(rowsMax);
    this.link = new Int32Array(rowsMax);
    this.endpointAt = new Int32Array(rowsMax);
  }

  hasRoom(bytes: number): boolean {
    return this.count < this.at.length && this.#used + bytes <= this.#regionBytes;
  }

  /** Where the next datagram is to be written. */
  get nextAt(): number {
    return this.#regionAt + this.#used;
  }

  /** The datagram at `nextAt` is complete. */
  push(length: number, link: number, endpointAt: number): void {
    const row = this.count++;
    this.at[row] = this.nextAt;
    this.length[row] = length;
    this.link[row] = link;
    this.endpointAt[row] = endpointAt;
    this.#used += length;
  }

  clear(): void {
    this.count = 0;
    this.#used = 0;
  }
}
