// The small twin of `./rmh bench bond`: so that the bench cannot rot. It claims no speed.
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { BondFigures, BondHeadline } from './bond-figures.ts';
import { noBench, runBench, SMALL } from './testing.ts';

const PATHS = ['--paths', '50mbit/15ms,30mbit/35ms'];

type Report = BondHeadline & { cc: Record<string, BondFigures> };

test('bench bond measures both ways with a silent path, beside plain TCP and one path', (t) => {
  const reason = noBench();
  if (reason !== null) return t.skip(reason);
  const length = SMALL ? ['--seconds', '0.8', '--skip', '0.3', '--cc', 'bbr'] : [];
  const words = [...PATHS, '--faults', '1:blackhole@0s+99s', ...length, '--rounds', '1'];
  const { status, stdout, stderr } = runBench(['bond', ...words, '--json', '-']);
  assert.equal(status, 0, stderr);
  t.diagnostic(stderr);
  const report = JSON.parse(stdout) as Report;
  for (const congestion of SMALL ? ['bbr'] : ['cubic', 'bbr']) {
    const each = report.cc[congestion];
    assert.ok(each !== undefined);
    for (const mbit of [each.upMbit, each.downMbit, each.aloneUpMbit, each.plainDownMbit]) {
      assert.ok(mbit !== null && mbit > 0, JSON.stringify(each));
    }
  }
  assert.ok(report.upRatio > 0 && report.downRatio > 0);
  assert.equal(Math.round(report.sumMbit), 27, 'only the 30 Mbit/s of the second path count');
});
