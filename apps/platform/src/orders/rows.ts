// Orders as they lie in the database, and as the API shows them.
import type { Order, OrderItem, OrderItemState, OrderState } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import type { Asker } from '../identity/asker.ts';
import { commandsFor, orderStateOf } from './states.ts';

interface OrderRow {
  readonly id: number;
  readonly organisation_id: number;
  readonly reference: string | null;
  readonly state: OrderState;
  readonly wanted_by: string | null;
  readonly note: string;
  readonly placed_at: Date;
  readonly placed_by: string;
  readonly version: number;
  readonly vehicles: number;
  readonly items: number;
  readonly completed: number;
  readonly once_ore: number;
  readonly monthly_ore: number;
  readonly states: OrderItemState[];
}

// What an item costs when it comes: nothing, once it was cancelled or rejected.
export const COUNTS = `state NOT IN ('cancelled', 'rejected')`;
const ORDERS = `service_order o CROSS JOIN LATERAL (
    SELECT count(DISTINCT vehicle_id)::integer AS vehicles, count(*)::integer AS items,
      count(*) FILTER (WHERE state = 'completed')::integer AS completed,
      coalesce(sum(once_ore) FILTER (WHERE ${COUNTS}), 0)::bigint AS once_ore,
      coalesce(sum(monthly_ore) FILTER (WHERE ${COUNTS}), 0)::bigint AS monthly_ore,
      array_agg(DISTINCT state) AS states
    FROM service_order_item WHERE order_id = o.id
  ) AS i`;
const COLUMNS = `o.id, o.organisation_id, o.reference, o.state, o.wanted_by, o.note, o.placed_at,
  o.placed_by, o.version, i.*`;

export interface OrderFilter {
  readonly organisationId: number | null;
  readonly states: readonly OrderState[] | null;
  readonly reference: string | null;
  /** Every item delivered, or not every one; null: both. */
  readonly wholly: boolean | null;
}

const FOUND = `($1::integer IS NULL OR o.organisation_id IN
    (SELECT organisation_id FROM organisation_tree WHERE ancestor_id = $1))
  AND ($2::text[] IS NULL OR o.state = ANY ($2)) AND ($3::text IS NULL OR o.reference = $3)
  AND ($4::boolean IS NULL OR (i.completed = i.items) = $4)`;
const valuesOf = ({ organisationId, states, reference, wholly }: OrderFilter) => [
  organisationId,
  states,
  reference,
  wholly,
];

/** The newest first. */
export async function ordersBefore(
  sql: Sql,
  filter: OrderFilter,
  before: number,
  limit: number,
): Promise<readonly Order[]> {
  const rows = await sql.query<OrderRow>(
    `SELECT ${COLUMNS} FROM ${ORDERS} WHERE ${FOUND} AND o.id < $5 ORDER BY o.id DESC LIMIT $6`,
    [...valuesOf(filter), before, limit],
  );
  return rows.map(orderOf);
}

/** The same as TMF630 pages: after so many, and how many there are in all. */
export async function ordersAt(
  sql: Sql,
  filter: OrderFilter,
  offset: number,
  limit: number,
): Promise<{ readonly total: number; readonly orders: readonly Order[] }> {
  const [all] = await sql.query<{ total: number }>(
    `SELECT count(*)::integer AS total FROM ${ORDERS} WHERE ${FOUND}`,
    valuesOf(filter),
  );
  const rows = await sql.query<OrderRow>(
    `SELECT ${COLUMNS} FROM ${ORDERS} WHERE ${FOUND} ORDER BY o.id DESC OFFSET $5 LIMIT $6`,
    [...valuesOf(filter), offset, limit],
  );
  return { total: all?.total ?? 0, orders: rows.map(orderOf) };
}

/** Throws not-found. */
export async function orderById(sql: Sql, orderId: number): Promise<Order> {
  const [row] = await sql.query<OrderRow>(`SELECT ${COLUMNS} FROM ${ORDERS} WHERE o.id = $1`, [
    orderId,
  ]);
  if (row === undefined) throw problem('not-found');
  return orderOf(row);
}

function orderOf(row: OrderRow): Order {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    reference: row.reference,
    state: row.state,
    wantedBy: row.wanted_by,
    note: row.note,
    placedAt: row.placed_at.toISOString(),
    placedBy: row.placed_by,
    vehicles: row.vehicles,
    items: row.items,
    itemsCompleted: row.completed,
    onceOre: row.once_ore,
    monthlyOre: row.monthly_ore,
    commands: commandsFor(row.states),
    version: row.version,
  };
}

interface ItemRow {
  readonly id: number;
  readonly order_id: number;
  readonly organisation_id: number;
  readonly vehicle_id: number;
  readonly call_sign: string | null;
  readonly catalogue_item_id: number;
  readonly kind: OrderItem['kind'];
  readonly carrier_id: number | null;
  readonly name: string;
  readonly state: OrderItemState;
  readonly once_ore: number;
  readonly monthly_ore: number;
  readonly unit_id: number | null;
  readonly subscription_id: number | null;
  readonly delivered: string | null;
}

/** In the order of their numbers; `itemId` null: all. */
export async function itemsAfter(
  sql: Sql,
  orderId: number,
  after: number,
  limit: number,
  itemId: number | null = null,
): Promise<readonly OrderItem[]> {
  const rows = await sql.query<ItemRow>(
    `SELECT i.id, i.order_id, i.organisation_id, i.vehicle_id, v.call_sign, i.catalogue_item_id,
       c.kind, c.carrier_id, c.name, i.state, i.once_ore, i.monthly_ore, i.unit_id,
       i.subscription_id, i.delivered
     FROM service_order_item i JOIN catalogue_item c ON c.id = i.catalogue_item_id
       LEFT JOIN vehicle v ON v.id = i.vehicle_id
     WHERE i.order_id = $1 AND i.id > $2 AND ($3::integer IS NULL OR i.id = $3)
     ORDER BY i.id LIMIT $4`,
    [orderId, after, itemId, limit],
  );
  return rows.map((row) => ({
    id: row.id,
    orderId: row.order_id,
    organisationId: row.organisation_id,
    vehicleId: row.vehicle_id,
    // A vehicle that has moved to another region since is no longer for this reader.
    callSign: row.call_sign ?? '–',
    catalogueItemId: row.catalogue_item_id,
    kind: row.kind,
    carrierId: row.carrier_id,
    name: row.name,
    state: row.state,
    onceOre: row.once_ore,
    monthlyOre: row.monthly_ore,
    unitId: row.unit_id,
    subscriptionId: row.subscription_id,
    delivered: row.delivered,
  }));
}

export interface Held {
  readonly organisationId: number;
  readonly state: OrderState;
  readonly version: number;
}

/** The order, for this transaction alone. Throws not-found. */
export async function lockOrder(sql: Sql, orderId: number): Promise<Held> {
  const [row] = await sql.query<{ organisation_id: number; state: OrderState; version: number }>(
    'SELECT organisation_id, state, version FROM service_order WHERE id = $1 FOR UPDATE',
    [orderId],
  );
  if (row === undefined) throw problem('not-found');
  return { organisationId: row.organisation_id, state: row.state, version: row.version };
}

/** Reads the order's state from its items and writes it; returns it. */
export async function settleOrder(sql: Sql, orderId: number): Promise<OrderState> {
  const states = await sql.query<{ state: OrderItemState }>(
    'SELECT DISTINCT state FROM service_order_item WHERE order_id = $1',
    [orderId],
  );
  const state = orderStateOf(states.map((row) => row.state));
  await sql.query('UPDATE service_order SET state = $2, version = version + 1 WHERE id = $1', [
    orderId,
    state,
  ]);
  return state;
}

/** As people call them. */
export const nameOf = (asker: Asker): string =>
  asker.kind === 'user' || asker.kind === 'service' ? asker.name : asker.kind;
