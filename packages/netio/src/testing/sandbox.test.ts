import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sandboxCommand } from './sandbox.ts';

for (const [claim, body, fails, words] of [
  ['passes when the tests inside pass', 'assert.ok(links() === "lo")', false, /skipped 0/],
  ['fails when a test inside fails', 'assert.ok(links() !== "lo")', true, /fail 1/],
  ['fails when the file breaks inside', 'process.exit(3)', true, /fail 1/],
  ['says what was skipped inside', 'context.skip("no modem")', false, /inside, ﹣ inner.*no modem/],
] as const) {
  test(`runInSandbox ${claim}`, (context) => {
    if (sandboxCommand() === null) return context.skip('the kernel grants no network namespace');
    const folder = mkdtempSync(join(tmpdir(), 'rmh-sandbox-'));
    try {
      const file = join(folder, 'inner.mjs');
      writeFileSync(file, innerTest(body));
      const env: NodeJS.ProcessEnv = { ...process.env };
      delete env['NODE_TEST_CONTEXT'];
      const { status, stdout } = spawnSync(process.execPath, [file], { env, encoding: 'utf8' });
      assert.equal(status !== 0, fails, stdout);
      assert.match(stdout, words);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

function innerTest(body: string): string {
  const url = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  return `
    import assert from 'node:assert';
    import { test } from 'node:test';
    import { Rtnl } from ${url('../netlink/rtnl.ts')};
    import { runInSandbox } from ${url('./sandbox.ts')};
    const links = () => Rtnl.open().links().map(({ name }) => name).join();
    if (runInSandbox(import.meta.url)) test('inner', (context) => { ${body}; });`;
}
