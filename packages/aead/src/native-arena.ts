import { type Arena, assert } from '@rmh/base';
import koffi from 'koffi';

/** An arena whose address native code may use, for tests and benches of this package. */
export function nativeArena(bytes: number): Arena {
  const buffer = new ArrayBuffer(bytes);
  const address = Number(koffi.address(buffer));
  assert(Number.isSafeInteger(address), 'user space addresses are below 2^53');
  return { bytes: new Uint8Array(buffer), view: new DataView(buffer), address };
}
