// Gateways as people see them. They belong to the national organisation; regions see those that
// serve them.
import { parseEndpoint, parsePrefix } from '@rmh/base';
import {
  GATEWAY_DETAIL,
  GATEWAY_WRITE,
  type Gateway,
  type GatewayDetail,
  PAGE_QUERY,
  pageOf,
  REVOKE,
} from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Ask, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { NUMBER, withdrawTokens } from './enrolment-tokens.ts';

// As many as a unit's configuration takes: one a site, and room for a move of both sites.
const GATEWAYS_MOST = 4;
// Long polls end after 25 s; two of them missed are no chance.
const SILENT_AFTER_MS = 60_000;

const PARAMS = z.strictObject({ gatewayId: NUMBER });

interface GatewayRow {
  readonly id: number;
  readonly organisation_id: number;
  readonly name: string;
  readonly site: string;
  readonly endpoint: string;
  readonly allowed_ips: string[];
  readonly state: 'awaited' | 'enrolled' | 'revoked';
  readonly tunnel_key: Uint8Array | null;
  readonly heard_at: Date | null;
  readonly units_active: number | null;
  readonly version: number;
  readonly held_version: number;
  readonly list_version: number;
}

const COLUMNS = `g.id, g.organisation_id, g.name, g.site, g.endpoint, g.allowed_ips, g.state,
  g.tunnel_key, g.heard_at, g.units_active, g.version, l.held_version, l.version AS list_version`;
const FROM = 'gateway g JOIN gateway_list l ON l.gateway_id = g.id';

export const listGateways = route({
  id: 'gateways.list',
  method: 'GET',
  path: '/gateways',
  summary: 'The gateways',
  access: 'gateway.read',
  query: PAGE_QUERY,
  reply: pageOf(GATEWAY_DETAIL),
  async answer({ sql, query, nowMs }) {
    const after = idCursor(query.cursor);
    const rows = await sql.query<GatewayRow>(
      `SELECT ${COLUMNS} FROM ${FROM} WHERE g.id > $1 ORDER BY g.id LIMIT $2`,
      [after, query.limit + 1],
    );
    return {
      body: page(
        rows,
        query.limit,
        (row) => detailOf(row, nowMs),
        (row) => row.id,
      ),
    };
  },
});

export const getGateway = route({
  id: 'gateways.get',
  method: 'GET',
  path: '/gateways/:gatewayId',
  summary: 'One gateway',
  access: 'gateway.read',
  params: PARAMS,
  reply: GATEWAY_DETAIL,
  async answer({ sql, params, nowMs }) {
    const row = await rowOf(sql, params.gatewayId);
    return { body: detailOf(row, nowMs), version: row.version };
  },
});

export const createGateway = route({
  id: 'gateways.create',
  method: 'POST',
  path: '/gateways',
  summary: 'A new gateway, which then needs a token to enrol',
  access: 'gateway.write',
  body: GATEWAY_WRITE,
  reply: GATEWAY_DETAIL,
  async answer(ask) {
    const { sql, body, nowMs } = ask;
    check(body);
    const [national] = await sql.query<{ id: number }>(
      `SELECT id FROM organisation WHERE kind = 'national'`,
    );
    if (national === undefined) throw problem('forbidden');
    // Two at once could both find room for one.
    await sql.query('SELECT pg_advisory_xact_lock($1)', [CREATE_LOCK]);
    const rows = await sql.query<{ name: string; state: string }>(
      'SELECT name, state FROM gateway',
    );
    if (rows.some((row) => row.name === body.name)) {
      throw problem('conflict', 'there is a gateway of this name');
    }
    if (rows.filter((row) => row.state !== 'revoked').length >= GATEWAYS_MOST) {
      throw problem('conflict', `a unit holds ${GATEWAYS_MOST} gateways at most`);
    }
    const [made] = await sql.query<{ id: number }>(
      `INSERT INTO gateway (organisation_id, name, site, endpoint, allowed_ips, state)
       VALUES ($1, $2, $3, $4, $5, 'awaited') RETURNING id`,
      [national.id, body.name, body.site, body.endpoint, body.allowedIps],
    );
    const row = await rowOf(sql, made?.id ?? 0);
    await note(ask, 'gateway.create', row, { after: body });
    return { status: 201, body: detailOf(row, nowMs), version: row.version };
  },
});

export const writeGateway = route({
  id: 'gateways.write',
  method: 'PUT',
  path: '/gateways/:gatewayId',
  summary: 'Changes a gateway; units learn of it within a minute',
  access: 'gateway.write',
  params: PARAMS,
  body: GATEWAY_WRITE,
  reply: GATEWAY_DETAIL,
  conditional: true,
  async answer(ask) {
    const { sql, params, body, ifMatch, nowMs } = ask;
    check(body);
    const before = await rowOf(sql, params.gatewayId, 'FOR UPDATE OF g');
    if (before.version !== ifMatch) throw problem('changed-meanwhile');
    const [namesake] = await sql.query('SELECT 1 FROM gateway WHERE name = $1 AND id <> $2', [
      body.name,
      before.id,
    ]);
    if (namesake !== undefined) throw problem('conflict', 'there is a gateway of this name');
    await sql.query(
      `UPDATE gateway SET name = $2, site = $3, endpoint = $4, allowed_ips = $5,
         version = version + 1 WHERE id = $1`,
      [before.id, body.name, body.site, body.endpoint, body.allowedIps],
    );
    const row = await rowOf(sql, before.id);
    await note(ask, 'gateway.change', row, { before: writeOf(before), after: body });
    return { body: detailOf(row, nowMs), version: row.version };
  },
});

export const revokeGateway = route({
  id: 'gateways.revoke',
  method: 'POST',
  path: '/gateways/:gatewayId/revoke',
  summary: 'Takes a gateway out of service for good; units leave it within a minute',
  access: 'gateway.write',
  params: PARAMS,
  body: REVOKE,
  reply: GATEWAY_DETAIL,
  async answer(ask) {
    const { sql, params, body, nowMs } = ask;
    const before = await rowOf(sql, params.gatewayId, 'FOR UPDATE OF g');
    if (before.state !== 'revoked') {
      await sql.query(
        `UPDATE gateway SET state = 'revoked', identity_key = NULL, tunnel_key = NULL,
           version = version + 1 WHERE id = $1`,
        [before.id],
      );
      await withdrawTokens(sql, 'gateway', before.id);
      await note(ask, 'gateway.revoke', before, { reason: body.reason });
    }
    const row = await rowOf(sql, before.id);
    return { body: detailOf(row, nowMs), version: row.version };
  },
});

async function rowOf(sql: Sql, gatewayId: number, lock = ''): Promise<GatewayRow> {
  const [row] = await sql.query<GatewayRow>(
    `SELECT ${COLUMNS} FROM ${FROM} WHERE g.id = $1 ${lock}`,
    [gatewayId],
  );
  if (row === undefined) throw problem('not-found');
  return row;
}

function detailOf(row: GatewayRow, nowMs: number): GatewayDetail {
  return {
    id: row.id,
    name: row.name,
    site: row.site,
    endpoint: row.endpoint,
    publicKey: row.tunnel_key === null ? null : Buffer.from(row.tunnel_key).toString('base64'),
    state: stateOf(row, nowMs),
    heardAt: row.heard_at?.toISOString() ?? null,
    unitsActive: row.units_active,
    version: row.version,
    allowedIps: row.allowed_ips,
    heldVersion: row.held_version,
    listVersion: row.list_version,
  };
}

function stateOf({ state, heard_at }: GatewayRow, nowMs: number): Gateway['state'] {
  if (state !== 'enrolled') return state;
  return heard_at !== null && nowMs - heard_at.getTime() < SILENT_AFTER_MS ? 'up' : 'silent';
}

function writeOf({ name, site, endpoint, allowed_ips }: GatewayRow) {
  return { name, site, endpoint, allowedIps: allowed_ips };
}

function check(body: z.output<typeof GATEWAY_WRITE>): void {
  const fields = body.allowedIps.flatMap((text, i) =>
    parsePrefix(text) === null
      ? [{ field: `allowedIps.${i}`, reason: 'expected a prefix such as 172.30.0.0/16' }]
      : [],
  );
  if (parseEndpoint(body.endpoint) === null) {
    fields.push({ field: 'endpoint', reason: 'expected an address and port: 192.0.2.1:51820' });
  }
  if (fields.length > 0) throw problem('bad-request', undefined, fields);
}

async function note(
  ask: Ask,
  action: string,
  row: GatewayRow,
  more: { before?: unknown; after?: unknown; reason?: string },
): Promise<void> {
  const { organisation_id: organisationId, id } = row;
  await audit(ask.sql, { ask, action, organisationId, object: { kind: 'gateway', id }, ...more });
}

// Made up, one number a purpose.
const CREATE_LOCK = 7_265_031;
