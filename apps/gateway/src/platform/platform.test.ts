import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { GATEWAY_CONFIG } from '@rmh/contract';
import { GATEWAY_VIEWS, type GatewayUnits } from '@rmh/contract/api';
import { Identity } from '@rmh/contract/daemon';
import { FakePlatform, keepLog } from '@rmh/contract/fakes';
import { PlatformLink, pinnedFetch } from '@rmh/contract/machine';
import { Gateway } from '../gateway.ts';
import type { LoadedGateway } from '../load.ts';
import { overlay } from './overlay.ts';
import { GatewayPlatform } from './platform.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-gateway-'));
const platform = new FakePlatform();
const identity = new Identity(Buffer.alloc(32, 5));
const open: GatewayPlatform[] = [];
let url = '';
before(async () => {
  url = await platform.open();
});
after(async () => {
  for (const one of open) await one.ended();
  await platform.close();
  rmSync(folder, { recursive: true });
});

const OWN_KEY = 'GAjYJaAI8xUIN/TyY3Ymmh4DTaOXvMTZAYhWoz0ajnw=';
const config = GATEWAY_CONFIG.parse({
  name: 'oslo',
  privateKeyFile: 'k',
  tun: { addresses: ['10.64.0.1/32'] },
  units: [{ name: 'by-hand', publicKey: OWN_KEY, allowedIps: ['10.80.0.1/32'] }],
});
const BASE: LoadedGateway = {
  file: 'gateway.yaml',
  config,
  configHash: 'x',
  privateKey: new Uint8Array(32),
  peers: [
    {
      name: 'by-hand',
      publicKey: Buffer.from(OWN_KEY, 'base64'),
      presharedKey: null,
      endpoint: null,
      allowedIps: ['10.80.0.1/32'],
      multipath: true,
    },
  ],
  policy: null,
};

function unit(id: number): GatewayUnits['units'][number] {
  const key = Buffer.alloc(32, id).toString('base64');
  const allowedIps = [`10.64.1.${id}/32`, `10.65.${id}.0/29`];
  return { id, name: `unit-${id}`, publicKey: key, presharedKey: key, allowedIps };
}

function part(directory: string) {
  const log = keepLog();
  const transport = pinnedFetch(null);
  const link = new PlatformLink({ url, identity, transport, log, nowMs: Date.now });
  const made = new GatewayPlatform({ stateDirectory: directory, link, log, nowMs: Date.now });
  open.push(made);
  return { made, log };
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`not ${what} within 10 s`);
}

test('The platform’s units join those of the file, and one at fault keeps out nobody else', () => {
  const clash = { ...unit(3), allowedIps: ['10.80.0.1/32'] };
  const twin = { ...unit(4), publicKey: OWN_KEY };
  const told = { version: 9, units: [unit(2), clash, twin, { ...unit(5), name: 'by-hand' }] };
  const { loaded, unitIds, faults } = overlay(BASE, told);
  assert.deepEqual(
    loaded.peers.map(({ name }) => name),
    ['by-hand', 'unit-2'],
  );
  assert.deepEqual([...unitIds], [['unit-2', 2]]);
  assert.deepEqual(faults, [
    'unit 3: its network is that of another',
    'unit 4: its key is that of another',
    'unit 5: its name is taken',
  ]);
});

test('A list is in force at once; without the platform the last one serves', async () => {
  const directory = join(folder, 'a');
  let told: GatewayUnits = { version: 1, units: [unit(2), unit(3)] };
  platform.routes.set('GET /gateways/self/units', async ({ query, key }) => {
    assert.equal(key, identity.publicKey);
    for (let i = 0; i < 20 && query.get('after') === String(told.version); i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return { body: told };
  });
  const { made, log } = part(directory);
  const reload = () => made.overlay(BASE);
  const gateway = new Gateway(reload(), { log, reload, platform: made });
  let commands = gateway.reload();
  gateway.begun(() => {
    commands = gateway.reload();
  });
  const names = () => {
    const [set] = commands;
    return set?.kind === 'peers.set' ? set.peers.map(({ name }) => name) : [];
  };
  await until('taken', () => names().includes('unit-3'));
  told = { version: 2, units: [unit(2)] };
  await until('revoked', () => !names().includes('unit-3'));
  assert.deepEqual(names(), ['by-hand', 'unit-2']);
  await made.ended();
  platform.down = true;
  const { made: again } = part(directory);
  assert.deepEqual(
    again.overlay(BASE).peers.map(({ name }) => name),
    ['by-hand', 'unit-2'],
  );
  platform.down = false;
});

test('Views are numbered, and kept until the platform has them', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { made } = part(join(folder, 'b'));
  const heard: number[] = [];
  platform.routes.set('POST /gateways/self/views', ({ body }) => {
    const { journal, sequence } = GATEWAY_VIEWS.parse(body);
    heard.push(sequence);
    return { body: { journal, through: sequence } };
  });
  platform.down = true;
  made.overlay(BASE);
  made.begun(() => {});
  t.mock.timers.tick(10_000);
  t.mock.timers.tick(10_000);
  assert.deepEqual(heard, []);
  platform.down = false;
  await until('heard', () => heard.length === 2);
  assert.deepEqual(heard, [1, 2]);
});
