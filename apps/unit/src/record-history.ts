// What of the history outlives a restart: STATE/history.jsonl, one event or one minute a line.
//
//   read at the start → cut to what the memory holds → appended to, and cut again when too long
//
// The minutes also say until when the unit lived: after a power cut nothing else does.
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CarrierSlice,
  type ClassSlice,
  EVENTS_MAX,
  errnoOf,
  type HistoryEvent,
  type HistorySlice,
  lineOf,
} from '@rmh/contract';
import { type Log, writeAtomically } from '@rmh/contract/daemon';

export const MINUTE_MS = 60_000;
/** Two hours of minutes, as the memory keeps two hours of seconds. */
const MINUTES_MAX = 120;
/** 4,096 events × 150 B and 120 minutes × 1.2 kB are 0.8 MB. */
const FILE_BYTES_MAX = 2_000_000;

export interface Kept {
  readonly events: HistoryEvent[];
  readonly slices: HistorySlice[];
}

export class HistoryFile {
  readonly #path: string;
  readonly #log: Log;
  #bytes = 0;
  #failed = false;

  constructor(stateDirectory: string, log: Log) {
    this.#path = join(stateDirectory, 'history.jsonl');
    this.#log = log;
  }

  /** What earlier runs left, the oldest first; nothing where nothing can be read. */
  read(): Kept {
    let text = '';
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') this.#fail(error);
    }
    const kept = parseHistory(text);
    this.#bytes = text.length;
    // A line that a power cut left half would swallow the next one.
    if (text !== '' && (!text.endsWith('\n') || text.length > FILE_BYTES_MAX)) this.#cut(kept);
    return kept;
  }

  append(line: HistoryEvent | HistorySlice): void {
    const text = `${JSON.stringify(line)}\n`;
    try {
      if (this.#bytes + text.length > FILE_BYTES_MAX) this.#cut(this.read());
      appendFileSync(this.#path, text, { mode: 0o600 });
      this.#bytes += text.length;
      this.#failed = false;
    } catch (error) {
      this.#fail(error);
    }
  }

  #cut(kept: Kept): void {
    const lines = [...kept.events, ...kept.slices].map((line) => JSON.stringify(line));
    const text = lines.map((line) => `${line}\n`).join('');
    try {
      writeAtomically(this.#path, text);
      this.#bytes = text.length;
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (!this.#failed) this.#log.write('history.failed', { message: lineOf(error) });
    this.#failed = true; // tried again with the next line, said once
  }
}

/** Lines that cannot be read are passed over: the file is ours, and a fault in it no reason. */
export function parseHistory(text: string): Kept {
  const events: HistoryEvent[] = [];
  const slices: HistorySlice[] = [];
  for (const line of text.split('\n')) {
    const value = parsed(line);
    if (isEvent(value)) events.push(value);
    else if (isSlice(value)) slices.push(value);
  }
  return { events: events.slice(-EVENTS_MAX / 2), slices: slices.slice(-MINUTES_MAX) };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function isEvent(value: unknown): value is HistoryEvent {
  return hasTime(value) && 'event' in value && typeof value.event === 'string' && 'fields' in value;
}

function isSlice(value: unknown): value is HistorySlice {
  return hasTime(value) && 'classes' in value && Array.isArray(value.classes);
}

function hasTime(value: unknown): value is { atMs: number } {
  return (
    typeof value === 'object' && value !== null && 'atMs' in value && typeof value.atMs === 'number'
  );
}

/** Sixty seconds as one slice. At least one is given; carriers show their last state. */
export function minuteOf(slices: readonly HistorySlice[]): HistorySlice | null {
  const first = slices[0];
  const last = slices.at(-1);
  if (first === undefined || last === undefined) return null;
  return {
    atMs: first.atMs,
    spanMs: last.atMs + last.spanMs - first.atMs,
    active: last.active,
    classes: first.classes.map((_, i) =>
      sumOfClass(slices.flatMap(({ classes }) => classes[i] ?? [])),
    ),
    carriers: last.carriers.map((carrier) => {
      return sumOfCarrier(
        carrier,
        slices.flatMap(({ carriers }) => carriers.filter(({ link }) => link === carrier.link)),
      );
    }),
  };
}

export function sumOfClass(all: readonly ClassSlice[]): ClassSlice {
  const sum = (field: 'sent' | 'received' | 'repaired' | 'late' | 'unsent') =>
    all.reduce((total, slice) => total + slice[field], 0);
  const lost = all.flatMap((slice) => slice.lost ?? []);
  return {
    sent: sum('sent'),
    received: sum('received'),
    repaired: sum('repaired'),
    late: sum('late'),
    unsent: sum('unsent'),
    lost: lost.length === 0 ? null : lost.reduce((total, count) => total + count, 0),
    quietMs: Math.max(0, ...all.map(({ quietMs }) => quietMs)),
  };
}

export function sumOfCarrier(last: CarrierSlice, all: readonly CarrierSlice[]): CarrierSlice {
  const sum = (field: 'sent' | 'lost' | 'bytesSent' | 'bytesReceived') =>
    all.reduce((total, slice) => total + slice[field], 0);
  const rtts = all.flatMap(({ rttMs }) => rttMs ?? []).sort((a, b) => a - b);
  return {
    ...last,
    rttMs: rtts[rtts.length >> 1] ?? null,
    sent: sum('sent'),
    lost: sum('lost'),
    bytesSent: sum('bytesSent'),
    bytesReceived: sum('bytesReceived'),
  };
}
