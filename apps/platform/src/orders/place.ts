// Placing an order: every vehicle is the buyer's, every thing can be ordered today, and its price
// is the one of today.
import type { OrderWrite } from '@rmh/contract/api';
import { problem } from '../http/problem.ts';
import type { Ask } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { dayOf } from './catalogue.ts';
import { noteChange } from './changes.ts';
import { nameOf } from './rows.ts';

/** Returns the number of the order. Throws bad-request with the fields that do not fit. */
export async function placeOrder(ask: Ask, write: OrderWrite): Promise<number> {
  const { sql, nowMs, asker, services } = ask;
  const at = new Date(nowMs);
  const prices = await pricesOf(ask, write);
  const vehicleIds = await vehiclesOf(ask, write);
  const owners = await ownersOf(ask, write, vehicleIds);
  const [made] = await sql.query<{ id: number }>(
    `INSERT INTO service_order
       (organisation_id, reference, state, wanted_by, note, placed_at, placed_by)
     VALUES ($1, $2, 'placed', $3, $4, $5, $6) RETURNING id`,
    [write.organisationId, write.reference, write.wantedBy, write.note, at, nameOf(asker)],
  );
  const orderId = made?.id ?? 0;
  const items = write.vehicles.flatMap(({ catalogueItemIds }, index) =>
    [...new Set(catalogueItemIds)].map((catalogueItemId) => {
      const owner = owners[index];
      const price = prices.get(catalogueItemId);
      return [
        orderId,
        owner?.organisation_id,
        owner?.payer_id,
        vehicleIds[index],
        catalogueItemId,
        price?.once_ore,
        price?.monthly_ore,
        'placed',
      ];
    }),
  );
  await services.db.insert(sql, 'service_order_item', ITEM_COLUMNS, items);
  await sql.query(
    `INSERT INTO installation (organisation_id, vehicle_id, order_item_id, ordered_at)
     SELECT i.organisation_id, i.vehicle_id, i.id, $2 FROM service_order_item i
     JOIN catalogue_item c ON c.id = i.catalogue_item_id
     WHERE i.order_id = $1 AND c.kind = 'vehicle-kit'`,
    [orderId, at],
  );
  const { organisationId } = write;
  const placed = { command: null, itemId: null, from: null, to: 'placed', reason: null } as const;
  await noteChange(ask, { orderId, organisationId, ...placed });
  return orderId;
}

const ITEM_COLUMNS = [
  'order_id',
  'organisation_id',
  'payer_id',
  'vehicle_id',
  'catalogue_item_id',
  'once_ore',
  'monthly_ore',
  'state',
];

interface Price {
  readonly id: number;
  readonly once_ore: number;
  readonly monthly_ore: number;
}

async function pricesOf({ sql, nowMs }: Ask, write: OrderWrite): Promise<Map<number, Price>> {
  const rows = await sql.query<Price>(
    `SELECT id, once_ore, monthly_ore FROM catalogue_item,
       (SELECT ${dayOf('$2::timestamptz')} AS day) AS today
     WHERE id = ANY ($1) AND valid_from <= day AND (valid_to IS NULL OR day < valid_to)`,
    [write.vehicles.flatMap(({ catalogueItemIds }) => catalogueItemIds), new Date(nowMs)],
  );
  const prices = new Map(rows.map((row) => [row.id, row]));
  const fields = write.vehicles.flatMap(({ catalogueItemIds }, at) =>
    catalogueItemIds
      .filter((id) => !prices.has(id))
      .map(() => ({
        field: `vehicles.${at}.catalogueItemIds`,
        reason: 'not in the catalogue today',
      })),
  );
  if (fields.length > 0) throw problem('bad-request', undefined, fields);
  return prices;
}

/** The vehicles' numbers, in their order; those that are new are planned from now on. */
async function vehiclesOf(ask: Ask, { vehicles }: OrderWrite): Promise<number[]> {
  const ids: number[] = [];
  for (const [at, { vehicleId, newVehicle }] of vehicles.entries()) {
    if ((vehicleId === null) === (newVehicle === null)) {
      throw badVehicle(at, 'either a known vehicle or a new one');
    }
    ids.push(vehicleId ?? (await plan(ask, newVehicle)));
  }
  const twice = ids.findIndex((id, at) => ids.indexOf(id) !== at);
  if (twice >= 0) throw badVehicle(twice, 'twice in the same order');
  return ids;
}

type NewVehicle = OrderWrite['vehicles'][number]['newVehicle'];

async function plan(ask: Ask, vehicle: NewVehicle): Promise<number> {
  const { organisationId = 0, callSign, registration, kind } = vehicle ?? {};
  const [made] = await ask.sql.query<{ id: number }>(
    `INSERT INTO vehicle (organisation_id, call_sign, registration, kind, stage)
     VALUES ($1, $2, $3, $4, 'planned') RETURNING id`,
    [organisationId, callSign, registration, kind],
  );
  const id = made?.id ?? 0;
  await audit(ask.sql, {
    ask,
    action: 'vehicle.create',
    organisationId,
    object: { kind: 'vehicle', id },
    after: { ...vehicle, stage: 'planned' },
  });
  return id;
}

interface Owner {
  readonly id: number;
  readonly organisation_id: number;
  readonly payer_id: number;
}

/** Whose each vehicle is, and which trust pays; all at or below the organisation that orders. */
async function ownersOf(
  { sql }: Ask,
  write: OrderWrite,
  vehicleIds: readonly number[],
): Promise<Owner[]> {
  const rows = await sql.query<Owner>(
    `SELECT v.id, v.organisation_id, coalesce((
         SELECT o.id FROM organisation_tree t JOIN organisation o ON o.id = t.ancestor_id
         WHERE t.organisation_id = v.organisation_id AND o.kind = 'hf'
       ), v.organisation_id) AS payer_id
     FROM vehicle v JOIN organisation_tree t
       ON t.organisation_id = v.organisation_id AND t.ancestor_id = $2
     WHERE v.id = ANY ($1) AND v.stage <> 'retired'`,
    [vehicleIds, write.organisationId],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return vehicleIds.map((id, at) => {
    const owner = byId.get(id);
    if (owner === undefined) throw badVehicle(at, 'expected a vehicle of the buyer, in use');
    return owner;
  });
}

const badVehicle = (at: number, reason: string) =>
  problem('bad-request', undefined, [{ field: `vehicles.${at}.vehicleId`, reason }]);
