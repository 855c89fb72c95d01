// A carrier of the lab goes silent for 2 s, and `rmh explain` names it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sandboxCommand } from '../topology/sandbox.ts';

const CLI = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));
const WAIT_MS_MAX = 60_000;

interface Answer {
  readonly lines: string[];
  readonly causes: { kind: string; link?: string; fromMs: number; toMs: number | null }[];
}

test('a carrier that was silent for 2 s is named, with where the traffic went', async (t) => {
  const refused = whyNot();
  if (refused !== null) {
    assert.notEqual(process.env['CI'], 'true', refused);
    return t.skip(refused);
  }
  const faults = ['--faults', '1:blackhole@3s+2s'];
  const options = ['--paths', '50mbit/15ms,30mbit/35ms', ...faults, '--seconds', '10'];
  const lab = spawn(process.execPath, [CLI, 'lab', ...options], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => lab.once('exit', () => resolve()));
  const answer = await told(lab.pid ?? 0, ended);
  await ended;
  const silent = answer?.causes.find(({ kind, link }) => kind === 'silent' && link === 'carrier1');
  assert.ok(silent && silent.toMs !== null, JSON.stringify(answer));
  // The 2 s, what the path needs to be believed again, and a busy machine.
  const silentMs = silent.toMs - silent.fromMs;
  assert.ok(silentMs > 1700 && silentMs < 4000, `${silentMs} ms`);
  const line = answer?.lines.find((each) => each.startsWith('carrier1 silent'));
  assert.ok(line !== undefined, JSON.stringify(answer?.lines));
  assert.match(line, /; moved to carrier2 after [\d.]+ m?s(;|$)/);
  t.diagnostic(line);
});

/** Asks again and again until the silence has been told with its end, or the lab is over. */
async function told(pid: number, ended: Promise<void>): Promise<Answer | null> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  let last: Answer | null = null;
  for (const endMs = Date.now() + WAIT_MS_MAX; !isOver && Date.now() < endMs; ) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const answer = ask(pid);
    last = answer ?? last;
    if (answer?.causes.some(({ kind, toMs }) => kind === 'silent' && toMs !== null)) break;
  }
  return last;
}

function ask(pid: number): Answer | null {
  const workspace = readdirSync(tmpdir()).find((name) => name.startsWith(`rmh-lab-${pid}-`));
  if (workspace === undefined) return null;
  const socket = join(tmpdir(), workspace, 'vehicle1.sock');
  const words = ['explain', '--json', '--at', new Date().toISOString(), '--socket', socket];
  const { status, stdout } = spawnSync(process.execPath, [CLI, ...words], { encoding: 'utf8' });
  return status === 0 ? (JSON.parse(stdout) as Answer) : null;
}

function whyNot(): string | null {
  try {
    sandboxCommand();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
