import {
  COST_SHARE,
  type CostShare,
  ORDER,
  ORDER_CANCEL,
  ORDER_HANDLE,
  ORDER_ITEM,
  ORDER_QUERY,
  ORDER_WRITE,
  PAGE_QUERY,
  pageOf,
} from '@rmh/contract/api';
import { z } from 'zod';
import { idCursor, page } from '../http/paging.ts';
import { type Route, route } from '../http/route.ts';
import { commandOrder, listChanges } from './changes.ts';
import { placeOrder } from './place.ts';
import { COUNTS, itemsAfter, orderById, ordersBefore } from './rows.ts';

const PARAMS = z.strictObject({ orderId: z.coerce.number().int().positive() });

const list = route({
  id: 'orders.list',
  method: 'GET',
  path: '/orders',
  summary: 'Orders, the newest first',
  access: 'order.read',
  query: ORDER_QUERY,
  reply: pageOf(ORDER),
  async answer({ sql, query }) {
    const { limit, state, organisationId = null } = query;
    const filter = { organisationId, states: state === undefined ? null : [state] };
    const before = idCursor(query.cursor, 2 ** 31 - 1);
    const rows = await ordersBefore(
      sql,
      { ...filter, reference: null, wholly: null },
      before,
      limit + 1,
    );
    return {
      body: page(
        rows,
        limit,
        (order) => order,
        (order) => order.id,
      ),
    };
  },
});

const read = route({
  id: 'orders.read',
  method: 'GET',
  path: '/orders/:orderId',
  summary: 'One order',
  access: 'order.read',
  params: PARAMS,
  reply: ORDER,
  async answer({ sql, params }) {
    const order = await orderById(sql, params.orderId);
    return { body: order, version: order.version };
  },
});

const items = route({
  id: 'orders.items',
  method: 'GET',
  path: '/orders/:orderId/items',
  summary: 'What was ordered for each vehicle, and what it became',
  access: 'order.read',
  params: PARAMS,
  query: PAGE_QUERY,
  reply: pageOf(ORDER_ITEM),
  async answer({ sql, params, query }) {
    await orderById(sql, params.orderId);
    const rows = await itemsAfter(sql, params.orderId, idCursor(query.cursor), query.limit + 1);
    return {
      body: page(
        rows,
        query.limit,
        (item) => item,
        (item) => item.id,
      ),
    };
  },
});

const costs = route({
  id: 'orders.costs',
  method: 'GET',
  path: '/orders/:orderId/costs',
  summary: 'What each trust pays; the shares add up to the order, to the øre',
  access: 'order.read',
  params: PARAMS,
  query: PAGE_QUERY,
  reply: pageOf(COST_SHARE),
  async answer({ sql, params, query }) {
    await orderById(sql, params.orderId);
    const rows = await sql.query<CostShare>(
      `SELECT i.payer_id AS "organisationId", coalesce(o.short_name, '–') AS organisation,
         count(DISTINCT i.vehicle_id)::integer AS vehicles,
         sum(i.once_ore)::bigint AS "onceOre", sum(i.monthly_ore)::bigint AS "monthlyOre"
       FROM service_order_item i LEFT JOIN organisation o ON o.id = i.payer_id
       WHERE i.order_id = $1 AND i.payer_id > $2 AND ${COUNTS}
       GROUP BY 1, 2 ORDER BY 1 LIMIT $3`,
      [params.orderId, idCursor(query.cursor), query.limit + 1],
    );
    return {
      body: page(
        rows,
        query.limit,
        (row) => row,
        (row) => row.organisationId,
      ),
    };
  },
});

const place = route({
  id: 'orders.place',
  method: 'POST',
  path: '/orders',
  summary: 'Orders things of the catalogue for named vehicles',
  access: 'order.write',
  body: ORDER_WRITE,
  reply: ORDER,
  idempotent: true,
  async answer(ask) {
    const order = await orderById(ask.sql, await placeOrder(ask, ask.body));
    return { status: 201, body: order, version: order.version };
  },
});

const handle = route({
  id: 'orders.handle',
  method: 'POST',
  path: '/orders/:orderId/command',
  summary: 'Acknowledges, rejects, starts, holds or resumes an order, or some of its items',
  access: 'order.handle',
  params: PARAMS,
  body: ORDER_HANDLE,
  reply: ORDER,
  conditional: true,
  idempotent: true,
  async answer(ask) {
    const { orderId } = ask.params;
    await commandOrder(ask, { orderId, ...ask.body });
    const order = await orderById(ask.sql, orderId);
    return { body: order, version: order.version };
  },
});

const cancel = route({
  id: 'orders.cancel',
  method: 'POST',
  path: '/orders/:orderId/cancel',
  summary: 'Cancels what is not delivered yet of an order, or some of its items',
  access: 'order.write',
  params: PARAMS,
  body: ORDER_CANCEL,
  reply: ORDER,
  conditional: true,
  idempotent: true,
  async answer(ask) {
    const { orderId } = ask.params;
    await commandOrder(ask, { orderId, command: 'cancel', ...ask.body });
    const order = await orderById(ask.sql, orderId);
    return { body: order, version: order.version };
  },
});

export const orderRoutes: readonly Route[] = [
  list,
  read,
  items,
  costs,
  listChanges,
  place,
  handle,
  cancel,
];
