// Where carriers get their figures: fixed numbers, or a drive file.
import type { CarrierLinkConfig } from '../carriers/config.ts';
import type { CarrierName } from '../topology/addresses.ts';
import type { CarrierSource } from './protocol.ts';

/** The names of a source's carriers, in order. Throws RMH_USAGE with what is wrong. */
export async function carriersOf(source: CarrierSource): Promise<CarrierName[]> {
  const count = (await linkSources(source, 0)).length;
  return Array.from({ length: count }, (_, i) => {
    return { name: `carrier${i + 1}`, device: `carrier${i + 1}` };
  });
}

/** A drive that the project ships. */
export function shippedDrive(_vehicle: number): string {
  return '';
}

export async function linkSources(
  source: CarrierSource,
  _leadMs: number,
): Promise<CarrierLinkConfig['source'][]> {
  if (source.kind === 'drive') throw new Error('later');
  return source.text.split(',').map((text) => {
    const match = /^(\d+)mbit\/(\d+)ms(?:\/([\d.]+)%)?$/.exec(text.trim());
    if (match === null) throw new Error(text);
    return { mbit: Number(match[1]), delayMs: Number(match[2]), loss: Number(match[3] ?? 0) / 100 };
  });
}
