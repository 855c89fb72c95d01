// The platform as a process: started by its command, signed in by its link, backed up while it
// runs, stopped, and started again on what it left.
import { strict as assert } from 'node:assert';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';

const MAIN = resolve(import.meta.dirname, '../../cli/src/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'rmh-platform-'));
const config = join(folder, 'platform.yaml');
after(() => rmSync(folder, { recursive: true }));

// Port 0 would change at each start; these lie below the ephemeral range.
const PORT = 20_000 + (process.pid % 10_000);

const command = async (name: string, ...args: string[]) => {
  const all = [MAIN, name, ...args, '--config', config];
  return (await promisify(execFile)(process.execPath, all)).stdout.trim();
};
const rmh = async (...args: string[]) => await command('platform', ...args);

interface Running {
  readonly child: ChildProcess;
  readonly lines: string[];
}

async function start(): Promise<Running> {
  const child = spawn(process.execPath, [MAIN, 'platform', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  assert(child.stdout !== null);
  const { promise, resolve: ready, reject } = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    if (line.includes('platform.ready')) ready();
  });
  child.once('exit', (code) => reject(new Error(`ended with ${code}: ${lines.join('\n')}`)));
  await promise;
  return { child, lines };
}

async function stop({ child }: Running): Promise<number | null> {
  const gone = new Promise<number | null>((done) => child.once('exit', done));
  child.kill('SIGTERM');
  return await gone;
}

async function signIn(): Promise<string> {
  const link = await rmh('link');
  const reply = await fetch(link);
  assert.equal(reply.status, 200);
  assert.equal((await fetch(link)).status, 403, 'a link serves once');
  return (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

function overTls(path: string): Promise<{ status: number; protocol: string | null }> {
  const {
    promise,
    resolve: done,
    reject,
  } = Promise.withResolvers<{
    status: number;
    protocol: string | null;
  }>();
  const at = { port: PORT + 1, host: '127.0.0.1', path, rejectUnauthorized: false };
  request(at, (reply) => {
    const protocol = (reply.socket as TLSSocket).getProtocol();
    reply.resume().once('end', () => done({ status: reply.statusCode ?? 0, protocol }));
  })
    .once('error', reject)
    .end();
  return promise;
}

test('The platform starts, signs in, is backed up, stops and comes back', async () => {
  const text = `dataDirectory: data
publicUrl: http://localhost:${PORT}
http: { port: ${PORT} }
https: { address: 127.0.0.1, port: ${PORT + 1} }
`;
  writeFileSync(config, text);
  assert.match(await rmh('--check'), /^ok/);
  let platform = await start();
  const at = `http://localhost:${PORT}/api/v1`;
  const cookie = await signIn();
  const me = (await (await fetch(`${at}/me`, { headers: { cookie } })).json()) as { csrf: string };
  const headers = { cookie, 'content-type': 'application/json', 'x-rmh-csrf': me.csrf };
  const body = JSON.stringify({
    parentId: 1,
    kind: 'rhf',
    name: 'Helse Nord',
    shortName: 'Nord',
    orgNumber: null,
  });
  const made = await fetch(`${at}/organisations`, { method: 'POST', headers, body });
  assert.equal(made.status, 201);
  assert.deepEqual(await overTls('/api/v1/me'), { status: 401, protocol: 'TLSv1.3' });
  const token = await rmh('token', '--name', 'installation');
  const byToken = (path: string) =>
    fetch(`${at}${path}`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await byToken('/gateways')).status, 200);
  assert.equal((await byToken('/users')).status, 403, 'it gives no rights over people');
  await assert.rejects(rmh('token', '--name', 'too long', '--hours', '1000'), /168 hours/);
  const backup = join(folder, 'backup.gz');
  await rmh('backup', '--out', backup);
  assert.match(await command('audit', 'verify'), /entries, whole/);
  await assert.rejects(rmh('restore', '--in', backup), /RMH_DATA_IN_USE/);
  assert.equal(await stop(platform), 0);

  const log = platform.lines.join('\n');
  for (const secret of [cookie.split('=')[1] ?? '', me.csrf, token, 'Nordmann', 'secret=']) {
    assert.ok(!log.includes(secret), 'a secret is in the log');
  }
  platform = await start();
  const list = await fetch(`${at}/organisations`, { headers: { cookie } });
  const { items } = (await list.json()) as { items: { name: string }[] };
  assert.ok(
    items.some(({ name }) => name === 'Helse Nord'),
    'signed in still, and all is there',
  );
  assert.equal(await stop(platform), 0);

  writeFileSync(config, text.replace('data\n', 'other\n'));
  assert.match(await rmh('restore', '--in', backup), /rows$/);
});
