// H3 cells by number. Cells of one resolution that lie in a larger one stand together: the digits
// below the larger one's resolution run from 000… to 666… (H3: docs, "Bit layout of H3Index").

/** The first that a cell of resolution 8 inside a larger one can be, both as hex. */
export function firstChild(hex: string): string {
  return child(hex, 0n);
}

export function lastChild(hex: string): string {
  return child(hex, 7n);
}

function child(hex: string, digit: bigint): string {
  const cell = BigInt(`0x${hex}`);
  const resolution = Number((cell >> 52n) & 15n);
  let found = (cell & ~(15n << 52n)) | (8n << 52n);
  for (let r = resolution + 1; r <= 8; r++) {
    const at = BigInt(3 * (15 - r));
    found = (found & ~(7n << at)) | (digit << at);
  }
  return found.toString(16);
}

/** The cell of `resolution` around one: what h3_parent() is in the database. */
export function parentOf(cell: bigint, resolution: number): bigint {
  const digits = (1n << BigInt(3 * (15 - resolution))) - 1n;
  return (cell & ~(15n << 52n)) | (BigInt(resolution) << 52n) | digits;
}
