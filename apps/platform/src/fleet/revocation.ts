// A unit that was lost or broken. Its row stays, with all its history; the gateways lose it at
// their next look, which a notification brings about at once, and its own requests are refused.
import { REPLACE, REPLACED, REVOKE, UNIT } from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import { type Ask, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { makeToken, NUMBER, withdrawTokens } from './enrolment-tokens.ts';

const PARAMS = z.strictObject({ unitId: NUMBER });

interface UnitRow {
  readonly id: number;
  readonly organisation_id: number;
  readonly vehicle_id: number | null;
  readonly serial: string;
  readonly model: string | null;
  readonly state: 'awaited' | 'enrolled' | 'revoked';
  readonly enrolled_at: Date | null;
  readonly revoked_at: Date | null;
  readonly software_version: string | null;
  readonly addresses: string[];
  readonly version: number;
}

export const revokeUnit = route({
  id: 'units.revoke',
  method: 'POST',
  path: '/units/:unitId/revoke',
  summary: 'Shuts a unit out of the tunnel and of the platform, within seconds',
  access: 'unit.revoke',
  params: PARAMS,
  body: REVOKE,
  reply: UNIT,
  async answer(ask) {
    const { sql, params, body } = ask;
    await revoke(ask, await unitRow(sql, params.unitId), body.reason);
    const row = await unitRow(sql, params.unitId);
    return { body: unitOf(row), version: row.version };
  },
});

export const replaceUnit = route({
  id: 'units.replace',
  method: 'POST',
  path: '/units/:unitId/replace',
  summary: 'Another unit for the same vehicle, which keeps its addresses and its history',
  access: 'unit.enrol',
  params: PARAMS,
  body: REPLACE,
  reply: REPLACED,
  async answer(ask) {
    const { sql, params, body } = ask;
    const old = await unitRow(sql, params.unitId);
    if (old.vehicle_id === null) throw problem('conflict', 'the unit is in no vehicle');
    const [known] = await sql.query('SELECT 1 FROM unit WHERE serial = $1', [body.serial]);
    if (known !== undefined) throw problem('conflict', 'this serial number is known already');
    await revoke(ask, old, body.reason);
    const [other] = await sql.query(
      `SELECT 1 FROM unit WHERE vehicle_id = $1 AND state <> 'revoked'`,
      [old.vehicle_id],
    );
    if (other !== undefined) throw problem('conflict', 'the vehicle has another unit by now');
    const [made] = await sql.query<{ id: number }>(
      `INSERT INTO unit (organisation_id, vehicle_id, serial, model, state)
       VALUES ($1, $2, $3, $4, 'awaited') RETURNING id`,
      [old.organisation_id, old.vehicle_id, body.serial, body.model],
    );
    const unitId = made?.id ?? 0;
    // What was configured for this unit alone was meant for the vehicle that it is in.
    await sql.query('UPDATE configuration_layer SET unit_id = $2 WHERE unit_id = $1', [
      old.id,
      unitId,
    ]);
    const { organisation_id: organisationId } = old;
    const { token, expiresAt } = await makeToken(
      ask,
      { kind: 'unit', id: unitId, organisationId },
      body.validHours,
    );
    await audit(sql, {
      ask,
      action: 'unit.replace',
      organisationId,
      object: { kind: 'unit', id: unitId },
      before: { unitId: old.id, serial: old.serial },
      after: { unitId, serial: body.serial, vehicleId: old.vehicle_id },
      reason: body.reason,
    });
    return { status: 201, body: { unitId, token, expiresAt } };
  },
});

/** Again is no mistake: it changes nothing. */
async function revoke(ask: Ask, unit: UnitRow, reason: string): Promise<void> {
  if (unit.state === 'revoked') return;
  const { sql, nowMs } = ask;
  // Without its keys the row matches no request's proof and stands in no gateway's list, whatever
  // else forgets to look at the state.
  await sql.query(
    `UPDATE unit SET state = 'revoked', revoked_at = $2, identity_key = NULL, tunnel_key = NULL,
       version = version + 1 WHERE id = $1`,
    [unit.id, new Date(nowMs)],
  );
  await withdrawTokens(sql, 'unit', unit.id);
  await audit(sql, {
    ask,
    action: 'unit.revoke',
    organisationId: unit.organisation_id,
    object: { kind: 'unit', id: unit.id },
    before: { state: unit.state },
    after: { state: 'revoked' },
    reason,
  });
}

async function unitRow(sql: Sql, unitId: number): Promise<UnitRow> {
  const [row] = await sql.query<UnitRow>(
    `SELECT id, organisation_id, vehicle_id, serial, model, state, enrolled_at, revoked_at,
       software_version, addresses, version FROM unit WHERE id = $1 FOR UPDATE`,
    [unitId],
  );
  if (row === undefined) throw problem('not-found');
  return row;
}

function unitOf(row: UnitRow): z.input<typeof UNIT> {
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
