// Where the unit meets the real kernel, data plane and log.
import { dirname, resolve } from 'node:path';
import { publicKeyOf } from '@rmh/aead';
import {
  type DaemonProgram,
  type Log,
  openLog,
  ROUTE_METRIC,
  ROUTE_PROTOCOL,
  requireTun,
} from '@rmh/contract/daemon';
import { ClockFloor } from './clock-floor.ts';
import { DataUse } from './data-use.ts';
import { type LoadedUnit, loadUnit } from './load.ts';
import { openPage } from './page/page.ts';
import { openUnitPlatform } from './platform/open.ts';
import { Recorder } from './record.ts';
import { HistoryFile } from './record-history.ts';
import { heardBy, Witness } from './record-witness.ts';
import { Unit } from './unit.ts';
import { VERSION } from './version.ts';

const USAGE = `Usage: rmh unit --config FILE [--check] [--record DIR]
       rmh unit prefer GATEWAY [--socket PATH]

Runs the tunnel of a vehicle until SIGTERM or Ctrl-C; SIGHUP reads FILE again.
  --config FILE  the configuration (docs/configuration.md)
  --check        only check FILE, the keys it names and their permissions
  --record DIR   record the drive in DIR, whatever FILE says (docs/operations.md)
  prefer         ask the running unit to move its traffic to that gateway
Exit: 0 stopped, 1 failed and may heal, 2 a person must mend something.
`;

/** `recordIn`: a directory that the command line named, or null. */
export function unitProgram(recordIn: string | null): DaemonProgram<LoadedUnit> {
  return {
    usage: USAGE,
    load: (file) => loadUnit(file, publicKeyOf),
    summary: ({ config, peers }) => `unit ${config.name} with ${peers.length} gateway(s)`,
    start: async (loaded) => {
      const { config, file } = loaded;
      const quiet = openLog('rmh-unit', config.log.level);
      let witness: Witness | null = null;
      const log = heardBy(quiet, (event, fields) => witness?.note(event, fields));
      const clock = new ClockFloor(config.stateDirectory, log);
      const platform = openUnitPlatform(loaded, log);
      const whole = platform?.overlay(loaded) ?? loaded;
      const seen = openWitness(whole, recordIn, log, quiet);
      witness = seen;
      const reload = () => {
        const next = loadUnit(file, publicKeyOf);
        return platform?.overlay(next) ?? next;
      };
      const companions = [platform, openPage(whole, log)].filter((one) => one !== null);
      const record = (next: LoadedUnit) => void seen.record(recorderOf(next, recordIn, log));
      const dataUse = new DataUse(config.stateDirectory, log, Date.now());
      const seeing = { witness, companions, dataUse, record, dispatch: platform };
      const part = new Unit(whole, { log, clock, reload, nowMs: Date.now, ...seeing });
      // Loaded only here: --check and --help need no native code.
      const [{ startDataplane }, { openKernel }] = await Promise.all([
        import('@rmh/dataplane'),
        import('@rmh/netio/kernel'),
      ]);
      const kernel = openKernel({ protocol: ROUTE_PROTOCOL, metric: ROUTE_METRIC });
      return { part, ports: { log, startDataplane, kernel, version: VERSION, requireTun } };
    },
  };
}

function openWitness(loaded: LoadedUnit, recordIn: string | null, log: Log, quiet: Log): Witness {
  const { config } = loaded;
  return new Witness({
    name: config.name,
    log,
    // Its failure is no event of its own history, which it could not keep.
    file: new HistoryFile(config.stateDirectory, quiet),
    recorder: recorderOf(loaded, recordIn, log),
    nowMs: Date.now,
    steadyMs: () => performance.now(),
  });
}

function recorderOf(
  { config, file }: LoadedUnit,
  recordIn: string | null,
  log: Log,
): Recorder | null {
  const mostMb = config.record?.mostMb ?? RECORD_MB_DEFAULT;
  const written = config.record && resolve(dirname(file), config.record.directory);
  const directory = recordIn ?? written;
  return directory === undefined ? null : new Recorder({ directory, mostMb }, log);
}

/** As the configuration's own default. */
const RECORD_MB_DEFAULT = 200;
