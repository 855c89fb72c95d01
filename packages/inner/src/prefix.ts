/** Is an address of the IP packet at `at` within a prefix? Whole header given; no allocation. */
import type { Arena, IpPrefix } from '@rmh/base';
import { destinationAt, sourceAt } from './packet.ts';

export function sourceIn(arena: Arena, at: number, prefix: IpPrefix): boolean {
  if (arena.view.getUint8(at) >> 4 !== prefix.address.family) return false;
  return addressIn(arena.view, sourceAt(arena.view, at), prefix);
}

export function destinationIn(arena: Arena, at: number, prefix: IpPrefix): boolean {
  if (arena.view.getUint8(at) >> 4 !== prefix.address.family) return false;
  return addressIn(arena.view, destinationAt(arena.view, at), prefix);
}

function addressIn(view: DataView, at: number, prefix: IpPrefix): boolean {
  const { bytes } = prefix.address;
  const whole = prefix.length >> 3;
  for (let i = 0; i < whole; i++) {
    if (view.getUint8(at + i) !== bytes[i]) return false;
  }
  const rest = prefix.length & 7;
  if (rest === 0) return true;
  return (view.getUint8(at + whole) ^ (bytes[whole] ?? 0)) >> (8 - rest) === 0;
}
