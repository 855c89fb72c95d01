// A carrier of the lab goes silent for 2 s, and `rmh explain` names it.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sandboxRefusal } from '../topology/sandbox.ts';

const CLI = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));
const WAIT_MS_MAX = 60_000;

interface Cause {
  readonly kind: string;
  readonly link?: string;
  readonly fromMs: number;
  readonly toMs: number | null;
}

interface Answer {
  readonly lines: string[];
  readonly causes: Cause[];
}

test('a carrier that was silent for 2 s is named, with where the traffic went', async (t) => {
  const refused = sandboxRefusal();
  if (refused !== null) {
    assert.notEqual(process.env['CI'], 'true', refused);
    return t.skip(refused);
  }
  const faults = ['--faults', '1:blackhole@3s+2s'];
  const options = ['--paths', '50mbit/15ms,30mbit/35ms', ...faults, '--seconds', '10'];
  const lab = spawn(process.execPath, [CLI, 'lab', ...options], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => lab.once('exit', () => resolve()));
  const answer = await told(lab);
  await ended;
  const silent = answer?.causes.find(isTheFault);
  assert.ok(silent !== undefined, JSON.stringify(answer));
  // What the path needs to be believed again, and a busy machine.
  assert.ok(lengthMs(silent) < 4500, `${lengthMs(silent)} ms`);
  // A line before those of the causes may say when the history begins.
  const line = answer?.lines.at(answer.causes.indexOf(silent) - answer.causes.length) ?? '';
  assert.match(line, /^carrier1 silent [\d.]+ s from .*; moved to carrier2 after [\d.]+ m?s(;|$)/);
  t.diagnostic(line);
});

/** A busy machine may make carriers silent for moments of its own. */
function isTheFault(cause: Cause): boolean {
  return cause.kind === 'silent' && cause.link === 'carrier1' && lengthMs(cause) > 1700;
}

function lengthMs({ fromMs, toMs }: Cause): number {
  return (toMs ?? fromMs) - fromMs;
}

/** Asks again and again until the silence has been told with its end, or the lab is over. */
async function told(lab: ChildProcess): Promise<Answer | null> {
  let last: Answer | null = null;
  for (const endMs = Date.now() + WAIT_MS_MAX; lab.exitCode === null && Date.now() < endMs; ) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const answer = ask(lab.pid ?? 0);
    last = answer ?? last;
    if (answer?.causes.some(isTheFault)) break;
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
