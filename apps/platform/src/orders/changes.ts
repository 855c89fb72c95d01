// What was done with an order, by whom and why: shown beside the order, and in the audit log.
import {
  ORDER_CHANGE,
  type OrderCommand,
  type OrderItemState,
  type OrderState,
  PAGE_QUERY,
  pageOf,
} from '@rmh/contract/api';
import { z } from 'zod';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Ask, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { lockOrder, nameOf, orderById, settleOrder } from './rows.ts';
import { move } from './states.ts';

interface Change {
  readonly orderId: number;
  readonly organisationId: number;
  readonly command: OrderCommand | null;
  readonly itemId: number | null;
  readonly from: OrderState | null;
  readonly to: OrderState;
  readonly reason: string | null;
}

export async function noteChange(ask: Ask, change: Change): Promise<void> {
  const { sql, nowMs, asker } = ask;
  const { orderId, organisationId, command, itemId, from, to, reason } = change;
  await sql.query(
    `INSERT INTO service_order_change (order_id, organisation_id, at, actor, command, item_id,
       from_state, to_state, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [orderId, organisationId, new Date(nowMs), nameOf(asker), command, itemId, from, to, reason],
  );
  await audit(sql, {
    ask,
    action: `order.${command ?? 'place'}`,
    organisationId,
    object: { kind: 'order', id: orderId },
    ...(from === null ? {} : { before: { state: from } }),
    after: { state: to, ...(itemId === null ? {} : { itemId }) },
    ...(reason === null ? {} : { reason }),
  });
}

interface Commanded {
  readonly orderId: number;
  readonly command: Exclude<OrderCommand, 'complete'>;
  readonly reason: string | null;
  /** Null: every item that takes it. */
  readonly itemIds: readonly number[] | null;
}

/** Throws conflict where no item takes the command, or one that was named does not. */
export async function commandOrder(ask: Ask, commanded: Commanded): Promise<void> {
  const { sql, nowMs, ifMatch } = ask;
  const { orderId, command, reason, itemIds } = commanded;
  const { organisationId, state: from, version } = await lockOrder(sql, orderId);
  if (ifMatch !== null && version !== ifMatch) throw problem('changed-meanwhile');
  const items = await sql.query<{ id: number; state: OrderItemState }>(
    `SELECT id, state FROM service_order_item
     WHERE order_id = $1 AND ($2::integer[] IS NULL OR id = ANY ($2)) ORDER BY id`,
    [orderId, itemIds],
  );
  const moving = items.filter(({ state }) => move(state, command) !== null);
  const expected = itemIds === null ? 1 : new Set(itemIds).size;
  if (moving.length < expected) {
    throw problem('conflict', 'the order does not stand where this can be done');
  }
  const ids = moving.map(({ id }) => id);
  for (const [state, ofState] of Map.groupBy(moving, (item) => item.state)) {
    await sql.query('UPDATE service_order_item SET state = $2 WHERE id = ANY ($1)', [
      ofState.map(({ id }) => id),
      move(state, command),
    ]);
  }
  if (command === 'cancel' || command === 'reject') {
    await sql.query(
      `UPDATE installation SET cancelled_at = $2, version = version + 1
       WHERE order_item_id = ANY ($1)`,
      [ids, new Date(nowMs)],
    );
  }
  const to = await settleOrder(sql, orderId);
  const told = itemIds === null ? [null] : ids;
  for (const itemId of told) {
    await noteChange(ask, { orderId, organisationId, command, itemId, from, to, reason });
  }
}

export const listChanges = route({
  id: 'orders.changes',
  method: 'GET',
  path: '/orders/:orderId/changes',
  summary: 'What was done with an order, by whom and why; the oldest first',
  access: 'order.read',
  params: z.strictObject({ orderId: z.coerce.number().int().positive() }),
  query: PAGE_QUERY,
  reply: pageOf(ORDER_CHANGE),
  async answer({ sql, params, query }) {
    await orderById(sql, params.orderId);
    const rows = await sql.query<ChangeRow>(
      `SELECT id, at, actor, command, item_id, from_state, to_state, reason
       FROM service_order_change WHERE order_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
      [params.orderId, idCursor(query.cursor), query.limit + 1],
    );
    return { body: page(rows, query.limit, changeOf, (row) => row.id) };
  },
});

interface ChangeRow {
  readonly id: number;
  readonly at: Date;
  readonly actor: string;
  readonly command: OrderCommand | null;
  readonly item_id: number | null;
  readonly from_state: OrderState | null;
  readonly to_state: OrderState;
  readonly reason: string | null;
}

const changeOf = (row: ChangeRow) => ({
  id: row.id,
  at: row.at.toISOString(),
  actor: row.actor,
  command: row.command,
  itemId: row.item_id,
  from: row.from_state,
  to: row.to_state,
  reason: row.reason,
});
