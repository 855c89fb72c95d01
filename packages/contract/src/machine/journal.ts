// What a machine has to tell the platform, kept on disk until the platform has it.
//
//   DIRECTORY/00000007-<uuid of the journal>-<first number>.jsonl     one segment
//   a line: CRC-32 in hex, blank, JSON with `sequence`, line end
//   DIRECTORY/through.json                                            what may be forgotten
//
// A line is on the disk (fdatasync) before anybody can send it, so a number that was sent is never
// given again: neither after SIGKILL nor after a power cut at any byte. What a cut leaves half is
// cut off at the next start. What was acknowledged is written down only when a segment goes, and
// at the end: after a crash up to a segment is sent again, and the platform counts it once.
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../daemon/atomic-file.ts';
import { errnoOf } from '../error.ts';
import { keptLines, lineOf, readLines } from './journal-lines.ts';

export interface JournalLimits {
  /** Lines in all; the oldest segment goes. */
  readonly linesMost: number;
  readonly bytesMost: number;
  /** Lines of one segment; an hour of samples unless said. */
  readonly segmentLines?: number;
}

/** An hour of samples: what goes at once, and what is sent again after a crash. */
const SEGMENT_LINES = 360;
/** A segment is read whole: the largest sample has 20 kB, a usual one 1.2 kB. */
const SEGMENT_BYTES = 4_000_000;
const SEGMENT_FORM = /^(\d{8})-([0-9a-f-]{36})-(\d{1,16})\.jsonl$/;
const THROUGH_FILE = 'through.json';

interface Segment {
  readonly order: number;
  readonly journal: string;
  readonly path: string;
  readonly first: number;
  /** `first` − 1: empty. */
  last: number;
  bytes: number;
}

export interface Bite<T> {
  readonly journal: string;
  readonly items: T[];
}

export class Journal<T extends { readonly sequence: number }> {
  readonly #directory: string;
  #limits: JournalLimits;
  readonly #segments: Segment[] = [];
  /** By journal: acknowledged up to here. */
  readonly #through: Map<string, number>;
  #id: string;
  #next: number;
  #fd: number | null = null;
  /** Lines that had to go unsent since the start. */
  dropped = 0;

  /** Throws where the directory cannot be used; the journal is then not usable. */
  constructor(directory: string, limits: JournalLimits) {
    this.#directory = directory;
    this.#limits = limits;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#through = readThrough(join(directory, THROUGH_FILE));
    this.#segments = this.#readSegments();
    this.#id = this.#segments.at(-1)?.journal ?? [...this.#through.keys()].at(-1) ?? randomUUID();
    const last = this.#segments.at(-1)?.last ?? 0;
    this.#next = Math.max(last, this.#through.get(this.#id) ?? 0) + 1;
  }

  get id(): string {
    return this.#id;
  }

  /** Lines that the platform does not have yet. */
  get waiting(): number {
    return this.#segments.reduce((sum, segment) => sum + this.#unsent(segment), 0);
  }

  setLimits(limits: JournalLimits): void {
    this.#limits = limits;
  }

  /** The newest line that is here, or null. */
  newest(): T | null {
    const segment = this.#segments.findLast(({ first, last }) => last >= first);
    const lines = segment === undefined ? [] : readLines<T>(segment.path);
    return lines.at(-1) ?? null;
  }

  /** Numbers and keeps it. Throws when the disk refuses; the number is then spent. */
  append(item: Omit<T, 'sequence'>): void {
    const sequence = this.#next++;
    const line = Buffer.from(lineOf({ sequence, ...item }));
    const segment = this.#writable(sequence);
    const fd = this.#fd ?? openSync(segment.path, 'r+');
    this.#fd = fd;
    writeSync(fd, line, 0, line.length, segment.bytes);
    fdatasyncSync(fd);
    segment.bytes += line.length;
    segment.last = sequence;
  }

  /** The oldest that wait, of one journal, or null. */
  bite(itemsMost: number, bytesMost: number): Bite<T> | null {
    for (const segment of this.#segments) {
      if (this.#unsent(segment) === 0) continue;
      const through = this.#through.get(segment.journal) ?? 0;
      const items: T[] = [];
      let bytes = 0;
      for (const item of readLines<T>(segment.path)) {
        if (item.sequence <= through) continue;
        bytes += JSON.stringify(item).length;
        if (items.length === itemsMost || (bytes > bytesMost && items.length > 0)) break;
        items.push(item);
      }
      if (items.length > 0) return { journal: segment.journal, items };
      this.forget(segment.journal, segment.last); // not a line of it can be read any more
    }
    return null;
  }

  /** The platform has everything of this journal up to `through`. */
  forget(journal: string, through: number): void {
    const lasts = this.#segments.filter((one) => one.journal === journal).map(({ last }) => last);
    const known = Math.min(through, Math.max(0, ...lasts));
    if (known <= (this.#through.get(journal) ?? 0)) return;
    this.#through.set(journal, known);
    const writing = this.#segments.at(-1);
    const gone = this.#segments.filter((one) => one !== writing && this.#unsent(one) === 0);
    if (gone.length === 0) return;
    this.#writeThrough();
    for (const segment of gone) this.#remove(segment);
  }

  /** A new journal begins: the clock was set back, and spans of one journal never overlap. */
  renew(): void {
    this.#id = randomUUID();
    this.#next = 1;
    this.#closeFile();
  }

  close(): void {
    this.#closeFile();
    this.#writeThrough();
  }

  #unsent({ journal, first, last }: Segment): number {
    return last - Math.max(first - 1, Math.min(last, this.#through.get(journal) ?? 0));
  }

  /** The segment that takes the next line; a new one where the last is full. */
  #writable(sequence: number): Segment {
    const last = this.#segments.at(-1);
    const lines = last === undefined ? 0 : last.last - last.first + 1;
    const linesMost = this.#limits.segmentLines ?? SEGMENT_LINES;
    const isFull = lines >= linesMost || (last?.bytes ?? 0) >= SEGMENT_BYTES;
    if (last !== undefined && last.journal === this.#id && !isFull) {
      // A write that failed half way left its half behind.
      if (this.#fd === null) this.#fd = openSync(last.path, 'r+');
      ftruncateSync(this.#fd, last.bytes);
      return last;
    }
    this.#closeFile();
    this.#makeRoom();
    const order = (last?.order ?? 0) + 1;
    const name = `${String(order).padStart(8, '0')}-${this.#id}-${sequence}.jsonl`;
    const path = join(this.#directory, name);
    this.#fd = openSync(path, 'w+', 0o600);
    this.#syncDirectory();
    const { journal, first } = { journal: this.#id, first: sequence };
    const segment: Segment = { order, journal, path, first, last: first - 1, bytes: 0 };
    this.#segments.push(segment);
    return segment;
  }

  #makeRoom(): void {
    for (;;) {
      const lines = this.#segments.reduce((sum, { first, last }) => sum + last - first + 1, 0);
      const bytes = this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
      const oldest = this.#segments[0];
      const fits = lines <= this.#limits.linesMost && bytes <= this.#limits.bytesMost;
      if (fits || oldest === undefined) return;
      this.dropped += this.#unsent(oldest);
      // Its numbers are not given again, even when nothing else is left of the journal.
      this.#through.set(
        oldest.journal,
        Math.max(oldest.last, this.#through.get(oldest.journal) ?? 0),
      );
      this.#writeThrough();
      this.#remove(oldest);
    }
  }

  #remove(segment: Segment): void {
    if (segment === this.#segments.at(-1)) this.#closeFile();
    rmSync(segment.path, { force: true });
    this.#segments.splice(this.#segments.indexOf(segment), 1);
  }

  #readSegments(): Segment[] {
    const names = readdirSync(this.#directory).filter((name) => SEGMENT_FORM.test(name));
    const found = names.toSorted().map((name): Segment => {
      const [, order = '', journal = '', first = ''] = SEGMENT_FORM.exec(name) ?? [];
      const path = join(this.#directory, name);
      return { order: Number(order), journal, path, first: Number(first), last: 0, bytes: 0 };
    });
    for (const [i, segment] of found.entries()) {
      const kept = keptLines(segment.path);
      segment.bytes = kept.bytes;
      const next = found[i + 1];
      // Where a line in the midst is unreadable, its number was given all the same.
      segment.last = Math.max(segment.first - 1, kept.last);
      if (next?.journal === segment.journal) segment.last = next.first - 1;
    }
    return found;
  }

  #writeThrough(): void {
    const known = new Set([this.#id, ...this.#segments.map(({ journal }) => journal)]);
    const kept = [...this.#through].filter(([journal]) => known.has(journal));
    // The journal that is written comes last.
    const current = kept.filter(([journal]) => journal === this.#id);
    const others = kept.filter(([journal]) => journal !== this.#id);
    const text = JSON.stringify(Object.fromEntries([...others, ...current]));
    writeAtomically(join(this.#directory, THROUGH_FILE), `${text}\n`);
  }

  #closeFile(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #syncDirectory(): void {
    const fd = openSync(this.#directory, 'r');
    fsyncSync(fd);
    closeSync(fd);
  }
}

/** Every whole line that still lies there, sent or not, oldest first. */
export function readJournal(directory: string): { journal: string; item: unknown }[] {
  const names = readdirSync(directory).filter((name) => SEGMENT_FORM.test(name));
  return names.toSorted().flatMap((name) => {
    const [, , journal = ''] = SEGMENT_FORM.exec(name) ?? [];
    return readLines(join(directory, name)).map((item) => ({ journal, item }));
  });
}

function readThrough(path: string): Map<string, number> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null) return new Map();
    const entries = Object.entries(value).filter((entry): entry is [string, number] => {
      return Number.isSafeInteger(entry[1]);
    });
    return new Map(entries);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return new Map();
    throw error;
  }
}
