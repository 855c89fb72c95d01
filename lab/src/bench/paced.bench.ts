// The small twin of `./rmh bench paced`: so that the bench cannot rot. It claims no cost.
import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { OWN_ROOT } from './children.ts';
import { noBench, runBench, SMALL } from './testing.ts';
import { DIRECTIONS, type Sample } from './words.ts';

// Against itself: two tunnels of one checkout, each on a road of its own.
test('bench paced measures TCP and UDP both ways, beside another checkout', (context) => {
  const reason = noBench();
  if (reason !== null) return context.skip(reason);
  const length = SMALL ? ['--seconds', '0.5', '--brief', '--rates', '20'] : ['--seconds', '5'];
  const words = ['paced', ...length, '--rounds', '1', '--against', OWN_ROOT, '--json', '-'];
  const { status, stdout, stderr } = runBench(words);
  assert.equal(status, 0, stderr);
  const report = JSON.parse(stdout) as { rounds: Sample[]; comparisons: { to: string }[] };
  for (const subject of ['rmh-1', 'against-1'] as const) {
    for (const direction of DIRECTIONS) {
      const found = report.rounds.filter(
        (sample) => sample.subject === subject && sample.direction === direction,
      );
      assert.ok(found.some((sample) => sample.protocol === 'tcp'));
      assert.ok(found.some((sample) => sample.protocol === 'udp'));
      for (const sample of found) {
        assert.ok(sample.mbit > 0 && sample.mbit <= sample.pathMbit * 1.1, JSON.stringify(sample));
        assert.ok(sample.cpuSecondsPerGb > 0, JSON.stringify(sample));
      }
    }
  }
  assert.equal(report.comparisons[0]?.to, 'against-1');
  context.diagnostic(stderr);
});

// The carriers' thread sleeps for ever without traffic, and once kept the bench from ending.
test('a bench whose tunnel does not start says so and ends', (context) => {
  const reason = noBench();
  if (reason !== null) return context.skip(reason);
  const root = mkdtempSync(join(tmpdir(), 'rmh-bench-'));
  mkdirSync(join(root, 'lab/src/bench'), { recursive: true });
  mkdirSync(join(root, 'node_modules/@rmh/dataplane'), { recursive: true });
  writeFileSync(join(root, 'lab/src/bench/tunnel-end.ts'), 'process.exit(3);\n');
  try {
    const { status, stderr } = runBench(['paced', '--brief', '--against', root]);
    assert.equal(status, 1);
    assert.match(stderr, /tunnel-end.ts ended with 3/);
  } finally {
    rmSync(root, { recursive: true });
  }
});
