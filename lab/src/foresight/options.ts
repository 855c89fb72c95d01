// The options of `./rmh foresight`. Throws RMH_USAGE with what is wrong.
import { availableParallelism } from 'node:os';
import { RmhError } from '@rmh/contract';
import { parseOptions } from '@rmh/contract/daemon';
import { isMixName, MIX_NAMES, type MixName } from '../sim/mix.ts';
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
const JOBS_MOST = 256;
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

/** Null: help was asked for. */
export function parseForesightOptions(argv: string[]): ForesightOptions | null {
  const { values } = parseOptions(argv, {
    drives: { type: 'string' },
    hint: { type: 'string' },
    cell: { type: 'string' },
    passes: { type: 'string' },
    hours: { type: 'string' },
    mix: { type: 'string' },
    seeds: { type: 'string' },
    jobs: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values['help'] === true) return null;
  const text = (name: string): string | null => {
    const value = values[name];
    return typeof value === 'string' ? value : null;
  };
  const number = (name: string, least: number, most: number, otherwise: number): number =>
    numberOf(name, text(name) ?? String(otherwise), least, most);
  const drives = text('drives');
  if (drives === null) throw usage('--drives LIST is missing');
  const hint = HINTS.find((one) => one === (text('hint') ?? 'learned'));
  if (hint === undefined) throw usage(`--hint is ${HINTS.join(' or ')}, not "${text('hint')}"`);
  const mix = text('mix') ?? 'standard';
  if (!isMixName(mix)) throw usage(`--mix is ${MIX_NAMES.join(', ')}, not "${mix}"`);
  return {
    drives,
    hint,
    cellM: number('cell', CELL_M.least, CELL_M.most, 200),
    passesLeast: whole('passes', number('passes', 1, PASSES_MOST, 1)),
    hours: number('hours', 0.01, HOURS_MOST, HOURS_MOST),
    mix,
    seeds: whole('seeds', number('seeds', 1, SEEDS_MOST, 1)),
    jobs: whole('jobs', number('jobs', 1, JOBS_MOST, availableParallelism())),
    json: text('json'),
  };
}

function whole(name: string, value: number): number {
  if (Number.isInteger(value)) return value;
  throw usage(`--${name} is a whole number`);
}

function numberOf(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw usage(`--${name} is a number from ${least} to ${most}`);
}

export function usage(message: string): RmhError {
  return new RmhError('RMH_USAGE', message, { hint: '"rmh foresight --help" shows the options' });
}
