import { ID, pageOf, SUBSCRIPTION, SUBSCRIPTION_QUERY, type Subscription } from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Ask, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { checkVehicle } from './units.ts';

const NUMBER = z.coerce.number().int().positive();
const PARAMS = z.strictObject({ subscriptionId: NUMBER });
const SUBSCRIPTION_WRITE = SUBSCRIPTION.omit({ id: true, version: true }).extend({
  vehicleId: ID.nullable(),
});

interface SubscriptionRow {
  readonly id: number;
  readonly vehicle_id: number | null;
  readonly organisation_id: number;
  readonly carrier_id: number;
  readonly iccid: string;
  readonly priority: boolean;
  readonly version: number;
}

const COLUMNS = 'id, vehicle_id, organisation_id, carrier_id, iccid, priority, version';

export const listSubscriptions = route({
  id: 'subscriptions.list',
  method: 'GET',
  path: '/subscriptions',
  summary: 'Subscriptions, those in no vehicle too',
  access: 'vehicle.read',
  query: SUBSCRIPTION_QUERY,
  reply: pageOf(SUBSCRIPTION),
  async answer({ sql, query }) {
    const rows = await sql.query<SubscriptionRow>(
      `SELECT ${COLUMNS} FROM subscription s WHERE id > $1
         AND ($2::integer IS NULL OR vehicle_id = $2) AND ($3::integer IS NULL OR carrier_id = $3)
         AND ($4::integer IS NULL OR organisation_id IN
           (SELECT t.organisation_id FROM organisation_tree t WHERE t.ancestor_id = $4))
         AND ($5::boolean IS NULL OR (vehicle_id IS NOT NULL) = $5)
         AND ($6::text IS NULL OR strpos(iccid, $6) > 0 OR EXISTS
           (SELECT FROM vehicle v
            WHERE v.id = s.vehicle_id AND strpos(lower(v.call_sign), lower($6)) > 0))
       ORDER BY id LIMIT $7`,
      [
        idCursor(query.cursor),
        query.vehicleId ?? null,
        query.carrierId ?? null,
        query.organisationId ?? null,
        query.inVehicle ?? null,
        query.search ?? null,
        query.limit + 1,
      ],
    );
    return { body: page(rows, query.limit, subscriptionOf, (row) => row.id) };
  },
});

export const createSubscription = route({
  id: 'subscriptions.create',
  method: 'POST',
  path: '/subscriptions',
  summary: 'A new subscription',
  access: 'vehicle.write',
  body: SUBSCRIPTION_WRITE,
  reply: SUBSCRIPTION,
  async answer(ask) {
    const made = await makeSubscription(ask, ask.body);
    return { status: 201, body: made, version: made.version };
  },
});

export async function makeSubscription(
  ask: Ask,
  own: z.output<typeof SUBSCRIPTION_WRITE>,
): Promise<Subscription> {
  const { sql } = ask;
  await checkVehicle(sql, own.vehicleId, own.organisationId);
  const [row] = await sql.query<SubscriptionRow>(
    `INSERT INTO subscription (organisation_id, vehicle_id, carrier_id, iccid, priority)
     VALUES ($1, $2, $3, $4, $5) RETURNING ${COLUMNS}`,
    [own.organisationId, own.vehicleId, own.carrierId, own.iccid, own.priority],
  );
  if (row === undefined) throw problem('our-fault');
  const made = subscriptionOf(row);
  await note(ask, 'subscription.create', null, made);
  return made;
}

export const changeSubscription = route({
  id: 'subscriptions.change',
  method: 'PUT',
  path: '/subscriptions/:subscriptionId',
  summary: 'Moves a subscription, or changes its priority',
  access: 'vehicle.write',
  params: PARAMS,
  body: SUBSCRIPTION_WRITE,
  reply: SUBSCRIPTION,
  conditional: true,
  async answer(ask) {
    const { sql, params, body, ifMatch } = ask;
    const before = await locked(sql, params.subscriptionId, ifMatch);
    await checkVehicle(sql, body.vehicleId, body.organisationId);
    const [row] = await sql.query<SubscriptionRow>(
      `UPDATE subscription SET organisation_id = $2, vehicle_id = $3, carrier_id = $4, iccid = $5,
         priority = $6, version = version + 1 WHERE id = $1 RETURNING ${COLUMNS}`,
      [before.id, body.organisationId, body.vehicleId, body.carrierId, body.iccid, body.priority],
    );
    if (row === undefined) throw problem('our-fault');
    const after = subscriptionOf(row);
    await note(ask, 'subscription.change', before, after);
    return { body: after, version: after.version };
  },
});

export const deleteSubscription = route({
  id: 'subscriptions.delete',
  method: 'DELETE',
  path: '/subscriptions/:subscriptionId',
  summary: 'Forgets a subscription that was ended',
  access: 'vehicle.write',
  params: PARAMS,
  reply: null,
  conditional: true,
  async answer(ask) {
    const before = await locked(ask.sql, ask.params.subscriptionId, ask.ifMatch);
    await ask.sql.query('DELETE FROM subscription WHERE id = $1', [before.id]);
    await note(ask, 'subscription.delete', before, null);
    return { status: 204 };
  },
});

async function locked(sql: Sql, id: number, ifMatch: number | null): Promise<Subscription> {
  const [row] = await sql.query<SubscriptionRow>(
    `SELECT ${COLUMNS} FROM subscription WHERE id = $1 FOR UPDATE`,
    [id],
  );
  if (row === undefined) throw problem('not-found');
  if (row.version !== ifMatch) throw problem('changed-meanwhile');
  return subscriptionOf(row);
}

function subscriptionOf(row: SubscriptionRow): Subscription {
  return {
    id: row.id,
    vehicleId: row.vehicle_id,
    organisationId: row.organisation_id,
    carrierId: row.carrier_id,
    iccid: row.iccid,
    priority: row.priority,
    version: row.version,
  };
}

async function note(
  ask: Ask,
  action: string,
  before: Subscription | null,
  after: Subscription | null,
): Promise<void> {
  const one = after ?? before;
  await audit(ask.sql, {
    ask,
    action,
    organisationId: one?.organisationId ?? null,
    object: { kind: 'subscription', id: one?.id ?? null },
    ...(before === null ? {} : { before }),
    ...(after === null ? {} : { after }),
  });
}
