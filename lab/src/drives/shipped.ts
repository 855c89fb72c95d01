import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const DRIVES_FOLDER = fileURLToPath(new URL('../../drives/', import.meta.url));

export interface ShippedDrive {
  readonly name: string;
  readonly path: string;
}

/** The generated drives that come with the project: oslo, valley, coast, highway. */
export const SHIPPED_DRIVES: readonly ShippedDrive[] = readdirSync(DRIVES_FOLDER)
  .filter((file) => file.endsWith('.csv.gz') && !file.endsWith('.probe.csv.gz'))
  .sort()
  .map((file) => ({
    name: basename(file).replace(/\.generated\.csv\.gz$|\.csv\.gz$/, ''),
    path: join(DRIVES_FOLDER, file),
  }));

/** A name of a shipped drive, or a path. */
export function drivePath(nameOrPath: string): string {
  return SHIPPED_DRIVES.find(({ name }) => name === nameOrPath)?.path ?? nameOrPath;
}
