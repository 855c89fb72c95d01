// The options of `./rmh replay`. Throws RMH_USAGE with what is wrong.
import { Given } from '../command.ts';
import { MIX_NAMES, type MixName } from '../mix.ts';

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

const TEXTS = ['baseline', 'candidate', 'drives', 'hours', 'mix', 'seeds', 'jobs', 'json'];

/** Null: help was asked for. */
export function parseReplayOptions(argv: string[]): ReplayOptions | null {
  const given = new Given('replay', argv, TEXTS);
  if (given.flag('help')) return null;
  return {
    baseline: policyIn(given, 'baseline'),
    candidate: policyIn(given, 'candidate'),
    drives: given.text('drives') ?? 'shipped',
    hours: given.number('hours', 0.01, HOURS_MOST) ?? HOURS_MOST,
    mix: given.mix(),
    seeds: given.count('seeds', 1, SEEDS_MOST) ?? 2,
    jobs: given.jobs(),
    json: given.text('json'),
  };
}

function policyIn(given: Given, name: string): string {
  const policy = given.text(name);
  if (policy === null) throw given.wrong(`--${name} POLICY is missing`);
  return policy;
}
