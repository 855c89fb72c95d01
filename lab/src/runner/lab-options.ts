// The options of `./rmh lab`, as an order for one run. Throws RMH_USAGE with what is wrong.
import { RmhError } from '@rmh/contract';
import { parseOptions } from '@rmh/contract/daemon';
import { FLOWS, familyOf, flowFamilies } from '../devices/flows.ts';
import { type Fault, parseFaults } from './faults.ts';
import type { CarrierSource, RunOrder } from './protocol.ts';
import { type SourceFacts, sourceFacts, stretchOf } from './sources.ts';

export const LAB_USAGE = `usage: rmh lab [options]

One vehicle with its carriers, two gateways and Helsenettet on this machine, with the real
daemons; one run, one verdict. Without options: 60 s of the shipped drive along the coast.

  --paths LIST      carriers of fixed numbers, rate / one-way delay [/ loss]:
                    "50mbit/15ms,30mbit/35ms/1%"
  --drive FILE      carriers from a recorded drive (.csv, .csv.gz), or a shipped one by its
                    name: "rmh drives" lists them
  --from MS         where in the drive to begin: as in its column t_ms, or ms from its start
  --to MS           where in the drive to end
  --seconds N       how long packets are sent (default: 20 with --paths, else 60 or --from to --to)
  --faults LIST     "1:blackhole@3s+8s, 2:linkdown@5s+2s, 1:rebind@4s, gateway1:kill@5s+3s"
                    paths count from 1 (or by name): blackhole linkdown unplug delay, with a
                    duration; rebind readdress, without. Gateways: kill (+ time until it starts
                    again), drain
  --flows LIST      only these: ${flowFamilies().join(' ')}
  --seed N          of the emulated losses and jitter (default 1)
  --json FILE|-     the report as JSON; with -, nothing else on standard output
  --logs DIR        keep configurations and logs of the daemons there

The exit code is 0 when the run itself worked; whether the tunnel did is the verdict.
`;

// A day: a run in the lab is for watching, not for living in.
const SECONDS_MAX = 86_400;
const SECONDS_PATHS = 20;
const SECONDS_DRIVE = 60;

export type LabRequest =
  | { kind: 'help' }
  | {
      kind: 'run';
      order: Omit<RunOrder, 'workspace'>;
      /** "-": standard output; null: none. */
      json: string | null;
      keepIn: string | null;
    };

export async function parseLabOptions(argv: string[]): Promise<LabRequest> {
  const { values } = parseOptions(argv, {
    paths: { type: 'string' },
    drive: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    seconds: { type: 'string' },
    faults: { type: 'string' },
    flows: { type: 'string' },
    seed: { type: 'string' },
    json: { type: 'string' },
    logs: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  const text = (name: string): string | null => {
    const value = values[name];
    return typeof value === 'string' ? value : null;
  };
  if (values['help'] === true) return { kind: 'help' };
  const source = sourceOf(text('paths'), text('drive'), text('from'), text('to'));
  const facts = await sourceFacts(source);
  const { carriers } = facts;
  const seconds = secondsOf(text('seconds'), source, facts);
  const names = carriers.map(({ name }) => name);
  return {
    kind: 'run',
    order: {
      vehicles: [{ carriers, source }],
      flowIds: flowIdsOf(text('flows')),
      seconds,
      seed: numberOf('seed', text('seed') ?? '1', 0, Number.MAX_SAFE_INTEGER, true),
      faults: faultsOf(text('faults'), names, seconds),
    },
    json: text('json'),
    keepIn: text('logs'),
  };
}

function sourceOf(
  paths: string | null,
  drive: string | null,
  from: string | null,
  to: string | null,
): CarrierSource {
  if (paths !== null) {
    if (drive !== null || from !== null || to !== null) {
      throw usage('--paths and --drive, --from, --to exclude each other');
    }
    return { kind: 'paths', text: paths };
  }
  const fromMs = from === null ? null : numberOf('from', from, 0, Number.MAX_SAFE_INTEGER, true);
  const toMs = to === null ? null : numberOf('to', to, 0, Number.MAX_SAFE_INTEGER, true);
  if (fromMs !== null && toMs !== null && toMs <= fromMs) throw usage('--to is not after --from');
  if (drive !== null) return { kind: 'drive', file: drive, fromMs, toMs, loop: false };
  const coast = stretchOf(2);
  const given = fromMs !== null || toMs !== null;
  return { kind: 'drive', ...coast, ...(given ? { fromMs } : {}), toMs, loop: false };
}

function secondsOf(text: string | null, source: CarrierSource, { spanMs }: SourceFacts): number {
  if (text !== null) return numberOf('seconds', text, 0.5, SECONDS_MAX, false);
  if (source.kind === 'paths') return SECONDS_PATHS;
  const spanS = (spanMs ?? 0) / 1000;
  return source.toMs === null ? Math.min(SECONDS_DRIVE, spanS) : Math.min(SECONDS_MAX, spanS);
}

function faultsOf(text: string | null, carriers: string[], seconds: number): Fault[] {
  if (text === null) return [];
  const verdict = parseFaults(text, carriers);
  if (verdict.kind === 'error') throw usage(`--faults ${verdict.why}`);
  const late = verdict.faults.find(({ atMs }) => atMs >= seconds * 1000);
  if (late !== undefined) {
    throw usage(`--faults "${late.kind}" at ${late.atMs / 1000} s is after the end (${seconds} s)`);
  }
  return verdict.faults;
}

function flowIdsOf(text: string | null): number[] {
  if (text === null || text === 'all') return FLOWS.map(({ id }) => id);
  const wanted = text.split(',').map((name) => name.trim());
  const known = [...flowFamilies(), ...FLOWS.map(({ name }) => name)];
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw usage(`--flows "${unknown}" is not one of ${flowFamilies().join(', ')}`);
  }
  // A TCP flow of questions and answers runs whole or not at all.
  const named = ({ name }: { name: string }) =>
    wanted.includes(familyOf(name)) ||
    (wanted.includes(name) && familyOf(name) !== 'journal') ||
    (familyOf(name) === 'journal' && wanted.some((other) => familyOf(other) === 'journal'));
  return FLOWS.filter(named).map(({ id }) => id);
}

export function numberOf(
  option: string,
  text: string,
  min: number,
  max: number,
  whole: boolean,
): number {
  const value = Number(text);
  const fits = text.trim() !== '' && value >= min && value <= max;
  if (fits && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? 'a whole number' : 'a number';
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  throw usage(`--${option} "${text}" is not ${kind} ${range}`);
}

export function usage(message: string): RmhError {
  return new RmhError('RMH_USAGE', message);
}
