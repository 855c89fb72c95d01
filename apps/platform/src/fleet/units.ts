// Units as goods: which there are, in which vehicle. They become known by enrolment.ts.
import { ID, PAGE_QUERY, pageOf, TEXT, UNIT, type Unit } from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Ask, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';

const NUMBER = z.coerce.number().int().positive();
const PARAMS = z.strictObject({ unitId: NUMBER });
const UNIT_WRITE = z.strictObject({
  organisationId: ID,
  vehicleId: ID.nullable(),
  serial: z.string().trim().min(1).max(64),
  model: TEXT.nullable(),
});

interface UnitRow {
  readonly id: number;
  readonly vehicle_id: number | null;
  readonly organisation_id: number;
  readonly serial: string;
  readonly model: string | null;
  readonly state: Unit['state'];
  readonly enrolled_at: Date | null;
  readonly revoked_at: Date | null;
  readonly software_version: string | null;
  readonly addresses: string[];
  readonly version: number;
}

const COLUMNS = `id, vehicle_id, organisation_id, serial, model, state, enrolled_at, revoked_at,
  software_version, addresses, version`;

export const listUnits = route({
  id: 'units.list',
  method: 'GET',
  path: '/units',
  summary: 'Units, the revoked ones too',
  access: 'vehicle.read',
  query: PAGE_QUERY.extend({
    vehicleId: NUMBER.optional(),
    state: UNIT.shape.state.optional(),
    /** Part of a serial number. */
    search: z.string().trim().max(60).optional(),
  }),
  reply: pageOf(UNIT),
  async answer({ sql, query }) {
    const rows = await sql.query<UnitRow>(
      `SELECT ${COLUMNS} FROM unit WHERE id > $1
         AND ($2::integer IS NULL OR vehicle_id = $2) AND ($3::text IS NULL OR state = $3)
         AND ($4::text IS NULL OR strpos(lower(serial), lower($4)) > 0)
       ORDER BY id LIMIT $5`,
      [
        idCursor(query.cursor),
        query.vehicleId ?? null,
        query.state ?? null,
        query.search ?? null,
        query.limit + 1,
      ],
    );
    return { body: page(rows, query.limit, unitOf, (row) => row.id) };
  },
});

export const readUnit = route({
  id: 'units.read',
  method: 'GET',
  path: '/units/:unitId',
  summary: 'One unit',
  access: 'vehicle.read',
  params: PARAMS,
  reply: UNIT,
  async answer({ sql, params }) {
    const unit = await seen(sql, params.unitId);
    return { body: unit, version: unit.version };
  },
});

export const createUnit = route({
  id: 'units.create',
  method: 'POST',
  path: '/units',
  summary: 'A new unit, which then needs a token to enrol',
  access: 'vehicle.write',
  body: UNIT_WRITE,
  reply: UNIT,
  async answer(ask) {
    const unit = await makeUnit(ask, ask.body);
    return { status: 201, body: unit, version: unit.version };
  },
});

/** A unit that is awaited, by whichever way it was asked for. */
export async function makeUnit(ask: Ask, own: z.output<typeof UNIT_WRITE>): Promise<Unit> {
  const { sql } = ask;
  await checkVehicle(sql, own.vehicleId, own.organisationId);
  const [made] = await sql.query<{ id: number }>(
    `INSERT INTO unit (organisation_id, vehicle_id, serial, model, state)
     VALUES ($1, $2, $3, $4, 'awaited') RETURNING id`,
    [own.organisationId, own.vehicleId, own.serial, own.model],
  );
  const unit = await seen(sql, made?.id ?? 0);
  await note(ask, 'unit.create', unit, null);
  return unit;
}

export const changeUnit = route({
  id: 'units.change',
  method: 'PUT',
  path: '/units/:unitId',
  summary: 'Moves a unit into another vehicle, or mends what was entered',
  access: 'vehicle.write',
  params: PARAMS,
  body: UNIT_WRITE,
  reply: UNIT,
  conditional: true,
  async answer(ask) {
    const { sql, params, body, ifMatch } = ask;
    const before = await seen(sql, params.unitId, 'FOR UPDATE');
    if (before.version !== ifMatch) throw problem('changed-meanwhile');
    if (before.state === 'enrolled' && body.serial !== before.serial) {
      throw problem('conflict', 'the serial number of an enrolled unit stays; replace the unit');
    }
    await checkVehicle(sql, body.vehicleId, body.organisationId);
    await sql.query(
      `UPDATE unit SET organisation_id = $2, vehicle_id = $3, serial = $4, model = $5,
         version = version + 1 WHERE id = $1`,
      [before.id, body.organisationId, body.vehicleId, body.serial, body.model],
    );
    const unit = await seen(sql, before.id);
    await note(ask, 'unit.change', unit, before);
    return { body: unit, version: unit.version };
  },
});

/** What is built into a vehicle belongs to the vehicle's organisation. */
export async function checkVehicle(
  sql: Sql,
  vehicleId: number | null,
  organisationId: number,
): Promise<void> {
  if (vehicleId === null) return;
  const [vehicle] = await sql.query<{ organisation_id: number }>(
    'SELECT organisation_id FROM vehicle WHERE id = $1',
    [vehicleId],
  );
  if (vehicle?.organisation_id === organisationId) return;
  throw problem('bad-request', undefined, [
    { field: 'vehicleId', reason: 'expected a vehicle of the same organisation' },
  ]);
}

async function seen(sql: Sql, unitId: number, lock: '' | 'FOR UPDATE' = ''): Promise<Unit> {
  const [row] = await sql.query<UnitRow>(`SELECT ${COLUMNS} FROM unit WHERE id = $1 ${lock}`, [
    unitId,
  ]);
  if (row === undefined) throw problem('not-found');
  return unitOf(row);
}

function unitOf(row: UnitRow): Unit {
  return {
    id: row.id,
    vehicleId: row.vehicle_id,
    organisationId: row.organisation_id,
    serial: row.serial,
    model: row.model,
    state: row.state,
    enrolledAt: row.enrolled_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    softwareVersion: row.software_version,
    addresses: row.addresses,
    version: row.version,
  };
}

async function note(ask: Ask, action: string, unit: Unit, before: Unit | null): Promise<void> {
  await audit(ask.sql, {
    ask,
    action,
    organisationId: unit.organisationId,
    object: { kind: 'unit', id: unit.id },
    ...(before === null ? {} : { before: told(before) }),
    after: told(unit),
  });
}

const told = ({ organisationId, vehicleId, serial, model }: Unit) => ({
  organisationId,
  vehicleId,
  serial,
  model,
});
