// Completes package-lock.json: `npm run lock`.
//
// A package with binaries names one optional dependency per platform. A registry that holds
// only some of them (a mirror for Linux) makes npm leave the others out of the lock, and then
// `npm ci` refuses the lock everywhere. The others are entered here from what their parent
// says: the exact version, and the platform in the name, so that npm on Linux passes them by.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './checkout.ts';

type Entry = {
  version?: string;
  cpu?: readonly string[];
  libc?: readonly string[];
  os?: readonly string[];
  optional?: boolean;
  dev?: boolean;
  optionalDependencies?: Readonly<Record<string, string>>;
};
export type LockFile = { packages: Record<string, Entry> };

const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const CPUS = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

export type Missing = { path: string; version: string; dev: boolean };

export function missingOptionals({ packages }: LockFile): Missing[] {
  return Object.entries(packages).flatMap(([parent, { optionalDependencies, dev }]) =>
    Object.entries(optionalDependencies ?? {})
      .map(([name, version]) => ({ path: `node_modules/${name}`, version, dev: dev === true }))
      .filter(({ path }) => !(path in packages) && !(`${parent}/${path}` in packages)),
  );
}

// An entry without a hash: nothing of it is ever fetched on a system that rmh runs on.
export function entryFor({ path, version, dev }: Missing): Entry {
  const words = path.split(/[/_-]/);
  const os = SYSTEMS.filter((name) => words.includes(name));
  const cpu = CPUS.filter((name) => words.includes(name));
  const libc = words.includes('musl') || words.includes('musleabihf') ? ['musl'] : [];
  if (os.length === 0 || !/^\d/.test(version)) {
    throw new Error(`${path}@${version}: not a platform package; add it to the lock with npm`);
  }
  return {
    version,
    ...(cpu.length === 0 ? {} : { cpu }),
    ...(dev ? { dev } : {}),
    ...(libc.length === 0 ? {} : { libc }),
    optional: true,
    os,
  };
}

export function completeLock(lock: LockFile): LockFile {
  const added = missingOptionals(lock).map((one) => [one.path, entryFor(one)] as const);
  const entries = [...Object.entries(lock.packages), ...added];
  return { ...lock, packages: Object.fromEntries(entries.toSorted(byPath)) };
}

// npm's own order, so that its next write moves no line.
function byPath([a]: readonly [string, Entry], [b]: readonly [string, Entry]): number {
  return a.localeCompare(b, 'en');
}

if (import.meta.main) {
  const path = join(ROOT, 'package-lock.json');
  const lock = JSON.parse(readFileSync(path, 'utf8')) as LockFile;
  writeFileSync(path, `${JSON.stringify(completeLock(lock), null, 2)}\n`);
}
