// A drive as the fleet's units would tell of it: each carrier, second by second, good or not.
import type { LinkCondition } from '../carriers/condition.ts';
import type { Drive } from '../drives/drive.ts';
import { placesOf } from './places.ts';

/** A forecast is of the next seconds: a car at 90 km/h is 100 m on, a train 200 m. */
export const AHEAD_S = 4;
const STEP_MS = 1000;
/** Below it the vitals and half a video do not fit: the rate has collapsed. */
const KBPS_LEAST = 500;
/** A realtime packet is worthless after 150 ms. */
const ONE_WAY_US_MOST = 150_000;

/** The measured seconds of one carrier along a drive, as columns of one length. */
export interface CarrierSeconds {
  readonly carrier: string;
  /** Start of each second, ascending, ms of the recording. */
  readonly tMs: readonly number[];
  readonly places: readonly (string | null)[];
  /** It was of no use in some part of this second. */
  readonly bad: readonly boolean[];
  /** It becomes so within the next AHEAD_S seconds. */
  readonly fails: readonly boolean[];
}

/** Of no use to an urgent packet: down, standing still, or too slow. */
export function isBad({ state, upKbps, downKbps, oneWayUs }: LinkCondition): boolean {
  if (state !== 'up') return true;
  return Math.min(upKbps, downKbps) < KBPS_LEAST || oneWayUs > ONE_WAY_US_MOST;
}

export function secondsOf(drive: Drive, cellM: number): CarrierSeconds[] {
  return drive.carriers.map((carrier) => {
    const placeAt = placesOf(drive, cellM);
    const tMs: number[] = [];
    for (let atMs = drive.fromMs; atMs < drive.endMs(carrier); atMs += STEP_MS) {
      if (drive.isMeasured(carrier, atMs)) tMs.push(atMs);
    }
    const bad = tMs.map((atMs) => isBadWithin(drive, carrier, atMs));
    const fails = tMs.map((atMs, i) => {
      const untilMs = atMs + AHEAD_S * 1000;
      for (let k = i + 1; (tMs[k] ?? Number.POSITIVE_INFINITY) <= untilMs; k++) {
        if (bad[k] === true) return true;
      }
      return false;
    });
    return { carrier, tMs, places: tMs.map(placeAt), bad, fails };
  });
}

function isBadWithin(drive: Drive, carrier: string, fromMs: number): boolean {
  for (let atMs = fromMs; atMs < fromMs + STEP_MS; ) {
    if (isBad(drive.sample(carrier, atMs))) return true;
    // At least 1 ms on, whatever rounding does.
    atMs = Math.max(atMs + 1, drive.nextChangeMs(carrier, atMs));
  }
  return false;
}
