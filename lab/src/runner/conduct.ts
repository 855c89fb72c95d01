// The launcher's part of a run: starts the sandbox, passes on the order and the user's wish to
// stop, and removes the run's directory whatever happened.
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lineOf, RmhError } from '@rmh/contract';
import { startSandbox } from '../topology/sandbox.ts';
import { makeWorkspace, removeLeftovers, removeWorkspace } from '../topology/workspace.ts';
import type { FromInside, RunOrder, RunPhase, RunResult, Snapshot, ToInside } from './protocol.ts';
import { takeStrikes } from './strikes.ts';

const INSIDE = fileURLToPath(new URL('./inside.ts', import.meta.url));
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Watcher {
  onPhase(phase: RunPhase): void;
  onSnapshot(snapshot: Snapshot): void;
  /** The user asked for the end. */
  onStop(): void;
  /** Nothing runs any more. */
  onEnd(): void;
}

export type Outcome =
  | { kind: 'done'; result: RunResult; stopped: boolean }
  /** Asked twice to stop, or before anything ran. */
  | { kind: 'broken off' };

export interface ConductOptions {
  /** Where the logs and configurations of the run are kept; null: nowhere. */
  readonly keepIn: string | null;
  /** Kills the platform and starts it again after `forMs`; a run without one is not asked to. */
  readonly onPlatformStrike?: (forMs: number) => void;
}

/** Throws RmhError where the machine forbids the run or a part of it failed. */
export async function conduct(
  order: Omit<RunOrder, 'workspace'>,
  watcher: Watcher,
  { keepIn, onPlatformStrike = () => {} }: ConductOptions,
): Promise<Outcome> {
  removeLeftovers();
  const workspace = makeWorkspace();
  try {
    return await runIn({ ...order, workspace }, watcher, onPlatformStrike);
  } finally {
    watcher.onEnd();
    if (keepIn !== null) keep(workspace, keepIn);
    removeWorkspace(workspace);
  }
}

function runIn(
  order: RunOrder,
  watcher: Watcher,
  onPlatformStrike: (forMs: number) => void,
): Promise<Outcome> {
  const child = startSandbox({ main: INSIDE, args: [] });
  const stops = new Stops(child, watcher);
  const strikes = takeStrikes(order, (strike) => {
    if (strike.kind === 'platform') onPlatformStrike(strike.forMs);
    else send(child, { ...strike, kind: 'strike' });
  });
  return new Promise<Outcome>((resolve, reject) => {
    let failure: RmhError | Error | null = null;
    let result: RunResult | null = null;
    child.on('error', reject);
    child.on('message', (message: FromInside) => {
      if (message.kind === 'phase') watcher.onPhase(message.phase);
      if (message.kind === 'snapshot') watcher.onSnapshot(message.snapshot);
      if (message.kind === 'result') result = message.result;
      if (message.kind === 'failed') failure = failureOf(message);
    });
    void ended(child).then((how) => {
      if (result !== null) resolve({ kind: 'done', result, stopped: stops.count > 0 });
      else if (stops.count > 0) resolve({ kind: 'broken off' });
      else reject(failure ?? new Error(`the inside of the lab ended with ${how}`));
    });
    send(child, { kind: 'run', order });
  }).finally(() => {
    stops.end();
    strikes.close();
  });
}

/** Its process is over and all that it said is read. (Node emits no `close` after disconnect.) */
async function ended(child: ChildProcess): Promise<string> {
  const silent = new Promise<void>((resolve) => child.once('disconnect', () => resolve()));
  const how = await new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  await silent;
  return how;
}

/** The first wish ends the run in order, the second at once. */
class Stops {
  count = 0;
  readonly #child: ChildProcess;
  readonly #watcher: Watcher;

  constructor(child: ChildProcess, watcher: Watcher) {
    this.#child = child;
    this.#watcher = watcher;
    for (const signal of STOP_SIGNALS) process.on(signal, this.#asked);
  }

  end(): void {
    for (const signal of STOP_SIGNALS) process.off(signal, this.#asked);
  }

  readonly #asked = (): void => {
    this.count++;
    if (this.count === 1) {
      this.#watcher.onStop();
      send(this.#child, { kind: 'stop' });
      return;
    }
    if (this.#child.connected) this.#child.disconnect(); // the inside ends when the line closes
  };
}

function send(child: ChildProcess, message: ToInside): void {
  child.send(message, (error) => {
    // It has ended already: `close` says how.
    if (error !== null && process.env['RMH_DEBUG'] !== undefined) {
      process.stderr.write(`rmh: ${lineOf(error)}\n`);
    }
  });
}

function failureOf({ code, message, hint }: Extract<FromInside, { kind: 'failed' }>): Error {
  return code === null ? new Error(message) : new RmhError(code, message, { hint });
}

function keep(workspace: string, keepIn: string): void {
  mkdirSync(keepIn, { recursive: true });
  // Not the sockets, and no keys: what is kept may be sent to somebody.
  const filter = (path: string) => !/\.(sock|key|psk)$/.test(path);
  cpSync(workspace, keepIn, { recursive: true, filter });
}
