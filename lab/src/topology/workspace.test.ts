import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeWorkspace, removeLeftovers, removeWorkspace } from './workspace.ts';

test('what a killed run left is removed; what lives, or is not ours, stays', (context) => {
  const base = mkdtempSync(join(tmpdir(), 'rmh-test-'));
  context.after(() => rmSync(base, { recursive: true }));
  const mine = makeWorkspace(base);
  const { pid: deadPid } = spawnSync('true'); // over by now
  const left = join(base, `rmh-lab-${deadPid}-abc123`);
  const foreign = join(base, 'rmh-lab-notes');
  for (const directory of [left, foreign]) mkdirSync(directory);
  writeFileSync(join(left, 'unit.key'), 'secret');
  assert.deepEqual(removeLeftovers(base), [`rmh-lab-${deadPid}-abc123`]);
  assert.deepEqual([mine, left, foreign].map(existsSync), [true, false, true]);
  removeWorkspace(mine);
  assert.equal(existsSync(mine), false);
});
