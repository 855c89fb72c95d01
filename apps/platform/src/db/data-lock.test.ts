import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { RmhError } from '@rmh/contract';
import { lockDirectory } from './data-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-lock-'));
after(() => rmSync(folder, { recursive: true }));
const inUse = (error: unknown) => error instanceof RmhError && error.code === 'RMH_DATA_IN_USE';

test('A directory is locked by one process, and free when it gives it back', () => {
  const unlock = lockDirectory(folder);
  assert.throws(() => lockDirectory(folder), inUse);
  unlock();
  lockDirectory(folder)();
  assert.deepEqual(readdirSync(folder), []);
});

test('The lock of a process that died, or whose number came again, is no lock', async () => {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  const stat = join(folder, 'rmh.lock');
  writeFileSync(stat, `${process.pid} 1\n`);
  lockDirectory(folder)();
  const { pid = 0 } = child;
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  writeFileSync(stat, `${pid} 12345\n`);
  lockDirectory(folder)();
});
