// Lines that know whether they are whole.
import { closeSync, fdatasyncSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';

const CRC_CHARS = 8;

export function lineOf(value: object): string {
  const text = JSON.stringify(value);
  return `${crc32(text).toString(16).padStart(CRC_CHARS, '0')} ${text}\n`;
}

/** Everything that is whole, in the order of the file. */
export function readLines<T>(path: string): T[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => (parsed(line) as T | null) ?? []);
}

/**
 * Cuts off what a power cut left half: everything behind the last whole line. `last`: the number
 * of that line, 0 where there is none; `bytes`: the file's length then.
 */
export function keptLines(path: string): { last: number; bytes: number } {
  const content = readFileSync(path);
  let last = 0;
  let bytes = 0;
  for (let at = 0; at < content.length; ) {
    const end = content.indexOf(10, at);
    if (end < 0) break;
    const line = parsed(content.toString('utf8', at, end)) as { sequence: number } | null;
    at = end + 1;
    if (line === null) continue;
    last = line.sequence;
    bytes = at;
  }
  if (bytes < content.length) cut(path, bytes);
  return { last, bytes };
}

function cut(path: string, bytes: number): void {
  const fd = openSync(path, 'r+');
  try {
    ftruncateSync(fd, bytes);
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Null: not whole. We wrote it, so it has our form. */
function parsed(line: string): unknown {
  const text = line.slice(CRC_CHARS + 1);
  if (text === '' || line[CRC_CHARS] !== ' ') return null;
  if (crc32(text) !== Number.parseInt(line.slice(0, CRC_CHARS), 16)) return null;
  return JSON.parse(text);
}
