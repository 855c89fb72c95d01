// The launcher, in copies of a checkout small enough to make one per test. The CPU and the
// system are the machine's own; node and npm are faked, so nothing is downloaded.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { ROOT } from './checkout.ts';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

// A checkout whose npm "installs" a Node that prints how it was called.
function makeCheckout(npmScript?: string): { root: string; bin: string } {
  const folder = mkdtempSync(join(tmpdir(), 'rmh-launcher-'));
  made.push(folder);
  const root = join(folder, 'a checkout');
  const bin = join(folder, 'bin');
  mkdirSync(root);
  mkdirSync(bin);
  copyFileSync(join(ROOT, 'rmh'), join(root, 'rmh'));
  writeFileSync(join(root, 'package-lock.json'), '{}\n');
  writeScript(join(bin, 'node'), 'echo 20');
  writeScript(join(bin, 'npm'), npmScript ?? installingNpm());
  return { root, bin };
}

function installingNpm(): string {
  const node = `node_modules/node-linux-${process.arch}/bin/node`;
  return [
    'echo "npm $*"; sleep 0.3; echo run >> npm-runs',
    `mkdir -p "$(dirname ${node})"`,
    `echo '#!/bin/sh' > ${node}`,
    `echo 'for word in "$@"; do printf "<%s>" "$word"; done; echo " in $PWD"' >> ${node}`,
    `chmod +x ${node}`,
  ].join('\n');
}

function writeScript(path: string, body: string): void {
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

type Ended = { status: number | null; stdout: string; stderr: string };

function start(command: string, { root, bin }: { root: string; bin: string }, cwd = root): Ended {
  return spawnSync('sh', ['-c', command], {
    cwd,
    encoding: 'utf8',
    env: { PATH: `${bin}:/usr/bin:/bin`, HOME: root },
    timeout: 20_000,
  });
}

test('the first start installs and says so; the second only starts', () => {
  const checkout = makeCheckout();
  const first = start('./rmh unit "two words"', checkout);
  assert.match(first.stdout, /<unit><two words> in /);
  assert.match(first.stderr, /installing dependencies[\s\S]*npm ci [\s\S]*installed in \d+ s/);
  const second = start('./rmh unit', checkout);
  assert.equal(second.stderr, '');
  assert.match(second.stdout, /<unit> in /);
});

test('a changed package-lock.json installs again', () => {
  const checkout = makeCheckout();
  start('./rmh', checkout);
  writeFileSync(join(checkout.root, 'package-lock.json'), '{"changed": true}\n');
  assert.match(start('./rmh', checkout).stderr, /installing dependencies/);
});

test('it works from another directory, through a symbolic link, and keeps the directory', () => {
  const checkout = makeCheckout();
  symlinkSync(join(checkout.root, 'rmh'), join(checkout.bin, 'rmh'));
  const { stdout } = start('rmh up', checkout, checkout.bin);
  assert.match(stdout, /a checkout\/apps\/cli\/src\/main\.ts><up> in .*\/bin\n/);
});

test('two starts at once install once', () => {
  const checkout = makeCheckout();
  const { stdout } = start('./rmh a & ./rmh b & wait; wc -l < npm-runs', checkout);
  assert.match(stdout, /^1$/m);
  assert.match(stdout, /<a> in /);
  assert.match(stdout, /<b> in /);
});

test('a failed install says so and leaves no stamp, so the next start tries again', () => {
  const checkout = makeCheckout('echo "no network" >&2; exit 7');
  const { status, stderr } = start('./rmh', checkout);
  assert.equal(status, 1);
  assert.match(stderr, /no network\nrmh: npm failed \(exit 7/);
  assert.ok(!existsSync(join(checkout.root, 'node_modules/.rmh-stamp')));
});

test('a missing or old Node is named', () => {
  const old = makeCheckout();
  writeScript(join(old.bin, 'node'), 'case $1 in -v) echo v18.1.0;; *) echo 18;; esac');
  const { status, stderr } = start('./rmh', old);
  assert.equal(status, 1);
  assert.match(stderr, /node v18\.1\.0 is too old: Node 20 or newer/);
});

test('another system than Linux is refused by its name', () => {
  const checkout = makeCheckout();
  writeScript(join(checkout.bin, 'uname'), 'echo Darwin');
  const { status, stderr } = start('./rmh', checkout);
  assert.equal(status, 1);
  assert.match(stderr, /runs on Linux only \(this is Darwin\)/);
});

test('an unknown CPU is refused by its name', () => {
  const checkout = makeCheckout();
  writeScript(join(checkout.bin, 'uname'), 'case $1 in -s) echo Linux;; *) echo riscv64;; esac');
  assert.match(start('./rmh', checkout).stderr, /for the CPU riscv64/);
});
