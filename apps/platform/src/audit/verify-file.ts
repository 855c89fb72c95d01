// Is an exported log as it was written? Needs nothing but the file; whose key signed it, a person
// compares, or --config.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  type ExportEnd,
  HEAD_LINE,
  isEndSigned,
  jsonOf,
  readEndLine,
  readEntryLine,
} from './export-lines.ts';
import type { AUDIT_FLAWS } from './verify.ts';

export type FileVerdict =
  | { readonly kind: 'whole'; readonly end: ExportEnd }
  | {
      readonly kind: 'broken';
      /** Null: not in an entry, or entries were left out that no chain can tell. */
      readonly sequence: number | null;
      readonly flaw: keyof typeof AUDIT_FLAWS;
    };
type Broken = Extract<FileVerdict, { kind: 'broken' }>;

const broken = (sequence: number | null, flaw: Broken['flaw']): Broken => {
  return { kind: 'broken', sequence, flaw };
};

/** Throws where the file cannot be read. */
export async function verifyFile(path: string): Promise<FileVerdict> {
  return await verifyLines(linesOf(createReadStream(path)));
}

export async function verifyLines(lines: AsyncIterable<string>): Promise<FileVerdict> {
  const digest = createHash('sha256');
  let chain: Chain | null = null;
  let end: ExportEnd | null = null;
  for await (const line of lines) {
    if (end !== null) return broken(null, 'altered');
    if (chain === null) {
      const head = HEAD_LINE.safeParse(jsonOf(line)).data;
      if (head === undefined) return broken(null, 'not-ours');
      chain = new Chain(head.after, head.whole);
    } else {
      end = readEndLine(line);
      if (end !== null) continue;
      chain.follow(line);
    }
    digest.update(`${line}\n`);
  }
  if (chain === null) return broken(null, 'not-ours');
  if (end === null) return chain.unended();
  const flaw = chain.flaw ?? chain.close(end);
  if (flaw !== null) return flaw;
  if (!isEndSigned(end)) return broken(null, 'not-ours');
  if (digest.digest('hex') !== end.sha256) return broken(null, 'altered');
  return { kind: 'whole', end };
}

class Chain {
  readonly #isWhole: boolean;
  /** Of the newest entry so far; before the first, what the export was asked to begin after. */
  last: number;
  /** The first that is wrong. */
  flaw: Broken | null = null;
  #lastHash: string | null = null;
  #entries = 0;

  constructor(after: number, isWhole: boolean) {
    this.last = after;
    this.#isWhole = isWhole;
  }

  follow(line: string): void {
    const read = readEntryLine(line);
    this.#entries++;
    const sequence = read?.entry?.sequence ?? this.last + 1;
    // What seemed to be gone stands further down.
    const isFound = this.flaw?.flaw === 'missing' && this.flaw.sequence === sequence;
    if (isFound) this.flaw = broken(sequence, 'moved');
    this.flaw ??= this.#flawOf(read, sequence);
    this.last = Math.max(this.last, sequence);
    this.#lastHash = read?.hash ?? null;
  }

  #flawOf(read: ReturnType<typeof readEntryLine>, sequence: number): Broken | null {
    if (read === null || read.entry === null || read.computed !== read.hash) {
      return broken(sequence, 'altered');
    }
    if (sequence <= this.last) return broken(sequence, 'moved');
    if (sequence > this.last + 1) return this.#isWhole ? broken(this.last + 1, 'missing') : null;
    const isLinked = this.#lastHash === null || read.entry.previousHash === this.#lastHash;
    return isLinked ? null : broken(this.last, 'altered');
  }

  /** Half a line at its end is no entry that was altered. */
  unended(): Broken {
    if (this.flaw === null) return broken(this.last + 1, 'cut-off');
    return this.flaw.sequence === this.last ? broken(this.last, 'cut-off') : this.flaw;
  }

  close({ entries, sequence, hash }: ExportEnd): Broken | null {
    const isShort = this.#isWhole && this.last < sequence;
    if (isShort) return broken(this.last + 1, 'cut-off');
    if (this.last === sequence && this.#lastHash !== null && this.#lastHash !== hash) {
      return broken(sequence, 'altered');
    }
    return entries === this.#entries ? null : broken(null, 'missing');
  }
}

// Not node:readline, to which U+2028 in a text is the end of a line.
async function* linesOf(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of source) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  // Cut off in the middle: it will be no line of ours.
  if (rest !== '') yield rest;
}
