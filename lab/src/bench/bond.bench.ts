// The small twin of `./rmh bench bond`: so that the bench cannot rot. It claims no speed.
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { BondFigures } from './bond-figures.ts';
import { noBench, runBench } from './testing.ts';
import type { BondSample } from './words.ts';

const SMALL = process.env['RMH_BENCH'] === 'small';
const PATHS = ['--paths', '50mbit/15ms,30mbit/35ms'];

type Report = { cc: Record<string, BondFigures>; rounds: BondSample[] } & BondFigures;

test('bench bond measures up and down, beside the best path alone and plain TCP', (context) => {
  const reason = noBench();
  if (reason !== null) return context.skip(reason);
  const length = SMALL ? ['--seconds', '1', '--skip', '0.5', '--cc', 'bbr'] : [];
  const report = measure([...PATHS, ...length, '--rounds', '1'], (text) =>
    context.diagnostic(text),
  );
  for (const congestion of SMALL ? ['bbr'] : ['cubic', 'bbr']) {
    const each = report.cc[congestion];
    assert.ok(each !== undefined);
    for (const mbit of [each.upMbit, each.downMbit, each.aloneUpMbit, each.plainDownMbit]) {
      assert.ok(mbit !== null && mbit > 0, JSON.stringify(each));
    }
    assert.ok(each.upRatio > 0 && each.downRatio > 0);
  }
});

test('bench bond runs with a path that is silent from the start', (context) => {
  const reason = noBench();
  if (reason !== null) return context.skip(reason);
  const faults = ['--faults', '1:blackhole@0s+99s'];
  const length = SMALL ? ['--seconds', '1', '--skip', '0.5'] : [];
  const words = [...PATHS, ...faults, ...length, '--cc', 'bbr', '--rounds', '1', '--brief'];
  const report = measure(words, (text) => context.diagnostic(text));
  assert.ok(report.upMbit > 0 && report.downMbit > 0);
  assert.equal(Math.round(report.sumMbit), 27, 'only the 30 Mbit/s of the second path count');
});

function measure(words: readonly string[], tell: (text: string) => void): Report {
  const { status, stdout, stderr } = runBench(['bond', ...words, '--json', '-']);
  assert.equal(status, 0, stderr);
  tell(stderr);
  return JSON.parse(stdout) as Report;
}
