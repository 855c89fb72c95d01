// Which roads a comparison is made over: windows of drives, the same for every machine.
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readDrive } from '../../drives/read.ts';
import { drivePath, SHIPPED_DRIVES } from '../../drives/shipped.ts';
import type { DriveWindow } from '../types.ts';
import { windowsOf } from '../windows.ts';

/** Short, so that even four drives of a quarter give twenty windows to compare over. */
export const WINDOW_MS_MOST = 180_000;

/** Paths of drives from a list of names, files and folders; `shipped` is those of the project. */
export function drivePaths(list: string): string[] {
  return list.split(',').flatMap((word) => {
    const name = word.trim();
    if (name === 'shipped') return SHIPPED_DRIVES.map(({ path }) => path);
    const path = drivePath(name);
    return statSync(path).isDirectory() ? drivesIn(path) : [path];
  });
}

function drivesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => /\.csv(\.gz)?$/.test(file) && !file.includes('.probe.csv'))
    .sort()
    .map((file) => join(folder, file));
}

export function driveName(path: string): string {
  return basename(path).replace(/(\.generated)?\.csv(\.gz)?$/, '');
}

/** All windows of the drives, or as many of each, spread over it, as together make `hoursMost`. */
export async function windowsOfDrives(
  paths: readonly string[],
  hoursMost: number,
): Promise<DriveWindow[]> {
  const drives: DriveWindow[][] = [];
  for (const path of paths) {
    drives.push(windowsOf(driveName(path), await readDrive(path), WINDOW_MS_MOST));
  }
  const share = (hoursMost * 3_600_000) / lengthMsOf(drives.flat());
  return drives.flatMap((windows) => spread(windows, share));
}

export function lengthMsOf(windows: readonly DriveWindow[]): number {
  return windows.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
}

/** That share of a list, from its whole length; at least one. */
export function spread<T>(list: readonly T[], share: number): T[] {
  if (share >= 1) return [...list];
  const count = Math.max(1, Math.floor(list.length * share));
  return list.filter(
    (_, i) => Math.floor((i * count) / list.length) < Math.floor(((i + 1) * count) / list.length),
  );
}
