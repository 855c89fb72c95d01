// Which drives can be judged at all: those that measured what a road does, not only its signal.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

const MEASURES = ['down_kbps', 'up_kbps', 'rtt_ms'] as const;

/** Whether a drive file has a delay or a rate of two carriers or more; reads no further. */
export async function hasDelayOrRate(path: string): Promise<boolean> {
  const file = createReadStream(path);
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  const carriers = new Set<string>();
  let carrierAt = -1;
  let measuresAt: number[] | null = null;
  try {
    for await (const line of createInterface({ input })) {
      const fields = line.split(',');
      if (measuresAt === null) {
        const names = fields.map((name) => name.trim());
        carrierAt = names.indexOf('carrier');
        measuresAt = MEASURES.map((name) => names.indexOf(name)).filter((at) => at >= 0);
      } else if (measuresAt.some((at) => (fields[at] ?? '').trim() !== '')) {
        carriers.add((fields[carrierAt] ?? '').trim());
        if (carriers.size === 2) return true;
      }
    }
    return false;
  } finally {
    file.destroy();
  }
}
