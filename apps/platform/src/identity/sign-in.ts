// Signing in by a one-time link, and signing out.
import { ME, type Me } from '@rmh/contract/api';
import { z } from 'zod';
import { noSessionCookie, sessionCookie } from '../http/cookies.ts';
import { problem } from '../http/problem.ts';
import { type Answer, type Ask, route } from '../http/route.ts';
import { userById } from '../organisations/user-rows.ts';
import { audit } from './audit.ts';
import { hashOf } from './secrets.ts';
import { beginSession, endSession, useLink } from './sessions.ts';
import { verbsOf } from './verbs.ts';

/** The address that signs in, once. */
export function linkAddress(publicUrl: string, secret: string): string {
  return `${publicUrl}/api/v1/sign-in/link?secret=${secret}`;
}

export const signInByLink = route({
  id: 'signIn.link',
  method: 'GET',
  path: '/sign-in/link',
  summary: 'Signs in by a one-time link',
  access: 'open',
  perMinute: 30,
  query: z.strictObject({ secret: z.string().max(100) }),
  reply: null,
  async answer(ask) {
    const { sql, query, nowMs } = ask;
    const userId = await useLink(sql, query.secret, nowMs);
    if (userId === null) throw problem('forbidden', 'this link was used, or is too old');
    return await signedIn(ask, userId, 'link');
  },
});

/** A session for the user, and the way to the first page. */
export async function signedIn(
  { sql, nowMs, services, requestId, asker }: Ask,
  userId: number,
  way: string,
): Promise<Answer<never>> {
  const { publicUrl, settings } = services;
  const user = await userById(sql, userId);
  if (user === null) throw problem('forbidden');
  const token = await beginSession(sql, userId, nowMs, settings.session);
  await audit(sql, {
    ask: { asker, nowMs, requestId },
    actor: `user:${userId}`,
    action: 'session.begin',
    organisationId: user.organisationId,
    object: { kind: 'user', id: userId },
    after: { way },
  });
  return {
    headers: {
      'set-cookie': sessionCookie(publicUrl, token),
      'content-type': 'text/html; charset=utf-8',
    },
    raw: async (stream) => void (await stream.write(ONWARD)),
  };
}

// A redirect that began at another site would not carry a SameSite=Strict cookie; a page of our
// own that leads on does.
const ONWARD = `<!doctype html>
<html lang="nb"><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/">
<title>Robust mobilt helsenett</title>
<p><a href="/">Du er logget inn. Gå videre · You are signed in. Continue</a></p></html>
`;

export const signOut = route({
  id: 'signIn.end',
  method: 'DELETE',
  path: '/session',
  summary: 'Signs out',
  access: 'signed-in',
  asSystem: true,
  reply: null,
  async answer({ sql, browser, services }) {
    if (browser?.session) await endSession(sql, browser.session);
    return { status: 204, headers: { 'set-cookie': noSessionCookie(services.publicUrl) } };
  },
});

export const me = route({
  id: 'me.read',
  method: 'GET',
  path: '/me',
  summary: 'Who is asking, and what he may do where',
  access: 'signed-in',
  asSystem: true,
  reply: ME,
  async answer({ sql, asker, browser }) {
    // A service has no page to show; what it may do stands in its token.
    if (asker.kind !== 'user') throw problem('forbidden', 'only people have a page of their own');
    const user = await userById(sql, asker.userId);
    if (user === null) throw problem('not-signed-in');
    const [session] = await sql.query<{ csrf: string }>(
      'SELECT csrf FROM session WHERE token_hash = $1 AND user_id = $2',
      [hashOf(browser?.session ?? ''), asker.userId],
    );
    if (session === undefined) throw problem('not-signed-in');
    return { body: { user, verbs: verbsOf(asker), csrf: session.csrf } satisfies Me };
  },
});
