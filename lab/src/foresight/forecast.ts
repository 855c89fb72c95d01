// Windows of drives with what is foreseen of their carriers.
import { indexAt, type Timeline } from '../carriers/timeline.ts';
import type { DriveWindow, Forecast } from '../sim/types.ts';
import { heldBackAround, RoadMap } from './road-map.ts';
import { type CarrierSeconds, isBad } from './seconds.ts';

/** learned: by other passes of the road. perfect: by the very pass, which nobody can know. */
export const HINTS = ['learned', 'perfect'] as const;
export type Hint = (typeof HINTS)[number];

/** A risk below this is the noise of a single pass, and avoiding a path costs delay. */
const RISK_LEAST = 0.05;
/** A perfect hint comes so long before: time to move the traffic, and for a queue to run empty. */
const PERFECT_AHEAD_MS = 1500;
const PERFECT_STEP_MS = 100;

/** The maps of a drive's carriers, by name. */
export function mapsOf(
  seconds: readonly CarrierSeconds[],
  passesLeast: number,
): ReadonlyMap<string, RoadMap> {
  return new Map(
    seconds.map((track) => {
      const map = new RoadMap(passesLeast);
      map.learn(track);
      return [track.carrier, map];
    }),
  );
}

/** The window with what the other passes of its road say; its own pass is held back. */
export function withLearned(
  window: DriveWindow,
  seconds: readonly CarrierSeconds[],
  maps: ReadonlyMap<string, RoadMap>,
): DriveWindow {
  const carriers = window.carriers.map((carrier) => {
    const track = seconds.find(({ carrier: name }) => name === carrier.name);
    const map = maps.get(carrier.name);
    if (track === undefined || map === undefined) return carrier;
    return { ...carrier, foreseen: learnedForecast(window, track, map) };
  });
  return { ...window, carriers };
}

function learnedForecast(
  { fromMs, lengthMs }: DriveWindow,
  { tMs, places }: CarrierSeconds,
  map: RoadMap,
): Forecast {
  const held = heldBackAround(fromMs, fromMs + lengthMs);
  const startMs: number[] = [];
  const risks: number[] = [];
  for (const [i, atMs] of tMs.entries()) {
    if (atMs < fromMs || atMs >= fromMs + lengthMs) continue;
    const place = places[i] ?? null;
    const risk = place === null ? null : map.riskAt(place, held);
    startMs.push(atMs - fromMs);
    risks.push(risk === null || risk < RISK_LEAST ? 0 : risk);
  }
  return { startMs: Float64Array.from(startMs), risk: Float64Array.from(risks) };
}

/** The window with the truth of its own next moments: no map can be better. */
export function withPerfect(window: DriveWindow): DriveWindow {
  const carriers = window.carriers.map((carrier) => {
    return { ...carrier, foreseen: perfectForecast(carrier.timeline, window.lengthMs) };
  });
  return { ...window, carriers };
}

function perfectForecast(timeline: Timeline, lengthMs: number): Forecast {
  const steps = Math.ceil(lengthMs / PERFECT_STEP_MS);
  const startMs = Float64Array.from({ length: steps }, (_, i) => i * PERFECT_STEP_MS);
  const risk = startMs.map((atMs) => {
    const last = indexAt(timeline, atMs + PERFECT_AHEAD_MS);
    const [now, ...next] = timeline.conditions.slice(indexAt(timeline, atMs), last + 1);
    // What is bad already the sender sees for itself.
    return now !== undefined && !isBad(now) && next.some(isBad) ? 1 : 0;
  });
  return { startMs, risk };
}
