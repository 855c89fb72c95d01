// What tests make once and use often: kept in the temporary directory under a name that holds
// everything it was made from, written beside it and renamed, so that any number may make it.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export function cacheDirectory(): string {
  const directory = join(tmpdir(), `rmh-test-databases-${process.getuid?.() ?? 0}`);
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  return directory;
}

/** `name` holds what the bytes depend on, but for the version of PGlite, which is added here. */
export async function cachedBytes(
  name: string,
  make: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const file = join(cacheDirectory(), `${name}-${versionOf('@electric-sql/pglite')}`);
  if (existsSync(file)) return readFileSync(file);
  const made = await make();
  writeFileSync(`${file}.${process.pid}`, made);
  renameSync(`${file}.${process.pid}`, file);
  return made;
}

export function versionOf(packageName: string): string {
  const { version } = JSON.parse(readFileSync(packageFile(packageName), 'utf8')) as {
    version: string;
  };
  return version;
}

/** Found by walking up from its entry, for a package may not export its package.json. */
function packageFile(packageName: string): string {
  const require = createRequire(import.meta.url);
  for (const directory of require.resolve.paths(packageName) ?? []) {
    const file = join(directory, packageName, 'package.json');
    if (existsSync(file)) return file;
  }
  throw new Error(`${packageName} is not installed`);
}

/** Null: not installed. */
export function packageDirectory(packageName: string): string | null {
  try {
    return dirname(packageFile(packageName));
  } catch {
    return null;
  }
}
