import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { OWN_ROOT } from './children.ts';
import type { PlatformResult } from './platform-figures.ts';

test('bench platform measures a small fleet, and nothing of it fails', () => {
  const size = ['--units', '8', '--seconds', '12', '--backlog', '600'];
  // Without history: rolling it up takes its minutes whatever the size.
  const words = ['bench', 'platform', ...size, '--days', '0'];
  const main = join(OWN_ROOT, 'apps/cli/src/main.ts');
  const run = spawnSync(process.execPath, [main, ...words, '--json', '-'], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr.slice(-2_000));
  const result = JSON.parse(run.stdout) as PlatformResult;
  assert.equal(result.failures, 0);
  // Every unit spoke once or twice, and each time the console saw it.
  assert.ok(result.ingestMs.length >= 8 && result.liveLagMs.length >= 8);
  assert.ok(result.pageMs.length > 0 && result.nationMs.length > 0);
  assert.equal(result.backlog.samples, 600);
  assert.ok(result.backlog.ms > 0);
});
