// ./rmh bench tunnel: what the tunnel carries without limits, beside wireguard-go.
import { loadavg } from 'node:os';
import { publish, runInSandbox } from './launch.ts';
import { type LoadRatio, lineOf, ratiosOf, rowsOf, tableOf } from './sample-rows.ts';
import {
  DIRECTIONS,
  type Direction,
  type Sample,
  type Subject,
  type TunnelOptions,
} from './words.ts';

export async function benchTunnel(options: TunnelOptions): Promise<number> {
  const loadBefore = loadavg();
  const samples: Sample[] = [];
  const missing = await runInSandbox('tunnel-inside.ts', options, (word) => {
    if (word.kind !== 'sample') return null;
    samples.push(word.sample);
    return lineOf(word.sample);
  });
  if (missing === null) return 1;
  const medians = rowsOf(samples);
  const ratios = headlinesOf(samples);
  const against = ratiosOf(samples, 'rmh-1', 'against-1');
  const results = { rounds: samples, medians, ratios, against };
  const table = [tableOf(medians), '', ...ratios.map(headlineText)].join('\n');
  const { seconds, rounds, congestion, brief } = options;
  const told = { seconds, rounds, congestion, brief };
  publish({ bench: 'tunnel', options: told, missing, results, table }, options.json, loadBefore);
  return 0;
}

/** TCP; null: not measured. */
export interface Headline {
  readonly direction: Direction;
  readonly ratioToWireguardGo: number | null;
  readonly cpuRatioToWireguardGo: number | null;
  readonly ratioToAgainst: number | null;
  readonly cpuRatioToAgainst: number | null;
  readonly twoPathsToOne: number | null;
}

export function headlinesOf(samples: readonly Sample[]): Headline[] {
  return DIRECTIONS.map((direction) => {
    const tcp = (over: Subject, under: Subject): LoadRatio | undefined =>
      ratiosOf(samples, over, under).find(
        (ratio) => ratio.protocol === 'tcp' && ratio.direction === direction,
      );
    const [peer, before] = [tcp('rmh-1', 'wireguard-go'), tcp('rmh-1', 'against-1')];
    return {
      direction,
      ratioToWireguardGo: peer?.mbitRatio ?? null,
      cpuRatioToWireguardGo: peer?.cpuRatio ?? null,
      ratioToAgainst: before?.mbitRatio ?? null,
      cpuRatioToAgainst: before?.cpuRatio ?? null,
      twoPathsToOne: tcp('rmh-2', 'rmh-1')?.mbitRatio ?? null,
    };
  });
}

function headlineText(each: Headline): string {
  const parts = [
    each.ratioToWireguardGo === null
      ? 'wireguard-go was not measured'
      : `TCP ${each.ratioToWireguardGo.toFixed(2)} × wireguard-go ` +
        `at ${each.cpuRatioToWireguardGo?.toFixed(2)} × its CPU per GB`,
  ];
  if (each.ratioToAgainst !== null) {
    const cpu = each.cpuRatioToAgainst?.toFixed(2);
    parts.push(`${each.ratioToAgainst.toFixed(2)} × the other checkout at ${cpu} × its CPU per GB`);
  }
  if (each.twoPathsToOne !== null) {
    parts.push(`two paths ${each.twoPathsToOne.toFixed(2)} of one`);
  }
  return `${each.direction}: ${parts.join(', ')}`;
}
