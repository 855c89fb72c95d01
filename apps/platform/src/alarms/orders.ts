// Carries out what the engine decided: rows of alarms, and who is told.
import type { Database, Sql } from '../db/database.ts';
import type { Order } from './engine.ts';
import type { Condition } from './facts.ts';
import { type AlarmEvent, tell } from './notify/outbox.ts';
import { ALARM_CHANNEL } from './rows.ts';

// A payload has 7,900 bytes; a number with its comma 11 at most.
const IDS_A_NOTIFICATION = 700;

export async function carryOut(
  db: Database,
  sql: Sql,
  orders: readonly Order[],
  nowMs: number,
): Promise<void> {
  const told = new Map<number, AlarmEvent>();
  for (const order of orders) {
    const id = await write(sql, order, nowMs);
    // None: cleared by hand in this very moment.
    if (id !== null) told.set(id, EVENT_OF[order.kind]);
  }
  if (told.size === 0) return;
  await tell(db, sql, told, nowMs);
  await announce(db, sql, [...told.keys()]);
}

const EVENT_OF = {
  raise: 'raised',
  update: 'updated',
  clear: 'cleared',
  hush: 'cleared',
} as const;

/** Tells the streams of all processes, when the transaction commits. */
export async function announce(db: Database, sql: Sql, ids: readonly number[]): Promise<void> {
  for (let from = 0; from < ids.length; from += IDS_A_NOTIFICATION) {
    await db.notify(sql, ALARM_CHANNEL, ids.slice(from, from + IDS_A_NOTIFICATION).join(','));
  }
}

async function write(sql: Sql, order: Order, nowMs: number): Promise<number | null> {
  switch (order.kind) {
    case 'raise':
      return await raise(sql, order.condition, order.severity, nowMs);
    case 'update': {
      const { key, cells, organisationId, organisationIds } = order.condition;
      return await idOf(
        sql,
        `UPDATE alarm SET cells = $2, vehicles = greatest(vehicles, $3), organisation_id = $4,
           seen_by = (
             SELECT array_agg(DISTINCT id) FROM unnest(seen_by || $5::integer[]) AS x (id)),
           updated_at = to_timestamp($6::float8 / 1000), version = version + 1
         WHERE key = $1 AND cleared_at IS NULL RETURNING id`,
        [key, cells, order.vehicles, organisationId, organisationIds, nowMs],
      );
    }
    case 'clear':
      return await idOf(
        sql,
        `UPDATE alarm SET cleared_at = to_timestamp($2::float8 / 1000),
           updated_at = to_timestamp($2::float8 / 1000), version = version + 1,
           part_of = (SELECT id FROM alarm WHERE key = $3 AND cleared_at IS NULL)
         WHERE key = $1 AND cleared_at IS NULL RETURNING id`,
        [order.key, nowMs, order.partOf],
      );
    case 'hush':
      return await idOf(
        sql,
        'SELECT id FROM alarm WHERE key = $1 AND cleared_by IS NOT NULL ORDER BY id DESC LIMIT 1',
        [order.key],
      );
  }
}

async function raise(
  sql: Sql,
  condition: Condition,
  severity: string,
  nowMs: number,
): Promise<number | null> {
  return await idOf(
    sql,
    `INSERT INTO alarm (key, organisation_id, seen_by, kind, severity, simulated, vehicle_id,
       gateway_id, carrier, cells, vehicles, since, raised_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, to_timestamp($12::float8 / 1000),
       to_timestamp($13::float8 / 1000), to_timestamp($13::float8 / 1000))
     ON CONFLICT DO NOTHING RETURNING id`,
    [
      condition.key,
      condition.organisationId,
      condition.organisationIds,
      condition.kind,
      severity,
      condition.simulated,
      condition.vehicleId,
      condition.gatewayId,
      condition.carrier,
      condition.cells,
      condition.vehicleIds.length,
      condition.sinceMs,
      nowMs,
    ],
  );
}

async function idOf(sql: Sql, text: string, values: readonly unknown[]): Promise<number | null> {
  const [row] = await sql.query<{ id: number }>(text, values);
  return row?.id ?? null;
}
