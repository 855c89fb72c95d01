// Two processes of the platform on one PostgreSQL: what one is told, the other knows.
import { strict as assert } from 'node:assert';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Random } from '@rmh/base';
import type { Unit, Vehicle } from '@rmh/contract/api';
import { PlatformClient } from '../bench/platform-client.ts';
import { deliver, makeFleet, nowOf, sampleOf, type Voice } from '../bench/platform-fleet.ts';
import { type Database, openTables, startServer } from './blows-database.ts';
import { freePort, LivePlatform } from './live-platform.ts';
import { until } from './until.ts';

// What two processes must have in common beside the database (docs/platform.md).
const SHARED = ['vault.key', 'certificate.pem', 'certificate.key'];

test('Two processes on one PostgreSQL are one platform, and either may die', async (t) => {
  const server = await startServer();
  if (typeof server === 'string') {
    assert.notEqual(process.env['CI'], 'true', server);
    return t.skip(server);
  }
  const directory = mkdtempSync(join(tmpdir(), 'rmh-two-'));
  const running: LivePlatform[] = [];
  try {
    const databaseUrl = await server.createDatabase('two');
    const start = async (name: string) => {
      const port = await freePort();
      const platform = await LivePlatform.start({
        directory: join(directory, name),
        port,
        databaseUrl,
      });
      running.push(platform);
      return { platform, port, client: new PlatformClient(port) };
    };
    const a = await start('a');
    mkdirSync(join(directory, 'b', 'data'), { recursive: true, mode: 0o700 });
    for (const file of SHARED) {
      copyFileSync(join(directory, 'a', 'data', file), join(directory, 'b', 'data', file));
    }
    const b = await start('b');
    // A link that one process made signs in at the other, and that session is known to both.
    const link = new URL(await a.platform.link());
    link.port = String(b.port);
    await b.client.signIn(link);
    await a.client.signIn(new URL(await b.platform.link()));
    const random = new Random(1);
    const voices = await makeFleet(a.client, random, 2);
    const [speaker, revoked] = voices as [Voice, Voice];

    await heardBy(b.client, speaker, async () => {
      const now = nowOf(speaker, random, Date.now(), 7);
      const body = JSON.stringify(now);
      const { status } = await a.client.prove(speaker.identity, '/units/self/now', body);
      assert.equal(status, 204);
    });

    await passesOnce(a.client, b.client, speaker, random);

    const atMs = Date.now() - 180_000;
    const sample = { ...sampleOf(speaker, random, atMs), previous: 'unknown' as const };
    await Promise.all([a, b, a, b].map(({ client }) => deliver(client, speaker, [sample])));

    const asks = (client: PlatformClient, voice: Voice) =>
      client.prove(
        voice.identity,
        '/units/self/now',
        JSON.stringify(nowOf(voice, random, Date.now(), 8)),
      );
    assert.equal((await asks(b.client, revoked)).status, 204);
    const unitId = await unitIdOf(a.client, revoked);
    const answer = await a.client.post(`/units/${unitId}/revoke`, { reason: 'stolen' });
    assert.ok(answer.status < 300, answer.text);
    const tookMs = await until('the other process refuses it', async () => {
      return (await asks(b.client, revoked)).status === 401;
    });
    t.diagnostic(`revoked at one, refused by the other after ${tookMs.toFixed(0)} ms`);

    // Whichever did the jobs until now: the other goes on with them.
    await a.platform.kill();
    const db = await openTables(directory, databaseUrl);
    try {
      assert.equal(await count(db, 'SELECT count(*) AS n FROM sample'), 1);
      await until('the minute of the sample is in the figures', async () => {
        return (
          (await count(db, 'SELECT count(*) AS n FROM rollup_service WHERE step_s = 60')) === 1
        );
      });
    } finally {
      await db.close();
    }
    assert.equal((await b.client.get('/me')).status, 200);
    a.client.close();
    b.client.close();
  } finally {
    for (const platform of running) await platform.stop();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});

/** A captured request is worth nothing at the other process, and nothing a second time. */
async function passesOnce(
  a: PlatformClient,
  b: PlatformClient,
  voice: Voice,
  random: Random,
): Promise<void> {
  const path = '/units/self/now';
  const body = JSON.stringify(nowOf(voice, random, Date.now(), 7));
  const captured = a.proofOf(voice.identity, path, body);
  const shown = [];
  for (const client of [b, a, a, b]) shown.push(await client.show(captured, path, body));
  assert.deepEqual(
    shown.map(({ status }) => status),
    [401, 204, 401, 401],
  );
  const [elsewhere, , again] = shown;
  assert.match(elsewhere?.challenge ?? '', /^RMH-Proof to=/);
  assert.doesNotMatch(again?.challenge ?? '', /to=/);
}

async function count(db: Database, text: string): Promise<number> {
  const rows = await db.transaction({ kind: 'system' }, (sql) => sql.query<{ n: number }>(text));
  return rows[0]?.n ?? 0;
}

async function unitIdOf(client: PlatformClient, { vehicleId }: Voice): Promise<number> {
  const { text } = await client.get(`/units?vehicleId=${vehicleId}`);
  return (JSON.parse(text) as { items: Unit[] }).items[0]?.id ?? 0;
}

/** Somebody who watches there hears of the vehicle. */
async function heardBy(
  client: PlatformClient,
  { vehicleId }: Voice,
  speak: () => Promise<void>,
): Promise<void> {
  const end = new AbortController();
  let isHeard = false;
  const listening = client.events('/live', end.signal, (data) => {
    const { vehicles = [] } = JSON.parse(data) as { vehicles?: NonNullable<Vehicle['live']>[] };
    isHeard ||= vehicles.some((one) => one.vehicleId === vehicleId && one.waiting === 7);
  });
  await speak();
  await until('it is heard of', () => isHeard);
  end.abort();
  await listening;
}
