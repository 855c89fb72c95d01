// Tokens that work once. One living token a machine: a new one withdraws the one before, so asking
// twice does no harm, and the answer to the first may be lost. (Hence no Idempotency-Key here: its
// memory would keep the secret in the clear for a day.)
import {
  ENROLMENT_TOKEN_MADE,
  ENROLMENT_TOKEN_WRITE,
  formatEnrolmentToken,
} from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import { type Ask, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { hashOf, newSecret } from '../identity/secrets.ts';

const HOUR_MS = 3_600_000;
export const NUMBER = z.coerce.number().int().positive();

export interface Invited {
  readonly kind: 'unit' | 'gateway';
  readonly id: number;
  readonly organisationId: number;
}

export interface MadeToken {
  readonly token: string;
  readonly expiresAt: string;
}

/** The only time that the token exists in the clear. */
export async function makeToken(
  { sql, services, nowMs }: Pick<Ask, 'sql' | 'services' | 'nowMs'>,
  { kind, id, organisationId }: Invited,
  validHours: number,
): Promise<MadeToken> {
  await withdrawTokens(sql, kind, id);
  const secret = newSecret();
  const expiresAt = new Date(nowMs + validHours * HOUR_MS);
  await sql.query(
    `INSERT INTO enrolment_token
       (organisation_id, ${kind}_id, token_hash, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5)`,
    [organisationId, id, hashOf(secret), new Date(nowMs), expiresAt],
  );
  const { machineUrl: url, certificateFingerprint: fingerprint } = services;
  const token = formatEnrolmentToken({ secret, fingerprint, url });
  return { token, expiresAt: expiresAt.toISOString() };
}

/** Unused ones; used ones stay, so that a second use is known for what it is. */
export async function withdrawTokens(sql: Sql, kind: Invited['kind'], id: number): Promise<void> {
  await sql.query(`DELETE FROM enrolment_token WHERE ${kind}_id = $1 AND used_at IS NULL`, [id]);
}

export const unitToken = route({
  id: 'units.invite',
  method: 'POST',
  path: '/units/:unitId/enrolment-tokens',
  summary: 'A token with which this unit becomes known; shown once',
  access: 'unit.enrol',
  params: z.strictObject({ unitId: NUMBER }),
  body: ENROLMENT_TOKEN_WRITE,
  reply: ENROLMENT_TOKEN_MADE,
  async answer(ask) {
    const { sql, params, body } = ask;
    const [unit] = await sql.query<{ organisation_id: number; vehicle_id: number | null }>(
      'SELECT organisation_id, vehicle_id FROM unit WHERE id = $1',
      [params.unitId],
    );
    if (unit === undefined) throw problem('not-found');
    if (unit.vehicle_id === null) throw problem('conflict', 'put the unit into a vehicle first');
    // A box that was revoked and repaired comes back by a new invitation.
    await sql.query(
      `UPDATE unit SET state = 'awaited', revoked_at = NULL, version = version + 1
       WHERE id = $1 AND state = 'revoked'`,
      [params.unitId],
    );
    const invited: Invited = {
      kind: 'unit',
      id: params.unitId,
      organisationId: unit.organisation_id,
    };
    return { status: 201, body: await invite(ask, invited, body.validHours) };
  },
});

export const gatewayToken = route({
  id: 'gateways.invite',
  method: 'POST',
  path: '/gateways/:gatewayId/enrolment-tokens',
  summary: 'A token with which this gateway becomes known; shown once',
  access: 'gateway.write',
  params: z.strictObject({ gatewayId: NUMBER }),
  body: ENROLMENT_TOKEN_WRITE,
  reply: ENROLMENT_TOKEN_MADE,
  async answer(ask) {
    const { sql, params, body } = ask;
    const [gateway] = await sql.query<{ organisation_id: number; state: string }>(
      `SELECT organisation_id, state FROM gateway
       WHERE id = $1 AND organisation_id = ANY (rmh_visible())`,
      [params.gatewayId],
    );
    if (gateway === undefined) throw problem('not-found');
    if (gateway.state === 'revoked') throw problem('conflict', 'this gateway was revoked');
    const invited: Invited = {
      kind: 'gateway',
      id: params.gatewayId,
      organisationId: gateway.organisation_id,
    };
    return { status: 201, body: await invite(ask, invited, body.validHours) };
  },
});

export async function invite(ask: Ask, invited: Invited, validHours: number): Promise<MadeToken> {
  const made = await makeToken(ask, invited, validHours);
  await audit(ask.sql, {
    ask,
    action: `${invited.kind}.invite`,
    organisationId: invited.organisationId,
    object: { kind: invited.kind, id: invited.id },
    after: { expiresAt: made.expiresAt },
  });
  return made;
}
