// A person's session for a program: by the one-time link, as a browser would use it.
import type { Me } from '@rmh/contract/api';
import { type Client, createClient } from '@rmh/contract/client';

export async function signIn(link: string): Promise<Client> {
  const { origin } = new URL(link);
  const answer = await fetch(link);
  const cookie = answer.headers.getSetCookie().map((text) => text.split(';', 1)[0] ?? '');
  if (!answer.ok || cookie.length === 0) throw new Error(`signing in failed: ${answer.status}`);
  const withCookie: typeof fetch = (input, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set('cookie', cookie.join('; '));
    return fetch(input, { ...init, headers });
  };
  const { csrf } = await createClient({ origin, fetch: withCookie }).get<Me>('/me');
  return createClient({ origin, fetch: withCookie, csrf: () => csrf });
}
