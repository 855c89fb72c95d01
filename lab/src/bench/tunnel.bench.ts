// The small twin of `./rmh bench tunnel`: so that the bench cannot rot. It claims no speed.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { sandboxCommand } from '../topology/sandbox.ts';
import { ratiosOf } from './summary.ts';
import type { Sample } from './words.ts';

const SMALL = process.env['RMH_BENCH'] === 'small';

test('bench tunnel measures both ways, over one path and over two', (context) => {
  const reason = missing();
  if (reason !== null) return context.skip(reason);
  const script = `
    import { run } from ${JSON.stringify(new URL('../bench.ts', import.meta.url).href)};
    process.exitCode = await run(${JSON.stringify(words(SMALL))});`;
  const node = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  const { status, stdout, stderr } = spawnSync(process.execPath, node, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const report = JSON.parse(stdout) as { rounds: Sample[] };
  for (const subject of ['plain', 'rmh-1', 'rmh-2'] as const) {
    for (const direction of ['up', 'down'] as const) {
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

test('a ratio is taken within its round', () => {
  const sample = (round: number, subject: Sample['subject'], mbit: number): Sample => {
    const head = { round, subject, direction: 'up', protocol: 'tcp', offeredMbit: 0 } as const;
    return { ...head, mbit, lossPct: 0, cpuSecondsPerGb: 1 };
  };
  const samples = [
    sample(1, 'rmh-1', 300),
    sample(1, 'wireguard-go', 100),
    sample(2, 'rmh-1', 90),
    sample(2, 'wireguard-go', 30),
  ];
  assert.equal(ratiosOf(samples)[0]?.ratioToWireguardGo, 3);
  assert.equal(ratiosOf(samples)[0]?.twoPathsToOne, null);
});

function words(small: boolean): string[] {
  const length = small ? ['--seconds', '0.5', '--brief'] : ['--seconds', '5'];
  return ['tunnel', ...length, '--rounds', '1', '--json', '-'];
}

function missing(): string | null {
  if (!existsSync('/dev/net/tun')) return 'no /dev/net/tun';
  try {
    sandboxCommand();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'no namespaces';
  }
}
