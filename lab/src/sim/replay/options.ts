// The options of `./rmh replay`. Throws RMH_USAGE with what is wrong.
import { availableParallelism } from 'node:os';
import { RmhError } from '@rmh/contract';
import { parseOptions } from '@rmh/contract/daemon';
import { isMixName, MIX_NAMES, type MixName } from '../mix.ts';

export const REPLAY_USAGE = `usage: rmh replay --baseline POLICY --candidate POLICY [options]

Compares two policies (docs/policy.md) in the simulator, over the same roads and with the same
traffic, class by class: better, worse or no difference, with a 99 % confidence interval.
A POLICY is a file, or "national" for the one that is built in.

  --drives LIST   names of shipped drives, files (.csv, .csv.gz) and folders, separated by
                  commas (default: shipped, the four generated drives)
  --hours H       at most so many hours of them, spread evenly (default: all)
  --mix NAME      what the vehicle sends: ${MIX_NAMES.join(', ')} (default: standard)
  --seeds N       runs of each window, with other losses and jitter (default: 2)
  --jobs N        threads (default: as many as cores)
  --json FILE|-   the report as JSON; with -, nothing else on standard output

Exit: 0 no critical figure is worse, 1 the comparison could not be made, 2 wrong usage or a policy
with faults, 3 the candidate makes a critical figure worse, 4 too few windows to tell.
`;

export const REPLAY_EXIT = { fine: 0, failed: 1, worse: 3, undecided: 4 } as const;

// 256 seeds over the shipped drives are 512 simulated hours: an afternoon on one core.
const SEEDS_MOST = 256;
const JOBS_MOST = 256;
/** Longer than all recorded drives together. */
const HOURS_MOST = 10_000;

export interface ReplayOptions {
  readonly baseline: string;
  readonly candidate: string;
  readonly drives: string;
  readonly hours: number;
  readonly mix: MixName;
  readonly seeds: number;
  readonly jobs: number;
  readonly json: string | null;
}

/** Null: help was asked for. */
export function parseReplayOptions(argv: string[]): ReplayOptions | null {
  const { values } = parseOptions(argv, {
    baseline: { type: 'string' },
    candidate: { type: 'string' },
    drives: { type: 'string' },
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
  const mix = text('mix') ?? 'standard';
  if (!isMixName(mix)) throw usage(`--mix is ${MIX_NAMES.join(', ')}, not "${mix}"`);
  return {
    baseline: required('baseline', text('baseline')),
    candidate: required('candidate', text('candidate')),
    drives: text('drives') ?? 'shipped',
    hours: numberOf('hours', text('hours') ?? String(HOURS_MOST), 0.01, HOURS_MOST, false),
    mix,
    seeds: numberOf('seeds', text('seeds') ?? '2', 1, SEEDS_MOST, true),
    jobs: numberOf('jobs', text('jobs') ?? String(availableParallelism()), 1, JOBS_MOST, true),
    json: text('json'),
  };
}

function required(name: string, value: string | null): string {
  if (value === null) throw usage(`--${name} POLICY is missing`);
  return value;
}

function numberOf(name: string, text: string, least: number, most: number, whole: boolean): number {
  const value = Number(text);
  const fits =
    text !== '' && value >= least && value <= most && (!whole || Number.isInteger(value));
  if (fits) return value;
  throw usage(`--${name} is ${whole ? 'a whole number' : 'a number'} from ${least} to ${most}`);
}

export function usage(message: string): RmhError {
  return new RmhError('RMH_USAGE', message, { hint: '"rmh replay --help" shows the options' });
}
