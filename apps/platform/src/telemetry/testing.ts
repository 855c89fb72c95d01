// Made-up fleets and drives for tests and benches: seeded, so that a seed names a case for good.
import { present, type Random } from '@rmh/base';
import type { CarrierSample, Outage, Sample } from '@rmh/contract/api';
import { type Database, SYSTEM } from '../db/database.ts';

export interface PlantedUnit {
  readonly unitId: number;
  readonly vehicleId: number;
  readonly organisationId: number;
}

/** A nation with two regions, each with a trust with a station; units take turns between them. */
export async function plantFleet(
  db: Database,
  units: number,
  simulated = false,
): Promise<{ stations: number[]; regions: number[]; units: PlantedUnit[] }> {
  return await db.transaction(SYSTEM, async (sql) => {
    const organisation = async (kind: string, name: string, parentId: number | null) => {
      const rows = await sql.query<{ id: number }>(
        `INSERT INTO organisation (kind, name, short_name, parent_id) VALUES ($1, $2, $2, $3)
        RETURNING id`,
        [kind, name, parentId],
      );
      return given(rows[0]).id;
    };
    const nation = await organisation('national', 'Norge', null);
    const stations: number[] = [];
    const regions: number[] = [];
    for (const region of ['Nord', 'Vest']) {
      const rhf = await organisation('rhf', `Helse ${region}`, nation);
      const hf = await organisation('hf', `HF ${region}`, rhf);
      regions.push(rhf);
      stations.push(await organisation('station', `Stasjon ${region}`, hf));
    }
    const planted: PlantedUnit[] = [];
    for (let i = 0; i < units; i++) {
      const organisationId = given(stations[i % stations.length]);
      const rows = await sql.query<{ unit_id: number; vehicle_id: number }>(
        `WITH car AS (INSERT INTO vehicle (organisation_id, call_sign, kind, stage, simulated)
          VALUES ($1, $2, 'ambulance', 'in-operation', $3) RETURNING id)
        INSERT INTO unit (organisation_id, vehicle_id, serial, state)
          SELECT $1, id, $4, 'enrolled' FROM car RETURNING id AS unit_id, vehicle_id`,
        [organisationId, `A-${1000 + i}`, simulated, `serial-${i}`],
      );
      const row = given(rows[0]);
      planted.push({ unitId: row.unit_id, vehicleId: row.vehicle_id, organisationId });
    }
    return { stations, regions, units: planted };
  });
}

/** What a test has put there itself. */
export const given = <T>(value: T | null | undefined): T =>
  present(value ?? undefined, 'a test has put it there');

export const LINKS = ['telenor', 'telia', 'ice'] as const;

export function plainSample(sequence: number, atMs: number, change: Partial<Sample> = {}): Sample {
  const spanMs = change.spanMs ?? 10_000;
  return {
    sequence,
    atMs,
    spanMs,
    previous: null,
    upMs: spanMs,
    downMs: 0,
    gateway: 'gw-a',
    place: null,
    health: null,
    carriers: LINKS.map((link) => plainCarrier(link, { upMs: spanMs })),
    classes: [],
    outages: [],
    ...change,
  };
}

export function plainCarrier(link: string, change: Partial<CarrierSample> = {}): CarrierSample {
  return {
    link,
    state: 'up',
    upMs: 10_000,
    downMs: 0,
    rttMs: 40,
    lossShare: 0,
    packetsSent: 100,
    packetsLost: 0,
    bytesSent: 1_000,
    bytesReceived: 2_000,
    bytesDuplicated: 100,
    radio: null,
    ...change,
  };
}

/** A journal of `count` samples from `fromMs` on: runs, gaps, numbers that were lost, outages. */
export function randomDrive(random: Random, fromMs: number, count: number): Sample[] {
  const samples: Sample[] = [];
  let atMs = fromMs + random.below(10_000);
  let sequence = 0;
  let outages = 0;
  for (let i = 0; i < count; i++) {
    sequence += chance(random, 0.02) ? 2 + random.below(5) : 1;
    const begins = i === 0 || chance(random, 0.03);
    const previous = begins
      ? pick(random, ['stopped', 'crashed', 'power', 'unknown'] as const)
      : null;
    if (begins && i > 0) atMs += 20_000 + random.below(1_800_000);
    else if (chance(random, 0.03)) atMs += random.below(120_000);
    const spanMs = chance(random, 0.05) ? 1 + random.below(60_000) : 10_000;
    const sample = randomSample(random, sequence, atMs, spanMs, previous);
    if (sample.downMs > 0) sample.outages.push(...randomOutages(random, sample, ++outages));
    samples.push(sample);
    atMs += spanMs;
  }
  return samples;
}

function randomSample(
  random: Random,
  sequence: number,
  atMs: number,
  spanMs: number,
  previous: Sample['previous'],
): Sample {
  const downMs = chance(random, 0.15) ? random.below(spanMs + 1) : 0;
  return {
    ...plainSample(sequence, atMs, { spanMs }),
    previous,
    downMs,
    upMs: spanMs - downMs,
    place: chance(random, 0.8)
      ? {
          latitude: 69 + random.below(4) / 100,
          longitude: 18 + random.below(4) / 100,
          speedMs: 12,
          headingDeg: 90,
        }
      : null,
    health: {
      cpuShare: 0.2,
      memoryShare: 0.5,
      diskShare: 0.1,
      temperatureC: 40,
      supply: pick(random, ['ignition', 'battery', 'mains', null]),
    },
    carriers: LINKS.filter(() => chance(random, 0.9)).map((link) => {
      return randomCarrier(random, link, spanMs);
    }),
    classes: [
      {
        class: 'critical',
        sent: random.below(100),
        received: random.below(100),
        repaired: random.below(10),
        late: random.below(5),
        lost: random.below(3),
        quietMs: random.below(10_000),
      },
    ],
  };
}

function randomCarrier(random: Random, link: string, spanMs: number): CarrierSample {
  const upMs = random.below(spanMs + 1);
  const packetsSent = random.below(1_000);
  return plainCarrier(link, {
    upMs,
    downMs: random.below(spanMs - upMs + 1),
    rttMs: chance(random, 0.9) ? random.below(300_000) / 1_000 : null,
    packetsSent,
    packetsLost: random.below(packetsSent + 1),
    bytesSent: random.below(1_000_000),
    bytesReceived: random.below(1_000_000),
    bytesDuplicated: random.below(10_000),
    radio: {
      technology: 'lte',
      rsrpDbm: -80 - random.below(400) / 10,
      rsrqDb: -10,
      sinrDb: 10,
      cell: '1a2b',
    },
  });
}

function randomOutages(random: Random, sample: Sample, number: number): Outage[] {
  const toMs = sample.atMs + sample.spanMs - random.below(1_000);
  const fromMs = toMs - random.below(700_000);
  return [
    {
      number,
      link: chance(random, 0.5) ? null : pick(random, [...LINKS]),
      fromMs,
      toMs: chance(random, 0.8) ? Math.max(fromMs, toMs) : null,
      movedTo: null,
      movedAfterMs: null,
      criticalLost: random.below(3),
      frozenMs: random.below(900),
    },
  ];
}

export const chance = (random: Random, share: number): boolean => random.unit() < share;
export const pick = <T>(random: Random, from: readonly T[]): T =>
  from[random.below(from.length)] as T;
