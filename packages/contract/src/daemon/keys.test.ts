import { strict as assert } from 'node:assert';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ownKeyFault, readKeyFile } from './keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-keys-'));
after(() => rmSync(folder, { recursive: true }));

const KEY = Buffer.alloc(32, 7).toString('base64');

function verdictOn(content: string, mode = 0o600): string {
  const file = join(folder, 'key');
  rmSync(file, { force: true }); // the one before may be read-only, which stops all but root
  writeFileSync(file, content);
  chmodSync(file, mode);
  const verdict = readKeyFile(file);
  return verdict.kind === 'key'
    ? `key of ${verdict.key.length}`
    : `${verdict.code} ${verdict.wrong}`;
}

test('a key file of one line and mode 0600 is read', () => {
  assert.equal(verdictOn(`${KEY}\n`), 'key of 32');
  assert.equal(verdictOn(KEY, 0o400), 'key of 32');
});

for (const mode of [0o640, 0o604, 0o620, 0o644, 0o666]) {
  test(`a key file of mode ${mode.toString(8)} is refused, with the chmod to run`, () => {
    assert.match(verdictOn(KEY, mode), /RMH_KEY_EXPOSED .*mode 0\d{3}/);
    const verdict = readKeyFile(join(folder, 'key'));
    assert.match(verdict.kind === 'fault' ? verdict.expected : '', /^chmod 600 /);
  });
}

test('what is no key is refused and not shown', () => {
  assert.match(verdictOn(''), /RMH_KEY_INVALID .*nothing/);
  assert.match(verdictOn('AAAA BBBB'), /not base64/);
  assert.match(verdictOn(Buffer.alloc(31, 7).toString('base64')), /a key of 31 bytes/);
  assert.match(verdictOn(KEY.repeat(2)), /RMH_KEY_INVALID/);
  assert.ok(!verdictOn(`${KEY}x`).includes(KEY));
});

test('a key file that is missing or a directory says so', () => {
  const missing = readKeyFile(join(folder, 'none'));
  assert.match(missing.kind === 'fault' ? missing.wrong : '', /does not exist/);
  const directory = readKeyFile(folder);
  assert.equal(directory.kind, 'fault');
});

test("a peer with this end's own public key is a fault", () => {
  const own = Buffer.from(KEY, 'base64');
  assert.equal(ownKeyFault({ publicKey: KEY }, ['gateways', 0], own)[0]?.code, 'RMH_KEY_OWN');
  assert.deepEqual(ownKeyFault({ publicKey: KEY }, [], Buffer.alloc(32)), []);
});
