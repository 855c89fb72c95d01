import assert from 'node:assert/strict';
import { test } from 'node:test';
import { API_BASE, PROBLEM_TYPE_PREFIX } from './api/index.ts';
import { ApiProblem, ApiUnreachable, addressOf, CLIENT_BASE, createClient } from './client.ts';

type Seen = { url: string; init: RequestInit };

function clientOf(answers: readonly (() => Response)[], options = {}) {
  const seen: Seen[] = [];
  const fake = (async (url: string, init: RequestInit) => {
    seen.push({ url, init });
    return answers[seen.length - 1]!();
  }) as typeof fetch;
  return { seen, client: createClient({ fetch: fake, csrf: () => 'secret', ...options }) };
}

const json = (body: unknown, init: ResponseInit = {}) => new Response(JSON.stringify(body), init);
const headers = ({ init }: Seen) => init.headers as Record<string, string>;

test('The client speaks to the base that the contract names', () => {
  assert.equal(CLIENT_BASE, API_BASE);
  assert.equal(addressOf('/a', { b: 'æ &', c: undefined, d: 0 }), '/api/v1/a?b=%C3%A6+%26&d=0');
});

test('A write carries If-Match, Idempotency-Key and the CSRF token; a read does not', async () => {
  const { seen, client } = clientOf([
    () => json({ id: 1 }, { headers: { etag: '"8"' } }),
    () => json([]),
  ]);
  const call = { method: 'PUT', body: { a: 1 }, version: 7, idempotencyKey: 'k' } as const;
  const reply = await client.call('/x', call);
  await client.get('/x');
  assert.deepEqual(reply, { body: { id: 1 }, version: 8 });
  assert.equal(headers(seen[0]!)['if-match'], '"7"');
  assert.equal(headers(seen[0]!)['idempotency-key'], 'k');
  assert.equal(headers(seen[0]!)['x-rmh-csrf'], 'secret');
  assert.ok(!('x-rmh-csrf' in headers(seen[1]!)));
});

test('A problem is thrown with its name, and a page of some proxy is no problem', async () => {
  const type = `${PROBLEM_TYPE_PREFIX}changed-meanwhile`;
  const { client } = clientOf([
    () => json({ type, title: 'Changed', status: 412 }, { status: 412 }),
    () => new Response('<html>Bad gateway</html>', { status: 502 }),
    () => new Response('<html>Sign in to the guest network</html>'),
  ]);
  await assert.rejects(client.get('/x'), (error) => {
    return error instanceof ApiProblem && error.is('changed-meanwhile') && error.status === 412;
  });
  await assert.rejects(client.get('/x'), ApiUnreachable);
  await assert.rejects(client.get('/x'), ApiUnreachable);
});

test('pages() follows the cursor to the end, and asks for no page that nobody wants', async () => {
  const page = (items: number[], next: string | null) => () => json({ items, next });
  const { seen, client } = clientOf([page([1, 2], 'n1'), page([3], null), page([1, 2], 'n1')]);
  assert.deepEqual(await Array.fromAsync(client.pages('/x', { limit: 2 })), [1, 2, 3]);
  assert.equal(seen[1]!.url, '/api/v1/x?limit=2&cursor=n1');
  for await (const first of client.pages('/x')) {
    assert.equal(first, 1);
    break;
  }
  assert.equal(seen.length, 3);
});

test('A signer signs what is sent: method, path with query, and body', async () => {
  const signed: unknown[] = [];
  const signer = {
    sign: (outgoing: unknown) => {
      signed.push(outgoing);
      return { authorization: 'RMH-Proof x' };
    },
    challenged: () => false,
  };
  const { seen, client } = clientOf([() => json(null)], { signer, origin: 'https://p' });
  await client.call('/y', { method: 'POST', query: { a: 1 }, body: { b: 2 } });
  assert.deepEqual(signed, [{ method: 'POST', path: '/api/v1/y?a=1', body: '{"b":2}' }]);
  assert.equal(seen[0]!.url, 'https://p/api/v1/y?a=1');
  assert.equal(headers(seen[0]!)['authorization'], 'RMH-Proof x');
});

test('A challenge that the signer understands is answered once', async () => {
  const type = `${PROBLEM_TYPE_PREFIX}proof-for-another`;
  const refused = () =>
    json(
      { type, title: 'Elsewhere', status: 401 },
      { status: 401, headers: { 'www-authenticate': 'for b' } },
    );
  let to = 'a';
  const signer = {
    sign: () => ({ authorization: `for ${to}` }),
    challenged: (challenge: string) => {
      to = challenge.slice('for '.length);
      return true;
    },
  };
  const { seen, client } = clientOf([refused, () => json(7), refused, refused], { signer });
  assert.equal(await client.get('/x'), 7);
  assert.deepEqual(
    seen.map((one) => headers(one)['authorization']),
    ['for a', 'for b'],
  );
  await assert.rejects(client.get('/x'), ApiProblem);
  assert.equal(seen.length, 4);
});

test('What the caller gives up is an abort; a broken line is ApiUnreachable', async () => {
  const stop = new AbortController();
  const fail = () => {
    throw new TypeError('fetch failed');
  };
  const { client } = clientOf([fail, fail]);
  await assert.rejects(client.get('/x', {}, stop.signal), ApiUnreachable);
  stop.abort();
  await assert.rejects(client.get('/x', {}, stop.signal), TypeError);
});
