// Between an arena and a stream's own memory, word by word through DataViews: packets lie at any
// offset, where a Uint32Array cannot begin, and `set` would need an object a packet.

/** target ^= source over `length` bytes. */
export function xorInto(
  target: DataView,
  targetAt: number,
  source: DataView,
  sourceAt: number,
  length: number,
): void {
  const words = length & ~3;
  for (let i = 0; i < words; i += 4) {
    const mixed = target.getInt32(targetAt + i, true) ^ source.getInt32(sourceAt + i, true);
    target.setInt32(targetAt + i, mixed, true);
  }
  for (let i = words; i < length; i++) {
    target.setUint8(targetAt + i, target.getUint8(targetAt + i) ^ source.getUint8(sourceAt + i));
  }
}

/** target = source over `length` bytes, which do not overlap. */
export function copyInto(
  target: DataView,
  targetAt: number,
  source: DataView,
  sourceAt: number,
  length: number,
): void {
  const words = length & ~3;
  for (let i = 0; i < words; i += 4) {
    target.setInt32(targetAt + i, source.getInt32(sourceAt + i, true), true);
  }
  for (let i = words; i < length; i++) {
    target.setUint8(targetAt + i, source.getUint8(sourceAt + i));
  }
}
