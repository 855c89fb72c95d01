// The small twin of `./rmh bench tunnel`: so that the bench cannot rot. It claims no speed.
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { noBench, runBench, SMALL } from './testing.ts';
import { DIRECTIONS, type Sample } from './words.ts';

test('bench tunnel measures both ways, over one path and over two', (context) => {
  const reason = noBench();
  if (reason !== null) return context.skip(reason);
  const length = SMALL ? ['--seconds', '0.5', '--brief'] : ['--seconds', '5'];
  const { status, stdout, stderr } = runBench([
    'tunnel',
    ...length,
    '--rounds',
    '1',
    '--json',
    '-',
  ]);
  assert.equal(status, 0, stderr);
  const report = JSON.parse(stdout) as { rounds: Sample[] };
  for (const subject of ['plain', 'rmh-1', 'rmh-2'] as const) {
    for (const direction of DIRECTIONS) {
      const found = report.rounds.filter(
        (sample) => sample.subject === subject && sample.direction === direction,
      );
      assert.ok(found.some((sample) => sample.protocol === 'tcp'));
      assert.ok(found.some((sample) => sample.protocol === 'udp'));
      for (const sample of found) assert.ok(sample.mbit > 0, JSON.stringify(sample));
    }
  }
  context.diagnostic(stderr);
});
