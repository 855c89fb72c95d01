// The stream over a real line, through the platform's server.
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { present } from '@rmh/base';
import { API_BASE, LIVE_EVENTS } from '@rmh/contract/api';
import { SYSTEM } from '../db/database.ts';
import { openFreshEmbedded } from '../db/testing.ts';
import { testServer, testServices } from '../http/testing.ts';
import { hashOf } from '../identity/secrets.ts';
import { newServiceToken } from '../identity/tokens.ts';
import { plantFleet } from '../telemetry/testing.ts';
import { STREAMS_PER_ASKER_MAX } from './hub.ts';
import { routes } from './index.ts';
import { endStreams } from './stream.ts';
import { plainNow } from './testing.ts';

/** Reads events until one satisfies `wanted`; the last id with it. */
async function readUntil(
  body: ReadableStream<Uint8Array>,
  wanted: (event: string, data: Record<string, unknown>) => boolean,
): Promise<{ event: string; id: string | null }> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      if (event === undefined) continue;
      const data = JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '');
      LIVE_EVENTS[event as keyof typeof LIVE_EVENTS].parse(data);
      if (wanted(event, data)) return { event, id: /^id: (.*)$/m.exec(block)?.[1] ?? null };
    }
  }
  throw new Error('the stream ended');
}

test('A browser sees its vehicles, changes at once, and resumes where it broke', async (t) => {
  const db = await openFreshEmbedded();
  const { units, regions } = await plantFleet(db, 4);
  const server = await testServer(testServices(db), routes);
  t.after(async () => {
    await endStreams(db);
    await server.app.close();
    await db.close();
  });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.app.server.address() as AddressInfo;
  const token = newServiceToken();
  await db.transaction(SYSTEM, (sql) =>
    sql.query(
      `INSERT INTO service_token (organisation_id, name, verbs, token_hash, created_at, expires_at)
       VALUES ($1, 'wall', $2, $3, now(), now() + interval '1 day')`,
      [present(regions[0], 'a region'), ['vehicle.read'], hashOf(token)],
    ),
  );
  const open = async (headers: Record<string, string> = {}) => {
    const line = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${port}${API_BASE}/live`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal: line.signal,
    });
    return { line, answer, body: answer.body as ReadableStream<Uint8Array> };
  };
  const [first] = units;
  const unit = await server.unit(present(first, 'a unit').unitId);
  const say = async (change: object) => {
    const reply = await unit('POST /units/self/now', { body: plainNow(Date.now(), change) });
    assert.equal(reply.status, 204, reply.text);
  };
  await say({});
  const one = await open();
  assert.equal(one.answer.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  const changed = readUntil(one.body, (event) => event === 'vehicles');
  await say({ up: false });
  const { id } = await changed;
  one.line.abort();
  await say({ up: true });
  const two = await open({ 'last-event-id': id ?? '' });
  const resumed = await readUntil(two.body, (event) => event !== 'alarm');
  assert.equal(resumed.event, 'vehicles');
  two.line.abort();
  const lines = await Promise.all(Array.from({ length: STREAMS_PER_ASKER_MAX }, () => open()));
  for (const { body } of lines) await body.getReader().read();
  const tooMany = await open();
  assert.equal(tooMany.answer.status, 429);
  for (const { line } of lines) line.abort();
});
