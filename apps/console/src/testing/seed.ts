// A made-up fleet for the fake platform: the same at every start, but for the time of day.
import type {
  Alarm,
  Carrier,
  Delivery,
  Gateway,
  Live,
  NowCarrier,
  Organisation,
  ServiceState,
  Subscription,
  Unit,
  Vehicle,
  Webhook,
} from '@rmh/contract/api';
import { recipientsAt } from './recipients.ts';

/** Mulberry32 (T. Ettinger, public domain): small, seeded, good enough to scatter vehicles. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const CARRIERS: readonly Carrier[] = [
  { id: 1, key: 'telenor', name: 'Telenor', colour: 1 },
  { id: 2, key: 'telia', name: 'Telia', colour: 2 },
  { id: 3, key: 'ice', name: 'Ice', colour: 3 },
];

/** The vehicle that the looks at one vehicle open. */
const BUDGETED_VEHICLE = 17;

type Trust = readonly [name: string, short: string, latitude: number, longitude: number];
const REGIONS: readonly (readonly [name: string, short: string, trusts: readonly Trust[]])[] = [
  [
    'Helse Nord',
    'Nord',
    [
      ['Finnmarkssykehuset', 'Finnmark', 69.9, 25.0],
      ['Universitetssykehuset Nord-Norge', 'UNN', 69.6, 18.9],
      ['Nordlandssykehuset', 'Nordland', 67.3, 14.5],
      ['Helgelandssykehuset', 'Helgeland', 66.0, 13.4],
    ],
  ],
  [
    'Helse Midt-Norge',
    'Midt',
    [
      ['Helse Nord-Trøndelag', 'Nord-Trøndelag', 64.0, 11.6],
      ['St. Olavs hospital', 'St. Olav', 63.4, 10.4],
      ['Helse Møre og Romsdal', 'Møre og Romsdal', 62.6, 7.2],
    ],
  ],
  [
    'Helse Vest',
    'Vest',
    [
      ['Helse Førde', 'Førde', 61.45, 6.3],
      ['Helse Bergen', 'Bergen', 60.4, 5.6],
      ['Helse Fonna', 'Fonna', 59.6, 5.7],
      ['Helse Stavanger', 'Stavanger', 58.9, 5.9],
    ],
  ],
  [
    'Helse Sør-Øst',
    'Sør-Øst',
    [
      ['Sørlandet sykehus', 'Sørlandet', 58.3, 7.9],
      ['Sykehuset Telemark', 'Telemark', 59.3, 9.2],
      ['Vestre Viken', 'Vestre Viken', 59.9, 9.9],
      ['Sykehuset Innlandet', 'Innlandet', 61.0, 10.9],
      ['Sykehuset Østfold', 'Østfold', 59.3, 11.1],
      ['Akershus universitetssykehus', 'Ahus', 60.0, 11.2],
      ['Oslo universitetssykehus', 'OUS', 59.92, 10.75],
    ],
  ],
];

export interface Seed {
  readonly organisations: Organisation[];
  readonly vehicles: Vehicle[];
  readonly units: Unit[];
  readonly gateways: Gateway[];
  readonly alarms: Alarm[];
  readonly subscriptions: Subscription[];
  readonly webhooks: Webhook[];
  readonly deliveries: Delivery[];
}

const instant = (ms: number): string => new Date(ms).toISOString();

export function makeSeed(nowMs: number, vehiclesPerTrust = 12): Seed {
  const random = seededRandom(7);
  const organisations: Organisation[] = [];
  const vehicles: Vehicle[] = [];
  const units: Unit[] = [];
  const put = (
    parentId: number | null,
    kind: Organisation['kind'],
    name: string,
    short: string,
  ) => {
    const id = organisations.length + 1;
    organisations.push({ id, parentId, kind, name, shortName: short, orgNumber: null, version: 1 });
    return id;
  };
  const nation = put(null, 'national', 'Nasjonal tjeneste', 'Nasjonal');
  for (const [regionName, regionShort, trusts] of REGIONS) {
    const region = put(nation, 'rhf', `${regionName} RHF`, regionShort);
    for (const [trustName, trustShort, latitude, longitude] of trusts) {
      const trust = put(region, 'hf', trustName, trustShort);
      for (let i = 0; i < vehiclesPerTrust; i++) {
        const id = vehicles.length + 1;
        const place = {
          latitude: latitude + spread(random),
          longitude: longitude + spread(random),
        };
        // Telia is gone around Tromsø: one alarm there, and reduced service.
        const area = trustShort === 'UNN' && i < 9;
        vehicles.push(vehicleOf(id, trust, place, area, random, nowMs));
        units.push(unitOf(id, trust, nowMs));
      }
    }
  }
  return {
    organisations,
    vehicles,
    units,
    gateways: gatewaysAt(nowMs),
    alarms: alarmsAt(nowMs, vehicles),
    subscriptions: subscriptionsOf(vehicles),
    ...recipientsAt(nowMs),
  };
}

function spread(random: () => number): number {
  return (random() + random() - 1) * 0.75;
}

function vehicleOf(
  id: number,
  organisationId: number,
  place: { latitude: number; longitude: number },
  area: boolean,
  random: () => number,
  nowMs: number,
): Vehicle {
  const draw = random();
  const state: ServiceState = area
    ? 'reduced'
    : draw < 0.004 || id === 100
      ? 'down'
      : draw < 0.03
        ? 'reduced'
        : draw < 0.04
          ? 'unknown'
          : draw < 0.3
            ? 'off'
            : 'up';
  const lost = area ? 'telia' : (CARRIERS[Math.floor(random() * 3)]?.key ?? 'ice');
  return {
    id,
    organisationId,
    callSign: `A-${1200 + id}`,
    registration: `ZZ ${10_000 + id}`,
    kind: random() < 0.06 ? 'boat' : 'ambulance',
    stage: 'in-operation',
    simulated: true,
    unitId: id,
    live: liveOf(id, state, lost, place, random, nowMs),
    version: 1,
  };
}

function liveOf(
  vehicleId: number,
  state: ServiceState,
  lost: string,
  place: { latitude: number; longitude: number },
  random: () => number,
  nowMs: number,
): Live {
  const sinceMs = nowMs - Math.floor(random() * 14_400_000);
  return {
    vehicleId,
    state,
    since: instant(sinceMs),
    heardAt: instant(nowMs - Math.floor(random() * 9_000)),
    gateway: state === 'down' ? null : vehicleId % 2 === 0 ? 'oslo' : 'trondheim',
    place: { ...place, speedMs: 12, headingDeg: 80 },
    carriers: CARRIERS.map(({ key }) => {
      const down = state === 'down' || (state === 'reduced' && key === lost);
      return {
        link: key,
        state: down ? 'down' : state === 'off' ? 'absent' : 'up',
        sinceMs,
        rttMs: down ? null : 24 + Math.round(random() * 30),
        lossShare: down ? null : random() * 0.01,
        radio: { technology: 'lte', rsrpDbm: -95, rsrqDb: -11, sinrDb: 9, cell: null },
        ...(vehicleId === BUDGETED_VEHICLE ? { data: dataOf(key) } : {}),
      };
    }),
    outages: [
      {
        number: 4,
        link: lost,
        fromMs: sinceMs,
        toMs: state === 'reduced' ? null : sinceMs + 2_300,
        movedTo: lost === 'telenor' ? 'telia' : 'telenor',
        movedAfterMs: 60,
        criticalLost: 0,
        frozenMs: 200,
      },
    ],
    configurationVersion: 3,
    softwareVersion: '0.9.2',
    waiting: 0,
  };
}

/** Telenor well within its month, Telia near its end, Ice beyond it. */
function dataOf(carrier: string): NonNullable<NowCarrier['data']> {
  const monthBytes = { telenor: 4.2e9, telia: 16.9e9 }[carrier] ?? 20.3e9;
  return { monthBytes, monthlyBytes: 20e9, spent: monthBytes >= 20e9 };
}

function unitOf(id: number, organisationId: number, nowMs: number): Unit {
  const enrolled = id % 29 !== 0;
  return {
    id,
    vehicleId: id,
    organisationId,
    serial: `RMH-${String(4_000 + id)}`,
    model: 'Kommunikasjonsenhet 1',
    state: enrolled ? 'enrolled' : 'awaited',
    enrolledAt: enrolled ? instant(nowMs - 40 * 86_400_000) : null,
    revokedAt: null,
    softwareVersion: enrolled ? '0.9.2' : null,
    addresses: [`10.64.${id >> 5}.${(id & 31) * 8 + 1}/32`],
    version: 1,
  };
}

function gatewaysAt(nowMs: number): Gateway[] {
  return ['oslo', 'trondheim'].map((name, index) => ({
    id: index + 1,
    name,
    site: index === 0 ? 'Oslo' : 'Trondheim',
    endpoint: `192.0.2.${index + 1}:51820`,
    publicKey: null,
    state: 'up',
    heardAt: instant(nowMs - 3_000),
    unitsActive: 78,
    version: 1,
  }));
}

/** Two carriers in each vehicle; the national one with right of way. */
function subscriptionsOf(vehicles: readonly Vehicle[]): Subscription[] {
  const subscription = (id: number, vehicleId: number | null, organisationId: number) => ({
    id,
    vehicleId,
    organisationId,
    carrierId: CARRIERS[id % 2]?.id ?? 1,
    iccid: `894708${String(id).padStart(13, '0')}`,
    priority: id % 2 === 0,
    version: 1,
  });
  // The first one lies in a drawer of the first trust.
  return [
    subscription(1, null, 3),
    ...vehicles.flatMap(({ id, organisationId }) => [
      subscription(id * 2, id, organisationId),
      subscription(id * 2 + 1, id, organisationId),
    ]),
  ];
}

function alarmsAt(nowMs: number, vehicles: readonly Vehicle[]): Alarm[] {
  const alarm = (id: number, minutes: number, own: Partial<Alarm>): Alarm => ({
    id,
    organisationId: 4,
    kind: 'vehicle-down',
    severity: 'critical',
    state: 'raised',
    simulated: true,
    acknowledged: false,
    vehicleId: null,
    callSign: null,
    gatewayId: null,
    carrier: null,
    cells: [],
    vehicles: 1,
    raisedAt: instant(nowMs - (minutes - 1) * 60_000),
    since: instant(nowMs - minutes * 60_000),
    clearedAt: null,
    clearedBy: null,
    partOf: null,
    acknowledgedBy: null,
    acknowledgedAt: null,
    version: 1,
    ...own,
  });
  const of = (id: number) => {
    const vehicle = vehicles.find((one) => one.id === id);
    const organisationId = vehicle?.organisationId ?? 4;
    return { vehicleId: id, callSign: vehicle?.callSign ?? null, organisationId };
  };
  return [
    alarm(30, 6, { kind: 'vehicle-down', ...of(100) }),
    alarm(31, 14, {
      kind: 'carrier-area',
      severity: 'major',
      carrier: 'telia',
      vehicles: 9,
      cells: ['860a2a24fffffff'],
    }),
    alarm(29, 52, {
      kind: 'configuration-refused',
      severity: 'minor',
      acknowledged: true,
      acknowledgedBy: 'Kari Nordmann',
      acknowledgedAt: instant(nowMs - 40 * 60_000),
      ...of(44),
    }),
    alarm(28, 300, {
      kind: 'carrier-down',
      severity: 'warning',
      carrier: 'ice',
      state: 'cleared',
      clearedAt: instant(nowMs - 240 * 60_000),
      ...of(61),
    }),
  ];
}
