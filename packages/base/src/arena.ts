/**
 * One block of bytes that the whole data plane works in: packets never leave it, they are named
 * by their offset. Its address does not change for the life of the process, so native calls take
 * `address + offset` and no buffer object is made per packet.
 */
export interface Arena {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where byte 0 lies in this process's memory; 0 where no native code is used (tests, sim). */
  readonly address: number;
}

/** An arena for pure code: no native address. */
export function plainArena(bytes: number): Arena {
  const buffer = new ArrayBuffer(bytes);
  return { bytes: new Uint8Array(buffer), view: new DataView(buffer), address: 0 };
}
