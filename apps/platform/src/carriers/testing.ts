// Plants what carriers do to a fleet, as units tell it: words of now for the alarms, samples for
// the evidence. Seeded. For tests, and for whoever tries the platform in a browser.
import { Random } from '@rmh/base';
import type { Now, Sample } from '@rmh/contract/api';
import { type Database, SYSTEM } from '../db/database.ts';
import { writeLatest } from '../live/report.ts';
import { plainLink, plainNow } from '../live/testing.ts';
import { takeIn } from '../telemetry/intake.ts';
import { LINKS, type PlantedUnit, plainCarrier, plainSample } from '../telemetry/testing.ts';

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One vehicle's way, and when it is without the carrier. */
export interface Drive {
  readonly unit: PlantedUnit;
  readonly latitude: number;
  readonly longitude: number;
  /** Degrees of latitude an hour; 0: parked. */
  readonly north: number;
  readonly lost: readonly Span[];
  /** Carriers that fall out together; else Telia alone. */
  readonly links?: readonly string[];
}

export const LOST_LINK = 'telia';
const SPAN_MS = 10_000;
const HOUR_MS = 3_600_000;
const OSLO = { latitude: 59.91, longitude: 10.75 };
const TROMSO = { latitude: 69.65, longitude: 18.96 };
const BERGEN = { latitude: 60.39, longitude: 5.32 };

interface Outage {
  readonly seed: number;
  readonly fromMs: number;
  readonly lengthMs: number;
}

/** They lose it within half a minute, and have it back within the same; some 20 km around Oslo. */
export function areaOutage(units: readonly PlantedUnit[], outage: Outage): Drive[] {
  const random = new Random(outage.seed);
  return units.map((unit) => {
    const fromMs = outage.fromMs + random.below(30_000);
    const toMs = outage.fromMs + outage.lengthMs + random.below(30_000);
    return { unit, ...near(random, OSLO, 0.1), north: 0.1, lost: [{ fromMs, toMs }] };
  });
}

/** The same losses, each in its own place and its own hour: nobody's area. */
export function scatteredOutages(units: readonly PlantedUnit[], outage: Outage): Drive[] {
  const random = new Random(outage.seed);
  return units.map((unit, i) => {
    const fromMs = outage.fromMs + random.below(outage.lengthMs);
    const toMs = fromMs + outage.lengthMs;
    const latitude = 58 + (i % 12);
    const longitude = 6 + Math.floor(i / 12);
    return { unit, latitude, longitude, north: 0, lost: [{ fromMs, toMs }] };
  });
}

/** Parked in Tromsø, or on the road near Bergen; nothing is wrong with them. */
export function elsewhere(units: readonly PlantedUnit[], seed: number): Drive[] {
  const random = new Random(seed);
  return units.map((unit, i) =>
    i % 2 === 0
      ? { unit, ...near(random, TROMSO, 0.05), north: 0, lost: [] }
      : { unit, ...near(random, BERGEN, 0.1), north: 0.5, lost: [] },
  );
}

/** In the middle of it, and they have the carrier. */
export function unharmed(units: readonly PlantedUnit[]): Drive[] {
  return units.map((unit) => ({ unit, ...OSLO, north: 0, lost: [] }));
}

function near(random: Random, { latitude, longitude }: typeof OSLO, degrees: number) {
  const off = () => (random.unit() * 2 - 1) * degrees;
  // A degree of longitude is half as long up there.
  return { latitude: latitude + off(), longitude: longitude + 2 * off() };
}

function placeAt(drive: Drive, atMs: number, fromMs: number) {
  const { latitude, longitude, north } = drive;
  const moved = (north * (atMs - fromMs)) / HOUR_MS;
  return { latitude: latitude + moved, longitude, speedMs: north * 31, headingDeg: 0 };
}

const overlapMs = (a: Span, b: Span): number =>
  Math.max(0, Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs));

/** What the unit writes in `span`, ten seconds each, every unit at its own second. */
export function samplesOf(drive: Drive, span: Span): Sample[] {
  const samples: Sample[] = [];
  const startMs = span.fromMs + (drive.unit.unitId % 10) * 1_000;
  for (let atMs = startMs; atMs + SPAN_MS <= span.toMs; atMs += SPAN_MS) {
    const own = { fromMs: atMs, toMs: atMs + SPAN_MS };
    const downMs = drive.lost.reduce((sum, lost) => sum + overlapMs(own, lost), 0);
    samples.push(
      plainSample(1 + samples.length, atMs, {
        place: placeAt(drive, atMs, span.fromMs),
        carriers: LINKS.map((link) => {
          const down = (drive.links ?? [LOST_LINK]).includes(link) ? downMs : 0;
          return plainCarrier(link, { upMs: SPAN_MS - down, downMs: down, radio: RADIO });
        }),
      }),
    );
  }
  return samples;
}

const RADIO = { technology: 'lte', rsrpDbm: -97.5, rsrqDb: -10, sinrDb: 8, cell: '1a2b' } as const;

/** Takes in what these units wrote in `span`, one journal each and span. */
export async function deliver(
  db: Database,
  drives: readonly Drive[],
  span: Span,
  nowMs: number,
): Promise<void> {
  const deliveries = drives.map((drive) => ({
    unitId: drive.unit.unitId,
    batch: {
      journal: journalOf(drive.unit.unitId, span),
      samples: samplesOf(drive, span),
    },
  }));
  await db.transaction(SYSTEM, (sql) => takeIn(db, sql, deliveries, nowMs));
}

function journalOf(unitId: number, { fromMs }: Span): string {
  const began = String(Math.floor(fromMs / 1_000) % 100_000_000).padStart(8, '0');
  return `${began}-0000-4000-8000-${String(unitId).padStart(12, '0')}`;
}

/** Every unit says how it is now. */
export async function speak(db: Database, drives: readonly Drive[], nowMs: number, fromMs: number) {
  const words = drives.map((drive) => ({ speaker: drive.unit, now: wordOf(drive, nowMs, fromMs) }));
  await db.transaction(SYSTEM, (sql) => writeLatest(sql, words, nowMs));
}

function wordOf(drive: Drive, nowMs: number, fromMs: number): Now {
  const lost = drive.lost.find((one) => one.fromMs <= nowMs && nowMs < one.toMs);
  const back = drive.lost.findLast((one) => one.toMs <= nowMs);
  const carriers = LINKS.map((link) => {
    if (link !== LOST_LINK) return plainLink(link, 'up', fromMs - HOUR_MS);
    if (lost !== undefined) return plainLink(link, 'down', lost.fromMs);
    return plainLink(link, 'up', back?.toMs ?? fromMs - HOUR_MS);
  });
  return plainNow(nowMs, { place: placeAt(drive, nowMs, fromMs), carriers });
}

export async function plantCarriers(db: Database): Promise<void> {
  await db.transaction(SYSTEM, (sql) =>
    sql.query(`INSERT INTO carrier (id, key, name, colour) VALUES (1, 'telenor', 'Telenor', 1),
      (2, 'telia', 'Telia', 2), (3, 'ice', 'Ice', 3)
      ON CONFLICT DO NOTHING; SELECT setval('carrier_id_seq', 100)`),
  );
}
