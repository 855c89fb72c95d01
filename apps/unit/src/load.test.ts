import { strict as assert } from 'node:assert';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { encodeKey, generatePrivateKey, publicKeyOf, randomBytes } from '@rmh/aead';
import { RmhError } from '@rmh/contract';
import { loadUnit } from './load.ts';

const EXAMPLE = resolve(import.meta.dirname, '../../../deploy/examples/unit.yaml');
const NATIONAL = resolve(import.meta.dirname, '../../../packages/contract/policies/national.yaml');
const folder = mkdtempSync(join(tmpdir(), 'rmh-unit-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const key = generatePrivateKey();
const write = (name: string, text: string, mode = 0o600) => {
  writeFileSync(at(name), text);
  chmodSync(at(name), mode);
};

beforeEach(() => {
  copyFileSync(EXAMPLE, at('unit.yaml'));
  write('unit.key', encodeKey(key));
  for (const name of ['oslo.psk', 'trondheim.psk']) write(name, encodeKey(randomBytes(32)));
});

const failure = (): RmhError => {
  try {
    loadUnit(at('unit.yaml'), publicKeyOf);
  } catch (error) {
    if (error instanceof RmhError) return error;
    throw error;
  }
  throw new Error('it was loaded');
};

test('the example loads, with its keys beside it', () => {
  const { peers, privateKey, configHash } = loadUnit(at('unit.yaml'), publicKeyOf);
  assert.deepEqual(privateKey, key);
  assert.deepEqual(
    peers.map(({ name, endpoint, presharedKey }) => [name, endpoint, presharedKey?.length]),
    [
      ['oslo', '192.0.2.10:51820', 32],
      ['trondheim', '198.51.100.10:51820', 32],
    ],
  );
  assert.match(configHash, /^[0-9a-f]{16}$/);
});

test('an exposed key alone has its own code, so its own hint', () => {
  chmodSync(at('unit.key'), 0o644);
  const { code, message, heals } = failure();
  assert.deepEqual([code, heals], ['RMH_KEY_EXPOSED', false]);
  assert.match(message, /unit\.yaml:3: privateKeyFile names .*mode 0644.*chmod 600/);
});

test("a gateway with the unit's own key is refused with its line", () => {
  const own = encodeKey(publicKeyOf(key));
  const text = `name: u
privateKeyFile: unit.key
tun: { addresses: [10.0.0.1/32] }
gateways:
  - name: g
    publicKey: ${own}
    endpoint: 192.0.2.1:51820
    allowedIps: [10.0.0.0/8]
links: { auto: true }
`;
  write('unit.yaml', text);
  const { code, message } = failure();
  assert.equal(code, 'RMH_KEY_OWN');
  assert.match(message, /unit\.yaml:6: gateways\[0\]\.publicKey/);
  assert.ok(!message.includes(own));
});

test('a policy beside the configuration is read, and its faults name its own lines', () => {
  assert.equal(loadUnit(at('unit.yaml'), publicKeyOf).policy, null);
  const [plain, national] = [readExample(), readFileSync(NATIONAL, 'utf8')];
  write('unit.yaml', `${plain}\npolicy: mine.yaml\n`);
  write('mine.yaml', national);
  const { policy, configHash } = loadUnit(at('unit.yaml'), publicKeyOf);
  assert.equal(policy?.name, 'national-1');
  write('mine.yaml', national.replace('queueTargetMs: 8', 'queueTargetMs: 9'));
  assert.notEqual(loadUnit(at('unit.yaml'), publicKeyOf).configHash, configHash);
  write('mine.yaml', national.replace('sharedFate: 0.3', 'sharedFate: 3'));
  assert.match(failure().message, /mine\.yaml:\d+: sharedFate is 3; expected a number from 0 to 1/);
  rmSync(at('mine.yaml'));
  assert.match(failure().message, /unit\.yaml:\d+: policy names .*mine\.yaml.*ENOENT/);
});

test('faults of fields and of keys are told together, in the order of the lines', () => {
  rmSync(at('unit.key'));
  rmSync(at('oslo.psk'));
  write('unit.yaml', `${readExample()}\nsurprise: 1\n`);
  const { code, message } = failure();
  assert.equal(code, 'RMH_CONFIG_INVALID');
  const lines = message.split('\n').map((line) => Number(/:(\d+):/.exec(line)?.[1]));
  assert.equal(lines.length, 3);
  assert.deepEqual(
    lines,
    lines.toSorted((a, b) => a - b),
  );
});

test('a file that is not there is RMH_CONFIG_UNREADABLE', () => {
  rmSync(at('unit.yaml'));
  assert.equal(failure().code, 'RMH_CONFIG_UNREADABLE');
});

test('an empty file, a list and a number are faults, not crashes', () => {
  for (const text of ['', '[]', '7', '"x"', 'null']) {
    write('unit.yaml', text);
    assert.equal(failure().code, 'RMH_CONFIG_INVALID', text);
  }
});

function readExample(): string {
  return (
    'name: u\nprivateKeyFile: unit.key\n' +
    'tun: { addresses: [10.0.0.1/32] }\nlinks: { auto: true }\n' +
    'gateways:\n  - { name: g, publicKey: GAjYJaAI8xUIN/TyY3Ymmh4DTaOXvMTZAYhWoz0ajnw=, ' +
    'presharedKeyFile: oslo.psk, endpoint: "192.0.2.1:1", allowedIps: [10.0.0.0/8] }'
  );
}
