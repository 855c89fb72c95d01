// What a vehicle is out for. Dispatch says it again while it lasts; a mission of which nothing is
// heard any more is over by itself, so that nothing is frozen for good by a message that got lost.
import { MISSION, MISSION_WRITE, type Mission, VEHICLE_MISSION } from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import { type Ask, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { NUMBER } from './layers.ts';
import { MISSION_CHANNEL } from './unit-mission.ts';

const MINUTE_MS = 60_000;
const PARAMS = z.strictObject({ vehicleId: NUMBER });

export const readMission = route({
  id: 'vehicles.read-mission',
  method: 'GET',
  path: '/vehicles/:vehicleId/mission',
  summary: 'What the vehicle is out for now',
  access: 'vehicle.read',
  params: PARAMS,
  reply: VEHICLE_MISSION,
  async answer({ sql, params, nowMs }) {
    const { vehicleId } = params;
    const [row] = await sql.query<{ urgency: Mission['urgency'] | null; until: Date }>(
      `SELECT m.urgency, m.until FROM vehicle v
       LEFT JOIN mission m ON m.vehicle_id = v.id AND m.until > $2 WHERE v.id = $1`,
      [vehicleId, new Date(nowMs)],
    );
    if (row === undefined) throw problem('not-found');
    const { urgency, until } = row;
    const mission = urgency === null ? null : { vehicleId, urgency, until: until.toISOString() };
    return { body: { mission } };
  },
});

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
    const { organisationId, simulated } = await vehicleOf(sql, params.vehicleId);
    const until = new Date(nowMs + body.forMinutes * MINUTE_MS);
    await sql.query(
      `INSERT INTO mission (vehicle_id, organisation_id, urgency, until) VALUES ($1, $2, $3, $4)
       ON CONFLICT (vehicle_id) DO UPDATE SET urgency = excluded.urgency, until = excluded.until`,
      [params.vehicleId, organisationId, body.urgency, until],
    );
    const { vehicleId } = params;
    const now = new Date(nowMs);
    const goesOn = await sql.query(
      `UPDATE mission_span SET to_at = $4 WHERE vehicle_id = $1 AND urgency = $2 AND to_at > $3
       RETURNING id`,
      [vehicleId, body.urgency, now, until],
    );
    if (goesOn.length === 0) {
      await endSpan(sql, vehicleId, now);
      await sql.query(
        `INSERT INTO mission_span
           (vehicle_id, organisation_id, simulated, urgency, from_at, to_at)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [vehicleId, organisationId, simulated, body.urgency, now, until],
      );
    }
    await ask.services.db.notify(sql, MISSION_CHANNEL, String(vehicleId));
    await note(ask, 'vehicle.mission', organisationId, { urgency: body.urgency });
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
    const { sql, params, nowMs } = ask;
    const { organisationId } = await vehicleOf(sql, params.vehicleId);
    await endSpan(sql, params.vehicleId, new Date(nowMs));
    await sql.query('DELETE FROM mission WHERE vehicle_id = $1', [params.vehicleId]);
    await ask.services.db.notify(sql, MISSION_CHANNEL, String(params.vehicleId));
    await note(ask, 'vehicle.end-mission', organisationId, null);
    return { status: 204 };
  },
});

/** What was to last longer ends now. Times of missions are the platform's: one clock. */
async function endSpan(sql: Sql, vehicleId: number, now: Date): Promise<void> {
  await sql.query('UPDATE mission_span SET to_at = $2 WHERE vehicle_id = $1 AND to_at > $2', [
    vehicleId,
    now,
  ]);
}

interface VehicleRow {
  readonly organisationId: number;
  readonly simulated: boolean;
}

/** Locked: two messages about one vehicle come one after the other. */
async function vehicleOf(sql: Sql, vehicleId: number): Promise<VehicleRow> {
  const [vehicle] = await sql.query<VehicleRow>(
    `SELECT organisation_id AS "organisationId", simulated FROM vehicle WHERE id = $1
     FOR NO KEY UPDATE`,
    [vehicleId],
  );
  if (vehicle === undefined) throw problem('not-found');
  return vehicle;
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
