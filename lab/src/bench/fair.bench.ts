// The small twin of `./rmh bench fair`: so that the bench cannot rot. It claims no share.
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import type { FairFigures } from './fair.ts';
import { noBench, runBench, SMALL } from './testing.ts';

interface Report {
  leastShare: number;
  mostShare: number;
  figures: FairFigures[];
}

test('bench fair measures both senders of one carrier and its round trip', (t) => {
  const reason = noBench();
  if (reason !== null) return t.skip(reason);
  const length = SMALL ? ['--seconds', '1', '--cc', 'cubic', '--way', 'up', '--brief'] : [];
  const words = ['fair', '--path', '10mbit/10ms', '--buffers', '100', ...length, '--json', '-'];
  const { status, stdout, stderr } = runBench(words);
  assert.equal(status, 0, stderr);
  t.diagnostic(stderr);
  const { figures, leastShare, mostShare } = JSON.parse(stdout) as Report;
  assert.equal(figures.length, SMALL ? 1 : 4);
  for (const { oursMbit, theirsMbit, rttMsP95, jain } of figures) {
    assert.ok(oursMbit > 0 && theirsMbit > 0, `${oursMbit} and ${theirsMbit} Mbit/s`);
    assert.ok(jain >= 0.5 && jain <= 1, `${jain}`);
    assert.ok(rttMsP95 !== null && rttMsP95 >= 20, `${rttMsP95} ms`);
  }
  assert.ok(leastShare > 0 && leastShare <= mostShare && mostShare < 1);
});
