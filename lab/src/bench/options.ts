// The command lines of the benches. Each reader returns the options, or what is wrong with them.
import { resolve } from 'node:path';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { type PathSpec, PathSyntaxError, parsePaths } from '../carriers/paths-syntax.ts';
import { parseFaults } from '../runner/faults.ts';
import { cannotRun } from './children.ts';
import {
  type BondOptions,
  type CarrierFault,
  type Congestion,
  DIRECTIONS,
  type Direction,
  type FairOptions,
  type First,
  type PacedOptions,
  type TunnelOptions,
} from './words.ts';

export const USAGE = `usage: rmh bench tunnel [--seconds N] [--rounds N] [--cc cubic|bbr]
                        [--against DIR] [--brief] [--json FILE|-]
  TCP and UDP through the tunnel without limits, both ways, over one path and two, beside bare
  cables and, where it is installed, wireguard-go. Takes about rounds × 16 × seconds.

       rmh bench bond --paths "RATE/DELAY[/LOSS],…" [--faults "1:blackhole@0s+8s,…"]
                      [--cc cubic|bbr|both] [--seconds N] [--skip N] [--rounds N] [--seed N]
                      [--brief] [--json FILE|-]
  One TCP flow over emulated carriers, up, then down, beside the best path alone and beside plain
  TCP straight over each. --skip seconds at the start do not count. Takes about
  congestion controls × (2 × rounds + 4) × (seconds + 2).

       rmh bench paced [--rates 20,60] [--seconds N] [--rounds N] [--against DIR]
                       [--brief] [--json FILE|-]
  CPU seconds per GB over a path of each rate (Mbit/s), TCP and UDP, both ways, beside
  wireguard-go where it is installed. Takes about rounds × rates × subjects × 4 × seconds.

       rmh bench fair [--path RATE/DELAY] [--buffers 50,200,1000] [--cc cubic|bbr|both]
                      [--first tunnel|rival|together|all] [--way up|down|both]
                      [--seconds N] [--rounds N] [--seed N] [--brief] [--json FILE|-]
  One TCP flow through the tunnel beside a rival's outside it, in the same buffer of the same
  carrier. Takes about rounds × buffers × congestion controls × ways × firsts × (seconds + 12).

--against DIR  measures the data plane of another checkout beside ours, in the same rounds.
--brief        only shows that it works: no warm-up, no peers.
`;

export function tunnelOptions(argv: string[]): TunnelOptions | string {
  const values = valuesOf(argv, {
    ...COMMON,
    seconds: { type: 'string', default: '5' },
    cc: { type: 'string', default: 'cubic' },
    against: { type: 'string' },
  });
  if (typeof values === 'string') return values;
  const common = commonOf(values);
  if (typeof common === 'string') return common;
  const against = againstOf(values.against);
  if (against.wrong !== null) return against.wrong;
  if (values.cc !== 'cubic' && values.cc !== 'bbr') return '--cc is cubic or bbr';
  return { ...common, congestion: values.cc, against: against.root };
}

export function pacedOptions(argv: string[]): PacedOptions | string {
  const values = valuesOf(argv, {
    ...COMMON,
    seconds: { type: 'string', default: '5' },
    rates: { type: 'string', default: '20,60' },
    against: { type: 'string' },
  });
  if (typeof values === 'string') return values;
  const common = commonOf(values);
  if (typeof common === 'string') return common;
  const against = againstOf(values.against);
  if (against.wrong !== null) return against.wrong;
  const rates = (values.rates ?? '').split(',').map(Number);
  // Above, the emulator of the carriers would be what is measured.
  if (!rates.every((mbit) => mbit >= 1 && mbit <= 200)) return '--rates are 1 to 200 (Mbit/s)';
  return { ...common, rates, against: against.root };
}

export function bondOptions(argv: string[]): BondOptions | string {
  const values = valuesOf(argv, {
    ...COMMON,
    seconds: { type: 'string', default: '10' },
    skip: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    cc: { type: 'string', default: 'both' },
    paths: { type: 'string' },
    faults: { type: 'string' },
  });
  if (typeof values === 'string') return values;
  const common = commonOf(values);
  if (typeof common === 'string') return common;
  const paths = pathsOf(values.paths);
  if (typeof paths === 'string') return paths;
  const faults = faultsOf(values.faults, paths);
  if (typeof faults === 'string') return faults;
  const congestions = CONGESTIONS[values.cc ?? ''];
  if (congestions === undefined) return '--cc is cubic, bbr or both';
  const skipSeconds = Number(values.skip);
  if (!(skipSeconds >= 0 && skipSeconds <= common.seconds - 0.3)) {
    return '--skip ends at least 0.3 s before --seconds';
  }
  const seed = seedOf(values.seed);
  if (seed === null) return SEED_RANGE;
  return { ...common, paths, faults, congestions, skipSeconds, seed };
}

export function fairOptions(argv: string[]): FairOptions | string {
  const values = valuesOf(argv, {
    ...COMMON,
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    path: { type: 'string', default: '50mbit/10ms' },
    buffers: { type: 'string', default: '50,200,1000' },
    cc: { type: 'string', default: 'both' },
    first: { type: 'string', default: 'rival' },
    way: { type: 'string', default: 'both' },
  });
  if (typeof values === 'string') return values;
  const common = commonOf(values);
  if (typeof common === 'string') return common;
  const paths = pathsOf(values.path);
  if (typeof paths === 'string') return paths;
  const [path, another] = paths;
  if (path === undefined || another !== undefined) return '--path is one path';
  const buffersMs = (values.buffers ?? '').split(',').map(Number);
  // Each is a carrier of its own, and a session has eight.
  if (!(buffersMs.length <= PATHS_MAX && buffersMs.every((ms) => ms >= 1 && ms <= 10_000))) {
    return `--buffers are up to ${PATHS_MAX}, of 1 to 10000 (ms)`;
  }
  const congestions = CONGESTIONS[values.cc ?? ''];
  if (congestions === undefined) return '--cc is cubic, bbr or both';
  const firsts = FIRSTS[values.first ?? ''];
  if (firsts === undefined) return '--first is tunnel, rival, together or all';
  const directions = WAYS[values.way ?? ''];
  if (directions === undefined) return '--way is up, down or both';
  const seed = seedOf(values.seed);
  if (seed === null) return SEED_RANGE;
  return { ...common, path, buffersMs, congestions, firsts, directions, seed };
}

const COMMON = {
  rounds: { type: 'string', default: '3' },
  json: { type: 'string' },
  brief: { type: 'boolean' },
} as const;

const CONGESTIONS: Readonly<Record<string, readonly Congestion[]>> = {
  cubic: ['cubic'],
  bbr: ['bbr'],
  both: ['cubic', 'bbr'],
};

const FIRSTS: Readonly<Record<string, readonly First[]>> = {
  tunnel: ['tunnel'],
  rival: ['rival'],
  together: ['together'],
  all: ['tunnel', 'rival', 'together'],
};

const WAYS: Readonly<Record<string, readonly Direction[]>> = {
  up: ['up'],
  down: ['down'],
  both: DIRECTIONS,
};

const SEED_RANGE = '--seed is 0 to 4294967295';

/** Eight paths a session, at most. */
const PATHS_MAX = 8;

function valuesOf<const T extends ParseArgsOptionsConfig>(argv: string[], options: T) {
  try {
    return parseArgs({ args: argv, options }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function commonOf(values: { seconds?: string; rounds?: string; brief?: boolean; json?: string }) {
  const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];
  if (!(seconds >= 0.5 && seconds <= 600)) return '--seconds is 0.5 to 600';
  if (!(Number.isInteger(rounds) && rounds >= 1 && rounds <= 100)) return '--rounds is 1 to 100';
  return { seconds, rounds, brief: values.brief ?? false, json: values.json ?? null };
}

function seedOf(text: string | undefined): number | null {
  const seed = Number(text);
  return Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32 ? seed : null;
}

function againstOf(text: string | undefined): { root: string | null; wrong: string | null } {
  if (text === undefined) return { root: null, wrong: null };
  const root = resolve(text);
  const why = cannotRun(root);
  return { root, wrong: why === null ? null : `--against: ${why}` };
}

function pathsOf(text: string | undefined): PathSpec[] | string {
  if (text === undefined) return '--paths says what to bond, as "50mbit/15ms,30mbit/35ms"';
  try {
    const paths = parsePaths(text);
    return paths.length <= PATHS_MAX ? paths : `--paths: at most ${PATHS_MAX}`;
  } catch (error) {
    if (error instanceof PathSyntaxError) return `--paths: ${error.message}`;
    throw error;
  }
}

function faultsOf(text: string | undefined, paths: readonly PathSpec[]): CarrierFault[] | string {
  if (text === undefined) return [];
  const names = paths.map(({ name }) => name);
  const verdict = parseFaults(text, names);
  if (verdict.kind === 'error') return `--faults: ${verdict.why}`;
  const faults = verdict.faults.filter((fault) => fault.target === 'carrier');
  // The others need what a daemon does around the data plane: gateways, watching the devices.
  const fits = faults.every(
    ({ kind }) => kind === 'blackhole' || kind === 'delay' || kind === 'rebind',
  );
  if (fits && faults.length === verdict.faults.length) return faults;
  return '--faults: a bench knows blackhole, delay and rebind of a path';
}
