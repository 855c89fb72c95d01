// The files of the recorder: DIR/2026-11-25T13-00-00Z.csv and its .probe.csv, in the columns of
// docs/drives.md.
//
//   lines are appended once a second → after an hour, or a quarter of the room, a part is closed
//   → packed (.csv.gz) → the oldest parts go until the room is enough
//
// A SIGKILL leaves whole lines. A power cut may leave half a line or zeros: the next start packs
// what it finds only up to the last whole line.
import {
  closeSync,
  createReadStream,
  createWriteStream,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export interface Heads {
  readonly rows: string;
  readonly probes: string;
}

const PART_MS = 3_600_000;
const OURS = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(-\d+)?(\.probe)?\.csv(\.gz)?$/;
const LEFTOVER = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ.*\.gz\.part$/;
// Drives tell where a vehicle was when, and so do their names: for the service's user only.
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** Every call may throw what the file system throws; `abandon` makes it usable again. */
export class DriveFiles {
  readonly #directory: string;
  readonly #bytesMost: number;
  readonly #heads: Heads;
  #part: Part | null = null;
  #packing: Promise<void> = Promise.resolve();

  constructor(directory: string, bytesMost: number, heads: Heads) {
    this.#directory = directory;
    this.#bytesMost = bytesMost;
    this.#heads = heads;
  }

  /** Makes the directory, and takes care of what an earlier run left. */
  open(): void {
    mkdirSync(this.#directory, { recursive: true, mode: DIRECTORY_MODE });
    for (const name of readdirSync(this.#directory)) {
      if (LEFTOVER.test(name)) rmSync(join(this.#directory, name), { force: true });
    }
    this.#pack();
  }

  /** Appends whole lines; a time that went back, as a clock that was set, begins a new part. */
  append(rows: string, probes: string, nowMs: number): void {
    const part = this.#part ?? this.#begin(nowMs);
    part.rows.append(rows);
    part.probes.append(probes);
    const isFull = part.rows.bytes + part.probes.bytes > this.#bytesMost / 4;
    if (isFull || nowMs - part.sinceMs >= PART_MS) this.closePart();
  }

  /** Begins a new part with the next line. */
  closePart(): void {
    const part = this.#part;
    this.#part = null;
    part?.rows.close();
    part?.probes.close();
    if (part !== null) this.#pack();
  }

  /** After a failure: lets the part go, and half a line with it. */
  abandon(): void {
    const part = this.#part;
    this.#part = null;
    part?.rows.mend();
    part?.probes.mend();
  }

  /** Resolves when what is closed is packed. Never rejects: what stays unpacked can be read. */
  packed(): Promise<void> {
    return this.#packing;
  }

  #begin(nowMs: number): Part {
    const base = `${new Date(nowMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
    const taken = new Set(readdirSync(this.#directory));
    const isTaken = (name: string) =>
      ['.csv', '.csv.gz', '.probe.csv', '.probe.csv.gz'].some((end) => taken.has(`${name}${end}`));
    let name = base;
    for (let i = 2; isTaken(name); i++) name = `${base}-${i}`;
    const file = (ending: string) => join(this.#directory, `${name}${ending}`);
    const rows = new Appender(file('.csv'), this.#heads.rows);
    const probes = new Appender(file('.probe.csv'), this.#heads.probes);
    this.#part = { name, sinceMs: nowMs, rows, probes };
    return this.#part;
  }

  #pack(): void {
    this.#packing = this.#packing.then(() => this.#packAll()).catch(() => {});
  }

  async #packAll(): Promise<void> {
    const open = this.#part?.name;
    for (const name of this.#ours()) {
      const isOpen = open !== undefined && (name === `${open}.csv` || name === `${open}.probe.csv`);
      if (name.endsWith('.csv') && !isOpen) await packFile(join(this.#directory, name));
    }
    this.#makeRoom();
  }

  /** Deletes the oldest parts. A quarter is kept free for the part that is being written. */
  #makeRoom(): void {
    const parts = new Map<string, { paths: string[]; bytes: number }>();
    for (const name of this.#ours()) {
      const path = join(this.#directory, name);
      const key = name.slice(0, name.indexOf('.'));
      const part = parts.get(key) ?? { paths: [], bytes: 0 };
      part.paths.push(path);
      part.bytes += statSync(path).size;
      parts.set(key, part);
    }
    let bytes = [...parts.values()].reduce((sum, part) => sum + part.bytes, 0);
    for (const [key, part] of parts) {
      if (bytes <= (this.#bytesMost * 3) / 4) return;
      if (key === this.#part?.name) continue;
      for (const path of part.paths) rmSync(path, { force: true });
      bytes -= part.bytes;
    }
  }

  /** Oldest first: the names are times. */
  #ours(): string[] {
    return readdirSync(this.#directory)
      .filter((name) => OURS.test(name))
      .sort();
  }
}

interface Part {
  readonly name: string;
  readonly sinceMs: number;
  readonly rows: Appender;
  readonly probes: Appender;
}

/** One file that grows by whole lines; it is made with its first line. */
class Appender {
  bytes = 0;
  readonly #path: string;
  readonly #head: string;
  #fd: number | null = null;

  constructor(path: string, head: string) {
    this.#path = path;
    this.#head = head;
  }

  append(lines: string): void {
    if (lines === '') return;
    this.#fd ??= openSync(this.#path, 'wx', FILE_MODE);
    const text = Buffer.from(this.bytes === 0 ? this.#head + lines : lines);
    const written = writeSync(this.#fd, text);
    if (written < text.length) throw new Error('no space left on the device');
    this.bytes += written;
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  mend(): void {
    const fd = this.#fd;
    this.#fd = null;
    if (fd === null) return;
    try {
      if (fstatSync(fd).size > this.bytes) ftruncateSync(fd, this.bytes);
    } catch {
      // The same fault as before; the next start cuts half a line off.
    }
    closeSync(fd);
  }
}

/** FILE.csv → FILE.csv.gz: whole or not at all. What holds no line is deleted. */
async function packFile(path: string): Promise<void> {
  const bytes = wholeLineBytes(path);
  if (bytes === 0) return rmSync(path, { force: true });
  if (bytes < statSync(path).size) truncateSync(path, bytes);
  const beside = `${path}.gz.part`;
  const output = createWriteStream(beside, { mode: FILE_MODE });
  await pipeline(createReadStream(path), createGzip(), output);
  renameSync(beside, `${path}.gz`);
  rmSync(path, { force: true });
}

/** Up to and with the last line's end before any zero byte, looking at the last 64 KB only. */
function wholeLineBytes(path: string): number {
  const { size } = statSync(path);
  const tail = Buffer.alloc(Math.min(size, 65_536));
  const fd = openSync(path, 'r');
  try {
    readSync(fd, tail, 0, tail.length, size - tail.length);
  } finally {
    closeSync(fd);
  }
  const zero = tail.indexOf(0);
  const sound = zero < 0 ? tail : tail.subarray(0, zero);
  const end = sound.lastIndexOf(10) + 1;
  return end === 0 ? 0 : size - tail.length + end;
}
