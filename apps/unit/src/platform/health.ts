// How the unit itself is. What this machine cannot tell is null.
import { readFileSync, statfsSync } from 'node:fs';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import type { Health } from '@rmh/contract/api';

const THERMAL = '/sys/class/thermal/thermal_zone0/temp';

export function readHealth(directory: string): Health {
  const [load = 0] = loadavg();
  return {
    cpuShare: share(load / availableParallelism()),
    memoryShare: share(1 - freemem() / totalmem()),
    diskShare: diskShare(directory),
    temperatureC: temperatureC(),
    supply: null,
  };
}

function diskShare(directory: string): number | null {
  try {
    const { blocks, bavail } = statfsSync(directory);
    return blocks === 0 ? null : share(1 - bavail / blocks);
  } catch {
    return null;
  }
}

function temperatureC(): number | null {
  try {
    const milli = Number(readFileSync(THERMAL, 'utf8'));
    const isPlausible = Number.isFinite(milli) && milli > -60_000 && milli < 150_000;
    return isPlausible ? milli / 1000 : null;
  } catch {
    return null;
  }
}

function share(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;
}
