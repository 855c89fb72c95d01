// A platform for tests: services with nothing configured, a server that is called in-process, and
// people, tokens and machines to ask it with.
import { randomBytes } from 'node:crypto';
import { API_BASE, type Grant, type Verb } from '@rmh/contract/api';
import { Identity, keepLog, proveRequest } from '@rmh/contract/daemon';
import type { InjectOptions } from 'fastify';
import { type Database, SYSTEM } from '../db/database.ts';
import { hashOf } from '../identity/secrets.ts';
import { beginSession } from '../identity/sessions.ts';
import { newServiceToken } from '../identity/tokens.ts';
import type { Services } from '../services.ts';
import { TEST_SETTINGS } from '../settings.ts';
import { createVault } from '../vault.ts';
import type { Route } from './route.ts';
import { type ApiServer, createServer, type ServerOptions } from './server.ts';

export function testServices(db: Database, more: Partial<Services> = {}): Services {
  return {
    db,
    log: keepLog(),
    nowMs: Date.now,
    vault: createVault(randomBytes(32)),
    publicUrl: 'http://localhost:8080',
    machineUrl: 'https://localhost:8443',
    certificateFingerprint: null,
    settings: TEST_SETTINGS,
    ...more,
  };
}

export interface Reply {
  readonly status: number;
  // biome-ignore lint: tests look into whatever came back
  readonly body: Record<string, unknown>;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
}

export interface Call {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks as somebody: 'GET /vehicles', below /api/v1. */
export type Client = (what: string, call?: Call) => Promise<Reply>;

export interface TestServer extends ApiServer {
  readonly services: Services;
  readonly nobody: Client;
  /** A new user with these grants, signed in; `organisationId` is where he belongs. */
  user(organisationId: number, grants: readonly Grant[], name?: string): Promise<Client>;
  service(organisationId: number, verbs: readonly Verb[]): Promise<Client>;
  /** Makes the machine's row enrolled, with a key of its own. */
  unit(unitId: number): Promise<Client>;
  gateway(gatewayId: number): Promise<Client>;
}

export async function testServer(
  services: Services,
  routes: readonly Route[],
  options: ServerOptions = {},
): Promise<TestServer> {
  const server = await createServer(services, routes, { strictReplies: true, ...options });
  const { db } = services;
  const clientWith =
    (headersOf: (method: string, path: string, body: string) => Record<string, string>): Client =>
    async (what, { body, headers } = {}) => {
      const [method, path] = what.split(' ') as [InjectOptions['method'], string];
      const url = /^\/(api|tmf-api)\/|^\/metrics$/.test(path) ? path : API_BASE + path;
      const payload = body === undefined ? '' : JSON.stringify(body);
      const answer = await server.app.inject({
        method: method ?? 'GET',
        url,
        headers: {
          ...(payload === '' ? {} : { 'content-type': 'application/json' }),
          ...headersOf(String(method), url, payload),
          ...headers,
        },
        ...(payload === '' ? {} : { payload }),
      });
      return {
        status: answer.statusCode,
        text: answer.body,
        headers: answer.headers,
        get body() {
          return answer.json() as Record<string, unknown>;
        },
      };
    };
  const machine = async (table: 'unit' | 'gateway', id: number): Promise<Client> => {
    const identity = new Identity(randomBytes(32));
    await db.transaction(SYSTEM, (sql) =>
      sql.query(`UPDATE ${table} SET state = 'enrolled', identity_key = $2 WHERE id = $1`, [
        id,
        Buffer.from(identity.publicKey, 'base64'),
      ]),
    );
    return clientWith((method, path, body) => ({
      authorization: proveRequest(
        identity,
        { method, path, body },
        services.nowMs(),
        server.processName,
      ),
    }));
  };
  return {
    ...server,
    services,
    nobody: clientWith(() => ({})),
    async user(organisationId, grants, name = 'Kari Nordmann') {
      const { token, csrf } = await db.transaction(SYSTEM, async (sql) => {
        const [user] = await sql.query<{ id: number }>(
          'INSERT INTO app_user (organisation_id, name) VALUES ($1, $2) RETURNING id',
          [organisationId, name],
        );
        const userId = user?.id ?? 0;
        for (const grant of grants) {
          await sql.query('INSERT INTO user_grant VALUES ($1, $2, $3, $4)', [
            userId,
            grant.role,
            grant.organisationId,
            grant.carrierId ?? null,
          ]);
        }
        const token = await beginSession(sql, userId, services.nowMs(), services.settings.session);
        const [row] = await sql.query<{ csrf: string }>(
          'SELECT csrf FROM session WHERE token_hash = $1',
          [hashOf(token)],
        );
        return { token, csrf: row?.csrf ?? '' };
      });
      return clientWith(() => ({ cookie: `rmh-session=${token}`, 'x-rmh-csrf': csrf }));
    },
    async service(organisationId, verbs) {
      const token = newServiceToken();
      await db.transaction(SYSTEM, (sql) =>
        sql.query(
          `INSERT INTO service_token
             (organisation_id, name, verbs, token_hash, created_at, expires_at)
           VALUES ($1, 'test', $2, $3, now(), now() + interval '1 day')`,
          [organisationId, verbs, hashOf(token)],
        ),
      );
      return clientWith(() => ({ authorization: `Bearer ${token}` }));
    },
    unit: (unitId) => machine('unit', unitId),
    gateway: (gatewayId) => machine('gateway', gatewayId),
  };
}
