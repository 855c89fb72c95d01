// ./rmh bench fair: what a rival's TCP in the same buffer leaves us, and we it.
import { loadavg } from 'node:os';
import { formatPath } from '../carriers/paths-syntax.ts';
import { publish, runInSandbox } from './launch.ts';
import { columns } from './sample-rows.ts';
import { type Spread, spreadOf } from './spread.ts';
import type { FairOptions, FairSample } from './words.ts';

export async function benchFair(options: FairOptions): Promise<number> {
  const loadBefore = loadavg();
  const samples: FairSample[] = [];
  const missing = await runInSandbox('fair-inside.ts', options, (word) => {
    if (word.kind !== 'fair') return null;
    samples.push(word.sample);
    return lineOf(word.sample);
  });
  if (missing === null) return 1;
  const figures = fairFigures(samples);
  const shares = spreadOf(figures.map(({ share }) => share.median));
  const results = { leastShare: shares.least, mostShare: shares.most, figures, rounds: samples };
  const { path, buffersMs, seconds, rounds, seed, brief } = options;
  const told = { path: formatPath(path), buffersMs, seconds, rounds, seed, brief };
  const table = tableOf(figures);
  publish({ bench: 'fair', options: told, missing, results, table }, options.json, loadBefore);
  return 0;
}

/** One case over all its rounds. */
export interface FairFigures
  extends Pick<FairSample, 'congestion' | 'bufferMs' | 'first' | 'direction'> {
  /** Medians, Mbit/s. */
  readonly oursMbit: number;
  readonly theirsMbit: number;
  /** Ours of both together: 0.5 is half each, 0.25 a third of the rival's. */
  readonly share: Spread;
  /** (a + b)² / 2 (a² + b²): 1 is half each, 0.5 all to one (Jain, Chiu and Hawe 1984). */
  readonly jain: number;
  /** Round trip of the path beside the rival, ms; null: none was measured. */
  readonly rttMsP50: number | null;
  readonly rttMsP95: number | null;
}

export function fairFigures(samples: readonly FairSample[]): FairFigures[] {
  const key = ({ congestion, bufferMs, first, direction }: FairSample) =>
    [congestion, bufferMs, first, direction].join(' ');
  return [...Map.groupBy(samples, key).values()].flatMap((group) => {
    const [one] = group;
    if (one === undefined) return [];
    const { congestion, bufferMs, first, direction } = one;
    const oursMbit = spreadOf(group.map((sample) => sample.oursMbit)).median;
    const theirsMbit = spreadOf(group.map((sample) => sample.theirsMbit)).median;
    const rttsMs = group.flatMap((sample) => sample.rttsMs).sort((a, b) => a - b);
    return {
      congestion,
      bufferMs,
      first,
      direction,
      oursMbit,
      theirsMbit,
      share: spreadOf(group.map(shareOf)),
      jain: jainOf(oursMbit, theirsMbit),
      rttMsP50: rttsMs[Math.floor(rttsMs.length * 0.5)] ?? null,
      rttMsP95: rttsMs[Math.floor(rttsMs.length * 0.95)] ?? null,
    };
  });
}

function shareOf({ oursMbit, theirsMbit }: FairSample): number {
  return oursMbit / Math.max(1e-9, oursMbit + theirsMbit);
}

function jainOf(a: number, b: number): number {
  return (a + b) ** 2 / Math.max(1e-9, 2 * (a ** 2 + b ** 2));
}

function lineOf(sample: FairSample): string {
  const { round, congestion, bufferMs, first, direction, oursMbit, theirsMbit } = sample;
  const what = `${congestion}, buffer ${bufferMs} ms, ${direction}, first ${first}`;
  const share = `${(100 * shareOf(sample)).toFixed(0)} %`;
  return `round ${round}  ${what}: ${oursMbit.toFixed(1)} and ${theirsMbit.toFixed(1)} (${share})`;
}

function tableOf(figures: readonly FairFigures[]): string {
  const head = ['rival', 'buffer', 'way', 'first', 'ours', 'rival’s', 'our share', 'least–most'];
  const rows = figures.map((each) => {
    const percent = (share: number) => (100 * share).toFixed(0);
    const ms = (value: number | null) => (value === null ? '–' : value.toFixed(0));
    return [
      each.congestion,
      `${each.bufferMs} ms`,
      each.direction,
      each.first,
      each.oursMbit.toFixed(1),
      each.theirsMbit.toFixed(1),
      `${percent(each.share.median)} %`,
      `${percent(each.share.least)}–${percent(each.share.most)}`,
      each.jain.toFixed(2),
      `${ms(each.rttMsP50)}–${ms(each.rttMsP95)} ms`,
    ];
  });
  const table = columns([[...head, 'Jain', 'RTT p50–p95'], ...rows], [8, 9, 6, 10]);
  return `${table}\n\nMbit/s of TCP payload; RTT: the path's, beside the rival`;
}
