import { strict as assert } from 'node:assert';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeDataplane } from '../dataplane.fake.ts';
import type { DataplaneConfig } from '../dataplane.ts';
import { RmhError } from '../error.ts';
import { Daemon } from './daemon.ts';
import type { DaemonPart } from './daemon-part.ts';
import { FakeKernel } from './kernel.fake.ts';
import { keepLog } from './log.ts';
import { ask, askStatus } from './status-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-daemon-'));
after(() => rmSync(folder, { recursive: true }));
const SOCKET = join(folder, 's.sock');

const CONFIG: DataplaneConfig = {
  role: 'gateway',
  privateKey: new Uint8Array(32),
  timestampFloorUs: 0,
  tun: { name: 'rmh0', mtu: 1340, addresses: ['10.0.0.1/32'] },
  listen: { address: null, port: 51820 },
  peers: [],
  classes: [],
  policy: null,
};

function setup() {
  const [kernel, dataplane, log] = [new FakeKernel(), new FakeDataplane(), keepLog()];
  dataplane.onStart = () => kernel.plug('rmh0');
  const part: DaemonPart = {
    role: 'gateway',
    name: () => 'test',
    configHash: () => '0123456789abcdef',
    statusSocket: () => SOCKET,
    dataplaneConfig: () => CONFIG,
    wanted: () => [
      { kind: 'link', device: 'rmh0', mtu: 1340 },
      { kind: 'route', device: 'rmh0', prefix: '10.1.0.0/16' },
    ],
    observe: () => [],
    links: () => [],
    event: () => {},
    reload: () => [{ kind: 'drain' }],
    post: () => ({ kind: 'drain' }),
    tick: () => {},
  };
  const startDataplane = dataplane.start;
  const ports = { kernel, log, startDataplane, version: '1', requireTun: () => {}, secondMs: 10 };
  const daemon = new Daemon(part, ports);
  const events = () => log.lines.map(({ event }) => event);
  return { kernel, dataplane, log, daemon, events, ports, part };
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !condition(); i++) await sleep(5);
  assert.ok(condition(), 'within two seconds');
}

test('starts, sets routes, answers, and a stop removes everything: exit 0', async () => {
  const { kernel, dataplane, daemon, events } = setup();
  const ended = daemon.run();
  await until(() => events().includes('daemon.ready'));
  assert.equal(kernel.ownRoutes().length, 1);
  const status = await askStatus(SOCKET);
  assert.deepEqual(
    [status.state, status.name, status.dataplane?.tun.mtu],
    ['running', 'test', 1340],
  );
  assert.equal((await ask(SOCKET, 'GET', '/health')).status, 200);
  assert.equal((await ask(SOCKET, 'POST', '/drain')).status, 202);
  daemon.reload();
  assert.deepEqual(dataplane.commands, [{ kind: 'drain' }, { kind: 'drain' }]);
  daemon.stop('SIGTERM');
  assert.equal(await ended, 0);
  assert.deepEqual(kernel.ownRoutes(), []);
  assert.ok(dataplane.stopped && !existsSync(SOCKET));
  assert.equal(events().at(-1), 'daemon.stopped');
  assert.ok(!events().includes('daemon.failed'));
});

test('what its part wants said to the data plane needs no reload', async () => {
  const { dataplane, daemon, part } = setup();
  part.begun = (_reload, send) => send([{ kind: 'policy.set', policy: null }]);
  const ended = daemon.run();
  await until(() => dataplane.commands.length > 0);
  assert.deepEqual(dataplane.commands, [{ kind: 'policy.set', policy: null }]);
  daemon.stop('SIGTERM');
  assert.equal(await ended, 0);
});

test('a port in use is tried again inside, and the status says so meanwhile', async () => {
  const { dataplane, daemon, events, ports } = setup();
  ports.secondMs = 100;
  const inUse = () => Object.assign(new Error('bind: EADDRINUSE'), { code: 'port.in-use' });
  dataplane.refuse.push(inUse(), inUse());
  const ended = daemon.run();
  await until(() => events().includes('dataplane.retry'));
  const { state, problems } = await askStatus(SOCKET);
  assert.deepEqual([state, problems[0]?.code], ['waiting', 'RMH_PORT_IN_USE']);
  assert.equal((await ask(SOCKET, 'GET', '/health')).status, 503);
  await until(() => events().includes('daemon.ready'));
  assert.equal(dataplane.configs.length, 3);
  daemon.stop('SIGTERM');
  assert.equal(await ended, 0);
});

test('a stop while it waits to try again ends at once', async () => {
  const { dataplane, daemon, events, ports } = setup();
  ports.secondMs = 60_000;
  dataplane.refuse.push(Object.assign(new Error('in use'), { code: 'EADDRINUSE' }));
  const ended = daemon.run();
  await until(() => events().includes('dataplane.retry'));
  daemon.stop('SIGINT');
  assert.equal(await ended, 0);
});

test('a stop while the data plane is starting is not followed by another try', async () => {
  const { events, ports, part } = setup();
  const failing = Promise.withResolvers<never>();
  ports.startDataplane = () => failing.promise;
  ports.secondMs = 60_000;
  const daemon = new Daemon(part, ports);
  const ended = daemon.run();
  await until(() => existsSync(SOCKET));
  daemon.stop('SIGTERM');
  failing.reject(Object.assign(new Error('in use'), { code: 'EADDRINUSE' }));
  assert.equal(await ended, 0);
  assert.ok(!events().includes('dataplane.retry'));
});

test('what cannot heal ends with exit 2 and its reason', async () => {
  const { dataplane, daemon, log } = setup();
  dataplane.refuse.push(Object.assign(new Error('TUNSETIFF: EPERM'), { code: 'tun.permission' }));
  assert.equal(await daemon.run(), 2);
  const failed = log.lines.find(({ event }) => event === 'daemon.failed');
  assert.deepEqual([failed?.fields['code'], failed?.fields['exitCode']], ['RMH_TUN_PERMISSION', 2]);
});

test('no permission to set routes: exit 2, nothing left', async () => {
  const { kernel, daemon, dataplane } = setup();
  kernel.refuse.set('replaceRoute rmh0', 'permission.missing');
  assert.equal(await daemon.run(), 2);
  assert.ok(dataplane.stopped && !existsSync(SOCKET));
});

test('a data plane that fails while running: exit 1, with its cause in the log', async () => {
  const { kernel, dataplane, daemon, events, log } = setup();
  const ended = daemon.run();
  await until(() => events().includes('daemon.ready'));
  dataplane.emit({ kind: 'failed', code: 'assertion', message: 'window moved back', hint: '' });
  assert.equal(await ended, 1);
  assert.deepEqual(kernel.ownRoutes(), []);
  const failed = log.lines.find(({ event }) => event === 'daemon.failed');
  assert.match(String(failed?.fields['message']), /window moved back/);
});

test('a data plane that ends unasked: exit 1', async () => {
  const { dataplane, daemon, events } = setup();
  const ended = daemon.run();
  await until(() => events().includes('daemon.ready'));
  dataplane.emit({ kind: 'stopped' });
  assert.equal(await ended, 1);
});

test('a data plane that does not stop is not waited for without end', async () => {
  const { dataplane, daemon, events } = setup();
  dataplane.stop = () => new Promise(() => {});
  const ended = daemon.run();
  await until(() => events().includes('daemon.ready'));
  daemon.stop('SIGTERM');
  assert.equal(await ended, 0);
  assert.ok(events().includes('dataplane.slow_stop'));
});

test('a data plane that does not answer leaves the rest of the status', async () => {
  const { dataplane, daemon, events } = setup();
  dataplane.status = () => new Promise(() => {});
  const ended = daemon.run();
  await until(() => events().includes('daemon.ready'));
  assert.equal((await askStatus(SOCKET)).dataplane, null);
  daemon.stop('SIGTERM');
  await ended;
});

test('events of the data plane are logged under their own names', async () => {
  const { dataplane, daemon, events } = setup();
  const ended = daemon.run();
  await until(() => events().includes('daemon.ready'));
  const fields = { peer: 'amb-1', reason: 'timestamp' };
  dataplane.emit({ kind: 'log', event: 'handshake.refused', level: 'warn', fields });
  assert.ok(events().includes('handshake.refused'));
  daemon.stop('SIGTERM');
  await ended;
});

test('without the right to make a tunnel it does not begin', async () => {
  const { ports, part, dataplane } = setup();
  const requireTun = () => {
    throw new RmhError('RMH_TUN_PERMISSION', 'no');
  };
  await assert.rejects(new Daemon(part, { ...ports, requireTun }).run(), RmhError);
  assert.equal(dataplane.configs.length, 0);
  assert.ok(!existsSync(SOCKET));
});
