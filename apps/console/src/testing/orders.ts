// What was ordered before the fake platform: one order under work, with a vehicle in the garage.
import type {
  CatalogueItem,
  Drive,
  Installation,
  Order,
  OrderChange,
  OrderItem,
  OrderWrite,
  PointState,
} from '@rmh/contract/api';
import type { Asked } from './fake-route.ts';
import type { Seed } from './seed.ts';

export interface Books {
  readonly catalogue: CatalogueItem[];
  readonly orders: Order[];
  readonly items: OrderItem[];
  /** By order. */
  readonly changes: Map<number, OrderChange[]>;
  readonly installations: Installation[];
  /** By installation. */
  readonly points: Map<number, PointState[]>;
  readonly drives: Drive[];
}

const thing = (
  id: number,
  own: Pick<CatalogueItem, 'code' | 'kind' | 'name' | 'onceOre' | 'monthlyOre'>,
  carrierId: number | null = null,
): CatalogueItem => ({
  id,
  revision: 1,
  carrierId,
  description: '',
  validFrom: '2026-01-01',
  validTo: null,
  version: 1,
  ...own,
});
const CATALOGUE: readonly CatalogueItem[] = [
  thing(1, {
    code: 'KIT-1',
    kind: 'vehicle-kit',
    name: 'Kjøretøypakke med antenner og montering',
    onceOre: 4_870_033,
    monthlyOre: 0,
  }),
  thing(
    2,
    {
      code: 'SIM-TN',
      kind: 'subscription',
      name: 'Abonnement Telenor',
      onceOre: 9_900,
      monthlyOre: 19_937,
    },
    1,
  ),
  thing(
    3,
    {
      code: 'SIM-TE',
      kind: 'subscription',
      name: 'Abonnement Telia',
      onceOre: 0,
      monthlyOre: 17_901,
    },
    2,
  ),
  thing(4, {
    code: 'SAT-1',
    kind: 'satellite',
    name: 'Satellitt',
    onceOre: 1_500_000,
    monthlyOre: 89_000,
  }),
];

/** One order under work: a vehicle that waits for the garage, and one that was just driven. */
export function makeBooks(seed: Seed, nowMs: number): Books {
  const instant = (hours: number) => new Date(nowMs - hours * 3_600_000).toISOString();
  const all: Books = {
    catalogue: [...CATALOGUE],
    orders: [],
    items: [],
    changes: new Map(),
    installations: [],
    points: new Map(),
    drives: [],
  };
  const [first, second] = seed.vehicles;
  const trust = first?.organisationId ?? 3;
  const ordered = [first?.id ?? 1, second?.id ?? 2].map((vehicleId) => ({
    vehicleId,
    newVehicle: null,
    catalogueItemIds: [1, 2, 3],
  }));
  const write = { organisationId: trust - 1, reference: 'Rekv. 4471', wantedBy: null, note: '' };
  place(seed, all, { ...write, vehicles: ordered }, instant(200));
  for (const item of all.items) all.items[item.id - 1] = { ...item, state: 'in-progress' };
  all.orders[0] = settled(all, 1, 'in-progress');
  for (const installation of [1, 2]) {
    const at = all.installations[installation - 1];
    if (at === undefined) continue;
    const delivered = { state: 'delivered', deliveredAt: instant(90), serial: 'RMH-4001' } as const;
    all.installations[installation - 1] = { ...at, ...delivered };
  }
  all.drives.push(driveAt(nowMs));
  return all;
}

function driveAt(nowMs: number): Drive {
  const figure = (own: Partial<Drive['figures'][number]>): Drive['figures'][number] => ({
    check: 'length',
    link: null,
    result: 'passed',
    measured: 1_260,
    limit: 900,
    unit: 's',
    of: 0,
    ...own,
  });
  const dB = { check: 'antenna', limit: -6, unit: 'dB' } as const;
  return {
    id: 1,
    from: new Date(nowMs - 3_600_000).toISOString(),
    to: new Date(nowMs - 2_340_000).toISOString(),
    heardThrough: new Date(nowMs - 2_340_000).toISOString(),
    measuredAt: new Date(nowMs - 2_300_000).toISOString(),
    measuredBy: 'Kari Nordmann',
    passed: false,
    figures: [
      figure({}),
      figure({ check: 'cells', unit: 'cells', measured: 17, limit: 5 }),
      figure({ check: 'subscriptions', unit: 'carriers', measured: 2, limit: 1 }),
      figure({ check: 'carrier', link: 'telenor', limit: 600 }),
      figure({ ...dB, link: 'telenor', measured: -1.2, of: 14 }),
      figure({ check: 'carrier', link: 'telia', limit: 600 }),
      figure({ ...dB, link: 'telia', measured: -9.4, result: 'failed', of: 11 }),
      figure({ check: 'failover', unit: 'ms', measured: 70, limit: 1_000, of: 1 }),
    ],
  };
}

export function place({ vehicles }: Seed, all: Books, write: OrderWrite, placedAt: string) {
  const id = all.orders.length + 1;
  for (const { vehicleId, newVehicle, catalogueItemIds } of write.vehicles) {
    const known = vehicles.find((one) => one.id === vehicleId);
    const callSign = known?.callSign ?? newVehicle?.callSign ?? '–';
    const organisationId = known?.organisationId ?? newVehicle?.organisationId ?? 0;
    for (const catalogueItemId of catalogueItemIds) {
      const item = all.catalogue.find((one) => one.id === catalogueItemId);
      if (item === undefined) continue;
      const { kind, carrierId, name, onceOre, monthlyOre } = item;
      const own = { organisationId, vehicleId: vehicleId ?? vehicles.length + 1, callSign };
      const itemId = all.items.length + 1;
      all.items.push({
        ...{ id: itemId, orderId: id, ...own, catalogueItemId, kind, carrierId, name },
        ...{ state: 'placed', onceOre, monthlyOre, unitId: null, subscriptionId: null },
        delivered: null,
      });
      if (kind === 'vehicle-kit') all.installations.push(installationOf(all, id, own, placedAt));
    }
  }
  const own = all.items.filter((item) => item.orderId === id);
  const sum = (of: (item: OrderItem) => number) => own.reduce((s, item) => s + of(item), 0);
  const { organisationId, reference, wantedBy, note } = write;
  const order: Order = {
    ...{ id, organisationId, reference, state: 'placed', wantedBy, note, placedAt },
    ...{ placedBy: 'Kari Nordmann', vehicles: write.vehicles.length, items: own.length },
    itemsCompleted: 0,
    onceOre: sum(({ onceOre }) => onceOre),
    monthlyOre: sum(({ monthlyOre }) => monthlyOre),
    commands: ['acknowledge', 'reject', 'cancel'],
    version: 1,
  };
  all.orders.push(order);
  noteChange(all, order, null, null);
  return order;
}

const installationOf = (
  { installations }: Books,
  orderId: number,
  own: { organisationId: number; vehicleId: number; callSign: string },
  orderedAt: string,
): Installation => ({
  id: installations.length + 1,
  ...own,
  registration: `ZZ ${10_000 + own.vehicleId}`,
  orderId,
  unitId: null,
  serial: null,
  state: 'ordered',
  pointsTicked: 0,
  drivePassed: null,
  orderedAt,
  deliveredAt: null,
  installedAt: null,
  acceptedAt: null,
  operationAt: null,
  version: 1,
});

const COMMANDS: Readonly<Record<string, Order['commands']>> = {
  placed: ['acknowledge', 'reject', 'cancel'],
  acknowledged: ['start', 'hold', 'cancel'],
  'in-progress': ['hold', 'cancel'],
  held: ['resume', 'cancel'],
};
const TO: Readonly<Record<string, OrderItem['state']>> = {
  acknowledge: 'acknowledged',
  reject: 'rejected',
  start: 'in-progress',
  hold: 'held',
  resume: 'in-progress',
  cancel: 'cancelled',
};

function settled({ orders }: Books, id: number, state: Order['state']): Order {
  const before = orders.find((one) => one.id === id) as Order;
  const commands = COMMANDS[state] ?? [];
  return { ...before, state, commands, version: before.version + 1 };
}

function noteChange(
  { changes }: Books,
  { id, state }: Order,
  command: OrderChange['command'],
  reason: string | null,
): void {
  const before = changes.get(id) ?? [];
  const from = before.at(-1)?.to ?? null;
  const at = new Date().toISOString();
  const own = { id: before.length + 1, at, actor: 'Kari Nordmann', command, itemId: null };
  changes.set(id, [...before, { ...own, from, to: state, reason }]);
}

export function commanded(all: Books, { params: [id], body, ifMatch }: Asked, name?: string) {
  const order = all.orders.find((one) => one.id === Number(id));
  if (order === undefined) return 'not-found';
  if (order.version !== ifMatch) return 'changed-meanwhile';
  const { command = name ?? 'cancel', reason } = body as {
    command?: string;
    reason: string | null;
  };
  const state = TO[command] ?? 'held';
  for (const item of all.items) {
    if (item.orderId === order.id) all.items[item.id - 1] = { ...item, state };
  }
  const after = settled(all, order.id, state);
  all.orders[order.id - 1] = after;
  noteChange(all, after, command as OrderChange['command'], reason);
  return after;
}

export function fulfilled(all: Books, { params: [, itemId], body }: Asked, nowMs: number) {
  const item = all.items.find((one) => one.id === Number(itemId));
  if (item === undefined) return 'not-found';
  const own = body as { serial?: string; iccid?: string; reference?: string };
  const delivered = own.serial ?? own.iccid ?? own.reference ?? null;
  const after = { ...item, state: 'completed', delivered } as const;
  all.items[item.id - 1] = after;
  const isKit = item.kind === 'vehicle-kit';
  return {
    item: after,
    token: isKit ? `rmh1:${'D'.repeat(43)}::https://platform.example` : null,
    expiresAt: isKit ? new Date(nowMs + 2_592_000_000).toISOString() : null,
  };
}
