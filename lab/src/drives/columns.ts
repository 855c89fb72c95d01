// Rows of a drive file, as text, into columns of numbers: pure, line by line.

/** The file is wrong, or cannot be read: the message names file, line and column. */
export class DriveError extends Error {
  override name = 'DriveError';
}

/** Samples of one carrier; NaN where nothing was measured. All arrays have one length. */
export interface Samples {
  readonly tMs: number[];
  readonly downKbps: number[];
  readonly upKbps: number[];
  readonly rttMs: number[];
  readonly loss: number[];
  readonly rsrpDbm: number[];
  readonly lat: number[];
  readonly lon: number[];
}

interface Column {
  readonly name: string;
  readonly into: keyof Samples;
  readonly min: number;
  readonly max: number;
}

const COLUMNS: readonly Column[] = [
  // From relative zero to the year 2286.
  { name: 't_ms', into: 'tMs', min: 0, max: 1e13 },
  { name: 'down_kbps', into: 'downKbps', min: 0, max: 1e8 },
  { name: 'up_kbps', into: 'upKbps', min: 0, max: 1e8 },
  { name: 'rtt_ms', into: 'rttMs', min: 0, max: 600_000 },
  { name: 'loss', into: 'loss', min: 0, max: 1 },
  // A phone reports 0 or below -150 when it has no figure: those count as not measured.
  { name: 'rsrp_dbm', into: 'rsrpDbm', min: -1000, max: 1000 },
  { name: 'lat', into: 'lat', min: -90, max: 90 },
  { name: 'lon', into: 'lon', min: -180, max: 180 },
];

// The longest recorded set has 325,000 rows; a week of three carriers at 1 s has 1.8 million.
export const ROWS_MAX = 4_000_000;
// norway_3g_2010 calls each of its 80 trips a carrier.
export const CARRIERS_MAX = 256;
export const LINE_CHARS_MAX = 4096;
const CARRIER_NAME = /^[A-Za-z0-9_.-]{1,40}$/;
// t_ms with 13 digits, rates with decimals, coordinates with 15: all are plain decimals.
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?$/;

/** Takes the lines of one file in order; the first is the header. */
export class ColumnReader {
  readonly carriers = new Map<string, Samples>();
  readonly #file: string;
  #line = 0;
  #rows = 0;
  #carrierAt = -1;
  /** Per column of ours, the position in the file, or -1. */
  #positions: number[] = [];
  #fieldCount = 0;

  constructor(file: string) {
    this.#file = file;
  }

  push(text: string): void {
    this.#line++;
    if (text.length > LINE_CHARS_MAX) this.#fail(`is longer than ${LINE_CHARS_MAX} characters`);
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    if (this.#line === 1) this.#readHeader(line.replace(/^\ufeff/, ''));
    else if (line !== '') this.#readRow(line.split(','));
  }

  /** After the last line. */
  finish(): ReadonlyMap<string, Samples> {
    if (this.#line === 0) throw new DriveError(`${this.#file} is empty`);
    if (this.#rows === 0) throw new DriveError(`${this.#file} has a header and no rows`);
    for (const [carrier, samples] of this.carriers) {
      if (!isAscending(samples.tMs)) this.carriers.set(carrier, sortByTime(samples));
    }
    return this.carriers;
  }

  #readHeader(line: string): void {
    const names = line.split(',').map((name) => name.trim());
    this.#carrierAt = names.indexOf('carrier');
    this.#positions = COLUMNS.map(({ name }) => names.indexOf(name));
    this.#fieldCount = names.length;
    for (const name of ['t_ms', 'carrier']) {
      if (!names.includes(name))
        this.#fail(`has no column "${name}"; a drive starts with a header`);
    }
  }

  #readRow(fields: readonly string[]): void {
    if (fields.length !== this.#fieldCount) {
      this.#fail(`has ${fields.length} fields; the header has ${this.#fieldCount}`);
    }
    if (++this.#rows > ROWS_MAX) this.#fail(`is row ${this.#rows}; at most ${ROWS_MAX} are read`);
    const samples = this.#samplesOf((fields[this.#carrierAt] ?? '').trim());
    for (const [i, column] of COLUMNS.entries()) {
      const position = this.#positions[i] ?? -1;
      const text = position < 0 ? '' : (fields[position] ?? '').trim();
      samples[column.into].push(text === '' ? Number.NaN : this.#number(text, column));
    }
    const t = samples.tMs.at(-1);
    if (t === undefined || Number.isNaN(t)) this.#fail('column "t_ms" is empty');
  }

  #samplesOf(carrier: string): Samples {
    const known = this.carriers.get(carrier);
    if (known !== undefined) return known;
    if (!CARRIER_NAME.test(carrier)) {
      this.#fail(`column "carrier": ${quote(carrier)} is no name (letters, digits, _ . -)`);
    }
    if (this.carriers.size >= CARRIERS_MAX) this.#fail(`names more than ${CARRIERS_MAX} carriers`);
    const fresh = emptySamples();
    this.carriers.set(carrier, fresh);
    return fresh;
  }

  #number(text: string, { name, min, max }: Column): number {
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const why = Number.isNaN(value) ? 'is no number' : `is not within ${min} … ${max}`;
    return this.#fail(`column "${name}": ${quote(text)} ${why}`);
  }

  #fail(what: string): never {
    throw new DriveError(`${this.#file}, line ${this.#line}: ${what}`);
  }
}

export function emptySamples(): Samples {
  return {
    tMs: [],
    downKbps: [],
    upKbps: [],
    rttMs: [],
    loss: [],
    rsrpDbm: [],
    lat: [],
    lon: [],
  };
}

function isAscending(times: readonly number[]): boolean {
  return times.every((t, i) => i === 0 || t > (times[i - 1] ?? t));
}

/** Of two samples at one time, the first in the file stays. */
function sortByTime(samples: Samples): Samples {
  const { tMs } = samples;
  const order = tMs.map((_, i) => i).sort((a, b) => (tMs[a] ?? 0) - (tMs[b] ?? 0) || a - b);
  const kept = order.filter((at, i) => i === 0 || tMs[at] !== tMs[order[i - 1] ?? 0]);
  const pick = (column: readonly number[]) => kept.map((at) => column[at] ?? Number.NaN);
  return {
    tMs: pick(tMs),
    downKbps: pick(samples.downKbps),
    upKbps: pick(samples.upKbps),
    rttMs: pick(samples.rttMs),
    loss: pick(samples.loss),
    rsrpDbm: pick(samples.rsrpDbm),
    lat: pick(samples.lat),
    lon: pick(samples.lon),
  };
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
