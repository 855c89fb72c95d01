import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createVault, openVault } from './vault.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-vault-'));
after(() => rmSync(folder, { recursive: true }));
const SECRET = Buffer.from('a preshared key');

test('What is sealed opens with the key of the file, after a restart too', () => {
  const file = join(folder, 'vault.key');
  const sealed = openVault(file).seal(SECRET);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(!Buffer.from(sealed).includes(SECRET));
  assert.deepEqual(Buffer.from(openVault(file).open(sealed)), SECRET);
});

test('Another key, a changed bit and a short text do not open', () => {
  const vault = createVault(Buffer.alloc(32, 1));
  const sealed = vault.seal(SECRET);
  assert.throws(() => createVault(Buffer.alloc(32, 2)).open(sealed));
  for (let i = 0; i < sealed.length; i++) {
    const changed = Uint8Array.from(sealed);
    changed[i] = (changed[i] ?? 0) ^ 1;
    assert.throws(() => vault.open(changed), `byte ${i}`);
  }
  assert.throws(() => vault.open(sealed.subarray(0, 20)));
});
