// What a vehicle is out for. Dispatch says it again while it lasts; a mission of which nothing is
// heard any more is over by itself, so that nothing is frozen for good by a message that got lost.
import { MISSION, MISSION_WRITE } from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import { type Ask, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { NUMBER } from './layers.ts';

const MINUTE_MS = 60_000;
const PARAMS = z.strictObject({ vehicleId: NUMBER });

export const setMission = route({
  id: 'vehicles.mission',
  method: 'POST',
  path: '/vehicles/:vehicleId/mission',
  summary: 'The vehicle is on a mission, for so long at most; told again it lasts longer',
  access: 'vehicle.write',
  params: PARAMS,
  body: MISSION_WRITE,
  reply: MISSION,
  async answer(ask) {
    const { sql, params, body, nowMs } = ask;
    const organisationId = await organisationOf(sql, params.vehicleId);
    const until = new Date(nowMs + body.forMinutes * MINUTE_MS);
    await sql.query(
      `INSERT INTO mission (vehicle_id, organisation_id, urgency, until) VALUES ($1, $2, $3, $4)
       ON CONFLICT (vehicle_id) DO UPDATE SET urgency = excluded.urgency, until = excluded.until`,
      [params.vehicleId, organisationId, body.urgency, until],
    );
    await note(ask, 'vehicle.mission', organisationId, { urgency: body.urgency });
    const { vehicleId } = params;
    return { body: { vehicleId, urgency: body.urgency, until: until.toISOString() } };
  },
});

export const endMission = route({
  id: 'vehicles.end-mission',
  method: 'DELETE',
  path: '/vehicles/:vehicleId/mission',
  summary: 'The mission is over',
  access: 'vehicle.write',
  params: PARAMS,
  reply: null,
  async answer(ask) {
    const { sql, params } = ask;
    const organisationId = await organisationOf(sql, params.vehicleId);
    await sql.query('DELETE FROM mission WHERE vehicle_id = $1', [params.vehicleId]);
    await note(ask, 'vehicle.end-mission', organisationId, null);
    return { status: 204 };
  },
});

async function organisationOf(sql: Sql, vehicleId: number): Promise<number> {
  const [vehicle] = await sql.query<{ organisation_id: number }>(
    'SELECT organisation_id FROM vehicle WHERE id = $1',
    [vehicleId],
  );
  if (vehicle === undefined) throw problem('not-found');
  return vehicle.organisation_id;
}

async function note(
  ask: Ask<z.output<typeof PARAMS>>,
  action: string,
  organisationId: number,
  after: unknown,
): Promise<void> {
  const object = { kind: 'vehicle', id: ask.params.vehicleId };
  await audit(ask.sql, { ask, action, organisationId, object, after });
}
