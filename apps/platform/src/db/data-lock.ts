// One process at a time on a directory of the embedded database: two would destroy it.
import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf, RmhError } from '@rmh/contract';

/** Takes the directory, or throws RMH_DATA_IN_USE; returns how to give it back. */
export function lockDirectory(directory: string): () => void {
  const lock = join(directory, 'rmh.lock');
  const mine = join(directory, `rmh.lock.${process.pid}`);
  writeFileSync(mine, ownMark(), { mode: 0o600 });
  try {
    // A link appears whole or not at all, and never over another one.
    for (let tries = 0; tries < 3; tries++) {
      if (linked(mine, lock)) return () => rmSync(lock, { force: true });
      const holder = readMark(lock);
      if (holder !== null && lives(holder)) throw inUse(directory, holder.pid);
      moveAway(lock);
    }
    throw inUse(directory, null);
  } finally {
    unlinkSync(mine);
  }
}

interface Mark {
  readonly pid: number;
  /** When it began, in the kernel's ticks: a number that came again is another process. */
  readonly began: string;
}

function ownMark(): string {
  return `${process.pid} ${beganOf(process.pid) ?? ''}\n`;
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function readMark(lock: string): Mark | null {
  try {
    const [pid, began] = readFileSync(lock, 'utf8').trim().split(' ');
    return { pid: Number(pid), began: began ?? '' };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

const lives = ({ pid, began }: Mark): boolean => beganOf(pid) === began;

/** Fields 3 and 22 of /proc/PID/stat; the name before them may hold spaces and brackets. */
function beganOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    // Dead, only not yet buried by its parent.
    return state === 'Z' || state === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

// Renamed first: of two that clear away the same dead holder, one finds nothing.
function moveAway(lock: string): void {
  const away = `${lock}.dead.${process.pid}`;
  try {
    renameSync(lock, away);
    unlinkSync(away);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

function inUse(directory: string, pid: number | null): RmhError {
  const by = pid === null ? 'another process' : `process ${pid}`;
  return new RmhError('RMH_DATA_IN_USE', `${directory} is used by ${by}`);
}
