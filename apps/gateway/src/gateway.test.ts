import { strict as assert } from 'node:assert';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { encodeKey, generatePrivateKey, publicKeyOf } from '@rmh/aead';
import { RmhError } from '@rmh/contract';
import { keepLog } from '@rmh/contract/daemon';
import { Gateway } from './gateway.ts';
import { loadGateway } from './load.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../../deploy/examples');
const folder = mkdtempSync(join(tmpdir(), 'rmh-gateway-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const load = () => loadGateway(at('gateway.yaml'), publicKeyOf);
const publicKey = () => encodeKey(publicKeyOf(generatePrivateKey()));

beforeEach(() => {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  cpSync(EXAMPLES, folder, { recursive: true });
  for (const name of ['gateway.key', 'amb-3-412.psk']) {
    writeFileSync(at(name), encodeKey(generatePrivateKey()));
    chmodSync(at(name), 0o600);
  }
});

const failure = (): string => {
  try {
    load();
  } catch (error) {
    if (error instanceof RmhError) return `${error.code} ${error.message}`;
    throw error;
  }
  throw new Error('it was loaded');
};

function setup() {
  const log = keepLog();
  const gateway = new Gateway(load(), { log, reload: load });
  const routes = () =>
    gateway.wanted().flatMap((item) => (item.kind === 'route' ? [item.prefix] : []));
  return { gateway, log, routes };
}

test('the example loads units of the file and of the directory', () => {
  assert.deepEqual(
    load().peers.map(({ name, presharedKey, endpoint }) => [name, presharedKey?.length, endpoint]),
    [
      ['amb-3-412', 32, null],
      ['amb-3-413', undefined, null],
    ],
  );
});

test('a policy that the gateway names is handed to its data plane, none is the baseline', () => {
  const national = '../../../packages/contract/policies/national.yaml';
  assert.equal(setup().gateway.dataplaneConfig().policy, null);
  cpSync(resolve(import.meta.dirname, national), at('mine.yaml'));
  writeFileSync(at('gateway.yaml'), 'policy: mine.yaml\n', { flag: 'a' });
  assert.equal(setup().gateway.dataplaneConfig().policy?.name, 'national-1');
  writeFileSync(at('mine.yaml'), 'name: x\n');
  assert.match(failure(), /mine\.yaml:\d+: classes is missing/);
});

test('a fault in a unit file names that file and its line', () => {
  writeFileSync(
    at('units.d/b.yaml'),
    `name: b\npublicKey: ${publicKey()}\nallowedIp: [10.9.0.0/24]\n`,
  );
  const text = failure();
  assert.match(text, /units\.d\/b\.yaml:3: allowedIp is not a field; did you mean "allowedIps"\?/);
});

test('two files with one unit are refused, and each place is named', () => {
  writeFileSync(
    at('units.d/b.yaml'),
    `name: amb-3-412\npublicKey: ${publicKey()}\nallowedIps: [10.80.13.1/32]\n`,
  );
  const text = failure();
  assert.match(text, /b\.yaml:1: name is the same as in units\[0\]/);
  assert.match(text, /b\.yaml:3: allowedIps\[0\] is a network of .*amb-3-413\.yaml too/);
});

test('a directory that is not there is RMH_CONFIG_UNREADABLE', () => {
  rmSync(at('units.d'), { recursive: true });
  assert.match(failure(), /^RMH_CONFIG_UNREADABLE unitsDirectory/);
});

test('a unit has routes while it is active here, and not after', () => {
  const { gateway, log, routes } = setup();
  assert.deepEqual(routes(), []);
  gateway.event({ kind: 'peer.active', name: 'amb-3-412', active: true });
  assert.deepEqual(routes(), ['10.80.12.1/32', '10.81.12.0/24', 'fd80:12::/64']);
  gateway.event({ kind: 'peer.active', name: 'amb-3-412', active: true });
  gateway.event({ kind: 'peer.active', name: 'amb-3-412', active: false });
  assert.deepEqual(routes(), []);
  assert.deepEqual(
    log.lines.map(({ event }) => event),
    ['unit.active', 'unit.inactive'],
  );
});

test('a unit that is taken out of the configuration loses its routes at the reload', () => {
  const { gateway, routes } = setup();
  gateway.event({ kind: 'peer.active', name: 'amb-3-413', active: true });
  assert.equal(routes().length, 2);
  rmSync(at('units.d/amb-3-413.yaml'));
  assert.equal(gateway.reload()[0]?.kind, 'peers.set');
  assert.deepEqual(routes(), []);
  assert.equal(gateway.dataplaneConfig().peers.length, 1);
});

test('an invalid reload keeps the units that are known', () => {
  const { gateway, log } = setup();
  writeFileSync(at('units.d/b.yaml'), 'name: [');
  assert.deepEqual(gateway.reload(), []);
  assert.equal(log.lines[0]?.event, 'reload.refused');
  assert.equal(gateway.dataplaneConfig().peers.length, 2);
});

test('drain is a request of its own', () => {
  const { gateway } = setup();
  const query = new URLSearchParams();
  assert.deepEqual(gateway.post({ method: 'POST', path: '/drain', query }), { kind: 'drain' });
});
