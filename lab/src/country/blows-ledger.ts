// What a sender knows to have kept, and what it was told has arrived. It stands beside the journal
// and not in it: the journal is under blows too, and forgets what has arrived.
//
//   {"kept": …}   once a sample is in the journal
//   {"acked": …}  before the journal may forget it
//
// A kill between the journal and this file leaves the newest line of the journal unnoted; the next
// run notes it. Lines outlive the process, not a power cut: nothing here cuts the power.
import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Sample } from '@rmh/contract/api';

/** What is compared with the platform's row. */
export interface KeptSample {
  readonly journal: string;
  readonly sequence: number;
  readonly endMs: number;
  readonly upMs: number;
  /** Both ways, over all carriers. */
  readonly bytes: number;
  /** Numbers of the outages that it told. */
  readonly outages: readonly number[];
}

export interface Acked {
  readonly journal: string;
  readonly through: number;
}

type Line = { readonly kept: KeptSample } | { readonly acked: Acked };

export interface LedgerLines {
  readonly kept: readonly KeptSample[];
  readonly acked: readonly Acked[];
}

export class Ledger {
  readonly #fd: number;
  #last: KeptSample | null;

  constructor(directory: string) {
    const path = pathIn(directory);
    // What a kill left of a line is no line.
    if (existsSync(path)) truncateSync(path, readFileSync(path).lastIndexOf(10) + 1);
    this.#last = readLedger(directory).kept.at(-1) ?? null;
    this.#fd = openSync(path, 'a', 0o600);
  }

  get last(): KeptSample | null {
    return this.#last;
  }

  kept(journal: string, sample: Sample): void {
    this.#last = keptSample(journal, sample);
    this.#write({ kept: this.#last });
  }

  acked(acked: Acked): void {
    this.#write({ acked });
  }

  close(): void {
    closeSync(this.#fd);
  }

  #write(line: Line): void {
    writeSync(this.#fd, `${JSON.stringify(line)}\n`);
  }
}

export function keptSample(journal: string, sample: Sample): KeptSample {
  const { sequence, atMs, spanMs, upMs, carriers, outages } = sample;
  const bytes = carriers.reduce((sum, one) => sum + one.bytesSent + one.bytesReceived, 0);
  const numbers = outages.map(({ number }) => number);
  return { journal, sequence, endMs: atMs + spanMs, upMs, bytes, outages: numbers };
}

export function readLedger(directory: string): LedgerLines {
  const path = pathIn(directory);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const lines = text.split('\n').slice(0, -1);
  const parsed = lines.map((line) => JSON.parse(line) as Line);
  return {
    kept: parsed.flatMap((line) => ('kept' in line ? [line.kept] : [])),
    acked: parsed.flatMap((line) => ('acked' in line ? [line.acked] : [])),
  };
}

const pathIn = (directory: string): string => join(directory, 'ledger.jsonl');
