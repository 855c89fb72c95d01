// The façade for procurement systems: TMF641 at its own address, for service accounts with
// `order.read` and `order.write`. Behind it stands the same order as in /api/v1.
import {
  type Order,
  type OrderWrite,
  TMF_ORDER,
  TMF_ORDER_QUERY,
  TMF_ORDER_WRITE,
  TMF641_BASE,
  type TmfOrder,
  type TmfOrderWrite,
} from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import { type Ask, type Route, route } from '../http/route.ts';
import { rootsOf } from '../identity/verbs.ts';
import { dayOf } from './catalogue.ts';
import { placeOrder } from './place.ts';
import { itemsAfter, orderById, ordersAt } from './rows.ts';
import { filterFor, readItems, type Specification, tmfOrder } from './tmf641.ts';

// 100 vehicles with 10 items each, some 600 bytes an item.
const BODY_BYTES_MAX = 1_000_000;
const ITEMS_MAX = 1_000;

const list = route({
  id: 'serviceOrder.list',
  method: 'GET',
  base: TMF641_BASE,
  path: '/serviceOrder',
  summary: 'TMF641: orders, the newest first; counts in X-Total-Count and X-Result-Count',
  access: 'order.read',
  query: TMF_ORDER_QUERY,
  reply: z.array(TMF_ORDER),
  async answer({ sql, query }) {
    const { state, externalId = null, offset, limit } = query;
    const of = state === undefined ? { states: null, wholly: null } : filterFor(state);
    const filter = { ...of, organisationId: null, reference: externalId };
    const { total, orders } = await ordersAt(sql, filter, offset, limit);
    const body: TmfOrder[] = [];
    for (const order of orders) body.push(await shown(sql, order));
    return {
      body,
      headers: { 'x-total-count': String(total), 'x-result-count': String(body.length) },
    };
  },
});

const read = route({
  id: 'serviceOrder.retrieve',
  method: 'GET',
  base: TMF641_BASE,
  path: '/serviceOrder/:serviceOrderId',
  summary: 'TMF641: one order',
  access: 'order.read',
  params: z.strictObject({ serviceOrderId: z.coerce.number().int().positive() }),
  reply: TMF_ORDER,
  async answer({ sql, params }) {
    return { body: await shown(sql, await orderById(sql, params.serviceOrderId)) };
  },
});

const create = route({
  id: 'serviceOrder.create',
  method: 'POST',
  base: TMF641_BASE,
  path: '/serviceOrder',
  summary: 'TMF641: orders for vehicles by their call signs; an externalId orders once',
  access: 'order.write',
  body: TMF_ORDER_WRITE,
  reply: TMF_ORDER,
  bodyBytesMax: BODY_BYTES_MAX,
  async answer(ask) {
    const { sql, body } = ask;
    const organisationId = buyerOf(ask, body);
    await refuseTwice(sql, organisationId, body.externalId);
    const orderId = await placeOrder(ask, await toOrder(ask, body, organisationId));
    const made = await shown(sql, await orderById(sql, orderId));
    return { status: 201, body: made, headers: { location: made.href } };
  },
});

async function shown(sql: Sql, order: Order): Promise<TmfOrder> {
  const items = await itemsAfter(sql, order.id, 0, ITEMS_MAX);
  const rows = await sql.query<Specification & { id: number }>(
    'SELECT id, code, revision FROM catalogue_item WHERE id = ANY ($1)',
    [[...new Set(items.map(({ catalogueItemId }) => catalogueItemId))]],
  );
  return tmfOrder(order, items, new Map(rows.map((row) => [row.id, row])));
}

function buyerOf({ asker }: Pick<Ask, 'asker'>, { relatedParty = [] }: TmfOrderWrite): number {
  const named = relatedParty.find(({ role }) => role === 'buyer');
  const [own, ...others] = rootsOf(asker, 'order.write');
  if (named === undefined && own !== undefined && others.length === 0) return own;
  if (named !== undefined && /^\d{1,9}$/.test(named.id)) return Number(named.id);
  const field = { field: 'relatedParty', reason: 'expected the buyer, by its number here' };
  throw problem('bad-request', undefined, [field]);
}

/** A system that lost the answer sends again; two at once wait for each other. */
async function refuseTwice(sql: Sql, buyer: number, externalId: string | undefined): Promise<void> {
  if (externalId === undefined) return;
  await sql.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`tmf641 ${buyer} ${externalId}`]);
  const there = await sql.query(
    'SELECT FROM service_order WHERE organisation_id = $1 AND reference = $2 LIMIT 1',
    [buyer, externalId],
  );
  if (there.length > 0) throw problem('conflict', 'this externalId was ordered before');
}

async function toOrder(ask: Ask, body: TmfOrderWrite, organisationId: number): Promise<OrderWrite> {
  const { wanted, refusals: unread } = readItems(body);
  if (unread.length > 0) throw problem('bad-request', undefined, unread);
  const codes = await idsOf(ask, CODES, [wanted.map(({ code }) => code), new Date(ask.nowMs)]);
  const vehicles = await idsOf(ask, CALL_SIGNS, [
    wanted.map(({ callSign }) => callSign),
    organisationId,
  ]);
  const refusals = wanted.flatMap(({ at, code, callSign }) => [
    ...(codes.has(code) ? [] : [refusal(at, 'serviceSpecification.id', 'not in the catalogue')]),
    ...(vehicles.has(callSign)
      ? []
      : [refusal(at, 'serviceCharacteristic', 'the buyer has no vehicle of this call sign')]),
  ]);
  if (refusals.length > 0) throw problem('bad-request', undefined, refusals);
  const byVehicle = Map.groupBy(wanted, ({ callSign }) => vehicles.get(callSign) ?? 0);
  return {
    organisationId,
    reference: body.externalId ?? null,
    wantedBy: body.requestedCompletionDate?.slice(0, 10) ?? null,
    note: body.description ?? body.note?.[0]?.text ?? '',
    vehicles: [...byVehicle].map(([vehicleId, own]) => ({
      vehicleId,
      newVehicle: null,
      catalogueItemIds: own.map(({ code }) => codes.get(code) ?? 0),
    })),
  };
}

const CODES = `SELECT code AS name, id FROM catalogue_item,
    (SELECT ${dayOf('$2::timestamptz')} AS day) AS today
  WHERE code = ANY ($1) AND valid_from <= day AND (valid_to IS NULL OR day < valid_to)`;
// A call sign that two of the buyer's trusts use names none of them.
const CALL_SIGNS = `SELECT call_sign AS name, min(v.id) AS id FROM vehicle v
  JOIN organisation_tree t ON t.organisation_id = v.organisation_id AND t.ancestor_id = $2
  WHERE call_sign = ANY ($1) GROUP BY 1 HAVING count(*) = 1`;

async function idsOf(
  { sql }: Ask,
  text: string,
  values: readonly unknown[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await sql.query<{ name: string; id: number }>(text, values);
  return new Map(rows.map(({ name, id }) => [name, id]));
}

const refusal = (at: number, field: string, reason: string) => ({
  field: `serviceOrderItem.${at}.service.${field}`,
  reason,
});

export const tmf641Routes: readonly Route[] = [list, read, create];
