// From samples to what a person reads and a program compares.
import type { Sample, Subject } from './words.ts';

export interface Row {
  readonly subject: Subject;
  readonly direction: 'up' | 'down';
  readonly protocol: 'tcp' | 'udp';
  readonly offeredMbit: number;
  readonly mbit: Spread;
  readonly lossPct: Spread;
  readonly cpuSecondsPerGb: Spread;
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Medians over the rounds of ratios within one round: the machine's mood cancels out. */
export interface Ratio {
  readonly direction: 'up' | 'down';
  readonly ratioToWireguardGo: number | null;
  readonly cpuRatioToWireguardGo: number | null;
  readonly twoPathsToOne: number | null;
}

export function rowsOf(samples: readonly Sample[]): Row[] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { subject, direction, protocol, offeredMbit } = sample;
    const key = [subject, protocol, offeredMbit, direction].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [Sample];
    const { subject, direction, protocol, offeredMbit } = first;
    return {
      subject,
      direction,
      protocol,
      offeredMbit,
      mbit: spreadOf(group.map((sample) => sample.mbit)),
      lossPct: spreadOf(group.map((sample) => sample.lossPct)),
      cpuSecondsPerGb: spreadOf(group.map((sample) => sample.cpuSecondsPerGb)),
    };
  });
}

export function ratiosOf(samples: readonly Sample[]): Ratio[] {
  const tcp = samples.filter((sample) => sample.protocol === 'tcp');
  return (['up', 'down'] as const).map((direction) => {
    const there = tcp.filter((sample) => sample.direction === direction);
    const mbit = (sample: Sample) => sample.mbit;
    const cpu = (sample: Sample) => sample.cpuSecondsPerGb;
    return {
      direction,
      ratioToWireguardGo: ratio(there, 'rmh-1', 'wireguard-go', mbit),
      cpuRatioToWireguardGo: ratio(there, 'rmh-1', 'wireguard-go', cpu),
      twoPathsToOne: ratio(there, 'rmh-2', 'rmh-1', mbit),
    };
  });
}

/** Lines for a person. */
export function tableOf(rows: readonly Row[], ratios: readonly Ratio[]): string {
  const head = ['what', 'way', 'load', 'Mbit/s', 'least–most', 'loss %', 'CPU s/GB'];
  const body = rows.map((row) => [
    row.subject,
    row.direction,
    loadName(row),
    row.mbit.median.toFixed(0),
    `${row.mbit.least.toFixed(0)}–${row.mbit.most.toFixed(0)}`,
    row.protocol === 'udp' ? row.lossPct.median.toFixed(2) : '',
    row.subject === 'plain' ? '' : row.cpuSecondsPerGb.median.toFixed(1),
  ]);
  const table = [head, ...body].map((cells) =>
    cells.map((cell, i) => (i < 3 ? cell.padEnd(13) : cell.padStart(12))).join(''),
  );
  return [...table, '', ...ratios.map(ratioLine)].join('\n');
}

export function loadName(row: { protocol: string; offeredMbit: number }): string {
  if (row.protocol === 'tcp') return 'TCP';
  return row.offeredMbit === 0 ? 'UDP full' : `UDP ${row.offeredMbit}`;
}

function ratioLine(each: Ratio): string {
  const peer =
    each.ratioToWireguardGo === null
      ? 'wireguard-go was not measured'
      : `TCP ${each.ratioToWireguardGo.toFixed(2)} × wireguard-go ` +
        `at ${each.cpuRatioToWireguardGo?.toFixed(2)} × its CPU per GB`;
  const paths =
    each.twoPathsToOne === null ? '' : `, two paths ${each.twoPathsToOne.toFixed(2)} of one`;
  return `${each.direction}: ${peer}${paths}`;
}

function ratio(
  samples: readonly Sample[],
  over: Subject,
  under: Subject,
  value: (sample: Sample) => number,
): number | null {
  const ratios = [];
  for (const sample of samples) {
    if (sample.subject !== over) continue;
    const other = samples.find((each) => each.subject === under && each.round === sample.round);
    if (other !== undefined && value(other) > 0) ratios.push(value(sample) / value(other));
  }
  return ratios.length === 0 ? null : spreadOf(ratios).median;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? 0;
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  return { median, least: at(0), most: at(sorted.length - 1) };
}
