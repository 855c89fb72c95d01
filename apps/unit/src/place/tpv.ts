// gpsd's reports (gpsd_json(5)) as places. Pure; whatever is no report of a place is null.
import { PLACE, type Place } from '@rmh/contract/api';
import { z } from 'zod';

/** 2 knows the place, 3 the height too; 0 and 1 are no fix. */
const FIX = z.union([z.literal(2), z.literal(3)]);
const TPV = z.object({
  class: z.literal('TPV'),
  mode: FIX,
  /** Degrees, WGS 84. */
  lat: PLACE.shape.latitude,
  lon: PLACE.shape.longitude,
  // gpsd leaves out what it does not know, and what cannot be so does not spoil the rest.
  /** Over ground, m/s. */
  speed: PLACE.shape.speedMs.default(null).catch(null),
  /** Degrees from true north. */
  track: PLACE.shape.headingDeg.default(null).catch(null),
});

/** `line`: one of gpsd's, without its end. */
export function placeOf(line: string): Place | null {
  const { success, data } = TPV.safeParse(valueOf(line));
  if (!success) return null;
  const { lat, lon, speed, track } = data;
  // 0.00001° is 1.1 m, less than a receiver errs by.
  return {
    latitude: rounded(lat, 1e5),
    longitude: rounded(lon, 1e5),
    speedMs: speed === null ? null : rounded(speed, 10),
    headingDeg: track === null ? null : rounded(track, 1),
  };
}

function valueOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function rounded(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
