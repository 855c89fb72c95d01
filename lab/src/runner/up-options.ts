// The options of `./rmh up`, as an order for a run. Throws RMH_USAGE with what is wrong.
import { parseOptions } from '@rmh/contract/daemon';
import { FLOWS } from '../devices/flows.ts';
import { VEHICLES_MAX } from '../topology/addresses.ts';
import { numberOf, usage } from './lab-options.ts';
import type { CarrierSource, RunOrder } from './protocol.ts';
import { sourceFacts, stretchOf } from './sources.ts';
import type { Language } from './words.ts';

const CONSOLE_PORT = 8080;
// Norway's ambulances and ambulance boats: 498 and 33.
const FLEET_VEHICLES = 531;
const FLEET_MAX = 5000;

export const UP_USAGE = `usage: rmh up [options]

The whole system on this machine, live: the national platform with its console, vehicles with their
carriers on generated drives, two gateways, Helsenettet, the systems in the cars, and a simulated
fleet of the size of Norway's. Until Ctrl-C.

  --seconds N     end by itself after N seconds, with the summary
  --vehicles N    how many (default 3, at most ${VEHICLES_MAX})
  --drive FILE    all vehicles on this drive, each begun at another place
  --paths LIST    all vehicles over carriers of fixed numbers ("50mbit/15ms,30mbit/35ms/1%")
  --seed N        of the emulated losses and jitter (default 1)
  --lang en|nb    language of the view
  --port N        of the console (default ${CONSOLE_PORT})
  --fleet N       simulated vehicles (default ${FLEET_VEHICLES}, at most ${FLEET_MAX})
  --no-fleet      none
  --no-platform   the tunnel alone, without platform and console
  --data DIR      keep the platform's data there, and go on from it the next time
  --logs DIR      keep configurations and logs of the daemons there
`;

export type UpRequest =
  | { kind: 'help' }
  | {
      kind: 'run';
      order: Omit<RunOrder, 'workspace'>;
      language: Language;
      keepIn: string | null;
      /** Null: the tunnel alone. */
      platform: PlatformWish | null;
    };

export interface PlatformWish {
  readonly port: number;
  /** Simulated vehicles. */
  readonly fleet: number;
  /** Where its data are kept; null: nowhere. */
  readonly data: string | null;
}

export async function parseUpOptions(argv: string[]): Promise<UpRequest> {
  const { values } = parseOptions(argv, {
    seconds: { type: 'string' },
    vehicles: { type: 'string' },
    drive: { type: 'string' },
    paths: { type: 'string' },
    seed: { type: 'string' },
    lang: { type: 'string' },
    logs: { type: 'string' },
    port: { type: 'string' },
    fleet: { type: 'string' },
    data: { type: 'string' },
    'no-fleet': { type: 'boolean' },
    'no-platform': { type: 'boolean' },
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
    platform: values['no-platform'] === true ? null : platformWish(values, text),
  };
}

function platformWish(
  values: Readonly<Record<string, string | boolean | undefined>>,
  text: (name: string) => string | null,
): PlatformWish {
  if (values['no-fleet'] === true && text('fleet') !== null) {
    throw usage('--fleet and --no-fleet exclude each other');
  }
  const fleet = values['no-fleet'] === true ? '0' : (text('fleet') ?? String(FLEET_VEHICLES));
  return {
    port: numberOf('port', text('port') ?? String(CONSOLE_PORT), 1, 65_535, true),
    fleet: numberOf('fleet', fleet, 0, FLEET_MAX, true),
    data: text('data'),
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
