import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { RmhError } from '../error.ts';
import { ask, askStatus, tell } from './status-client.ts';
import { type Answerer, NOT_FOUND, StatusServer } from './status-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-socket-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 's.sock');
// The one of the running test, so that a failure cannot keep the process alive.
let server: StatusServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const open = async (answer: Answerer) => {
  server = await StatusServer.open(path, answer);
  return server;
};
const hasCode = (code: string) => (error: unknown) =>
  error instanceof RmhError && error.code === code;

test('the socket answers, has mode 0660, and is gone after the close', async () => {
  await open(async ({ path }) => ({ status: 200, body: { path } }));
  assert.equal(statSync(path).mode & 0o777, 0o660);
  assert.deepEqual(await ask(path, 'GET', '/x?y=1'), { status: 200, body: { path: '/x' } });
  await server?.close();
  server = null;
  assert.equal(existsSync(path), false);
});

test('a second daemon on the same socket is refused, and the first goes on', async () => {
  await open(async () => ({ status: 200, body: 1 }));
  await assert.rejects(
    StatusServer.open(path, async () => NOT_FOUND),
    hasCode('RMH_SOCKET_IN_USE'),
  );
  assert.equal((await ask(path, 'GET', '/')).body, 1);
});

test('the socket of a process that was killed is taken over', async () => {
  const script = `require('net').createServer().listen(${JSON.stringify(path)},
    () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  assert.equal(existsSync(path), true, 'it was left behind');
  await open(async () => ({ status: 200, body: 2 }));
  assert.equal((await ask(path, 'GET', '/')).body, 2);
});

test('a directory that does not exist is RMH_SOCKET_FAILED', async () => {
  const opening = StatusServer.open(join(folder, 'none/s.sock'), async () => NOT_FOUND);
  await assert.rejects(opening, hasCode('RMH_SOCKET_FAILED'));
});

test('nobody there is RMH_NOT_RUNNING; a refusal carries its reason', async () => {
  await assert.rejects(askStatus(path), hasCode('RMH_NOT_RUNNING'));
  await open(async () => {
    return { status: 404, body: { error: 'no gateway "x"' } };
  });
  await assert.rejects(tell(path, '/prefer'), /no gateway "x"/);
  await assert.rejects(askStatus(path), hasCode('RMH_REQUEST_REFUSED'));
});

test('a handler that throws answers 500 and the server lives', async () => {
  await open(async () => {
    throw new Error('broken');
  });
  assert.deepEqual(await ask(path, 'GET', '/'), { status: 500, body: { error: 'broken' } });
});
