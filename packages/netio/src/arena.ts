import { type Arena, assert } from '@rmh/base';
import { addressOf, setPointer } from './native.ts';

export const IOVEC_BYTES = 16;

/**
 * Holds every arena for the life of the process: a native structure may point into one that no
 * script variable names any more. Arenas are made at start-up, a few per loop.
 */
const kept: Arena[] = [];

/** Zeroed memory that native calls can reach; never moved, never freed. */
export function allocateArena(bytes: number): Arena {
  assert(Number.isSafeInteger(bytes) && bytes > 0, 'an arena has a size');
  const buffer = new ArrayBuffer(bytes);
  const arena = {
    bytes: new Uint8Array(buffer),
    view: new DataView(buffer),
    address: addressOf(buffer),
  };
  kept.push(arena);
  return arena;
}

//  0        8
//  base     length
/** Entry `i` of the iovec array at `iovecsAt` becomes arena[at, at + length). */
export function setIovec(
  arena: Arena,
  iovecsAt: number,
  i: number,
  at: number,
  length: number,
): void {
  const entryAt = iovecsAt + i * IOVEC_BYTES;
  setPointer(arena.view, entryAt, arena.address + at);
  arena.view.setUint32(entryAt + 8, length, true);
  arena.view.setUint32(entryAt + 12, 0, true);
}
