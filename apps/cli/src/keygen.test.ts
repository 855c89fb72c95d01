import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const MAIN = join(import.meta.dirname, 'main.ts');
const folder = mkdtempSync(join(tmpdir(), 'rmh-keygen-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const keygen = (...args: string[]) =>
  spawnSync(process.execPath, [MAIN, 'keygen', ...args], { encoding: 'utf8' });

test('keygen writes a key of mode 0600 and prints its public key', () => {
  const made = keygen('--out', at('a'));
  assert.equal(made.status, 0, made.stderr);
  assert.match(made.stdout, /^[A-Za-z0-9+/]{43}=\n$/);
  assert.equal(statSync(at('a')).mode & 0o777, 0o600);
  assert.equal(keygen('--public', at('a')).stdout, made.stdout);
  assert.notEqual(readFileSync(at('a'), 'utf8'), made.stdout);
});

test('keygen never replaces a key, nor writes through a link, without --force', () => {
  keygen('--out', at('b'));
  const before = readFileSync(at('b'), 'utf8');
  symlinkSync(at('elsewhere'), at('link'));
  for (const name of ['b', 'link']) {
    const again = keygen('--out', at(name));
    assert.equal(again.status, 2);
    assert.match(again.stderr, /RMH_KEY_EXISTS/);
  }
  assert.equal(readFileSync(at('b'), 'utf8'), before);
  assert.equal(keygen('--out', at('b'), '--force').status, 0);
  assert.notEqual(readFileSync(at('b'), 'utf8'), before);
});

test('keygen --psk prints nothing of the secret', () => {
  const made = keygen('--psk', '--out', at('psk'));
  assert.equal(made.stdout, '');
  assert.ok(!made.stderr.includes(readFileSync(at('psk'), 'utf8').trim()));
});

test('keygen refuses what it does not know', () => {
  assert.match(keygen('--outt', 'x').stderr, /RMH_USAGE/);
  assert.equal(keygen('--out', at('none/x')).status, 2);
});
