// What a unit's word means for the service, and since when.
import type { Now, ServiceState } from '@rmh/contract/api';

/** Silent for longer: its state is unknown. Three words of ten seconds, one of them lost. */
export const SILENT_AFTER_MS = 30_000;

// An absent carrier (no modem, station Wi-Fi out on the road) reduces nothing; one that is there
// and does not answer does.
export function stateOf(now: Now): Exclude<ServiceState, 'unknown'> {
  if (now.goodbye) return 'off';
  if (!now.up) return 'down';
  return now.carriers.some((carrier) => carrier.state === 'down') ? 'reduced' : 'up';
}

/**
 * When that state began by the unit's clock, never later than `nowMs` (Unix ms). For up: the last
 * time that the service or a carrier came back.
 */
export function sinceMsOf(now: Now, nowMs: number): number {
  const state = stateOf(now);
  const began = {
    off: [now.atMs],
    down: [now.sinceMs],
    reduced: now.carriers.filter(({ state: at }) => at === 'down').map(({ sinceMs }) => sinceMs),
    up: [now.sinceMs, ...now.carriers.map(({ sinceMs }) => sinceMs)],
  }[state];
  return Math.min(nowMs, Math.max(...began));
}
