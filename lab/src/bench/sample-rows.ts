// Samples of `bench tunnel` and `bench paced`: rows for a person, ratios for a program.
import { type Spread, spreadOf } from './spread.ts';
import type { Sample, Subject } from './words.ts';

type LoadKey = Pick<Sample, 'direction' | 'protocol' | 'pathMbit' | 'offeredMbit'>;

export interface Row extends LoadKey {
  readonly subject: Subject;
  readonly mbit: Spread;
  readonly lossPct: Spread;
  readonly cpuSecondsPerGb: Spread;
}

/** Medians over the rounds of ratios within one round: the machine's mood cancels out. */
export interface LoadRatio extends LoadKey {
  readonly mbitRatio: number;
  readonly cpuRatio: number;
}

export function rowsOf(samples: readonly Sample[]): Row[] {
  const groups = groupsOf(samples, (sample) => `${sample.subject} ${keyOf(sample)}`);
  return groups.map((group) => {
    const [first] = group as [Sample];
    return {
      subject: first.subject,
      ...loadOf(first),
      mbit: spreadOf(group.map((sample) => sample.mbit)),
      lossPct: spreadOf(group.map((sample) => sample.lossPct)),
      cpuSecondsPerGb: spreadOf(group.map((sample) => sample.cpuSecondsPerGb)),
    };
  });
}

/** One for each load that both carried in the same round; none if `under` was not measured. */
export function ratiosOf(samples: readonly Sample[], over: Subject, under: Subject): LoadRatio[] {
  const ours = samples.filter(({ subject }) => subject === over);
  return groupsOf(ours, keyOf).flatMap((group) => {
    const [first] = group as [Sample];
    const pairs = group.flatMap((sample) => {
      const other = samples.find(
        (each) =>
          each.subject === under && each.round === sample.round && keyOf(each) === keyOf(sample),
      );
      return other === undefined || other.mbit === 0 || other.cpuSecondsPerGb === 0
        ? []
        : [{ mbit: sample.mbit / other.mbit, cpu: sample.cpuSecondsPerGb / other.cpuSecondsPerGb }];
    });
    if (pairs.length === 0) return [];
    const mbitRatio = spreadOf(pairs.map(({ mbit }) => mbit)).median;
    const cpuRatio = spreadOf(pairs.map(({ cpu }) => cpu)).median;
    return [{ ...loadOf(first), mbitRatio, cpuRatio }];
  });
}

export function tableOf(rows: readonly Row[]): string {
  const head = ['what', 'way', 'load', 'Mbit/s', 'least–most', 'loss %', 'CPU s/GB', 'least–most'];
  const body = rows.map((row) => {
    const { mbit, cpuSecondsPerGb: cpu } = row;
    const isPlain = row.subject === 'plain';
    return [
      row.subject,
      row.direction,
      loadName(row),
      mbit.median.toFixed(0),
      `${mbit.least.toFixed(0)}–${mbit.most.toFixed(0)}`,
      row.protocol === 'udp' ? row.lossPct.median.toFixed(2) : '',
      isPlain ? '' : cpu.median.toFixed(1),
      isPlain ? '' : `${cpu.least.toFixed(1)}–${cpu.most.toFixed(1)}`,
    ];
  });
  return columns([head, ...body], [14, 6, 15]);
}

/** Lines of cells: the first ones as wide as told and left, the others right. */
export function columns(lines: readonly (readonly string[])[], widths: readonly number[]): string {
  const text = (cell: string, i: number) => {
    const width = widths[i];
    return width === undefined ? cell.padStart(13) : cell.padEnd(width);
  };
  return lines.map((cells) => cells.map(text).join('').trimEnd()).join('\n');
}

export function loadName({ protocol, pathMbit, offeredMbit }: LoadKey): string {
  const load = offeredMbit === 0 ? ' full' : ` ${offeredMbit.toFixed(0)}`;
  const path = pathMbit === 0 ? '' : ` of ${pathMbit}`;
  return `${protocol.toUpperCase()}${protocol === 'tcp' ? '' : load}${path}`;
}

export function lineOf(sample: Sample): string {
  const { round, subject, direction, protocol, mbit, lossPct, cpuSecondsPerGb } = sample;
  const loss = protocol === 'udp' ? `, ${lossPct.toFixed(2)} % lost` : '';
  const cpu = subject === 'plain' ? '' : `, ${cpuSecondsPerGb.toFixed(1)} CPU s/GB`;
  const what = `${subject} ${direction} ${loadName(sample)}`;
  return `round ${round}  ${what}: ${mbit.toFixed(0)} Mbit/s${loss}${cpu}`;
}

function groupsOf(samples: readonly Sample[], key: (sample: Sample) => string): Sample[][] {
  return [...Map.groupBy(samples, key).values()];
}

function keyOf({ protocol, pathMbit, offeredMbit, direction }: LoadKey): string {
  return [protocol, pathMbit, offeredMbit, direction].join(' ');
}

function loadOf({ direction, protocol, pathMbit, offeredMbit }: LoadKey): LoadKey {
  return { direction, protocol, pathMbit, offeredMbit };
}
