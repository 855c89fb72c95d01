// The options of `./rmh up`, as an order for a run. Throws RMH_USAGE with what is wrong.
import { parseOptions } from '@rmh/contract/daemon';
import { FLOWS } from '../devices/flows.ts';
import { VEHICLES_MAX } from '../topology/addresses.ts';
import { numberOf, usage } from './lab-options.ts';
import type { CarrierSource, RunOrder } from './protocol.ts';
import { sourceFacts, stretchOf } from './sources.ts';
import type { Language } from './words.ts';

export const UP_USAGE = `usage: rmh up [options]

The whole system on this machine, live: vehicles with their carriers on generated drives, two
gateways, Helsenettet, and the systems in the cars. Until Ctrl-C.

  --seconds N     end by itself after N seconds, with the summary
  --vehicles N    how many (default 3, at most ${VEHICLES_MAX})
  --drive FILE    all vehicles on this drive, each begun at another place
  --paths LIST    all vehicles over carriers of fixed numbers ("50mbit/15ms,30mbit/35ms/1%")
  --seed N        of the emulated losses and jitter (default 1)
  --lang en|nb    language of the view
  --logs DIR      keep configurations and logs of the daemons there
`;

export type UpRequest =
  | { kind: 'help' }
  | {
      kind: 'run';
      order: Omit<RunOrder, 'workspace'>;
      language: Language;
      keepIn: string | null;
    };

export async function parseUpOptions(argv: string[]): Promise<UpRequest> {
  const { values } = parseOptions(argv, {
    seconds: { type: 'string' },
    vehicles: { type: 'string' },
    drive: { type: 'string' },
    paths: { type: 'string' },
    seed: { type: 'string' },
    lang: { type: 'string' },
    logs: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values['help'] === true) return { kind: 'help' };
  const text = (name: string): string | null => {
    const value = values[name];
    return typeof value === 'string' ? value : null;
  };
  const language = text('lang') ?? 'en';
  if (language !== 'en' && language !== 'nb') throw usage(`--lang "${language}" is not en or nb`);
  const seconds = text('seconds');
  const count = numberOf('vehicles', text('vehicles') ?? '3', 1, VEHICLES_MAX, true);
  if (text('paths') !== null && text('drive') !== null) {
    throw usage('--paths and --drive exclude each other');
  }
  const vehicles: RunOrder['vehicles'] = await Promise.all(
    Array.from({ length: count }, async (_, v) => {
      const source = await sourceOf(v, count, text('paths'), text('drive'));
      return { carriers: (await sourceFacts(source)).carriers, source };
    }),
  );
  return {
    kind: 'run',
    order: {
      vehicles,
      flowIds: FLOWS.map(({ id }) => id),
      seconds: seconds === null ? null : numberOf('seconds', seconds, 1, 31_536_000, false),
      seed: numberOf('seed', text('seed') ?? '1', 0, Number.MAX_SAFE_INTEGER, true),
      faults: [],
    },
    language,
    keepIn: text('logs'),
  };
}

/** Vehicles on one drive are spread over it, so that they do not meet the same outage at once. */
async function sourceOf(
  vehicle: number,
  count: number,
  paths: string | null,
  drive: string | null,
): Promise<CarrierSource> {
  if (paths !== null) return { kind: 'paths', text: paths };
  if (drive === null) return { kind: 'drive', ...stretchOf(vehicle), toMs: null, loop: true };
  const whole = { kind: 'drive', file: drive, fromMs: null, toMs: null, loop: true } as const;
  const { spanMs } = await sourceFacts(whole);
  return { ...whole, fromMs: Math.floor(((spanMs ?? 0) * vehicle) / count) };
}
