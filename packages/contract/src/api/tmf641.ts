// TM Forum's TMF641 (Service Ordering, v4) as a procurement system speaks it: the specification's
// names, of which we read what an order needs and leave the rest alone.
import { z } from 'zod';

export const TMF641_BASE = '/tmf-api/serviceOrdering/v4';

/** ServiceOrderStateType, those of its states that an order here can be in. */
export const TMF_ORDER_STATES = [
  'acknowledged',
  'rejected',
  'held',
  'inProgress',
  'cancelled',
  'completed',
  'partial',
] as const;
export const TMF_ORDER_STATE = z.enum(TMF_ORDER_STATES);
export type TmfOrderState = z.infer<typeof TMF_ORDER_STATE>;

const WORD = z.string().min(1).max(200);
/** `+01:00` and no fraction are as good as `.000Z`. */
const DATE_TIME = z.iso.datetime({ offset: true });

export const TMF_CHARACTERISTIC = z.looseObject({
  name: WORD,
  /** A text, or an object with `@type`: the specification has both. */
  value: z.unknown(),
});

export const TMF_ORDER_ITEM_WRITE = z.looseObject({
  id: WORD,
  action: z.enum(['add', 'modify', 'delete', 'noChange']),
  service: z.looseObject({
    serviceSpecification: z.looseObject({ id: WORD }).optional(),
    serviceCharacteristic: z.array(TMF_CHARACTERISTIC).max(50).optional(),
  }),
});

/** POST serviceOrder. */
export const TMF_ORDER_WRITE = z.looseObject({
  externalId: WORD.optional(),
  description: z.string().max(4_000).optional(),
  requestedCompletionDate: DATE_TIME.optional(),
  note: z
    .array(z.looseObject({ text: z.string().max(4_000) }))
    .max(20)
    .optional(),
  /** The one with the role `buyer` orders; needed by who may order for several. */
  relatedParty: z
    .array(z.looseObject({ id: WORD, role: z.string().max(100).optional() }))
    .max(20)
    .optional(),
  serviceOrderItem: z.array(TMF_ORDER_ITEM_WRITE).min(1).max(1_000),
});
export type TmfOrderWrite = z.infer<typeof TMF_ORDER_WRITE>;

export const TMF_ORDER_ITEM = z.strictObject({
  id: z.string(),
  '@type': z.literal('ServiceOrderItem'),
  action: z.literal('add'),
  state: TMF_ORDER_STATE,
  service: z.strictObject({
    '@type': z.literal('Service'),
    serviceSpecification: z.strictObject({
      '@type': z.literal('ServiceSpecificationRef'),
      id: z.string(),
      name: z.string(),
      version: z.string(),
    }),
    serviceCharacteristic: z.array(
      z.strictObject({ name: z.string(), valueType: z.literal('string'), value: z.string() }),
    ),
  }),
});
export type TmfOrderItem = z.infer<typeof TMF_ORDER_ITEM>;

export const TMF_ORDER = z.strictObject({
  id: z.string(),
  href: z.string(),
  '@type': z.literal('ServiceOrder'),
  externalId: z.string().exactOptional(),
  description: z.string().exactOptional(),
  state: TMF_ORDER_STATE,
  orderDate: z.string(),
  requestedCompletionDate: z.string().exactOptional(),
  relatedParty: z.array(
    z.strictObject({
      '@type': z.literal('RelatedParty'),
      id: z.string(),
      role: z.literal('buyer'),
      '@referredType': z.literal('Organization'),
    }),
  ),
  serviceOrderItem: z.array(TMF_ORDER_ITEM),
});
export type TmfOrder = z.infer<typeof TMF_ORDER>;

/** GET serviceOrder, as TMF630 pages: `offset` and `limit`, counts in headers. */
export const TMF_ORDER_QUERY = z.strictObject({
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  /** An order may have a thousand items. */
  limit: z.coerce.number().int().min(1).max(100).default(20),
  state: TMF_ORDER_STATE.optional(),
  externalId: WORD.optional(),
});
