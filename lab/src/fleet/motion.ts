// A made-up vehicle's day: parked at its station, out to a place within an hour's drive, a stop
// there, back. A trip is known as soon as it has begun, so where a vehicle was at any moment can
// be asked in order of time.
import { Random } from '@rmh/base';
import { KM_PER_DEGREE, kmBetween, RADIANS } from './coverage.ts';
import type { Town } from './geography.ts';

export interface Whereabouts {
  readonly latitude: number;
  readonly longitude: number;
  readonly speedMs: number;
  readonly headingDeg: number;
  /** Switched off in its garage: the unit says goodbye and is silent. */
  readonly off: boolean;
}

interface Leg {
  readonly fromMs: number;
  readonly toMs: number;
  readonly kind: 'off' | 'stands' | 'drives';
  readonly from: Point;
  readonly to: Point;
  /** How far the road bends aside from the straight line, km. */
  readonly bendKm: number;
}

interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

const MINUTE_MS = 60_000;
const TRIP_KM_MEAN = 14;
const TRIP_KM_MOST = 70;
/** Roads are longer than straight lines, towns slower than country roads: 50 km/h in all. */
const SPEED_KM_PER_MS = 50 / 3_600_000;
const OFF_SHARE = 0.35;

export class Motion {
  readonly #home: Town;
  readonly #random: Random;
  #leg: Leg;
  /** Out, at the place, on the way back: what comes next. */
  #away = false;

  constructor(home: Town, seed: number, startMs: number) {
    this.#home = home;
    this.#random = new Random(seed);
    const rest = this.#random.exponential(40 * MINUTE_MS);
    this.#leg = this.#rest(startMs, startMs + rest, home);
  }

  /** `atMs` never goes back. */
  at(atMs: number): Whereabouts {
    while (atMs >= this.#leg.toMs) this.#leg = this.#next();
    const { fromMs, toMs, kind, from, to } = this.#leg;
    if (kind !== 'drives') {
      return { ...from, speedMs: 0, headingDeg: 0, off: kind === 'off' };
    }
    const share = (atMs - fromMs) / (toMs - fromMs);
    const here = this.#along(share);
    const soon = this.#along(Math.min(1, share + 0.01));
    const km = kmBetween(from.latitude, from.longitude, to.latitude, to.longitude);
    return {
      ...here,
      speedMs: (km * 1_000_000) / (toMs - fromMs),
      headingDeg: headingOf(here, soon),
      off: false,
    };
  }

  #next(): Leg {
    const { toMs: fromMs, to } = this.#leg;
    if (this.#leg.kind === 'drives') {
      if (!this.#away) return this.#rest(fromMs, fromMs + this.#restMs(), to);
      return this.#stand(fromMs, to);
    }
    this.#away = !this.#away;
    return this.#drive(fromMs, to, this.#away ? this.#destination() : this.#home);
  }

  #restMs(): number {
    return 5 * MINUTE_MS + this.#random.exponential(75 * MINUTE_MS);
  }

  #rest(fromMs: number, toMs: number, at: Point): Leg {
    const kind = this.#random.unit() < OFF_SHARE ? 'off' : 'stands';
    return { fromMs, toMs, kind, from: at, to: at, bendKm: 0 };
  }

  #stand(fromMs: number, at: Point): Leg {
    const toMs = fromMs + 5 * MINUTE_MS + this.#random.exponential(12 * MINUTE_MS);
    return { fromMs, toMs, kind: 'stands', from: at, to: at, bendKm: 0 };
  }

  #drive(fromMs: number, from: Point, to: Point): Leg {
    const km = kmBetween(from.latitude, from.longitude, to.latitude, to.longitude);
    const bendKm = (this.#random.unit() - 0.5) * 0.4 * km;
    const toMs = fromMs + Math.max(MINUTE_MS, km / SPEED_KM_PER_MS);
    return { fromMs, toMs, kind: 'drives', from, to, bendKm };
  }

  #destination(): Point {
    const km = Math.min(TRIP_KM_MOST, 1 + this.#random.exponential(TRIP_KM_MEAN));
    const direction = this.#random.unit() * 2 * Math.PI;
    return moved(this.#home, km * Math.cos(direction), km * Math.sin(direction));
  }

  /** On a bow between the two ends. */
  #along(share: number): Point {
    const { from, to, bendKm } = this.#leg;
    const straight = {
      latitude: from.latitude + share * (to.latitude - from.latitude),
      longitude: from.longitude + share * (to.longitude - from.longitude),
    };
    const aside = bendKm * Math.sin(Math.PI * share);
    const heading = headingOf(from, to) * RADIANS;
    return moved(straight, -aside * Math.sin(heading), aside * Math.cos(heading));
  }
}

function moved({ latitude, longitude }: Point, northKm: number, eastKm: number): Point {
  return {
    latitude: latitude + northKm / KM_PER_DEGREE,
    longitude: longitude + eastKm / (KM_PER_DEGREE * Math.cos(latitude * RADIANS)),
  };
}

function headingOf(from: Point, to: Point): number {
  const north = to.latitude - from.latitude;
  const east = (to.longitude - from.longitude) * Math.cos(from.latitude * RADIANS);
  return (Math.atan2(east, north) / RADIANS + 360) % 360;
}
