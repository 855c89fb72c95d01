// How well the other passes of a road tell that a carrier is about to fail.
import type { RoadMap } from './road-map.ts';
import { heldBackAround } from './road-map.ts';
import type { CarrierSeconds } from './seconds.ts';

/** Counts of seconds in which the carrier was good: only what is still good can be foreseen. */
export interface Skill {
  readonly carrier: string;
  /** With enough other passes of the place, and how many of those were followed by a failure. */
  readonly known: number;
  readonly failing: number;
  /** Of the known: those that the map warns of, and how many of these were followed by one. */
  readonly warned: number;
  readonly warnedFailing: number;
}

/** A pass in ten failed here. */
const WARN_RISK = 0.1;

export function skillOf(track: CarrierSeconds, map: RoadMap): Skill {
  const skill = { carrier: track.carrier, known: 0, failing: 0, warned: 0, warnedFailing: 0 };
  for (const [i, atMs] of track.tMs.entries()) {
    const place = track.places[i] ?? null;
    if (place === null || track.bad[i] === true) continue;
    const risk = map.riskAt(place, heldBackAround(atMs, atMs));
    if (risk === null) continue;
    const fails = track.fails[i] === true ? 1 : 0;
    skill.known++;
    skill.failing += fails;
    if (risk < WARN_RISK) continue;
    skill.warned++;
    skill.warnedFailing += fails;
  }
  return skill;
}
