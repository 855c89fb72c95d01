// A made-up fleet that speaks as a real one does: enrolled through the API, with three carriers,
// on roads all over the country, and with a history of a month.
import { randomBytes } from 'node:crypto';
import type { Random } from '@rmh/base';
import {
  type Now,
  type Organisation,
  type Place,
  type Sample,
  SIMULATED_MOST,
  type SimulatedMade,
} from '@rmh/contract/api';
import { Identity } from '@rmh/contract/daemon';
import type { PlatformClient } from './platform-client.ts';

const LINKS = ['telenor', 'telia', 'ice'] as const;
const DAY_MS = 86_400_000;

export interface Voice {
  readonly identity: Identity;
  readonly journal: string;
  readonly vehicleId: number;
  sequence: number;
  home: { latitude: number; longitude: number };
}

/** Four regions with three trusts each, and the vehicles spread over them. */
export async function makeFleet(
  client: PlatformClient,
  random: Random,
  units: number,
): Promise<Voice[]> {
  const trusts = await makeTrusts(client);
  const voices: Voice[] = [];
  while (voices.length < units) {
    const from = voices.length;
    const identities = Array.from({ length: Math.min(SIMULATED_MOST, units - from) }, () => {
      return new Identity(randomBytes(32));
    });
    const vehicles = identities.map(({ publicKey }, i) => ({
      organisationId: trusts[(from + i) % trusts.length],
      callSign: `S-${String(from + i).padStart(4, '0')}`,
      kind: 'ambulance',
      serial: `bench-${from + i}`,
      identityKey: publicKey,
    }));
    const made = await made201<SimulatedMade>(client, '/simulated-vehicles', { vehicles });
    for (const [i, identity] of identities.entries()) {
      const vehicleId = made.units[i]?.vehicleId ?? 0;
      const home = { latitude: 58 + random.unit() * 12, longitude: 6 + random.unit() * 12 };
      voices.push({ identity, journal: crypto.randomUUID(), vehicleId, sequence: 0, home });
    }
  }
  return voices;
}

async function makeTrusts(client: PlatformClient): Promise<number[]> {
  const nation = JSON.parse((await client.get('/organisations')).text) as { items: Organisation[] };
  const parentId = nation.items.find(({ kind }) => kind === 'national')?.id;
  const trusts: number[] = [];
  for (const region of ['Nord', 'Midt-Norge', 'Vest', 'Sør-Øst']) {
    const rhf = await make(client, 'rhf', `Helse ${region}`, parentId);
    for (let i = 1; i <= 3; i++) trusts.push(await make(client, 'hf', `${region} HF ${i}`, rhf));
  }
  return trusts;
}

async function make(client: PlatformClient, kind: string, name: string, parentId?: number) {
  const body = { kind, name, shortName: name, orgNumber: null, parentId };
  return (await made201<Organisation>(client, '/organisations', body)).id;
}

async function made201<T>(client: PlatformClient, path: string, body: unknown): Promise<T> {
  const { status, text } = await client.post(path, body);
  if (status !== 201) throw new Error(`${path}: ${status} ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}

function placeOf({ home }: Voice, random: Random): Place {
  // A walk of some 150 m between two samples.
  home.latitude += (random.unit() - 0.5) * 0.003;
  home.longitude += (random.unit() - 0.5) * 0.006;
  return { ...home, speedMs: random.below(30), headingDeg: random.below(360) };
}

export function sampleOf(voice: Voice, random: Random, atMs: number, spanMs = 10_000): Sample {
  const downMs = random.unit() < 0.02 ? random.below(spanMs) : 0;
  return {
    sequence: ++voice.sequence,
    ...{ atMs, spanMs, previous: null, upMs: spanMs - downMs, downMs, gateway: 'gw-a' },
    place: placeOf(voice, random),
    health: {
      ...{ cpuShare: 0.2, memoryShare: 0.4, diskShare: 0.1, temperatureC: 41 },
      supply: 'ignition',
    },
    carriers: LINKS.map((link) => carrierOf(link, random, spanMs)),
    classes: (['critical', 'realtime', 'interactive', 'bulk'] as const).map((name) => ({
      ...{ class: name, sent: random.below(400), received: random.below(400) },
      ...{ repaired: random.below(4), late: 0, lost: random.below(2), quietMs: 40 },
    })),
    outages: [],
  };
}

function carrierOf(link: string, random: Random, spanMs: number): Sample['carriers'][number] {
  const downMs = random.unit() < 0.05 ? random.below(spanMs) : 0;
  return {
    ...{ link, state: downMs > 0 ? 'down' : 'up', upMs: spanMs - downMs, downMs },
    ...{ rttMs: 30 + random.below(60), lossShare: 0.001, packetsSent: 900, packetsLost: 1 },
    ...{ bytesSent: 400_000, bytesReceived: 900_000, bytesDuplicated: 20_000 },
    radio: {
      ...{ technology: 'lte', rsrpDbm: -70 - random.below(50), rsrqDb: -9, sinrDb: 12 },
      cell: '24201-1a2b3c',
    },
  };
}

/** `waiting` carries a number by which the live view shows that it is this report. */
export function nowOf(voice: Voice, random: Random, atMs: number, waiting: number): Now {
  return {
    ...{ atMs, up: true, sinceMs: atMs - 60_000, gateway: 'gw-a', place: placeOf(voice, random) },
    carriers: LINKS.map((link) => {
      const { state, rttMs, lossShare, radio } = carrierOf(link, random, 10_000);
      return { link, state, sinceMs: atMs - 60_000, rttMs, lossShare, radio };
    }),
    outages: [],
    softwareVersion: '0.1.0',
    configurationVersion: null,
    health: null,
    goodbye: false,
    waiting,
  };
}

/** A minute a day for four weeks: each gives the day's rows as a whole day would. */
export async function tellHistory(
  client: PlatformClient,
  random: Random,
  voices: readonly Voice[],
  days: number,
): Promise<void> {
  const noonMs = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
  for (const part of [days, Math.floor(days / 2)]) {
    const least = part === days ? Math.floor(days / 2) + 1 : 1;
    await eachOf(voices, 64, async (voice) => {
      const samples: Sample[] = [];
      for (let ago = part; ago >= least; ago--) {
        const sample = sampleOf(voice, random, noonMs - ago * DAY_MS, 60_000);
        samples.push({ ...sample, previous: 'stopped' });
      }
      if (samples.length > 0) await deliver(client, voice, samples);
    });
  }
}

export async function deliver(
  client: PlatformClient,
  { identity, journal }: Voice,
  samples: readonly Sample[],
): Promise<void> {
  const body = JSON.stringify({ journal, samples });
  const { status, text } = await client.prove(identity, '/units/self/samples', body);
  if (status !== 200) throw new Error(`samples: ${status} ${text.slice(0, 300)}`);
}

/** At most `most` at the same time. */
export async function eachOf<T>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const workers = Array.from({ length: most }, async () => {
    for (const item of queue) await work(item);
  });
  await Promise.all(workers);
}
