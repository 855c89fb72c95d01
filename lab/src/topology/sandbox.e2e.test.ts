// The launcher is killed without warning; the kernel removes the rest.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sandboxRefusal } from './sandbox.ts';
import { removeLeftovers } from './workspace.ts';

const CLI = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));
const NAMESPACE_KINDS = ['net', 'pid', 'mnt'];

test('after SIGKILL of the launcher no process and no namespace of the lab is left', async (t) => {
  const refused = sandboxRefusal();
  if (refused !== null) {
    assert.notEqual(process.env['CI'], 'true', refused);
    return t.skip(refused);
  }
  const args = ['lab', '--paths', '20mbit/5ms,20mbit/5ms', '--seconds', '60'];
  const launcher = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => launcher.kill('SIGKILL'));
  await untilRunning(launcher);
  const family = descendantsOf(launcher.pid ?? -1);
  const foreign = namespacesOf([process.pid]);
  const namespaces = [...namespacesOf(family)].filter((name) => !foreign.has(name));
  // unshare, process 1, two gateways, a unit, two stations.
  assert.ok(family.length >= 7, `${family.length} processes`);
  assert.ok(namespaces.length >= 4, `${namespaces.length} namespaces`);

  launcher.kill('SIGKILL');
  const alive = () => family.filter(isAlive);
  for (let waits = 0; waits < 50 && alive().length > 0; waits++) await sleep(100);
  assert.deepEqual(alive(), []);
  const left = namespacesOf(allPids());
  assert.deepEqual(
    namespaces.filter((name) => left.has(name)),
    [],
  );

  const directory = `rmh-lab-${launcher.pid}-`;
  const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith(directory));
  assert.equal(leftovers().length, 1, 'a killed launcher cannot remove its directory');
  removeLeftovers();
  assert.deepEqual(leftovers(), [], 'the next start does');
});

async function untilRunning(launcher: ChildProcess): Promise<void> {
  let said = '';
  launcher.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  for (let waits = 0; waits < 300; waits++) {
    if (said.includes('running')) return;
    assert.equal(launcher.exitCode, null, said);
    await sleep(100);
  }
  assert.fail(`the lab did not begin to run within 30 s: ${said}`);
}

function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function descendantsOf(root: number): number[] {
  const found = [root];
  const parents = new Map(allPids().map((pid) => [pid, parentOf(pid)]));
  for (let at = 0; at < found.length; at++) {
    for (const [pid, parent] of parents) if (parent === found[at]) found.push(pid);
  }
  return found.slice(1);
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return -1; // over meanwhile
  }
}

/** Also those that a process only holds open: a namespace lives as long as its descriptor. */
function namespacesOf(pids: readonly number[]): Set<string> {
  const names = new Set<string>();
  const note = (path: string) => {
    try {
      const target = readlinkSync(path);
      if (NAMESPACE_KINDS.some((kind) => target.startsWith(`${kind}:[`))) names.add(target);
    } catch {
      // Over meanwhile, or of another user.
    }
  };
  for (const pid of pids) {
    for (const kind of NAMESPACE_KINDS) note(`/proc/${pid}/ns/${kind}`);
    for (const fd of listed(`/proc/${pid}/fd`)) note(join(`/proc/${pid}/fd`, fd));
  }
  return names;
}

function listed(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  const status = parentOf(pid) === -1 ? '' : readFileSync(`/proc/${pid}/status`, 'utf8');
  return status !== '' && !/^State:\s*Z/m.test(status);
}
