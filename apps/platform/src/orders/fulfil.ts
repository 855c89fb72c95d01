// An item that was ordered becomes what it is in the fleet: a unit with its enrolment token in its
// vehicle, a subscription, right of way on one. Made by the fleet's own hands, in one transaction
// with the order.
import {
  FULFIL,
  FULFILLED,
  type Fulfil,
  type OrderItem,
  type OrderItemState,
} from '@rmh/contract/api';
import { z } from 'zod';
import { invite, type MadeToken } from '../fleet/enrolment-tokens.ts';
import { makeSubscription } from '../fleet/subscriptions.ts';
import { makeUnit } from '../fleet/units.ts';
import { problem } from '../http/problem.ts';
import { type Ask, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { noteChange } from './changes.ts';
import { itemsAfter, lockOrder, settleOrder } from './rows.ts';
import { move } from './states.ts';

const NUMBER = z.coerce.number().int().positive();

interface Became {
  readonly unitId?: number;
  readonly subscriptionId?: number;
  readonly delivered: string;
  readonly token?: MadeToken;
}

export const fulfilItem = route({
  id: 'orders.fulfil',
  method: 'POST',
  path: '/orders/:orderId/items/:itemId/fulfil',
  summary: 'Delivers one item: it becomes a unit with its token, a subscription, or an option',
  access: 'order.handle',
  params: z.strictObject({ orderId: NUMBER, itemId: NUMBER }),
  body: FULFIL,
  reply: FULFILLED,
  idempotent: true,
  async answer(ask) {
    const { sql, params, body, nowMs } = ask;
    const { orderId, itemId } = params;
    const { organisationId, state: from } = await lockOrder(sql, orderId);
    const item = await itemOf(ask, orderId, itemId);
    const state = move(item.state, 'complete');
    if (state === null)
      throw problem('conflict', 'the order does not stand where this can be done');
    if (body.kind !== item.kind) {
      throw problem('bad-request', undefined, [{ field: 'kind', reason: `this is ${item.kind}` }]);
    }
    const became = await make(ask, item, body);
    await write(ask, item, state, became);
    if (item.kind === 'vehicle-kit') {
      await sql.query(
        `UPDATE installation SET delivered_at = $2, version = version + 1
         WHERE order_item_id = $1`,
        [itemId, new Date(nowMs)],
      );
    }
    const to = await settleOrder(sql, orderId);
    const change = { orderId, organisationId, itemId, from, to, reason: null };
    await noteChange(ask, { ...change, command: 'complete' });
    const { token = null, expiresAt = null } = became.token ?? {};
    return { status: 201, body: { item: await itemOf(ask, orderId, itemId), token, expiresAt } };
  },
});

async function itemOf({ sql }: Ask, orderId: number, itemId: number): Promise<OrderItem> {
  const [item] = await itemsAfter(sql, orderId, 0, 1, itemId);
  if (item === undefined) throw problem('not-found');
  return item;
}

async function make(ask: Ask, item: OrderItem, fulfil: Fulfil): Promise<Became> {
  // Whose the vehicle is today, should it have moved since.
  const [vehicle] = await ask.sql.query<{ organisation_id: number }>(
    'SELECT organisation_id FROM vehicle WHERE id = $1',
    [item.vehicleId],
  );
  if (vehicle === undefined) throw problem('conflict', 'the vehicle is not there any more');
  const organisationId = vehicle.organisation_id;
  const { vehicleId } = item;
  switch (fulfil.kind) {
    case 'vehicle-kit': {
      const { serial, model, validHours } = fulfil;
      const unit = await makeUnit(ask, { organisationId, vehicleId, serial, model });
      const token = await invite(ask, { kind: 'unit', id: unit.id, organisationId }, validHours);
      return { unitId: unit.id, delivered: serial, token };
    }
    case 'subscription': {
      const { iccid } = fulfil;
      const carrierId = item.carrierId ?? 0;
      const own = { organisationId, vehicleId, carrierId, iccid, priority: false };
      return { subscriptionId: (await makeSubscription(ask, own)).id, delivered: iccid };
    }
    case 'priority':
      await givePriority(ask, item, organisationId);
      return { delivered: fulfil.reference };
    case 'satellite':
    case 'station-wifi':
      return { delivered: fulfil.reference };
  }
}

/** The carrier said yes: its subscriptions in this vehicle have right of way from now on. */
async function givePriority(ask: Ask, item: OrderItem, organisationId: number): Promise<void> {
  const given = await ask.sql.query<{ id: number }>(
    `UPDATE subscription SET priority = true, version = version + 1
     WHERE vehicle_id = $1 AND carrier_id = $2 RETURNING id`,
    [item.vehicleId, item.carrierId],
  );
  if (given.length === 0) {
    throw problem('conflict', 'the vehicle has no subscription of this carrier yet');
  }
  for (const { id } of given) {
    await audit(ask.sql, {
      ask,
      action: 'subscription.change',
      organisationId,
      object: { kind: 'subscription', id },
      after: { priority: true },
    });
  }
}

async function write(
  { sql }: Ask,
  item: OrderItem,
  state: OrderItemState,
  { unitId, subscriptionId, delivered }: Became,
): Promise<void> {
  await sql.query(
    `UPDATE service_order_item SET state = $2, unit_id = $3, subscription_id = $4, delivered = $5
     WHERE id = $1`,
    [item.id, state, unitId ?? null, subscriptionId ?? null, delivered],
  );
}
