// ./rmh bench paced: what a gigabyte costs when the road sets the pace.
import { loadavg } from 'node:os';
import { publish, runInSandbox } from './launch.ts';
import { type LoadRatio, lineOf, ratiosOf, rowsOf, tableOf } from './sample-rows.ts';
import { type Spread, spreadOf } from './spread.ts';
import type { PacedOptions, Sample, Subject } from './words.ts';

export async function benchPaced(options: PacedOptions): Promise<number> {
  const loadBefore = loadavg();
  const samples: Sample[] = [];
  const missing = await runInSandbox('paced-inside.ts', options, (word) => {
    if (word.kind !== 'sample') return null;
    samples.push(word.sample);
    return lineOf(word.sample);
  });
  if (missing === null) return 1;
  const medians = rowsOf(samples);
  const comparisons = PEERS.flatMap((peer) => comparisonOf(samples, peer));
  const results = { rounds: samples, medians, comparisons };
  const table = [tableOf(medians), '', ...comparisons.map(comparisonText)].join('\n');
  const { rates, seconds, rounds, brief } = options;
  const told = { rates, seconds, rounds, brief };
  publish({ bench: 'paced', options: told, missing, results, table }, options.json, loadBefore);
  return 0;
}

export interface Comparison {
  readonly to: Subject;
  /** Our CPU per GB over its, over all loads. */
  readonly cpuRatio: Spread;
  readonly loads: readonly LoadRatio[];
}

/** None if that peer was not measured. */
export function comparisonOf(samples: readonly Sample[], to: Subject): Comparison[] {
  const loads = ratiosOf(samples, 'rmh-1', to);
  if (loads.length === 0) return [];
  return [{ to, cpuRatio: spreadOf(loads.map(({ cpuRatio }) => cpuRatio)), loads }];
}

function comparisonText({ to, cpuRatio, loads }: Comparison): string {
  const { median, least, most } = cpuRatio;
  const what = to === 'against-1' ? 'the other checkout' : to;
  const range = `${least.toFixed(2)}–${most.toFixed(2)} over ${loads.length} loads`;
  return `CPU per GB: ${median.toFixed(2)} × ${what} (${range})`;
}

const PEERS: readonly Subject[] = ['against-1', 'wireguard-go'];
