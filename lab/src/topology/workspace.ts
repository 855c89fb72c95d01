// The directory of a run: configurations, keys, sockets. Named after the launcher's process, so
// that what a killed run left behind is recognised and removed by the next start.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'rmh-lab-';
const NAME = /^rmh-lab-(\d+)-\w{6}$/;

export function makeWorkspace(base = tmpdir()): string {
  return mkdtempSync(join(base, `${PREFIX}${process.pid}-`));
}

export function removeWorkspace(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

/** Returns what was removed. Directories of living launchers and of other users stay. */
export function removeLeftovers(base = tmpdir()): string[] {
  const removed: string[] = [];
  for (const name of readdirSync(base)) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      removeWorkspace(join(base, name));
      removed.push(name);
    } catch {
      // Of another user: theirs to remove.
    }
  }
  return removed;
}

/** Directories of runs that go on, the newest first. */
export function livingWorkspaces(base = tmpdir()): string[] {
  const living = readdirSync(base).filter((name) => {
    const pid = NAME.exec(name)?.[1];
    return pid !== undefined && isAlive(Number(pid));
  });
  const sinceMs = (path: string) => statSync(path).birthtimeMs;
  return living.map((name) => join(base, name)).sort((a, b) => sinceMs(b) - sinceMs(a));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: alive, of another user.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
