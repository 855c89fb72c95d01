// Series, statistics and coverage of the made-up fleet.
import type { CoverageCell, Figures, Series, Trend, VehicleOutage } from '@rmh/contract/api';
import { latLngToCell } from 'h3-js';
import { CARRIERS, type Seed, seededRandom } from './seed.ts';

const ALONE = { telenor: 0.9961, telia: 0.9937, ice: 0.9874 } as Readonly<Record<string, number>>;
const instant = (ms: number): string => new Date(ms).toISOString();

/** 240 buckets with a hole of Telia in the middle and a tunnel where all fail. */
export function seriesOf(vehicleId: number, from: string, to: string): Series {
  const random = seededRandom(vehicleId);
  const fromMs = Date.parse(from);
  const stepMs = (Date.parse(to) - fromMs) / 240;
  const atMs = Array.from({ length: 240 }, (_, index) => Math.round(fromMs + index * stepMs));
  const off = (index: number): boolean => index > 30 && index < 52;
  const up = (index: number, link: string): number | null => {
    if (off(index)) return null;
    if (link === 'telia' && index > 120 && index < 150) return index % 7 === 0 ? 0.4 : 0;
    if (index === 188 || index === 189) return 0.6;
    return random() < 0.03 ? 0.7 + random() * 0.3 : 1;
  };
  const carriers = CARRIERS.map(({ key }, at) => {
    const shares = atMs.map((_, index) => up(index, key));
    return {
      link: key,
      up: shares,
      rttMs: shares.map((share) =>
        share === null || share === 0 ? null : 26 + at * 7 + Math.round(random() * 12),
      ),
      lossShare: shares.map((share) => (share === null ? null : random() * 0.02)),
      bytes: shares.map((share) => Math.round((share ?? 0) * 4e6)),
    };
  });
  const service = atMs.map((_, index) => (off(index) ? null : index === 188 ? 0.97 : 1));
  return {
    from,
    to,
    stepSeconds: Math.max(1, Math.round(stepMs / 1_000)),
    atMs,
    service,
    carriers,
  };
}

export function outagesOf(nowMs: number): VehicleOutage[] {
  const outage = (id: number, minutes: number, own: Partial<VehicleOutage>): VehicleOutage => ({
    id,
    link: 'telia',
    from: instant(nowMs - minutes * 60_000),
    to: instant(nowMs - minutes * 60_000 + 2_300),
    seconds: 2.3,
    movedTo: 'telenor',
    movedAfterMs: 60,
    criticalLost: 0,
    frozenMs: 200,
    cause: 'carrier',
    place: null,
    ...own,
  });
  return [
    outage(3, 34, {}),
    outage(2, 78, {
      link: null,
      movedTo: null,
      movedAfterMs: null,
      criticalLost: 3,
      cause: 'unknown',
    }),
    outage(1, 171, { link: 'ice', frozenMs: 0, to: instant(nowMs - 166 * 60_000), seconds: 300 }),
  ];
}

export function figuresOf(
  name: string,
  id: number | null,
  kind: Figures['group']['kind'],
  n: number,
): Figures {
  const random = seededRandom((id ?? 0) + 11);
  const known = n * 9.5 * 3_600 * 30;
  const timesOf = (share: number) => ({
    up: known * share,
    down: known * (1 - share),
    off: known * 1.3,
    unknown: known * 0.02,
  });
  const carriers = CARRIERS.map(({ key }) => {
    const availability = (ALONE[key] ?? 0.98) - random() * 0.002;
    return {
      link: key,
      times: timesOf(availability),
      availability,
      bytes: n * 1.4e10 * (0.6 + random()),
      rttMs: 34,
      lossShare: 0.004,
    };
  });
  const availability = 0.99994 - random() * 0.00005;
  return {
    group: { kind, id, name },
    vehicles: n,
    times: timesOf(availability),
    availability,
    carriers,
    bestAlone: { link: 'telenor', availability: carriers[0]?.availability ?? 0 },
    classes: [],
    gaps: {
      under1s: n * 31,
      under10s: n * 4,
      under1min: n,
      under10min: Math.ceil(n / 9),
      longer: 2,
    },
    bytes: n * 3.9e10,
    bytesDuplicated: n * 3.1e9,
  };
}

export function trendOf(from: string, to: string): Trend {
  const random = seededRandom(3);
  const days: Trend['days'] = [];
  for (let ms = Date.parse(from); ms < Date.parse(to); ms += 86_400_000) {
    days.push({
      day: instant(ms).slice(0, 10),
      availability: 0.9999 + random() * 0.0001,
      carriers: CARRIERS.map(({ key }) => ({
        link: key,
        availability: (ALONE[key] ?? 0.98) + (random() - 0.5) * 0.003,
      })),
    });
  }
  return { days };
}

export function coverageOf({ vehicles }: Seed, resolution: number, nowMs: number): CoverageCell[] {
  const random = seededRandom(5);
  const cells = new Map<string, CoverageCell>();
  for (const { live } of vehicles) {
    if (live === null || live.place === null) continue;
    const cell = latLngToCell(live.place.latitude, live.place.longitude, resolution);
    const bad = random() < 0.2;
    const carriers = CARRIERS.map(({ key }) => ({
      link: key,
      up: bad ? 0.8 + random() * 0.2 : Math.min(1, 0.985 + random() * 0.017),
      rttMs: 34,
      rsrpDbm: -98,
    }));
    const allDown = bad ? random() * 0.02 : 0;
    cells.set(cell, {
      cell,
      vehicles: 3 + Math.floor(random() * 8),
      seconds: Math.round(3_600 + random() * 90_000),
      lastSeen: instant(nowMs - 600_000),
      service: 1 - allDown,
      allDown,
      carriers,
    });
  }
  return [...cells.values()];
}
