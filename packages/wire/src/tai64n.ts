/**
 * TAI64N labels (cr.yp.to/libtai/tai64.html): what a handshake initiation carries so that an old
 * one cannot be played again.
 *
 *  0                            8              12
 *  2^62 + TAI seconds (big end) nanoseconds (big end)
 */
import { assert } from '@rmh/base';

export const TAI64N_BYTES = 12;

// As in WireGuard: a constant 10 s, no leap second table. Only the order of labels matters.
const TAI_MINUS_UTC_S = 10;

/** The label of a moment given as microseconds of Unix time. */
export function tai64nFromUnixUs(us: number): Uint8Array {
  assert(Number.isSafeInteger(us) && us >= 0, 'Unix time is whole microseconds since 1970');
  const seconds = Math.floor(us / 1e6);
  const label = new Uint8Array(TAI64N_BYTES);
  const view = new DataView(label.buffer);
  const tai = seconds + TAI_MINUS_UTC_S;
  view.setUint32(0, 0x4000_0000 + Math.floor(tai / 2 ** 32));
  view.setUint32(4, tai);
  view.setUint32(8, (us - seconds * 1e6) * 1000);
  return label;
}

/** Negative when a is before b, 0 when equal, positive when after. */
export function compareTai64n(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < TAI64N_BYTES; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
