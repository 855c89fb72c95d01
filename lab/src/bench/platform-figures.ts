// What the platform's bench is asked and what it answers.
import { parseArgs } from 'node:util';
import { FIGURES_MS, LIST_MS } from './platform-asked.ts';
import type { PageMeasured } from './platform-pages.ts';

// Issue 4: from a unit's report to the console.
const LAG_MS = 2_000;

export interface PlatformOptions {
  readonly units: number;
  readonly seconds: number;
  readonly database: 'pglite' | 'postgres';
  /**
   * Of history before it begins: a minute a day for each unit. The newest four weeks are told by
   * the units; what lies before them is put behind (platform-year.ts).
   */
  readonly days: number;
  /** Samples of the one unit that was away. */
  readonly backlog: number;
  readonly seed: number;
  readonly json: string | null;
}

export const PLATFORM_USAGE = `       rmh bench platform [--units N] [--seconds N]
                          [--database pglite|postgres] [--days N] [--backlog N]
                          [--seed N] [--json -]
  A platform process under a whole fleet: ingest, live view, lists, the nation's month, a day's
  backlog of one unit. Takes a few minutes longer than --seconds for the month's history. With
  --days 29 to 390 also a year behind it, every page of the console, and the monthly report.

`;

export function platformOptions(argv: string[]): PlatformOptions | string {
  const { values } = parseArgs({
    args: argv,
    options: {
      units: { type: 'string', default: '2000' },
      seconds: { type: 'string', default: '60' },
      database: { type: 'string', default: 'pglite' },
      days: { type: 'string', default: '28' },
      backlog: { type: 'string', default: '8640' },
      seed: { type: 'string', default: '1' },
      json: { type: 'string' },
    },
  });
  const [units, seconds, backlog, seed] = [
    ...[Number(values.units), Number(values.seconds), Number(values.backlog), Number(values.seed)],
  ] as [number, number, number, number];
  if (!(Number.isInteger(units) && units >= 1 && units <= 5_000)) return '--units is 1 to 5000';
  if (!(seconds >= 1 && seconds <= 3_600)) return '--seconds is 1 to 3600';
  if (!(Number.isInteger(backlog) && backlog >= 0 && backlog <= 86_400)) {
    return '--backlog is 0 to 86400';
  }
  const days = Number(values.days);
  if (!(Number.isInteger(days) && days >= 0 && days <= 390)) return '--days is 0 to 390';
  if (!Number.isInteger(seed)) return '--seed is a whole number';
  const { database, json } = values;
  if (database !== 'pglite' && database !== 'postgres') return '--database is pglite or postgres';
  if (json !== undefined && json !== '-') return '--json is -';
  return { units, seconds, days, backlog, seed, database, json: json ?? null };
}

export interface PlatformResult {
  readonly options: PlatformOptions;
  readonly history: {
    readonly samples: number;
    readonly toldMs: number;
    readonly rolledUpMs: number;
  };
  /** From when it was due to the answer. */
  readonly ingestMs: readonly number[];
  readonly nowMs: readonly number[];
  /** From a unit's report to the console. */
  readonly liveLagMs: readonly number[];
  readonly pageMs: readonly number[];
  readonly nationMs: readonly number[];
  readonly failures: number;
  /** Each page of the console over a year; empty without one. */
  readonly pages: readonly PageMeasured[];
  readonly backlog: { readonly samples: number; readonly ms: number };
  readonly memoryMb: number;
}

/** The value below which `share` of them lie; of none: NaN. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function verdict(ms: number, wantedMs: number | undefined): string {
  if (wantedMs === undefined) return '';
  return `  ${ms <= wantedMs ? 'within' : 'OVER'} ${wantedMs}`;
}

export function tableOf(result: PlatformResult): string {
  const { options, history, backlog } = result;
  const ms = (value: number) => `${value.toFixed(0).padStart(7)} ms`;
  const line = (name: string, values: readonly number[], share: number, wantedMs?: number) => {
    const high = quantile(values, share);
    return (
      `${name.padEnd(34)} n=${String(values.length).padStart(6)}` +
      `  p50 ${ms(quantile(values, 0.5))}  p${share * 100} ${ms(high)}${verdict(high, wantedMs)}\n`
    );
  };
  return [
    `${options.units} units, ${options.seconds} s, ${options.database}\n`,
    `history: ${history.samples} samples in ${(history.toldMs / 1_000).toFixed(0)} s,`,
    ` in the figures after ${(history.rolledUpMs / 1_000).toFixed(0)} s more\n`,
    line('sample delivered', result.ingestMs, 0.99),
    line('state reported', result.nowMs, 0.99),
    line('live view lags', result.liveLagMs, 0.99, LAG_MS),
    line('page of 100 vehicles', result.pageMs, 0.95, LIST_MS),
    line("the nation's 30 days", result.nationMs, 0.99, FIGURES_MS),
    ...result.pages.map((page) => line(page.name, page.ms, 0.95, page.wantedMs)),
    `backlog: ${backlog.samples} samples in ${(backlog.ms / 1_000).toFixed(1)} s meanwhile\n`,
    `memory: ${result.memoryMb} MB at most; failures: ${result.failures}\n`,
  ].join('');
}
