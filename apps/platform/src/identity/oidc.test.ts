// The whole way with a real provider (oidc-provider) in this process: pushed request, PKCE,
// private_key_jwt, DPoP, back with a code, and a session.
import { strict as assert } from 'node:assert';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Provider } from 'oidc-provider';
import { SYSTEM } from '../db/database.ts';
import { openFreshEmbedded } from '../db/testing.ts';
import { testServer, testServices } from '../http/testing.ts';
import { OIDC_SETTINGS, TEST_SETTINGS } from '../settings.ts';
import { routes } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-oidc-'));
const CALLBACK = 'http://localhost:8080/api/v1/sign-in/callback';

interface Running {
  readonly issuer: string;
  readonly keyFile: string;
  readonly seen: { dpop: number; par: number; assertions: number };
  readonly server: Server;
}

async function startProvider(): Promise<Running> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const more = { alg: 'ES256', kid: 'rmh', use: 'sig' };
  const keyFile = join(folder, 'client.jwk');
  writeFileSync(keyFile, JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...more }));
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'rmh',
        redirect_uris: [CALLBACK],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        require_pushed_authorization_requests: true,
        dpop_bound_access_tokens: true,
        jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), ...more }] },
      },
    ],
    claims: { openid: ['sub', 'email', 'email_verified'] },
    conformIdTokenClaims: false,
    features: {
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
      dPoP: { enabled: true },
      devInteractions: { enabled: true },
    },
    pkce: { required: () => true },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, email: `${id}@example.org`, email_verified: true }),
    }),
  });
  const seen = { dpop: 0, par: 0, assertions: 0 };
  provider.use(async (context, next) => {
    if (context.path === '/request') seen.par++;
    if (context.path === '/token' && context.headers['dpop'] !== undefined) seen.dpop++;
    await next();
    if (context.path === '/token' && context.status === 200) seen.assertions++;
  });
  provider.on('server_error', (_context, error) => console.error(error));
  const answer = provider.callback();
  server.on('request', (incoming, outgoing) => void answer(incoming, outgoing));
  return { issuer, keyFile, seen, server };
}

/** What a person does in a browser: follows, fills in the form, agrees. Returns the way back. */
async function signIn(url: string, login: string): Promise<string> {
  const jar = new Map<string, string>();
  let next = url;
  let form: URLSearchParams | null = null;
  for (let steps = 0; steps < 20; steps++) {
    const reply = await fetch(next, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === null ? {} : { method: 'POST', body: form }),
    });
    for (const cookie of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    const location = reply.headers.get('location');
    form = null;
    if (location !== null) {
      next = new URL(location, next).href;
      if (next.startsWith(CALLBACK)) return next;
      continue;
    }
    const page = await reply.text();
    const [, prompt = ''] = /name="prompt" value="(\w+)"/.exec(page) ?? [];
    const [, action = next] = /action="([^"]+)"/.exec(page) ?? [];
    assert.ok(prompt !== '', `a form was expected: ${page.slice(0, 300)}`);
    form = new URLSearchParams({ prompt, ...(prompt === 'login' ? { login, password: 'x' } : {}) });
    next = new URL(action, next).href;
  }
  throw new Error('the provider leads nowhere');
}

test('A person signs in as HelseID would have it, and only one who is known', async (t) => {
  const provider = await startProvider();
  const db = await openFreshEmbedded();
  const { issuer, keyFile } = provider;
  const oidc = OIDC_SETTINGS.parse({ issuer, clientId: 'rmh', keyFile });
  const services = testServices(db, { settings: { ...TEST_SETTINGS, oidc } });
  const server = await testServer(services, routes);
  t.after(async () => {
    await server.close();
    await db.close();
    provider.server.closeAllConnections();
    provider.server.close();
  });
  await db.transaction(SYSTEM, (sql) =>
    sql.query(`INSERT INTO organisation (id, kind, name, short_name)
        VALUES (1, 'national', 'N', 'N');
      INSERT INTO app_user (id, organisation_id, name, email)
        VALUES (5, 1, 'Kari', 'Kari@example.org')`),
  );
  const begin = async () => {
    const reply = await server.nobody('GET /sign-in');
    assert.equal(reply.status, 302);
    const cookie = String(reply.headers['set-cookie']).split(';')[0] ?? '';
    return { url: String(reply.headers['location']), cookie };
  };
  const back = (address: string, cookie: string) =>
    server.nobody(`GET ${address.slice('http://localhost:8080'.length)}`, { headers: { cookie } });

  await t.test('known by e-mail the first time, by issuer and subject after', async () => {
    for (let i = 0; i < 2; i++) {
      const { url, cookie } = await begin();
      const reply = await back(await signIn(url, 'kari'), cookie);
      assert.equal(reply.status, 200, reply.text);
      const session = String(reply.headers['set-cookie']);
      assert.match(session, /^rmh-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict/);
      const me = await server.nobody('GET /me', {
        headers: { cookie: session.split(';')[0] ?? '' },
      });
      assert.equal((me.body['user'] as { id: number }).id, 5);
      await db.transaction(SYSTEM, (sql) => sql.query('UPDATE app_user SET email = NULL'));
    }
    assert.deepEqual(provider.seen, { dpop: 2, par: 2, assertions: 2 });
  });

  await t.test('who is not known gets no session', async () => {
    const { url, cookie } = await begin();
    const reply = await back(await signIn(url, 'ola'), cookie);
    assert.deepEqual([reply.status, reply.headers['set-cookie']], [403, undefined]);
  });

  await t.test('a way back without its beginning, and one used twice, are refused', async () => {
    const { url, cookie } = await begin();
    const address = await signIn(url, 'kari');
    const other = await begin();
    assert.equal((await back(address, '')).status, 400);
    assert.equal((await back(address, other.cookie)).status, 403);
    assert.equal((await back(address, cookie)).status, 200);
    assert.equal((await back(address, cookie)).status, 403);
  });
});

after(() => rmSync(folder, { recursive: true }));
