/**
 * Tests with real devices and sockets run in a network namespace of their own, made without
 * root where the machine allows that, so that they can neither disturb nor be disturbed. When the
 * test process ends, the namespace goes with every device in it.
 *
 * ```ts
 * if (runInSandbox(import.meta.url)) {
 *   test('…', () => { … });  // here: a fresh namespace, loopback up, CAP_NET_ADMIN
 * }
 * ```
 */
import { strict as assert } from 'node:assert';
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Rtnl } from '../netlink/rtnl.ts';

/** Minutes of tests in one file would hide which of them hangs. */
const SANDBOX_MS_MAX = 180_000;
const MARK = 'RMH_SANDBOX';

/**
 * True inside the sandbox: declare the tests. False outside: one test is declared instead, which
 * runs this file again inside and passes if it does. Where the kernel forbids namespaces, or
 * TUN devices to tests that need them, it is skipped, with its reason; with CI=true it fails.
 */
export function runInSandbox(fileUrl: string, needs: { tun?: boolean } = {}): boolean {
  const file = fileURLToPath(fileUrl);
  if (process.env[MARK] === file) {
    raiseLoopback();
    return true;
  }
  test('in a network namespace of its own', { timeout: SANDBOX_MS_MAX }, async (context) => {
    const noTun = needs.tun === true && !mayOpenTun();
    const command = noTun ? null : sandboxCommand();
    if (command === null) {
      const refused = noTun ? REFUSED_TUN : REFUSED;
      assert.notEqual(process.env['CI'], 'true', refused);
      context.skip(refused);
      return;
    }
    const { code, output } = await runAgain(command, file, context.signal);
    if (code !== 0) process.stdout.write(output);
    assert.equal(code, 0, 'the tests in the namespace pass');
    const lines = output.split('\n');
    context.diagnostic(lines.filter(isSummary).join(' · '));
    // Whoever counts sees one test, which passed: what was skipped inside must be told here.
    const skipped = lines.filter(isSkip);
    if (skipped.length > 0) context.skip(`inside, ${skipped.join('; ')}`);
  });
  return false;
}

/** What to put before a command to run it in a new network namespace; null if nothing works. */
export function sandboxCommand(): readonly string[] | null {
  const asRoot = ['unshare', '--net', '--'];
  const asUser = ['unshare', '--user', '--map-root-user', '--net', '--'];
  const order = process.getuid?.() === 0 ? [asRoot, asUser] : [asUser];
  return order.find((command) => works(command)) ?? null;
}

const REFUSED =
  'the kernel grants no network namespace here: run as root, or allow user namespaces ' +
  '(sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0)';

const TUN = '/dev/net/tun';
const REFUSED_TUN = `${TUN} is not open to this user: run as root, or chmod 666 ${TUN} as root`;

function mayOpenTun(): boolean {
  try {
    accessSync(TUN, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function works(command: readonly string[]): boolean {
  const [program, ...before] = command;
  return spawnSync(program ?? '', [...before, 'true'], { stdio: 'ignore' }).status === 0;
}

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

function runAgain(command: readonly string[], file: string, signal: AbortSignal): Promise<Outcome> {
  const [program, ...before] = command;
  const env: NodeJS.ProcessEnv = { ...process.env, [MARK]: file };
  // Otherwise the test runner inside reports to a runner that is not listening, and skips.
  delete env['NODE_TEST_CONTEXT'];
  const node = [process.execPath, '--test-reporter=spec', file];
  const child = spawn(program ?? '', [...before, ...node], {
    env,
    signal,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      // Stopped at its limit: what it said until then tells which test inside hangs.
      process.stdout.write(output);
      reject(error);
    });
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** Loopback is down in a new namespace. */
function raiseLoopback(): void {
  const rtnl = Rtnl.open();
  try {
    rtnl.setLink('lo', { up: true });
  } finally {
    rtnl.close();
  }
}

/** A line of the node runner such as `﹣ the name (0.3ms) # the reason`. */
function isSkip(line: string): boolean {
  return line.trimStart().startsWith('﹣');
}

/** What the node runner sums up, and what a test inside prints as `figures {…}`. */
function isSummary(line: string): boolean {
  return /^ℹ (tests|pass|fail|skipped) |^figures /.test(line);
}
