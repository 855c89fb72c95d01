import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ENROL, formatEnrolmentToken } from '@rmh/contract/api';
import { enrolText, isSigned } from '@rmh/contract/daemon';
import { FakePlatform, problemAnswer, TEST_FINGERPRINT } from '@rmh/contract/fakes';
import { run } from './enrol.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-enrol-'));
const platform = new FakePlatform(true);
let token = '';
before(async () => {
  const url = await platform.open();
  const fingerprint = Buffer.from(TEST_FINGERPRINT, 'hex').toString('base64url');
  token = formatEnrolmentToken({ secret: 'a'.repeat(43), fingerprint, url });
});
after(async () => {
  await platform.close();
  rmSync(folder, { recursive: true });
});

const GATEWAY_KEY = 'GAjYJaAI8xUIN/TyY3Ymmh4DTaOXvMTZAYhWoz0ajnw=';

function serve(kind: 'unit' | 'gateway', gateways = 1): void {
  const keys = { publicKey: GATEWAY_KEY, presharedKey: GATEWAY_KEY, nextPresharedKey: null };
  const gateway = {
    name: 'oslo',
    ...keys,
    endpoint: '192.0.2.1:51820',
    allowedIps: ['10.0.0.0/8'],
  };
  const [addresses, lan] = [['10.64.0.9/32'], '10.65.0.8/29'];
  platform.routes.set('POST /enrolments', () => {
    const name = kind === 'unit' ? 'unit-7' : 'oslo';
    const endpoint = kind === 'unit' ? null : '192.0.2.1:4500';
    return { status: 201, body: { kind, id: 7, name, addresses, lan, endpoint } };
  });
  const tunnel = { version: 1, addresses, lan, gateways: Array(gateways).fill(gateway) };
  platform.routes.set('GET /units/self/tunnel', ({ key }) => {
    return key === null ? problemAnswer(401, 'not-signed-in') : { body: tunnel };
  });
}

function enrol(directory: string, ...more: string[]): Promise<number> {
  return run([token, '--dir', directory, '--serial', 'S-1', ...more]);
}

function mode(file: string): number {
  return statSync(file).mode & 0o777;
}

test('A bare machine becomes a unit, with keys of its own and a file that it accepts', async () => {
  serve('unit');
  const directory = join(folder, 'unit');
  assert.equal(await enrol(directory), 0);
  const body = ENROL.parse(platform.heard('POST /enrolments').at(-1)?.body);
  assert.equal(isSigned(body.identityKey, enrolText(body.token), body.proof), true);
  assert.equal(body.serial, 'S-1');
  for (const name of ['identity.key', 'unit.key', 'oslo.psk']) {
    assert.equal(mode(join(directory, name)), 0o600, name);
  }
  const text = readFileSync(join(directory, 'unit.yaml'), 'utf8');
  assert.match(text, /name: unit-7/);
  assert.ok(text.includes(TEST_FINGERPRINT));
  // Its answer was lost, or somebody ran it twice: the same machine, the same files.
  assert.equal(await enrol(directory), 0);
  assert.deepEqual(platform.heard('POST /enrolments').at(-1)?.body, body);
  assert.equal(readFileSync(join(directory, 'unit.yaml'), 'utf8'), text);
});

test('What the file says of the machine itself stays, with its comments', async () => {
  serve('unit');
  const directory = join(folder, 'written');
  mkdirSync(directory);
  const own = '# ours\nlinks:\n  - { name: telenor, device: wwan0 } # roof\ntun: { name: rmh3 }\n';
  writeFileSync(join(directory, 'unit.yaml'), own);
  assert.equal(await enrol(directory), 0);
  const text = readFileSync(join(directory, 'unit.yaml'), 'utf8');
  for (const kept of ['# ours', 'name: telenor', '# roof', 'rmh3']) assert.ok(text.includes(kept));
  assert.ok(!text.includes('auto'));
});

test('A run that was cut off after its keys goes on with the same keys', async () => {
  const directory = join(folder, 'cut');
  platform.routes.set('POST /enrolments', () => problemAnswer(503, 'unavailable'));
  assert.equal(await enrol(directory), 1);
  const key = readFileSync(join(directory, 'identity.key'), 'utf8');
  serve('unit', 0);
  assert.equal(await enrol(directory), 1, 'no gateway yet');
  serve('unit');
  assert.equal(await enrol(directory), 0);
  assert.equal(readFileSync(join(directory, 'identity.key'), 'utf8'), key);
});

test('A gateway gets its file and port; a token of the other kind is refused', async () => {
  serve('gateway');
  const directory = join(folder, 'gateway');
  assert.equal(await enrol(directory, '--gateway'), 0);
  assert.match(readFileSync(join(directory, 'gateway.yaml'), 'utf8'), /port: 4500/);
  assert.equal(await enrol(join(folder, 'other')), 2);
});

test('What is no token, and a platform that refuses, end with 2', async () => {
  assert.equal(await run(['rmh1:nonsense', '--dir', folder]), 2);
  platform.routes.set('POST /enrolments', () => problemAnswer(403, 'forbidden'));
  assert.equal(await enrol(join(folder, 'refused')), 2);
});
