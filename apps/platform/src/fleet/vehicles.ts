import { pageOf, VEHICLE, VEHICLE_QUERY, VEHICLE_WRITE, type Vehicle } from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { keyCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Ask, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import {
  VEHICLE_COLUMNS,
  VEHICLE_FROM,
  type VehicleRow,
  vehicleById,
  vehicleOf,
} from './vehicle-rows.ts';

const PARAMS = z.strictObject({ vehicleId: z.coerce.number().int().positive() });

// What a list is sorted by, never null, so that a cursor can say where it stands.
const SORT_KEYS = {
  callSign: 'v.call_sign',
  /** The worst first. */
  state: `coalesce(array_position(ARRAY['down', 'reduced', 'unknown', 'up', 'off'], l.state), 6)`,
  /** The latest first. */
  heardAt: 'coalesce(-extract(epoch FROM l.heard_at)::double precision, 0)',
} as const;
const KEY_TYPES = { callSign: 'text', state: 'integer', heardAt: 'double precision' } as const;

export const listVehicles = route({
  id: 'vehicles.list',
  method: 'GET',
  path: '/vehicles',
  summary: 'Vehicles with their live state',
  access: 'vehicle.read',
  query: VEHICLE_QUERY,
  reply: pageOf(VEHICLE),
  async answer({ sql, query }) {
    const { sort, limit } = query;
    const after = keyCursor(query.cursor, z.tuple([z.union([z.string(), z.number()]), z.int()]));
    const key = SORT_KEYS[sort];
    const rows = await sql.query<VehicleRow>(
      `SELECT ${VEHICLE_COLUMNS}, ${key} AS sort_key FROM ${VEHICLE_FROM}
       WHERE ($1::integer IS NULL OR v.organisation_id IN
           (SELECT organisation_id FROM organisation_tree WHERE ancestor_id = $1))
         AND ($2::text IS NULL OR coalesce(l.state, 'unknown') = $2)
         AND ($3::text IS NULL OR v.stage = $3)
         AND ($4::text IS NULL OR
           l.body -> 'carriers' @> jsonb_build_array(
             jsonb_build_object('link', $4, 'state', 'down')))
         AND ($5::text IS NULL OR v.call_sign ILIKE $5 OR v.registration ILIKE $5)
         AND ($6::integer IS NULL OR (${key}, v.id) > ($7::text::${KEY_TYPES[sort]}, $6))
       ORDER BY ${key}, v.id LIMIT $8`,
      [
        query.organisationId ?? null,
        query.state ?? null,
        query.stage ?? null,
        query.carrierDown ?? null,
        query.search ? `%${query.search.replaceAll(/[\\%_]/g, '\\$&')}%` : null,
        after?.[1] ?? null,
        after === null ? null : String(after[0]),
        limit + 1,
      ],
    );
    return { body: page(rows, limit, vehicleOf, (row) => [row.sort_key, row.id]) };
  },
});

export const readVehicle = route({
  id: 'vehicles.read',
  method: 'GET',
  path: '/vehicles/:vehicleId',
  summary: 'One vehicle',
  access: 'vehicle.read',
  params: PARAMS,
  reply: VEHICLE,
  async answer({ sql, params }) {
    const vehicle = await seen(sql, params.vehicleId);
    return { body: vehicle, version: vehicle.version };
  },
});

export const createVehicle = route({
  id: 'vehicles.create',
  method: 'POST',
  path: '/vehicles',
  summary: 'A new vehicle',
  access: 'vehicle.write',
  body: VEHICLE_WRITE,
  reply: VEHICLE,
  async answer(ask) {
    const { sql, body } = ask;
    const [made] = await sql.query<{ id: number }>(
      `INSERT INTO vehicle (organisation_id, call_sign, registration, kind, stage)
       VALUES ($1, $2, $3, $4, $5) RETURNING id`,
      [body.organisationId, body.callSign, body.registration, body.kind, body.stage],
    );
    const vehicle = await seen(sql, made?.id ?? 0);
    await note(ask, 'vehicle.create', vehicle, null);
    return { status: 201, body: vehicle, version: vehicle.version };
  },
});

export const changeVehicle = route({
  id: 'vehicles.change',
  method: 'PUT',
  path: '/vehicles/:vehicleId',
  summary: 'Changes a vehicle; what is built into it moves with it',
  access: 'vehicle.write',
  params: PARAMS,
  body: VEHICLE_WRITE,
  reply: VEHICLE,
  conditional: true,
  async answer(ask) {
    const { sql, params, body, ifMatch } = ask;
    await sql.query('SELECT FROM vehicle WHERE id = $1 FOR UPDATE', [params.vehicleId]);
    const before = await seen(sql, params.vehicleId);
    if (before.version !== ifMatch) throw problem('changed-meanwhile');
    await sql.query(
      `UPDATE vehicle SET organisation_id = $2, call_sign = $3, registration = $4, kind = $5,
         stage = $6, version = version + 1 WHERE id = $1`,
      [before.id, body.organisationId, body.callSign, body.registration, body.kind, body.stage],
    );
    if (body.organisationId !== before.organisationId) {
      for (const table of ['unit', 'subscription']) {
        await sql.query(
          `UPDATE ${table} SET organisation_id = $2, version = version + 1 WHERE vehicle_id = $1`,
          [before.id, body.organisationId],
        );
      }
    }
    const vehicle = await seen(sql, before.id);
    await note(ask, 'vehicle.change', vehicle, before);
    return { body: vehicle, version: vehicle.version };
  },
});

async function seen(sql: Sql, vehicleId: number): Promise<Vehicle> {
  const vehicle = await vehicleById(sql, vehicleId);
  if (vehicle === null) throw problem('not-found');
  return vehicle;
}

async function note(ask: Ask, action: string, vehicle: Vehicle, before: Vehicle | null) {
  await audit(ask.sql, {
    ask,
    action,
    organisationId: vehicle.organisationId,
    object: { kind: 'vehicle', id: vehicle.id },
    ...(before === null ? {} : { before: told(before) }),
    after: told(vehicle),
  });
}

const told = ({ organisationId, callSign, registration, kind, stage }: Vehicle) => ({
  organisationId,
  callSign,
  registration,
  kind,
  stage,
});
