// ./rmh bench bond: how much of several carriers one TCP flow gets.
import { loadavg } from 'node:os';
import { formatPath } from '../carriers/paths-syntax.ts';
import { formatFault } from '../runner/faults.ts';
import { aloneOf, type BondFigures, figuresOf, worstOf } from './bond-figures.ts';
import { publish, runInSandbox } from './launch.ts';
import { columns } from './sample-rows.ts';
import type { BondOptions, BondSample, Direction, Lateness } from './words.ts';

export async function benchBond(options: BondOptions): Promise<number> {
  const loadBefore = loadavg();
  const samples: BondSample[] = [];
  let lateness: Lateness = { usMean: 0, usMax: 0 };
  const missing = await runInSandbox('bond-inside.ts', options, (word) => {
    if (word.kind === 'lateness') lateness = word.lateness;
    if (word.kind !== 'bond') return null;
    samples.push(word.sample);
    return lineOf(word.sample);
  });
  if (missing === null) return 1;
  const figures = options.congestions.map((each) => figuresOf(options, samples, each));
  const cc = Object.fromEntries(figures.map((each) => [each.congestion, each]));
  const results = { ...worstOf(figures), cc, alone: aloneOf(options), lateness, rounds: samples };
  const table = tableOf(options, figures, lateness);
  const { seconds, skipSeconds, rounds, seed, brief } = options;
  const paths = options.paths.map(formatPath).join(',');
  const faults = options.faults.map(formatFault).join(',');
  const told = { paths, faults, seconds, skipSeconds, rounds, seed, brief };
  publish({ bench: 'bond', options: told, missing, results, table }, options.json, loadBefore);
  return 0;
}

function lineOf({ round, congestion, subject, direction, mbit, wholeMbit }: BondSample): string {
  const what = `${congestion} ${subject} ${direction}`;
  return `round ${round}  ${what}: ${mbit.toFixed(1)} Mbit/s (whole ${wholeMbit.toFixed(1)})`;
}

function tableOf(
  options: BondOptions,
  figures: readonly BondFigures[],
  { usMean, usMax }: Lateness,
): string {
  const head = ['inside', 'way', 'Mbit/s', 'least–most', 'of the sum', 'whole run', 'best alone'];
  const rows = figures.flatMap((each) => [rowOf(each, 'up'), rowOf(each, 'down')]);
  const { sumMbit = 0, plainSumMbit = 0 } = figures[0] ?? {};
  const alone = aloneOf(options);
  const best = alone === null ? '' : `; ${alone.path} alone at most ${alone.sumMbit.toFixed(1)}`;
  return [
    columns([[...head, 'plain'], ...rows], [8, 6]),
    '',
    `after headers the paths carry ${sumMbit.toFixed(1)} Mbit/s${best}`,
    `plain: TCP straight over each carrier, added up; at most ${plainSumMbit.toFixed(1)}`,
    `carriers late by ${msText(usMean, 2)} ms on average, ${msText(usMax, 0)} at most`,
  ].join('\n');
}

function rowOf(each: BondFigures, way: Direction): string[] {
  const isUp = way === 'up';
  const { median, least, most } = isUp ? each.up : each.down;
  const ratio = isUp ? each.upRatio : each.downRatio;
  const text = (mbit: number | null) => (mbit === null ? '–' : mbit.toFixed(1));
  return [
    each.congestion,
    way,
    median.toFixed(1),
    `${least.toFixed(1)}–${most.toFixed(1)}`,
    `${(ratio * 100).toFixed(1)} %`,
    text(isUp ? each.wholeUpMbit : each.wholeDownMbit),
    text(isUp ? each.aloneUpMbit : each.aloneDownMbit),
    text(isUp ? each.plainUpMbit : each.plainDownMbit),
  ];
}

function msText(us: number, digits: number): string {
  return (us / 1000).toFixed(digits);
}
