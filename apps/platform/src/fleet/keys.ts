// Preshared keys, one a unit and gateway, and how they change without ever leaving a unit out.
//
//                unit holds     gateway holds   goes on when
//   steady       key            key             the key is old, or somebody asks
//   offered      key, next      key             the unit says that it holds the next one
//   switching    key, next      next            the gateway says that it holds the next one
//   steady       next           next
//
// In WireGuard's handshake the responder, the gateway, mixes in one key; the initiator, the unit,
// can try two against the answer. So what the gateway holds must always be among what the unit
// holds, and it is, wherever either of them stopped: docs/enrolment.md has the argument.
import { randomBytes } from 'node:crypto';
import type { Sql } from '../db/database.ts';
import type { Vault } from '../services.ts';

export const PRESHARED_KEY_BYTES = 32;
/** Keys made in one transaction: two inserts of 500 rows take well under 100 ms. */
const BATCH = 500;

export function freshSealedKey(vault: Vault): Uint8Array {
  const key = randomBytes(PRESHARED_KEY_BYTES);
  const sealed = vault.seal(key);
  key.fill(0);
  return sealed;
}

/**
 * Makes the keys that are missing between machines that are enrolled. A pair without a key is in
 * nobody's list, so both ends learn of it together with its key. Returns how many it made.
 */
export async function makeMissingKeys(sql: Sql, vault: Vault, nowMs: number): Promise<number> {
  const pairs = await sql.query<{ unit_id: number; gateway_id: number; organisation_id: number }>(
    `SELECT u.id AS unit_id, g.id AS gateway_id, u.organisation_id
     FROM unit u CROSS JOIN gateway g
     WHERE u.state = 'enrolled' AND u.tunnel_key IS NOT NULL
       AND g.state = 'enrolled' AND g.tunnel_key IS NOT NULL
       AND NOT EXISTS (SELECT FROM preshared_key k WHERE k.unit_id = u.id AND k.gateway_id = g.id)
     ORDER BY u.enrolled_at DESC NULLS LAST LIMIT $1`,
    [BATCH],
  );
  if (pairs.length === 0) return 0;
  // Sealed keys travel as hexadecimal: not every driver binds an array of bytea.
  await sql.query(
    `INSERT INTO preshared_key (unit_id, gateway_id, organisation_id, sealed, made_at, stage_at)
     SELECT unit_id, gateway_id, organisation_id, decode(sealed, 'hex'), $5, $5
     FROM unnest($1::integer[], $2::integer[], $3::integer[], $4::text[])
       AS made (unit_id, gateway_id, organisation_id, sealed)
     ON CONFLICT DO NOTHING`,
    [
      pairs.map((pair) => pair.unit_id),
      pairs.map((pair) => pair.gateway_id),
      pairs.map((pair) => pair.organisation_id),
      pairs.map(() => Buffer.from(freshSealedKey(vault)).toString('hex')),
      new Date(nowMs),
    ],
  );
  await bumpUnits(sql, [...new Set(pairs.map((pair) => pair.unit_id))]);
  await bumpGateways(sql);
  return pairs.length;
}

/** A machine that made new keys, or is gone, shares nothing any more. */
export async function dropKeys(sql: Sql, whose: 'unit_id' | 'gateway_id', id: number) {
  await sql.query(`DELETE FROM preshared_key WHERE ${whose} = $1`, [id]);
}

/**
 * Step 1: the next key for those whose key is old or wanted. One gateway of a unit at a time, so
 * that even a unit that knows but one key a gateway keeps the others. Returns how many.
 */
export async function offerNextKeys(
  sql: Sql,
  vault: Vault,
  nowMs: number,
  olderThanMs: number,
): Promise<number> {
  const due = await sql.query<{ unit_id: number; gateway_id: number }>(
    `SELECT DISTINCT ON (k.unit_id) k.unit_id, k.gateway_id FROM preshared_key k
     JOIN unit u ON u.id = k.unit_id AND u.state = 'enrolled'
     JOIN gateway g ON g.id = k.gateway_id AND g.state = 'enrolled'
     WHERE k.stage = 'steady' AND (k.wanted OR k.made_at <= $1) AND NOT EXISTS (
       SELECT FROM preshared_key other WHERE other.unit_id = k.unit_id AND other.stage <> 'steady')
     ORDER BY k.unit_id, k.made_at LIMIT $2`,
    [new Date(nowMs - olderThanMs), BATCH],
  );
  if (due.length === 0) return 0;
  const unitIds = due.map((row) => row.unit_id);
  await bumpUnits(sql, unitIds);
  await sql.query(
    `UPDATE preshared_key k SET stage = 'offered', stage_at = $4, wanted = false,
       next_sealed = decode(made.sealed, 'hex'), next_made_at = $4, next_version = t.version
     FROM unnest($1::integer[], $2::integer[], $3::text[]) AS made (unit_id, gateway_id, sealed)
       JOIN unit_tunnel t ON t.unit_id = made.unit_id
     WHERE k.unit_id = made.unit_id AND k.gateway_id = made.gateway_id AND k.stage = 'steady'`,
    [
      unitIds,
      due.map((row) => row.gateway_id),
      due.map(() => Buffer.from(freshSealedKey(vault)).toString('hex')),
      new Date(nowMs),
    ],
  );
  return due.length;
}

/** Step 2: gateways get the keys that units hold. Returns how many. */
export async function switchHeldKeys(sql: Sql, nowMs: number): Promise<number> {
  const ready = `k.stage = 'offered' AND EXISTS (
    SELECT FROM unit_tunnel t WHERE t.unit_id = k.unit_id AND t.held_version >= k.next_version)`;
  const [some] = await sql.query(`SELECT 1 FROM preshared_key k WHERE ${ready} LIMIT 1`);
  if (some === undefined) return 0;
  // All lists, and before the keys: a version that a gateway already holds would confirm nothing.
  await bumpGateways(sql);
  const rows = await sql.query(
    `UPDATE preshared_key k SET stage = 'switching', stage_at = $1, next_version = l.version
     FROM gateway_list l WHERE l.gateway_id = k.gateway_id AND ${ready} RETURNING 1`,
    [new Date(nowMs)],
  );
  return rows.length;
}

/** Step 3: what gateways hold is the key, and units may forget the one before. How many. */
export async function settleHeldKeys(sql: Sql, nowMs: number): Promise<number> {
  const rows = await sql.query<{ unit_id: number }>(
    `UPDATE preshared_key k SET stage = 'steady', stage_at = $1, sealed = k.next_sealed,
       made_at = k.next_made_at, next_sealed = NULL, next_made_at = NULL, next_version = NULL
     FROM gateway_list l WHERE l.gateway_id = k.gateway_id
       AND k.stage = 'switching' AND l.held_version >= k.next_version RETURNING k.unit_id`,
    [new Date(nowMs)],
  );
  await bumpUnits(sql, [...new Set(rows.map((row) => row.unit_id))]);
  return rows.length;
}

export async function bumpUnits(sql: Sql, unitIds: readonly number[]): Promise<void> {
  if (unitIds.length === 0) return;
  await sql.query(
    `INSERT INTO unit_tunnel (unit_id) SELECT unnest($1::integer[])
     ON CONFLICT (unit_id) DO UPDATE SET version = rmh_version_after(unit_tunnel.version)`,
    [unitIds],
  );
}

async function bumpGateways(sql: Sql): Promise<void> {
  await sql.query('UPDATE gateway_list SET version = rmh_version_after(version)');
  await sql.query(`SELECT pg_notify('gateway-units', '')`);
}
