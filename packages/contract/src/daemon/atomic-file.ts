import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Replaces a file so that a power cut leaves the old or the new content, never a part:
 * write beside it, fsync, rename, fsync the directory.
 */
export function writeAtomically(path: string, content: string, mode = 0o600): void {
  const beside = `${path}.new`;
  try {
    withFile(beside, 'w', mode, (fd) => {
      writeSync(fd, content);
      fsyncSync(fd);
    });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  withFile(dirname(path), 'r', mode, fsyncSync);
}

function withFile(path: string, flags: string, mode: number, use: (fd: number) => void): void {
  const fd = openSync(path, flags, mode);
  try {
    use(fd);
  } finally {
    closeSync(fd);
  }
}
