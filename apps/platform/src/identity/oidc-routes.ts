// The two steps of a sign-in at the sign-in service: there, and back.
import { RmhError } from '@rmh/contract';
import { z } from 'zod';
import { type Sql, SYSTEM } from '../db/database.ts';
import { stateCookie } from '../http/cookies.ts';
import { fault } from '../http/fault.ts';
import { problem } from '../http/problem.ts';
import { type Ask, route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { type Person, SIGN_IN_STATE, SignInService, type SignInState } from './oidc.ts';
import { signedIn } from './sign-in.ts';

const services = new WeakMap<object, SignInService>();

function serviceOf({ settings, publicUrl, nowMs }: Services): SignInService {
  const { oidc } = settings;
  if (oidc === null) {
    throw problem('unavailable', 'there is no sign-in service here; ask for a one-time link');
  }
  const known = services.get(oidc) ?? new SignInService(oidc, publicUrl, nowMs);
  services.set(oidc, known);
  return known;
}

export const signInAtProvider = route({
  id: 'signIn.begin',
  method: 'GET',
  path: '/sign-in',
  summary: 'Leads to the sign-in service',
  access: 'open',
  noTransaction: true,
  perMinute: 30,
  reply: null,
  async answer(ask) {
    const service = serviceOf(ask.services);
    const { url, state } = await orUnavailable(ask, () => service.begin());
    const { vault, publicUrl } = ask.services;
    const sealed = Buffer.from(vault.seal(Buffer.from(JSON.stringify(state)))).toString(
      'base64url',
    );
    const headers = { location: url, 'set-cookie': stateCookie(publicUrl, sealed) };
    return { status: 302, headers };
  },
});

export const oidcCallback = route({
  id: 'signIn.callback',
  method: 'GET',
  path: '/sign-in/callback',
  summary: 'The way back from the sign-in service',
  access: 'open',
  noTransaction: true,
  perMinute: 30,
  query: z.record(z.string().max(50), z.string().max(4_000)),
  reply: null,
  async answer(ask) {
    const service = serviceOf(ask.services);
    const state = readState(ask);
    const query = new URLSearchParams(ask.query);
    const person = await service.finish(query, state).catch((error: unknown) => {
      fault(ask.services.log, 'sign-in', ask.requestId, error);
      throw problem('forbidden', 'the sign-in did not succeed; begin again');
    });
    return await ask.services.db.transaction(SYSTEM, async (sql) => {
      const userId = await userOf(sql, person);
      if (userId === null) {
        throw problem('forbidden', 'you are not known here; ask who looks after your users');
      }
      return await signedIn({ ...ask, sql }, userId, 'oidc');
    });
  },
});

async function orUnavailable<T>(ask: Ask, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RmhError) throw error;
    fault(ask.services.log, 'sign-in', ask.requestId, error);
    throw problem('unavailable', 'the sign-in service does not answer');
  }
}

function readState({ browser, services }: Ask): SignInState {
  try {
    const sealed = Buffer.from(browser?.signIn ?? '', 'base64url');
    return SIGN_IN_STATE.parse(JSON.parse(Buffer.from(services.vault.open(sealed)).toString()));
  } catch {
    throw problem('bad-request', 'this sign-in was not begun here, or too long ago; begin again');
  }
}

/** Known by issuer and subject; at the first sign-in by the e-mail that was entered for him. */
async function userOf(sql: Sql, { issuer, subject, email }: Person): Promise<number | null> {
  const [known] = await sql.query<{ id: number }>(
    'SELECT id FROM app_user WHERE issuer = $1 AND subject = $2 AND active',
    [issuer, subject],
  );
  if (known !== undefined || email === null) return known?.id ?? null;
  const invited = await sql.query<{ id: number }>(
    `SELECT id FROM app_user WHERE lower(email) = lower($1) AND subject IS NULL AND active
     FOR UPDATE`,
    [email],
  );
  const [only] = invited;
  // Two of one address: nobody can say which is meant.
  if (only === undefined || invited.length > 1) return null;
  await sql.query('UPDATE app_user SET issuer = $2, subject = $3 WHERE id = $1', [
    only.id,
    issuer,
    subject,
  ]);
  return only.id;
}
