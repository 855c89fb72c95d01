// The options of `./rmh foresight`. Throws RMH_USAGE with what is wrong.
import { Given } from '../sim/command.ts';
import { MIX_NAMES, type MixName } from '../sim/mix.ts';
import { HINTS, type Hint } from './forecast.ts';

export const FORESIGHT_USAGE = `usage: rmh foresight --drives LIST [options]

Does it help to know the road? Learns from all passes of a road but one where carriers fail, tells
the sender while it drives that one, and compares with a sender that knows nothing: same traffic,
losses and jitter (docs/foresight.md). The drives need positions, and roads driven more than once.

  --drives LIST   names of shipped drives, files (.csv, .csv.gz) and folders, separated by commas
  --hint KIND     ${HINTS.join(', ')}: the other passes, or the truth of the very pass, which
                  is more than any map can know (default: learned)
  --cell M        side of the squares that are told apart, m (default: 200)
  --passes N      passes without which nothing is said of a square (default: 1)
  --hours H       at most so many hours of them, spread evenly (default: all)
  --mix NAME      what the vehicle sends: ${MIX_NAMES.join(', ')} (default: standard)
  --seeds N       runs of each window, with other losses and jitter (default: 1)
  --jobs N        threads (default: as many as cores)
  --json FILE|-   the report as JSON; with -, nothing else on standard output

Exit: 0 it helps, 1 a run broke an invariant, 2 wrong usage, 3 it does not help, 4 too few windows
to tell.
`;

export const FORESIGHT_EXIT = { helps: 0, failed: 1, useless: 3, undecided: 4 } as const;

const SEEDS_MOST = 256;
/** Longer than all recorded drives together. */
const HOURS_MOST = 10_000;
/** Below it positions of a car's receiver fall beside it; above, a square is a district. */
const CELL_M = { least: 20, most: 5_000 } as const;
const PASSES_MOST = 100;

export interface ForesightOptions {
  readonly drives: string;
  readonly hint: Hint;
  readonly cellM: number;
  readonly passesLeast: number;
  readonly hours: number;
  readonly mix: MixName;
  readonly seeds: number;
  readonly jobs: number;
  readonly json: string | null;
}

const TEXTS = ['drives', 'hint', 'cell', 'passes', 'hours', 'mix', 'seeds', 'jobs', 'json'];

/** Null: help was asked for. */
export function parseForesightOptions(argv: string[]): ForesightOptions | null {
  const given = new Given('foresight', argv, TEXTS);
  if (given.flag('help')) return null;
  const drives = given.text('drives');
  if (drives === null) throw given.wrong('--drives LIST is missing');
  const word = given.text('hint') ?? 'learned';
  const hint = HINTS.find((one) => one === word);
  if (hint === undefined) throw given.wrong(`--hint is ${HINTS.join(' or ')}, not "${word}"`);
  return {
    drives,
    hint,
    cellM: given.number('cell', CELL_M.least, CELL_M.most) ?? 200,
    passesLeast: given.count('passes', 1, PASSES_MOST) ?? 1,
    hours: given.number('hours', 0.01, HOURS_MOST) ?? HOURS_MOST,
    mix: given.mix(),
    seeds: given.count('seeds', 1, SEEDS_MOST) ?? 1,
    jobs: given.jobs(),
    json: given.text('json'),
  };
}
