// What machines ask about their tunnels: a unit for its gateways, a gateway for its units.
//
// Each list is read by one statement, so it is what the database held at one moment, and its
// version too. What a machine says that it holds moves its keys on (keys.ts).
import {
  GATEWAY_POLL_MS,
  GATEWAY_UNITS,
  GATEWAY_UNITS_QUERY,
  type GatewayUnits,
  UNIT_TUNNEL,
  UNIT_TUNNEL_QUERY,
  type UnitTunnel,
} from '@rmh/contract/api';
import { type Database, type Sql, SYSTEM } from '../db/database.ts';
import { heldOpen } from '../http/held-open.ts';
import { problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import type { Vault } from '../services.ts';
import { unitName } from './enrolment.ts';
import { settleHeldKeys } from './keys.ts';

// Four gateways that look every 2 s cost two short questions a second, and a revocation takes
// effect within the 5 s promised even when its bell was missed.
const LOOK_EVERY_MS = 2_000;

export const unitTunnel = route({
  id: 'units.tunnel',
  method: 'GET',
  path: '/units/self/tunnel',
  summary: "The asking unit's addresses, gateways and keys",
  access: 'unit',
  query: UNIT_TUNNEL_QUERY,
  reply: UNIT_TUNNEL,
  async answer({ asker, sql, query, services }) {
    if (asker.kind !== 'unit') throw problem('forbidden');
    if (query.holds !== undefined) await noteHeldByUnit(sql, asker.unitId, query.holds);
    const body = await tunnelOf(sql, services.vault, asker.unitId);
    if (body === null) throw problem('not-found');
    return { body };
  },
});

export const gatewayUnits = route({
  id: 'gateways.units',
  method: 'GET',
  path: '/gateways/self/units',
  summary: 'The units of the asking gateway; waits until there is another version',
  access: 'gateway',
  query: GATEWAY_UNITS_QUERY,
  reply: GATEWAY_UNITS,
  async answer({ asker, sql, query, services, nowMs }) {
    if (asker.kind !== 'gateway') throw problem('forbidden');
    const { gatewayId } = asker;
    await sql.query('UPDATE gateway SET heard_at = $2 WHERE id = $1', [gatewayId, new Date(nowMs)]);
    await noteHeldByGateway(sql, gatewayId, query.after, nowMs);
    const body = await listOf(sql, services.vault, gatewayId);
    if (body.version !== query.after) return { body };
    return heldOpen(
      services,
      {
        channel: 'gateway-units',
        id: gatewayId,
        forMs: GATEWAY_POLL_MS,
        lookEveryMs: LOOK_EVERY_MS,
        isOther: async () => (await versionOf(services.db, gatewayId)) !== query.after,
      },
      () => services.db.transaction(SYSTEM, (later) => listOf(later, services.vault, gatewayId)),
    );
  },
});

/**
 * A version that was never given confirms nothing: the database is younger than its machines, from
 * a back-up. Versions are times (0003-enrolment.sql), so no later one meets it by chance.
 */
async function noteHeldByUnit(sql: Sql, unitId: number, version: number): Promise<void> {
  await sql.query(
    `UPDATE unit_tunnel SET held_version = $2
     WHERE unit_id = $1 AND held_version <> $2 AND $2 <= version`,
    [unitId, version],
  );
}

async function noteHeldByGateway(
  sql: Sql,
  gatewayId: number,
  version: number,
  nowMs: number,
): Promise<void> {
  const changed = await sql.query(
    `UPDATE gateway_list SET held_version = $2
     WHERE gateway_id = $1 AND held_version <> $2 AND $2 <= version RETURNING 1`,
    [gatewayId, version],
  );
  if (changed.length > 0) await settleHeldKeys(sql, nowMs);
}

interface TunnelRow {
  readonly version: number;
  readonly addresses: string[];
  readonly prefer: string | null;
  readonly id: number | null;
  readonly name: string;
  readonly tunnel_key: Uint8Array;
  readonly endpoint: string;
  readonly allowed_ips: string[];
  readonly sealed: Uint8Array;
  readonly next_sealed: Uint8Array | null;
}

export async function tunnelOf(sql: Sql, vault: Vault, unitId: number): Promise<UnitTunnel | null> {
  const rows = await sql.query<TunnelRow>(
    `SELECT t.version, u.addresses, b.body ->> 'preferGateway' AS prefer,
       p.id, p.name, p.tunnel_key, p.endpoint, p.allowed_ips, p.sealed, p.next_sealed
     FROM unit_tunnel t JOIN unit u ON u.id = t.unit_id
     LEFT JOIN unit_configuration c ON c.unit_id = u.id
     LEFT JOIN configuration_body b ON b.id = c.body_id
     LEFT JOIN (
       SELECT k.unit_id, g.*, k.sealed, k.next_sealed
       FROM preshared_key k JOIN gateway g ON g.id = k.gateway_id AND g.state = 'enrolled'
     ) p ON p.unit_id = u.id
     WHERE t.unit_id = $1 ORDER BY p.id`,
    [unitId],
  );
  const [first] = rows;
  if (first === undefined) return null;
  const gateways = preferred(
    rows.filter((row) => row.id !== null),
    unitId,
    first.prefer,
  );
  return {
    version: first.version,
    addresses: first.addresses.slice(0, 1),
    lan: first.addresses[1] ?? null,
    gateways: gateways.map((row) => ({
      name: row.name,
      publicKey: textOf(row.tunnel_key),
      presharedKey: opened(vault, row.sealed),
      nextPresharedKey: row.next_sealed === null ? null : opened(vault, row.next_sealed),
      endpoint: row.endpoint,
      allowedIps: row.allowed_ips,
    })),
  };
}

/**
 * Every unit has every gateway; neighbours by number begin with different ones, so each carries
 * about as many. The configuration may name one to begin with.
 */
export function preferred<Gateway extends { readonly name: string }>(
  gateways: readonly Gateway[],
  unitId: number,
  prefer: string | null,
): Gateway[] {
  if (gateways.length === 0) return [];
  const first = unitId % gateways.length;
  const turned = [...gateways.slice(first), ...gateways.slice(0, first)];
  const named = turned.filter((gateway) => gateway.name === prefer);
  return [...named, ...turned.filter((gateway) => gateway.name !== prefer)];
}

interface ListRow {
  readonly version: number;
  readonly id: number | null;
  readonly tunnel_key: Uint8Array;
  readonly addresses: string[];
  readonly sealed: Uint8Array;
}

/** A gateway that was revoked has nobody. */
export async function listOf(sql: Sql, vault: Vault, gatewayId: number): Promise<GatewayUnits> {
  const rows = await sql.query<ListRow>(
    `SELECT l.version, p.id, p.tunnel_key, p.addresses, p.sealed
     FROM gateway_list l JOIN gateway g ON g.id = l.gateway_id
     LEFT JOIN (
       SELECT k.gateway_id, u.id, u.tunnel_key, u.addresses,
         CASE k.stage WHEN 'switching' THEN k.next_sealed ELSE k.sealed END AS sealed
       FROM preshared_key k JOIN unit u ON u.id = k.unit_id AND u.state = 'enrolled'
         AND u.addresses <> '{}'
     ) p ON p.gateway_id = g.id AND g.state = 'enrolled'
     WHERE l.gateway_id = $1 ORDER BY p.id`,
    [gatewayId],
  );
  const units = rows.flatMap((row) =>
    row.id === null
      ? []
      : [
          {
            id: row.id,
            name: unitName(row.id),
            publicKey: textOf(row.tunnel_key),
            presharedKey: opened(vault, row.sealed),
            allowedIps: row.addresses,
          },
        ],
  );
  return { version: rows[0]?.version ?? 0, units };
}

async function versionOf(db: Database, gatewayId: number): Promise<number> {
  const [row] = await db.transaction(SYSTEM, (sql) =>
    sql.query<{ version: number }>('SELECT version FROM gateway_list WHERE gateway_id = $1', [
      gatewayId,
    ]),
  );
  return row?.version ?? 0;
}

function opened(vault: Vault, sealed: Uint8Array): string {
  return textOf(vault.open(sealed));
}

function textOf(key: Uint8Array): string {
  return Buffer.from(key).toString('base64');
}
