// The runner's own detectors, each tripped by a file made for it.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Tally } from './tally.ts';
import { runTestProcess } from './test-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'rmh-suite-'));
after(() => rmSync(folder, { recursive: true, force: true }));

// The files run here have process groups of their own: an interrupt must be passed on.
const interrupt = new AbortController();
process.once('SIGTERM', () => interrupt.abort());

const IMPORTS = `import { describe, it, test } from 'node:test';\n`;
let made = 0;

function make(body: string): string {
  const file = join(folder, `made-${made++}.test.ts`);
  writeFileSync(file, IMPORTS + body);
  return file;
}

async function runFiles(files: string[], timeoutMs: number, signal?: AbortSignal): Promise<Tally> {
  const either = AbortSignal.any([interrupt.signal, ...(signal === undefined ? [] : [signal])]);
  return await runTestProcess({ files, env: { RMH_SEEN: 'yes' }, timeoutMs, signal: either });
}

async function run(body: string, timeoutMs = 20_000, signal?: AbortSignal): Promise<Tally> {
  return await runFiles([make(body)], timeoutMs, signal);
}

function detailsOf(tally: Tally): string {
  return tally.failures.map(({ name, detail }) => `${name}: ${detail}`).join('\n');
}

test('passes, failures and skips are counted as tests, suites and parents are not', async () => {
  const tally = await run(`
    test('a', () => {});
    test('b', () => { throw new Error('broken b'); });
    test('c', { skip: 'no tun' }, () => {});
    test('d', (t) => t.skip());
    test('e', { todo: 'later' }, () => {});
    describe('suite', () => { it('f', () => {}); it('g', () => { throw 'thrown'; }); });
    test('parent', async (t) => {
      await t.test('h', () => {});
      await t.test('i', () => { throw new Error('broken i'); });
    });
  `);
  assert.equal(tally.passed, 3);
  assert.deepEqual(
    tally.failures.map(({ name }) => name),
    ['b', 'g', 'i'],
  );
  assert.match(detailsOf(tally), /b: Error: broken b[\s\S]*g: thrown[\s\S]*i: Error: broken i/);
  assert.deepEqual(
    tally.skips.map(({ name, reason }) => `${name}: ${reason}`),
    ['c: no tun', 'd: no reason given', 'e: todo: later'],
  );
});

test('the environment of the step reaches the file', async () => {
  const tally = await run(`if (process.env['RMH_SEEN'] === 'yes') test('seen', () => {});`);
  assert.deepEqual(tally, { passed: 1, failures: [], skips: [] });
});

test('a file without tests fails, one whose tests are declared elsewhere does not', async () => {
  assert.match(detailsOf(await run('')), /holds no tests/);
  const helper = join(folder, 'helper.ts');
  writeFileSync(helper, `${IMPORTS} export const declare = () => void test('a', () => {});`);
  const body = `import { declare } from ${JSON.stringify(helper)}; declare();`;
  assert.deepEqual(await run(body), { passed: 1, failures: [], skips: [] });
});

test('a file that does not parse fails and shows why', async () => {
  assert.match(detailsOf(await run('const = ;')), /SyntaxError/);
});

test('of files that share a process, each is counted and named by itself', async () => {
  const [sound, empty, broken, torn] = [
    `test('a', () => { globalThis.met = true; }); test('b', () => {});`,
    '',
    `test('c', () => { throw new Error('met ' + globalThis.met); });`,
    'const = ;',
  ].map(make) as [string, string, string, string];
  const healthy = await runFiles([sound, empty], 20_000);
  assert.equal(healthy.passed, 2);
  assert.deepEqual(
    healthy.failures.map(({ where, detail }) => [where, detail]),
    [[empty, 'holds no tests']],
  );
  const { passed, failures } = await runFiles([sound, broken, torn], 20_000);
  assert.equal(passed, 2);
  const found = new Map(failures.map(({ where, detail }) => [where, detail]));
  assert.deepEqual([...found.keys()].toSorted(), [broken, torn].toSorted());
  assert.match(found.get(broken)!, /met true/);
  assert.match(found.get(torn)!, /SyntaxError/);
});

test('a process that ends with an error after its tests passed fails', async () => {
  const tally = await run(`test('a', () => {}); process.on('exit', () => process.exit(3));`);
  assert.match(detailsOf(tally), /exited with 3/);
});

test('a process that ends well in the middle of a test fails', async () => {
  const body = `test('a', () => {}); test('b', async () => { await pause(); process.exit(0); });`;
  const pause = 'const pause = () => new Promise((r) => setTimeout(r, 100));';
  assert.match(detailsOf(await run(pause + body)), /ended before its tests were over, in: b/);
  const atOnce = `test('a', () => {}); test('b', () => process.exit(0));`;
  assert.match(detailsOf(await run(atOnce)), /in: (b|the first)/);
});

// A loaded machine may need longer than the first limits only to start Node.
const LIMITS_MS = [1500, 6000, 24_000];

test('a test that hangs is stopped and named', async () => {
  const body = `test('hangs', () => new Promise(() => setInterval(() => {}, 1000)));`;
  await isStopped(body, (seconds) => `limit of ${seconds} s, in: hangs`);
});

test('a process that lives on after its tests is stopped and named', async () => {
  const body = `test('a', () => {}); setInterval(() => {}, 1000);`;
  await isStopped(body, (seconds) => `limit of ${seconds} s: all its tests ended, but`);
});

async function isStopped(body: string, wanted: (seconds: number) => string): Promise<void> {
  const details: string[] = [];
  for (const limitMs of LIMITS_MS) {
    details.push(detailsOf(await run(body, limitMs)));
    if (details.at(-1)!.includes(wanted(limitMs / 1000))) return;
  }
  assert.fail(`never stopped and named:\n${details.join('\n')}`);
}

test('a process that a test left behind is ended with it', async () => {
  const mark = join(folder, 'survived');
  const script = `sleep 1; touch '${mark}'`;
  const tally = await run(`
    import { spawn } from 'node:child_process';
    test('a', () => {
      spawn('sh', ['-c', ${JSON.stringify(script)}], { stdio: 'ignore' }).unref();
    });
  `);
  assert.equal(tally.passed, 1);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.ok(!existsSync(mark));
});

test('an interrupt stops the file at once', async () => {
  const startedMs = performance.now();
  await run(
    `test('long', (t) => new Promise((r) => setTimeout(r, 30_000)));`,
    60_000,
    AbortSignal.timeout(1000),
  );
  assert.ok(performance.now() - startedMs < 10_000);
});
