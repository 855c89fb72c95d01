// POST /enrolments: a machine shows its token, and proves that it holds the key that it names.
//
//   token known and fresh → keys usable → proof right → serial as ordered → not used by another
//
// Asked again by the same machine (the answer was lost, `rmh enrol` was run twice) it gets the same
// answer. Another machine with a used token is refused, and that is an entry in the audit log.
import { createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import { ENROL, ENROLLED, type Enrol, type Enrolled } from '@rmh/contract/api';
import { enrolText, isSigned } from '@rmh/contract/daemon';
import { DatabaseError, type Sql, SYSTEM } from '../db/database.ts';
import { ProblemError, problem } from '../http/problem.ts';
import { type Answer, type Ask, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { hashOf } from '../identity/secrets.ts';
import { addressesOf, gatewayAddressOf } from './enrolment-addresses.ts';
import { dropKeys, makeMissingKeys } from './keys.ts';

/** A person types `rmh enrol` by hand; a script for a whole station still fits. */
const PER_MINUTE = 30;

interface TokenRow {
  readonly id: number;
  readonly organisation_id: number;
  readonly unit_id: number | null;
  readonly gateway_id: number | null;
  readonly expires_at: Date;
  readonly used_at: Date | null;
  readonly identity_key: Uint8Array | null;
  readonly tunnel_key: Uint8Array | null;
}

export const enrol = route({
  id: 'enrolments.make',
  method: 'POST',
  path: '/enrolments',
  summary: 'A unit or a gateway becomes known by its token',
  access: 'open',
  perMinute: PER_MINUTE,
  body: ENROL,
  reply: ENROLLED,
  // A refusal undoes its transaction, and its entry in the audit log needs one of its own.
  noTransaction: true,
  async answer(ask) {
    const { db } = ask.services;
    try {
      return await db.transaction(SYSTEM, (sql) => decide({ ...ask, sql }));
    } catch (error) {
      if (error instanceof EnrolmentRefused) {
        await db.transaction(SYSTEM, (sql) => audit(sql, { ask, ...error.entry() }));
      }
      throw error;
    }
  },
});

type EnrolAsk = Ask<unknown, unknown, Enrol>;

/** Somebody holds a token of ours and may not use it so. */
class EnrolmentRefused extends ProblemError {
  readonly #token: TokenRow;
  readonly #reason: string;

  constructor(token: TokenRow, reason: string) {
    super('conflict', reason);
    this.#token = token;
    this.#reason = reason;
  }

  entry() {
    const { unit_id: unitId, gateway_id, organisation_id: organisationId } = this.#token;
    const kind = unitId === null ? 'gateway' : 'unit';
    const object = { kind, id: unitId ?? gateway_id };
    return { action: `${kind}.enrol-refused`, organisationId, object, reason: this.#reason };
  }
}

async function decide(ask: EnrolAsk): Promise<Answer<Enrolled>> {
  const { sql, body, nowMs } = ask;
  const token = await tokenOf(sql, body.token);
  if (token === null) throw problem('forbidden', 'the token is not known, or too old');
  if (!isSigned(body.identityKey, enrolText(body.token), body.proof)) {
    throw new EnrolmentRefused(token, 'the proof is not that of the identity key');
  }
  if (!isUsable(body.tunnelKey)) {
    throw new EnrolmentRefused(token, 'the tunnel key is no usable key');
  }
  if (token.used_at !== null) {
    if (!isSame(token, body)) {
      throw new EnrolmentRefused(token, 'another machine has used the token');
    }
    return { body: await answerAgain(sql, token, body) };
  }
  if (token.expires_at.getTime() <= nowMs) {
    throw problem('forbidden', 'the token is not known, or too old');
  }
  return { status: 201, body: await admit(ask, token) };
}

async function tokenOf(sql: Sql, secret: string): Promise<TokenRow | null> {
  const [row] = await sql.query<TokenRow>(
    `SELECT id, organisation_id, unit_id, gateway_id, expires_at, used_at, identity_key, tunnel_key
     FROM enrolment_token WHERE token_hash = $1 FOR UPDATE`,
    [hashOf(secret)],
  );
  return row ?? null;
}

async function admit(ask: EnrolAsk, token: TokenRow): Promise<Enrolled> {
  const { sql, body, nowMs, services } = ask;
  let enrolled: Enrolled;
  try {
    enrolled = await (token.unit_id === null ? admitGateway : admitUnit)(ask, token);
    await sql.query(
      'UPDATE enrolment_token SET used_at = $2, identity_key = $3, tunnel_key = $4 WHERE id = $1',
      [token.id, new Date(nowMs), bytesOf(body.identityKey), bytesOf(body.tunnelKey)],
    );
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlState !== '23505') throw error;
    throw new EnrolmentRefused(token, 'another machine has one of these keys');
  }
  await makeMissingKeys(sql, services.vault, nowMs);
  await audit(sql, {
    ask,
    actor: `${enrolled.kind}:${enrolled.id}`,
    action: `${enrolled.kind}.enrol`,
    organisationId: token.organisation_id,
    object: { kind: enrolled.kind, id: enrolled.id },
    after: { serial: body.serial, softwareVersion: body.softwareVersion },
  });
  return enrolled;
}

async function admitUnit(ask: EnrolAsk, token: TokenRow): Promise<Enrolled> {
  const { sql, body, nowMs } = ask;
  const unitId = token.unit_id as number;
  const [unit] = await sql.query<{ serial: string; state: string; vehicle_id: number | null }>(
    'SELECT serial, state, vehicle_id FROM unit WHERE id = $1 FOR UPDATE',
    [unitId],
  );
  if (unit === undefined || unit.state === 'revoked' || unit.vehicle_id === null) {
    throw problem('forbidden', 'the token is not known, or too old');
  }
  if (unit.serial !== body.serial) {
    throw new EnrolmentRefused(token, 'the token is for a unit with another serial number');
  }
  await refuseKeyOf(ask, token, 'gateway');
  const { address, lan } = await addressesOf(sql, unit.vehicle_id);
  // Keys shared under the machine's former tunnel key are nobody's any more.
  await dropKeys(sql, 'unit_id', unitId);
  await sql.query(
    `UPDATE unit SET state = 'enrolled', identity_key = $2, tunnel_key = $3, addresses = $4,
       software_version = $5, enrolled_at = $6, revoked_at = NULL, version = version + 1
     WHERE id = $1`,
    [
      unitId,
      bytesOf(body.identityKey),
      bytesOf(body.tunnelKey),
      [address, lan],
      body.softwareVersion,
      new Date(nowMs),
    ],
  );
  return unitAnswer(unitId, address, lan);
}

async function admitGateway(ask: EnrolAsk, token: TokenRow): Promise<Enrolled> {
  const { sql, body } = ask;
  const gatewayId = token.gateway_id as number;
  await refuseKeyOf(ask, token, 'unit');
  const address = await gatewayAddressOf(sql, gatewayId);
  await dropKeys(sql, 'gateway_id', gatewayId);
  const [gateway] = await sql.query<{ name: string; endpoint: string }>(
    `UPDATE gateway SET state = 'enrolled', identity_key = $2, tunnel_key = $3,
       version = version + 1
     WHERE id = $1 AND state <> 'revoked' RETURNING name, endpoint`,
    [gatewayId, bytesOf(body.identityKey), bytesOf(body.tunnelKey)],
  );
  if (gateway === undefined) throw problem('forbidden', 'the token is not known, or too old');
  return gatewayAnswer(gatewayId, gateway.name, address, gateway.endpoint);
}

/** No end of a tunnel may have the other end's key: it would not even parse its list. */
async function refuseKeyOf(
  ask: EnrolAsk,
  token: TokenRow,
  other: 'unit' | 'gateway',
): Promise<void> {
  const [row] = await ask.sql.query(`SELECT 1 FROM ${other} WHERE tunnel_key = $1`, [
    bytesOf(ask.body.tunnelKey),
  ]);
  if (row !== undefined) throw new EnrolmentRefused(token, 'another machine has one of these keys');
}

/** What was answered the first time, if the machine is still who it was then. */
async function answerAgain(sql: Sql, token: TokenRow, body: Enrol): Promise<Enrolled> {
  const identity = bytesOf(body.identityKey);
  if (token.unit_id !== null) {
    const [unit] = await sql.query<{ addresses: string[] }>(
      `SELECT addresses FROM unit WHERE id = $1 AND state = 'enrolled' AND identity_key = $2`,
      [token.unit_id, identity],
    );
    const [address, lan] = unit?.addresses ?? [];
    if (address !== undefined && lan !== undefined) return unitAnswer(token.unit_id, address, lan);
  } else {
    const [gateway] = await sql.query<{ name: string; endpoint: string; address: string }>(
      `SELECT name, endpoint, address FROM gateway JOIN gateway_network ON gateway_id = id
       WHERE id = $1 AND state = 'enrolled' AND identity_key = $2`,
      [token.gateway_id, identity],
    );
    if (gateway !== undefined) {
      const { name, address, endpoint } = gateway;
      return gatewayAnswer(token.gateway_id as number, name, address, endpoint);
    }
  }
  throw problem('forbidden', 'this machine was revoked or invited anew since');
}

/** Names in tunnels outlive call signs: a peer that is renamed would lose its session. */
export const unitName = (unitId: number) => `unit-${unitId}`;

function unitAnswer(id: number, address: string, lan: string): Enrolled {
  return { kind: 'unit', id, name: unitName(id), addresses: [address], lan, endpoint: null };
}

function gatewayAnswer(id: number, name: string, address: string, endpoint: string): Enrolled {
  return { kind: 'gateway', id, name, addresses: [address], lan: null, endpoint };
}

function isSame(token: TokenRow, body: Enrol): boolean {
  return (
    Buffer.compare(token.identity_key ?? NONE, bytesOf(body.identityKey)) === 0 &&
    Buffer.compare(token.tunnel_key ?? NONE, bytesOf(body.tunnelKey)) === 0
  );
}

/** A point of small order gives every peer the same secret, and gateways refuse it by crashing. */
function isUsable(tunnelKey: string): boolean {
  try {
    const x = Buffer.from(tunnelKey, 'base64').toString('base64url');
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
    const { privateKey } = generateKeyPairSync('x25519');
    diffieHellman({ privateKey, publicKey }).fill(0);
    return true;
  } catch {
    return false;
  }
}

function bytesOf(key: string): Uint8Array {
  return Buffer.from(key, 'base64');
}

const NONE = new Uint8Array(0);
