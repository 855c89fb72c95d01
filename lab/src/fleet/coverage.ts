// How well each carrier reaches a place, made up but fixed: the same place has the same holes for
// every vehicle and every pass, so that a coverage map of the fleet shows something true of it.
//
// Smooth noise at two scales (about 40 km and 4 km). Part of it is common to all carriers: where
// there are few people and high mountains nobody builds, and carriers share masts.
export interface CarrierModel {
  readonly key: string;
  readonly name: string;
  readonly colour: number;
  readonly seed: number;
  /** Added to the level everywhere: how much of the land it has built out. */
  readonly reach: number;
  readonly rttMs: number;
}

export const CARRIERS: readonly CarrierModel[] = [
  { key: 'telenor', name: 'Telenor', colour: 1, seed: 11, reach: 0.36, rttMs: 38 },
  { key: 'telia', name: 'Telia', colour: 2, seed: 23, reach: 0.32, rttMs: 42 },
  { key: 'ice', name: 'Ice', colour: 3, seed: 37, reach: 0.2, rttMs: 48 },
];

/** A planted outage: one carrier is gone within a circle for a time. */
export interface AreaOutage {
  readonly carrier: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly radiusKm: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Reception {
  readonly up: boolean;
  /** 0 at the edge … 1 beside the mast. */
  readonly level: number;
}

const SHARED_PART = 0.45;
const COARSE_DEG = 0.4;
const FINE_DEG = 0.04;
/** Around a town every carrier is better: added at its centre, gone at 12 km. */
const TOWN_BONUS = 0.5;
const TOWN_KM = 12;

export function receptionAt(
  carrier: CarrierModel,
  latitude: number,
  longitude: number,
  kmToTown: number,
): Reception {
  const noise = (seed: number) =>
    0.6 * smoothNoise(seed, latitude / COARSE_DEG, longitude / (2 * COARSE_DEG)) +
    0.4 * smoothNoise(seed + 1, latitude / FINE_DEG, longitude / (2 * FINE_DEG));
  const mixed = SHARED_PART * noise(7) + (1 - SHARED_PART) * noise(carrier.seed);
  const bonus = TOWN_BONUS * Math.max(0, 1 - kmToTown / TOWN_KM);
  const level = mixed + carrier.reach + bonus - 0.5;
  return { up: level > 0, level: Math.min(1, Math.max(0, level)) };
}

export function isOut(
  outages: readonly AreaOutage[],
  carrier: string,
  latitude: number,
  longitude: number,
  atMs: number,
): boolean {
  return outages.some(
    (outage) =>
      outage.carrier === carrier &&
      atMs >= outage.fromMs &&
      atMs < outage.toMs &&
      kmBetween(latitude, longitude, outage.latitude, outage.longitude) <= outage.radiusKm,
  );
}

/** Good to a few per mille below 100 km, which is all that is asked here. */
export function kmBetween(aLat: number, aLon: number, bLat: number, bLon: number): number {
  const north = (bLat - aLat) * KM_PER_DEGREE;
  const east = (bLon - aLon) * KM_PER_DEGREE * Math.cos(((aLat + bLat) / 2) * RADIANS);
  return Math.hypot(north, east);
}

export const KM_PER_DEGREE = 111.2;
export const RADIANS = Math.PI / 180;

/** 0 … 1, continuous: corners of a lattice are drawn, what lies between is faded. */
function smoothNoise(seed: number, x: number, y: number): number {
  const left = Math.floor(x);
  const below = Math.floor(y);
  const across = fade(x - left);
  const up = fade(y - below);
  const row = (j: number) =>
    (1 - across) * corner(seed, left, j) + across * corner(seed, left + 1, j);
  return (1 - up) * row(below) + up * row(below + 1);
}

function fade(t: number): number {
  return t * t * (3 - 2 * t);
}

/** A hash of the corner as a number in 0 … 1 (the finalizer of MurmurHash3). */
function corner(seed: number, x: number, y: number): number {
  let hash = Math.imul(x, 0x85ebca6b) ^ Math.imul(y, 0xc2b2ae35) ^ Math.imul(seed, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
