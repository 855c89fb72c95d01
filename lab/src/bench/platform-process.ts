// The platform under test: a real `rmh platform` with a fresh database, and what it costs.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../country/live-platform.ts';
import { OWN_ROOT } from './children.ts';

/** A directory of the embedded database, or PostgreSQL's address. */
export type DatabasePlace = { readonly directory: string } | { readonly url: string };

export interface PlatformUnderTest {
  readonly port: number;
  /** A one-time link: signs in the first national operator. */
  signInLink(): Promise<URL>;
  /** Stops it, does `work` on its database, starts it again. */
  whileStopped(work: (where: DatabasePlace) => Promise<void>): Promise<void>;
  /** Memory now, MB: the platform's process, database included where it is embedded. */
  memoryMb(): number;
  stop(): Promise<void>;
}

// A busy machine, and the embedded database's first start.
const START_MOST_MS = 180_000;

export async function startPlatform(database: 'pglite' | 'postgres'): Promise<PlatformUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'rmh-bench-platform-'));
  const server = database === 'postgres' ? await startPostgres() : null;
  const port = await freePort();
  const config = join(directory, 'platform.json');
  const settings = {
    ...(server === null ? {} : { databaseUrl: server.url }),
    dataDirectory: join(directory, 'data'),
    publicUrl: `http://127.0.0.1:${port}`,
    http: { address: '127.0.0.1', port },
    https: null,
    simulation: true,
    logLevel: 'warn',
  };
  writeFileSync(config, JSON.stringify(settings), { mode: 0o600 });
  const start = () => rmh(['platform', '--config', config], 'inherit');
  let child = start();
  endWith(() => child, server?.child ?? null, directory);
  await healthy(child, port);
  return {
    port,
    signInLink: async () =>
      new URL((await textOf(rmh(['platform', 'link', '--config', config]))).trim()),
    async whileStopped(work) {
      await ended(child, 'SIGTERM');
      await work(server === null ? { directory: settings.dataDirectory } : { url: server.url });
      child = start();
      await healthy(child, port);
    },
    memoryMb: () => residentMb(child.pid),
    async stop() {
      await ended(child, 'SIGTERM');
      if (server !== null) await ended(server.child, 'SIGTERM');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Nothing of it outlives the bench, whatever ends it. */
function endWith(child: () => ChildProcess, server: ChildProcess | null, directory: string): void {
  const stop = () => process.exit(1);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  process.once('exit', () => {
    child().kill('SIGKILL');
    server?.kill('SIGTERM');
    rmSync(directory, { recursive: true, force: true });
  });
}

function rmh(words: readonly string[], stderr: 'inherit' | 'ignore' = 'ignore'): ChildProcess {
  const main = join(OWN_ROOT, 'apps/cli/src/main.ts');
  const args = ['--disable-warning=ExperimentalWarning', main, ...words];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', stderr] });
}

async function textOf(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) text += String(chunk);
  return text;
}

async function healthy(child: ChildProcess, port: number): Promise<void> {
  const until = Date.now() + START_MOST_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`the platform ended with ${child.exitCode}`);
    const reply = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null);
    if (reply?.ok === true) return;
    await sleep(100);
  }
  throw new Error('the platform did not start');
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once('exit', () => resolve());
  child.kill(signal);
  await promise;
}

function residentMb(pid: number | undefined): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(text)?.[1] ?? 0) / 1_024);
}

// The packaged server that the platform's tests use, in a process of its own; with fsync.
const POSTGRES = `
  import { startPostgres } from './apps/platform/src/db/testing-postgres.ts';
  const server = await startPostgres({ durable: true });
  process.stdout.write((await server.createDatabase('bench')) + '\\n');
  process.on('SIGTERM', () => process.exit(0));
  setInterval(() => {}, 60_000);
`;

async function startPostgres(): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', POSTGRES], {
    cwd: OWN_ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const chunk of child.stdout ?? []) return { url: String(chunk).trim(), child };
  throw new Error('PostgreSQL did not start');
}
