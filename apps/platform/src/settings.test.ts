import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { RmhError } from '@rmh/contract';
import { loadSettings } from './load.ts';
import { settingsTable } from './settings-docs.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-settings-'));
after(() => rmSync(folder, { recursive: true }));

function load(text: string) {
  const file = join(folder, 'platform.yaml');
  writeFileSync(file, text);
  return loadSettings(file);
}

test('docs/platform.md lists every field', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/platform.md'), 'utf8');
  assert.ok(page.endsWith(settingsTable()), 'run: node apps/platform/src/settings-docs.ts');
});

test('An empty file is a platform on this machine', () => {
  const settings = load('');
  assert.equal(settings.databaseUrl, undefined);
  assert.deepEqual(settings.http, { address: '127.0.0.1', port: 8080 });
});

test('A fault is named with its line, and a secret is not repeated', () => {
  const failure = (text: string) => {
    try {
      load(text);
    } catch (error) {
      if (error instanceof RmhError) return error.message;
      throw error;
    }
    throw new Error('it was loaded');
  };
  assert.match(failure('http:\n  prot: 1\n'), /platform\.yaml:2: http\.prot is not a field/);
  const wrong = failure('databaseUrl: mysql://user:hemmelig@host/db\n');
  assert.ok(!wrong.includes('hemmelig'), wrong);
});

test('The address of the database may come from a file that nobody else reads', () => {
  const file = join(folder, 'url');
  writeFileSync(file, 'postgres://localhost/rmh\n', { mode: 0o600 });
  assert.equal(load('databaseUrlFile: url\n').databaseUrl, 'postgres://localhost/rmh');
  writeFileSync(join(folder, 'open'), 'x', { mode: 0o644 });
  assert.throws(() => load('databaseUrlFile: open\n'), /can be read by others/);
});
