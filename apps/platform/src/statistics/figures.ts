// Sums of vehicles become the figures of groups. Pure. Definitions: docs/statistics.md.
import type { Figures } from '@rmh/contract/api';

export const CLASS_NAMES = ['critical', 'realtime', 'interactive', 'bulk'] as const;
export const CLASS_FIGURES = ['sent', 'lost', 'late', 'repaired'] as const;

/** One vehicle in one period. Times in ms. */
export interface VehicleSums {
  readonly vehicleId: number;
  readonly organisationId: number;
  readonly callSign: string;
  /** How long it was watched: everything but up, down and off of this is unknown. */
  readonly watchedMs: number;
  readonly upMs: number;
  readonly downMs: number;
  readonly offMs: number;
  /** By class, then by figure, in the order of CLASS_NAMES and CLASS_FIGURES. */
  readonly classes: readonly (readonly number[])[];
  /** Under 1 s, 10 s, 1 min, 10 min, longer. */
  readonly gaps: readonly number[];
  readonly carriers: readonly CarrierSums[];
}

export interface CarrierSums {
  readonly link: string;
  readonly upMs: number;
  readonly downMs: number;
  readonly rttUsMs: number;
  readonly rttMs: number;
  readonly packetsSent: number;
  readonly packetsLost: number;
  readonly bytes: number;
  readonly bytesDuplicated: number;
}

export type Group = Figures['group'];

export function figuresOf(group: Group, vehicles: readonly VehicleSums[]): Figures {
  const times = vehicles.reduce(
    (sum, one) => addTimes(sum, one.upMs, one.downMs, one.offMs, one.watchedMs),
    NO_TIME,
  );
  const carriers = vehicles.flatMap((vehicle) => vehicle.carriers);
  return {
    group,
    vehicles: new Set(vehicles.map(({ vehicleId }) => vehicleId)).size,
    times: inSeconds(times),
    availability: share(times.up, times.down),
    carriers: carrierFigures(vehicles),
    bestAlone: bestAlone(vehicles),
    classes: CLASS_NAMES.map((name, i) => {
      const sums = CLASS_FIGURES.map((_, j) => total(vehicles, (one) => one.classes[i]?.[j] ?? 0));
      const [sent = 0, lost = 0, late = 0, repaired = 0] = sums;
      return { class: name, sent, lost, late, repaired };
    }),
    gaps: gapsOf(vehicles),
    bytes: total(carriers, ({ bytes }) => bytes),
    bytesDuplicated: total(carriers, ({ bytesDuplicated }) => bytesDuplicated),
  };
}

type Times = Figures['times'];
const NO_TIME: Times = { up: 0, down: 0, off: 0, unknown: 0 };

function addTimes(to: Times, up: number, down: number, off: number, watched: number): Times {
  // A sample belongs to the minute in which it begins, so one may reach over the end.
  const unknown = Math.max(0, watched - up - down - off);
  return {
    up: to.up + up,
    down: to.down + down,
    off: to.off + off,
    unknown: to.unknown + unknown,
  };
}

const inSeconds = ({ up, down, off, unknown }: Times): Times => ({
  up: up / 1_000,
  down: down / 1_000,
  off: off / 1_000,
  unknown: unknown / 1_000,
});

/** Of known time; nothing known has no share. */
export function share(up: number, down: number): number | null {
  return up + down > 0 ? up / (up + down) : null;
}

function carrierFigures(vehicles: readonly VehicleSums[]): Figures['carriers'] {
  const of = new Map<string, { times: Times; sums: CarrierSums[] }>();
  for (const vehicle of vehicles) {
    for (const sums of vehicle.carriers) {
      const known = of.get(sums.link) ?? { times: NO_TIME, sums: [] };
      known.sums.push(sums);
      const { offMs, watchedMs } = vehicle;
      known.times = addTimes(known.times, sums.upMs, sums.downMs, offMs, watchedMs);
      of.set(sums.link, known);
    }
  }
  return [...of]
    .map(([link, { times, sums }]) => {
      const rttMs = total(sums, (one) => one.rttMs);
      const sent = total(sums, (one) => one.packetsSent);
      return {
        link,
        times: inSeconds(times),
        availability: share(times.up, times.down),
        bytes: total(sums, (one) => one.bytes),
        rttMs: rttMs > 0 ? total(sums, (one) => one.rttUsMs) / rttMs / 1_000 : null,
        lossShare: sent > 0 ? Math.min(1, total(sums, (one) => one.packetsLost) / sent) : null,
      };
    })
    .toSorted((a, b) => (a.link < b.link ? -1 : 1));
}

/** As if every vehicle had only the carrier that served it longest; named: the most frequent. */
function bestAlone(vehicles: readonly VehicleSums[]): Figures['bestAlone'] {
  const wins = new Map<string, number>();
  let up = 0;
  let down = 0;
  for (const { carriers } of vehicles) {
    const [best] = carriers
      .filter((one) => share(one.upMs, one.downMs) !== null)
      .toSorted((a, b) => b.upMs - a.upMs || (a.link < b.link ? -1 : 1));
    if (best === undefined) continue;
    up += best.upMs;
    down += best.downMs;
    wins.set(best.link, (wins.get(best.link) ?? 0) + 1);
  }
  const availability = share(up, down);
  const [first] = [...wins].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return availability === null || first === undefined ? null : { link: first[0], availability };
}

function gapsOf(vehicles: readonly VehicleSums[]): Figures['gaps'] {
  const gaps = [0, 1, 2, 3, 4].map((i) => total(vehicles, (one) => one.gaps[i] ?? 0));
  const [under1s = 0, under10s = 0, under1min = 0, under10min = 0, longer = 0] = gaps;
  return { under1s, under10s, under1min, under10min, longer };
}

function total<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
