// Service tokens: the secret is shown once, its verbs are some of its maker's.
import {
  PAGE_QUERY,
  pageOf,
  SERVICE_TOKEN,
  SERVICE_TOKEN_MADE,
  SERVICE_TOKEN_WRITE,
  type ServiceToken,
  type Verb,
} from '@rmh/contract/api';
import { z } from 'zod';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { hashOf } from '../identity/secrets.ts';
import { newServiceToken } from '../identity/tokens.ts';
import { mayOn } from '../identity/verbs.ts';

// A token that nobody renews is one that nobody looks after.
const VALID_MOST_MS = 400 * 86_400_000;

interface TokenRow {
  readonly id: number;
  readonly organisation_id: number;
  readonly name: string;
  readonly verbs: Verb[];
  readonly expires_at: Date;
  readonly used_at: Date | null;
  readonly revoked_at: Date | null;
  readonly version: number;
}

const COLUMNS = 'id, organisation_id, name, verbs, expires_at, used_at, revoked_at, version';

export const listServiceTokens = route({
  id: 'serviceTokens.list',
  method: 'GET',
  path: '/service-tokens',
  summary: 'Tokens of other systems',
  access: 'user.read',
  query: PAGE_QUERY,
  reply: pageOf(SERVICE_TOKEN),
  async answer({ sql, query }) {
    const rows = await sql.query<TokenRow>(
      `SELECT ${COLUMNS} FROM service_token WHERE id > $1 ORDER BY id LIMIT $2`,
      [idCursor(query.cursor), query.limit + 1],
    );
    return { body: page(rows, query.limit, tokenOf, (row) => row.id) };
  },
});

export const createServiceToken = route({
  id: 'serviceTokens.create',
  method: 'POST',
  path: '/service-tokens',
  summary: 'A token for another system; its secret is shown once',
  access: 'token.write',
  body: SERVICE_TOKEN_WRITE,
  reply: SERVICE_TOKEN_MADE,
  async answer(ask) {
    const { sql, body, asker, nowMs } = ask;
    const expiresMs = Date.parse(body.expiresAt);
    if (expiresMs <= nowMs || expiresMs > nowMs + VALID_MOST_MS) {
      throw problem('bad-request', undefined, [
        { field: 'expiresAt', reason: 'expected a time within the next 400 days' },
      ]);
    }
    for (const verb of body.verbs) {
      if (!(await mayOn(sql, asker, verb, body.organisationId))) {
        throw problem('forbidden', `you do not hold ${verb} there yourself`);
      }
    }
    const secret = newServiceToken();
    const [row] = await sql.query<TokenRow>(
      `INSERT INTO service_token (organisation_id, name, verbs, token_hash, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${COLUMNS}`,
      [body.organisationId, body.name, body.verbs, hashOf(secret), new Date(nowMs), body.expiresAt],
    );
    if (row === undefined) throw problem('our-fault');
    const token = tokenOf(row);
    await audit(sql, {
      ask,
      action: 'service-token.create',
      organisationId: token.organisationId,
      object: { kind: 'service-token', id: token.id },
      after: { name: token.name, verbs: token.verbs, expiresAt: token.expiresAt },
    });
    return { status: 201, body: { ...token, secret }, version: token.version };
  },
});

export const revokeServiceToken = route({
  id: 'serviceTokens.revoke',
  method: 'DELETE',
  path: '/service-tokens/:tokenId',
  summary: 'Revokes a token at once',
  access: 'token.write',
  params: z.strictObject({ tokenId: z.coerce.number().int().positive() }),
  reply: null,
  conditional: true,
  async answer(ask) {
    const { sql, params, ifMatch, nowMs } = ask;
    const [row] = await sql.query<TokenRow>(
      `SELECT ${COLUMNS} FROM service_token WHERE id = $1 FOR UPDATE`,
      [params.tokenId],
    );
    if (row === undefined) throw problem('not-found');
    if (row.version !== ifMatch) throw problem('changed-meanwhile');
    await sql.query(
      `UPDATE service_token SET revoked_at = coalesce(revoked_at, $2), version = version + 1
       WHERE id = $1`,
      [row.id, new Date(nowMs)],
    );
    await audit(sql, {
      ask,
      action: 'service-token.revoke',
      organisationId: row.organisation_id,
      object: { kind: 'service-token', id: row.id },
      before: { name: row.name },
    });
    return { status: 204 };
  },
});

function tokenOf(row: TokenRow): ServiceToken {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    name: row.name,
    verbs: row.verbs,
    expiresAt: row.expires_at.toISOString(),
    lastUsedAt: row.used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    version: row.version,
  };
}
