// A child process in a process group of its own, so that a time limit or Ctrl-C ends it
// with all that it started: SIGTERM first (tests remove their namespaces), then SIGKILL.
import { spawn } from 'node:child_process';
import { ROOT } from '../checkout.ts';

const GRACE_MS = 5_000;
// What is kept of a child's output, for the report of its failure: the last 64 KB.
const OUTPUT_CHARS_MAX = 65_536;

export type ChildRequest = {
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  timeoutMs: number;
  signal: AbortSignal;
  onOutput?: (text: string) => void;
};

export type ChildOutcome =
  | { kind: 'exited'; code: number; output: string }
  | { kind: 'killed'; signal: string; output: string }
  | { kind: 'timedOut'; output: string }
  | { kind: 'notStarted'; reason: string; output: string };

export function runChild(request: ChildRequest): Promise<ChildOutcome> {
  if (request.signal.aborted) {
    return Promise.resolve({ kind: 'notStarted', reason: 'interrupted', output: '' });
  }
  const { promise, resolve } = Promise.withResolvers<ChildOutcome>();
  const child = spawn(request.command, request.args, {
    cwd: ROOT,
    // Node's tests, run by one of Node's tests, are a run of their own.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...request.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });

  let output = '';
  let timedOut = false;
  const keepOutput = (text: string): void => {
    output = (output + text).slice(-OUTPUT_CHARS_MAX);
    request.onOutput?.(text);
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', keepOutput);
  }

  const stop = (): void => endGroup(child.pid);
  const alarm = setTimeout(() => {
    timedOut = true;
    stop();
  }, request.timeoutMs);
  request.signal.addEventListener('abort', stop);
  const settle = (outcome: ChildOutcome): void => {
    clearTimeout(alarm);
    request.signal.removeEventListener('abort', stop);
    resolve(outcome);
  };

  child.on('error', (error) => settle({ kind: 'notStarted', reason: error.message, output }));
  // After "exit" a daemon that the child left behind may hold the pipes open for ever. So
  // the group is ended first, and "close" then comes once all output has been read.
  child.on('exit', () => killGroup(child.pid, 'SIGKILL'));
  child.on('close', (code, signal) => {
    if (timedOut) settle({ kind: 'timedOut', output });
    else if (code === null) settle({ kind: 'killed', signal: signal ?? 'unknown', output });
    else settle({ kind: 'exited', code, output });
  });
  return promise;
}

function endGroup(pid: number | undefined): void {
  killGroup(pid, 'SIGTERM');
  setTimeout(() => killGroup(pid, 'SIGKILL'), GRACE_MS).unref();
}

function killGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already, which is what was asked for.
  }
}
