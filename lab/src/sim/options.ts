// The options of `./rmh sim`. Throws RMH_USAGE with what is wrong.
import { Given } from './command.ts';
import { MIX_NAMES, type MixName } from './mix.ts';

export const SIM_USAGE = `usage: rmh sim [options]

The real tunnel, both ends, over simulated carriers: what arrives in time, against what could have
arrived and against simpler ways to use the same carriers. Same options, same figures.

  --drives LIST   names of shipped drives, files (.csv, .csv.gz) and folders, separated by
                  commas (default: shipped, the four generated drives)
  --mix NAME      what the vehicle sends: ${MIX_NAMES.join(', ')} (default: standard)
  --policy FILE   how the tunnel treats it (default: the national baseline)
  --faults KIND   none, or random: crashes and drains of gateways, links down, rebinding,
                  silences, reordering, copies, damage, wrong clocks (default: none)
  --seeds N       runs of each window, seeds 1 to N (default: 1)
  --seed N        this seed only
  --hours H       so many simulated hours: more seeds, or fewer windows
  --from MS       only the window that begins there, as a failure names it
  --no-baselines  the tunnel and the bound only (always so with random faults)
  --jobs N        threads (default: as many as cores)
  --json FILE|-   the report as JSON; with -, nothing else on standard output

Exit: 0 done, 1 a run broke an invariant: its last moments and the command that replays it are
shown, 2 wrong usage.
`;

// 10,000 hours of one window of 450 s are 80,000 seeds.
const SEEDS_MOST = 1_000_000;
const HOURS_MOST = 100_000;

export interface SimOptions {
  readonly drives: string;
  readonly mix: MixName;
  /** The policy's file as it was named, or null. */
  readonly policy: string | null;
  readonly faults: 'none' | 'random';
  /** First seed, and how many; null: as many as the hours need. */
  readonly firstSeed: number;
  readonly seeds: number | null;
  readonly hours: number | null;
  readonly fromMs: number | null;
  readonly baselines: boolean;
  readonly jobs: number;
  readonly json: string | null;
}

const TEXTS = [
  ...['drives', 'mix', 'policy', 'faults', 'seeds', 'seed', 'hours', 'from', 'jobs', 'json'],
];

/** Null: help was asked for. */
export function parseSimOptions(argv: string[]): SimOptions | null {
  const given = new Given('sim', argv, TEXTS, ['no-baselines']);
  if (given.flag('help')) return null;
  const faults = given.text('faults') ?? 'none';
  if (faults !== 'none' && faults !== 'random') {
    throw given.wrong(`--faults is none or random, not "${faults}"`);
  }
  const seed = given.count('seed', 0, Number.MAX_SAFE_INTEGER);
  const seeds = given.count('seeds', 1, SEEDS_MOST);
  if (seed !== null && seeds !== null) throw given.wrong('--seed and --seeds exclude each other');
  const hours = given.number('hours', 0.01, HOURS_MOST);
  return {
    drives: given.text('drives') ?? 'shipped',
    mix: given.mix(),
    policy: given.text('policy'),
    faults,
    firstSeed: seed ?? 1,
    seeds: seeds ?? (seed !== null || hours === null ? 1 : null),
    hours,
    fromMs: given.count('from', 0, Number.MAX_SAFE_INTEGER),
    baselines: !given.flag('no-baselines') && faults === 'none',
    jobs: given.jobs(),
    json: given.text('json'),
  };
}
