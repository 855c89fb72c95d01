// Ordering: what may be bought under the framework agreement, who ordered what for which vehicle,
// and what it costs each trust. Money is whole øre, without value added tax.
import { z } from 'zod';
import { ID, INSTANT, LONG_TEXT, PAGE_QUERY, TEXT } from './common.ts';
import { VEHICLE_KIND } from './fleet.ts';

/**
 * vehicle-kit: unit, antennas and their installation · subscription: one SIM card of one carrier ·
 * satellite, station-wifi: options · priority: the application for right of way in a carrier's net.
 */
export const CATALOGUE_KINDS = [
  'vehicle-kit',
  'subscription',
  'satellite',
  'station-wifi',
  'priority',
] as const;
export const CATALOGUE_KIND = z.enum(CATALOGUE_KINDS);
export type CatalogueKind = z.infer<typeof CATALOGUE_KIND>;

/** A day of Norway. */
export const DAY = z.iso.date();
/** At most 10 million kroner a piece: a thousand of them add up far below 2^53 øre. */
export const ORE = z.int().min(0).max(1_000_000_000);
const ORE_SUM = z.int().min(0);

export const CATALOGUE_ITEM = z.strictObject({
  id: ID,
  /** The same through all revisions: 'KIT-1'. */
  code: z.string().regex(/^[A-Z0-9][A-Z0-9-]{1,30}$/),
  /** Another price or text is another revision. What was ordered keeps the one it had. */
  revision: z.int().min(1),
  kind: CATALOGUE_KIND,
  /** Of subscriptions and priority. */
  carrierId: ID.nullable(),
  name: TEXT,
  description: LONG_TEXT,
  onceOre: ORE,
  monthlyOre: ORE,
  validFrom: DAY,
  /** The first day on which it cannot be ordered any more. */
  validTo: DAY.nullable(),
  version: z.int(),
});
export type CatalogueItem = z.infer<typeof CATALOGUE_ITEM>;

/** GET /catalogue: what can be ordered on a day, today unless said; or every revision. */
export const CATALOGUE_QUERY = PAGE_QUERY.extend({
  on: DAY.optional(),
  revisions: z.enum(['current', 'all']).default('current'),
});

/** POST /catalogue: a new thing, or the next revision of one; the one before ends that day. */
export const CATALOGUE_WRITE = CATALOGUE_ITEM.omit({
  id: true,
  revision: true,
  validTo: true,
  version: true,
});
export const CATALOGUE_END = z.strictObject({ validTo: DAY });

/** Of an order and of each thing in it; an order has `partial` besides. docs/ordering.md. */
export const ORDER_ITEM_STATES = [
  'placed',
  'acknowledged',
  'in-progress',
  'held',
  'completed',
  'rejected',
  'cancelled',
] as const;
export const ORDER_ITEM_STATE = z.enum(ORDER_ITEM_STATES);
export type OrderItemState = z.infer<typeof ORDER_ITEM_STATE>;
export const ORDER_STATES = [...ORDER_ITEM_STATES, 'partial'] as const;
export const ORDER_STATE = z.enum(ORDER_STATES);
export type OrderState = z.infer<typeof ORDER_STATE>;

/** What the national operator says of an order. */
export const HANDLE_COMMANDS = ['acknowledge', 'reject', 'start', 'hold', 'resume'] as const;
/** `complete` is no command of a person: fulfilment says it. */
export const ORDER_COMMANDS = [...HANDLE_COMMANDS, 'cancel', 'complete'] as const;
export const ORDER_COMMAND = z.enum(ORDER_COMMANDS);
export type OrderCommand = z.infer<typeof ORDER_COMMAND>;

/** A hundred vehicles with ten things each: half a region at once. */
export const ORDER_VEHICLES_MAX = 100;
export const ORDER_ITEMS_A_VEHICLE_MAX = 10;

export const NEW_VEHICLE = z.strictObject({
  organisationId: ID,
  callSign: TEXT,
  registration: TEXT.nullable(),
  kind: VEHICLE_KIND,
});

/** POST /orders. */
export const ORDER_WRITE = z.strictObject({
  /** The region, or a trust in it, that orders; every vehicle lies at or below it. */
  organisationId: ID,
  /** The buyer's own: a requisition's number. */
  reference: TEXT.nullable(),
  wantedBy: DAY.nullable(),
  note: LONG_TEXT,
  vehicles: z
    .array(
      z.strictObject({
        /** A known vehicle, or null and a new one, which is then planned. */
        vehicleId: ID.nullable(),
        newVehicle: NEW_VEHICLE.nullable(),
        catalogueItemIds: z.array(ID).min(1).max(ORDER_ITEMS_A_VEHICLE_MAX),
      }),
    )
    .min(1)
    .max(ORDER_VEHICLES_MAX),
});
export type OrderWrite = z.infer<typeof ORDER_WRITE>;

export const ORDER = z.strictObject({
  id: ID,
  organisationId: ID,
  reference: TEXT.nullable(),
  state: ORDER_STATE,
  wantedBy: DAY.nullable(),
  note: LONG_TEXT,
  placedAt: INSTANT,
  placedBy: z.string(),
  vehicles: z.int(),
  items: z.int(),
  itemsCompleted: z.int(),
  /** Of all that is not cancelled or rejected. */
  onceOre: ORE_SUM,
  monthlyOre: ORE_SUM,
  /** What may be done with it now, by whoever has the verb. */
  commands: z.array(ORDER_COMMAND),
  version: z.int(),
});
export type Order = z.infer<typeof ORDER>;

export const ORDER_QUERY = PAGE_QUERY.extend({
  organisationId: z.coerce.number().int().positive().optional(),
  state: ORDER_STATE.optional(),
});

export const ORDER_ITEM = z.strictObject({
  id: ID,
  orderId: ID,
  /** Whose vehicle it is. */
  organisationId: ID,
  vehicleId: ID,
  callSign: TEXT,
  catalogueItemId: ID,
  kind: CATALOGUE_KIND,
  carrierId: ID.nullable(),
  name: TEXT,
  state: ORDER_ITEM_STATE,
  onceOre: ORE,
  monthlyOre: ORE,
  /** What it became. */
  unitId: ID.nullable(),
  subscriptionId: ID.nullable(),
  /** Serial number, ICCID or the carrier's case number. */
  delivered: z.string().nullable(),
});
export type OrderItem = z.infer<typeof ORDER_ITEM>;

/** GET /orders/:orderId/costs: one row a trust; they add up to the order, to the øre. */
export const COST_SHARE = z.strictObject({
  /** The trust (HF); where a vehicle belongs to none, its own organisation. */
  organisationId: ID,
  organisation: TEXT,
  vehicles: z.int(),
  onceOre: ORE_SUM,
  monthlyOre: ORE_SUM,
});
export type CostShare = z.infer<typeof COST_SHARE>;

export const ORDER_CHANGE = z.strictObject({
  id: ID,
  at: INSTANT,
  actor: z.string(),
  /** Null: the placing of the order. */
  command: ORDER_COMMAND.nullable(),
  /** Null: every item that the command fits. */
  itemId: ID.nullable(),
  from: ORDER_STATE.nullable(),
  to: ORDER_STATE,
  reason: TEXT.nullable(),
});
export type OrderChange = z.infer<typeof ORDER_CHANGE>;

const itemIds = z.array(ID).min(1).max(500).nullable();
const NEEDS_REASON: readonly OrderCommand[] = ['reject', 'hold'];

/** POST /orders/:orderId/command. */
export const ORDER_HANDLE = z
  .strictObject({
    command: z.enum(HANDLE_COMMANDS),
    reason: TEXT.nullable(),
    /** Null: the whole order. */
    itemIds,
  })
  .refine(({ command, reason }) => reason !== null || !NEEDS_REASON.includes(command), {
    path: ['reason'],
    error: 'say why',
  });
/** POST /orders/:orderId/cancel. */
export const ORDER_CANCEL = z.strictObject({ reason: TEXT, itemIds });

/** POST /orders/:orderId/items/:itemId/fulfil: what came out of the box or the carrier's answer. */
export const FULFIL = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('vehicle-kit'),
    serial: z.string().trim().min(1).max(64),
    model: TEXT.nullable(),
    validHours: z.int().min(1).max(720).default(720),
  }),
  z.strictObject({ kind: z.literal('subscription'), iccid: z.string().regex(/^\d{18,20}$/) }),
  z.strictObject({
    kind: z.enum(['satellite', 'station-wifi', 'priority']),
    /** The carrier's or the supplier's number of it. */
    reference: TEXT,
  }),
]);
export type Fulfil = z.infer<typeof FULFIL>;

export const FULFILLED = z.strictObject({
  item: ORDER_ITEM,
  /** Of a unit: works once, for this serial number; shown only now. */
  token: z.string().nullable(),
  expiresAt: INSTANT.nullable(),
});
export type Fulfilled = z.infer<typeof FULFILLED>;
