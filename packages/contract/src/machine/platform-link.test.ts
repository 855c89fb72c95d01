import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { keepLog } from '../daemon/log.ts';
import { Identity } from '../daemon/proof.ts';
import { pinnedFetch } from './pinned-fetch.ts';
import { FakePlatform, problemAnswer, TEST_FINGERPRINT } from './platform.fake.ts';
import { Backoff, PlatformLink } from './platform-link.ts';

const identity = new Identity(Buffer.alloc(32, 9));
const platform = new FakePlatform(true);
let url = '';
before(async () => {
  platform.routes.set('GET /self', () => ({ body: { name: 'a' } }));
  url = await platform.open();
});
after(() => platform.close());

function linkTo(fingerprint: string | null) {
  const log = keepLog();
  const transport = pinnedFetch(fingerprint);
  const link = new PlatformLink({ url, identity, transport, log, nowMs: Date.now });
  return { link, events: () => log.lines.map(({ event }) => event), log };
}

const NAMED = z.strictObject({ name: z.string() });

test('A request over the pinned certificate carries its proof and gets its answer', async () => {
  const { link, events } = linkTo(TEST_FINGERPRINT);
  const asked = await link.ask('/self', NAMED, { query: { after: 3 } });
  assert.deepEqual(asked, { kind: 'answer', body: { name: 'a' } });
  const heard = platform.requests.at(-1);
  assert.equal(heard?.key, identity.publicKey);
  assert.equal(heard?.query.get('after'), '3');
  assert.deepEqual(events(), []);
  link.reset();
});

test('Another process of the platform gets a proof of its own, and the work goes on', async () => {
  const { link, events } = linkTo(TEST_FINGERPRINT);
  for (const name of ['a', 'b']) {
    platform.processName = name.repeat(22);
    const requests = platform.requests.length;
    for (let i = 0; i < 2; i++) assert.equal((await link.ask('/self', NAMED, {})).kind, 'answer');
    assert.equal(platform.requests.length, requests + 2);
  }
  platform.processName = null;
  assert.deepEqual(events(), []);
  link.reset();
});

test('Another certificate gets not one byte of the request', async () => {
  const requests = platform.requests.length;
  for (const fingerprint of [TEST_FINGERPRINT.replace('6', '7'), null]) {
    const { link, events } = linkTo(fingerprint);
    assert.deepEqual(await link.ask('/self', NAMED, {}), { kind: 'silent' });
    assert.deepEqual(events(), ['platform.silent']);
  }
  assert.equal(platform.requests.length, requests);
});

test('A platform that is gone is said once, and once that it is back', async () => {
  const { link, events } = linkTo(TEST_FINGERPRINT);
  platform.down = true;
  for (let i = 0; i < 3; i++) assert.equal((await link.ask('/self', NAMED, {})).kind, 'silent');
  platform.down = false;
  for (let i = 0; i < 2; i++) assert.equal((await link.ask('/self', NAMED, {})).kind, 'answer');
  assert.deepEqual(events(), ['platform.silent', 'platform.heard']);
  link.reset();
});

test('A refusal is no silence, and the same one is said once', async () => {
  const { link, events } = linkTo(TEST_FINGERPRINT);
  platform.routes.set('GET /no', () => problemAnswer(403, 'forbidden'));
  for (let i = 0; i < 2; i++) {
    const asked = await link.ask('/no', NAMED, {});
    assert.deepEqual(asked, { kind: 'refused', status: 403, type: 'urn:rmh:problem:forbidden' });
  }
  assert.deepEqual(events(), ['platform.refused']);
  link.reset();
});

test('An answer of another form, and one of 503, count as none', async () => {
  const { link, events } = linkTo(TEST_FINGERPRINT);
  platform.routes.set('GET /odd', () => ({ body: { name: 7 } }));
  platform.routes.set('GET /busy', () => problemAnswer(503, 'unavailable'));
  for (const path of ['/odd', '/busy']) {
    assert.equal((await link.ask(path, NAMED, {})).kind, 'silent');
  }
  assert.deepEqual(events(), ['platform.silent']);
  link.reset();
});

test('After a reset the next request opens a connection of its own', async () => {
  const { link } = linkTo(TEST_FINGERPRINT);
  const before = platform.connections;
  await link.ask('/self', NAMED, {});
  await link.ask('/self', NAMED, {});
  assert.equal(platform.connections, before + 1);
  link.reset();
  await link.ask('/self', NAMED, {});
  assert.equal(platform.connections, before + 2);
  link.reset();
});

test('Pauses double to a minute, spread by half, and begin anew after a success', () => {
  const backoff = new Backoff();
  const pauses = Array.from({ length: 12 }, () => backoff.failedMs());
  for (const [i, ms] of pauses.entries()) {
    const middle = Math.min(60_000, 1_000 * 2 ** i);
    assert.ok(ms >= middle / 2 && ms <= middle * 1.5, `${i}: ${ms}`);
  }
  backoff.succeeded();
  assert.ok(backoff.failedMs() <= 1_500);
});
