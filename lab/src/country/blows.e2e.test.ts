// A few blows; the fifty of a release are `./rmh bench blows` (docs/benchmarks.md).
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { runBlows } from './blows.ts';
import { reportOf, wrongIn } from './blows-report.ts';

const FEW = { blows: 3, senders: 3, samplesPerSecond: 4, seed: 7, calmMs: 1_000 } as const;

for (const database of ['pglite', 'postgres'] as const) {
  test(`Kills lose nothing and count nothing twice (${database})`, async (t) => {
    const result = await runBlows({ ...FEW, database }, () => {});
    if (typeof result === 'string') return t.skip(result);
    t.diagnostic(reportOf(result));
    // The controls are among them: what was done wrong on purpose was found.
    assert.deepEqual(wrongIn(result), []);
    assert.ok(result.books.kept > 0);
    assert.ok(result.startsMs.length > 0, 'the platform was killed');
  });
}
