// Simulated vehicles, many at once. Only where the configuration says so: in the national service a
// vehicle comes by order and enrolment.
import { SIMULATED_MADE, SIMULATED_WRITE, type SimulatedWrite } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';

export const makeSimulated = route({
  id: 'simulatedVehicles.make',
  method: 'POST',
  path: '/simulated-vehicles',
  summary: 'Vehicles that are made up, with units that only speak',
  access: 'vehicle.write',
  body: SIMULATED_WRITE,
  reply: SIMULATED_MADE,
  async answer(ask) {
    const { sql, body, nowMs, services } = ask;
    if (!services.settings.simulation)
      throw problem('forbidden', 'simulation is not switched on here');
    const units = [];
    for (const vehicle of body.vehicles) units.push(await settle(sql, vehicle, nowMs));
    await audit(sql, {
      ask,
      action: 'simulated.make',
      organisationId: body.vehicles[0]?.organisationId ?? null,
      object: { kind: 'vehicle', id: null },
      after: { count: units.length },
    });
    return { status: 201, body: { units } };
  },
});

type Wanted = SimulatedWrite['vehicles'][number];

async function settle(sql: Sql, wanted: Wanted, nowMs: number) {
  const identityKey = Buffer.from(wanted.identityKey, 'base64');
  const [known] = await sql.query<{ id: number; vehicle_id: number; simulated: boolean }>(
    `SELECT u.id, u.vehicle_id, v.simulated FROM unit u JOIN vehicle v ON v.id = u.vehicle_id
     WHERE u.serial = $1`,
    [wanted.serial],
  );
  if (known !== undefined) {
    if (!known.simulated) throw problem('conflict', `the unit ${wanted.serial} is a real one`);
    await sql.query('UPDATE unit SET identity_key = $2 WHERE id = $1', [known.id, identityKey]);
    return { unitId: known.id, vehicleId: known.vehicle_id };
  }
  const [vehicle] = await sql.query<{ id: number }>(
    `INSERT INTO vehicle (organisation_id, call_sign, kind, stage, simulated)
     VALUES ($1, $2, $3, 'in-operation', true) RETURNING id`,
    [wanted.organisationId, wanted.callSign, wanted.kind],
  );
  const vehicleId = vehicle?.id ?? 0;
  const [unit] = await sql.query<{ id: number }>(
    `INSERT INTO unit (organisation_id, vehicle_id, serial, model, state, identity_key, enrolled_at)
     VALUES ($1, $2, $3, 'simulated', 'enrolled', $4, $5) RETURNING id`,
    [wanted.organisationId, vehicleId, wanted.serial, identityKey, new Date(nowMs)],
  );
  return { unitId: unit?.id ?? 0, vehicleId };
}
