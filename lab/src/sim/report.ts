// Evaluations of many runs, as one document: per drive and in total.
import { TRAFFIC_CLASS_NAMES } from '@rmh/base';
import type { TrafficClassName } from '@rmh/contract';
import type { ClassCounts } from './bound/index.ts';
import type { Evaluation, Task } from './evaluate.ts';
import type { Losses } from './invariants.ts';
import type { SimOptions } from './options.ts';
import type { BearerResult, ClassResult } from './types.ts';

export const SIM_FORMAT = 1;

export interface BaselineReport {
  readonly name: string;
  readonly classes: ClassCounts;
  readonly bytesSent: number;
  readonly bytesDuplicated: number;
}

export interface Summary {
  readonly runs: number;
  readonly hours: number;
  readonly classes: Record<TrafficClassName, ClassResult>;
  readonly bytesSent: number;
  readonly bytesDuplicated: number;
  readonly losses: Losses;
  /** Those that ran over every window. */
  readonly baselines: readonly BaselineReport[];
}

export interface DriveReport extends Summary {
  readonly drive: string;
}

export interface SimReport {
  readonly format: typeof SIM_FORMAT;
  readonly mix: string;
  readonly policy: string;
  readonly faults: string;
  readonly seeds: { readonly first: number; readonly count: number };
  readonly drives: readonly DriveReport[];
  readonly total: Summary;
}

export function simReport(
  options: SimOptions,
  policy: string,
  tasks: readonly Task[],
  evaluations: readonly Evaluation[],
): SimReport {
  const all = tasks.map((task, i) => ({ task, evaluation: evaluations[i] as Evaluation }));
  const names = [...new Set(tasks.map(({ run }) => run.window.drive))];
  const drives = names.map((drive) => {
    const own = all.filter(({ task }) => task.run.window.drive === drive);
    return { drive, ...summaryOf(own) };
  });
  const seeds = new Set(tasks.map(({ run }) => run.seed));
  return {
    format: SIM_FORMAT,
    mix: options.mix,
    policy,
    faults: options.faults,
    seeds: { first: options.firstSeed, count: seeds.size },
    drives,
    total: summaryOf(all),
  };
}

interface Pair {
  readonly task: Task;
  readonly evaluation: Evaluation;
}

function summaryOf(pairs: readonly Pair[]): Summary {
  const evaluations = pairs.map(({ evaluation }) => evaluation);
  const sum = (of: (evaluation: Evaluation) => number) =>
    evaluations.reduce((before, each) => before + of(each), 0);
  const lengthMs = pairs.reduce((before, { task }) => before + task.run.window.lengthMs, 0);
  return {
    runs: pairs.length,
    hours: round(lengthMs / 3_600_000),
    classes: eachClass((name) => {
      const inTime = sum(({ tunnel }) => tunnel.classes[name].inTime);
      const boundInTime = sum(({ bound }) => bound[name].inTime);
      return {
        sent: sum(({ tunnel }) => tunnel.classes[name].sent),
        inTime,
        boundInTime,
        ratio: boundInTime === 0 ? 1 : round(inTime / boundInTime),
        bestAloneInTime: sum(({ bestAlone }) => bestAlone[name].inTime),
      };
    }),
    bytesSent: sum(({ tunnel }) => tunnel.bytesSent),
    bytesDuplicated: sum(({ tunnel }) => tunnel.bytesDuplicated),
    losses: {
      refused: sum(({ losses }) => losses.refused),
      road: sum(({ losses }) => losses.road),
      crash: sum(({ losses }) => losses.crash),
      again: sum(({ losses }) => losses.again),
    },
    baselines: baselinesOf(evaluations),
  };
}

function baselinesOf(evaluations: readonly Evaluation[]): BaselineReport[] {
  const first = evaluations[0]?.baselines ?? [];
  return first.flatMap(({ name }): BaselineReport[] => {
    const results = evaluations.flatMap(({ baselines }) =>
      baselines.filter((result) => result.name === name),
    );
    return results.length === evaluations.length ? [addedUp(name, results)] : [];
  });
}

function addedUp(name: string, results: readonly BearerResult[]): BaselineReport {
  const sum = (of: (result: BearerResult) => number) =>
    results.reduce((before, each) => before + of(each), 0);
  return {
    name,
    classes: eachClass((of) => ({
      sent: sum(({ classes }) => classes[of].sent),
      inTime: sum(({ classes }) => classes[of].inTime),
    })),
    bytesSent: sum(({ bytesSent }) => bytesSent),
    bytesDuplicated: sum(({ bytesDuplicated }) => bytesDuplicated),
  };
}

function eachClass<T>(make: (name: TrafficClassName) => T): Record<TrafficClassName, T> {
  const entries = TRAFFIC_CLASS_NAMES.map((name) => [name, make(name)]);
  return Object.fromEntries(entries) as Record<TrafficClassName, T>;
}

/** Six digits: a packet of a million. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
