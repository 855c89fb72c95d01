// Where the unit meets the real kernel, data plane and log.
import { publicKeyOf } from '@rmh/aead';
import {
  type DaemonProgram,
  openLog,
  ROUTE_METRIC,
  ROUTE_PROTOCOL,
  requireTun,
} from '@rmh/contract/daemon';
import { ClockFloor } from './clock-floor.ts';
import { type LoadedUnit, loadUnit } from './load.ts';
import { Unit } from './unit.ts';
import { VERSION } from './version.ts';

const USAGE = `Usage: rmh unit --config FILE [--check]
       rmh unit prefer GATEWAY [--socket PATH]

Runs the tunnel of a vehicle until SIGTERM or Ctrl-C; SIGHUP reads FILE again.
  --config FILE  the configuration (docs/configuration.md)
  --check        only check FILE, the keys it names and their permissions
  prefer         ask the running unit to move its traffic to that gateway
Exit: 0 stopped, 1 failed and may heal, 2 a person must mend something.
`;

export const unitProgram: DaemonProgram<LoadedUnit> = {
  usage: USAGE,
  load: (file) => loadUnit(file, publicKeyOf),
  summary: ({ config, peers }) => `unit ${config.name} with ${peers.length} gateway(s)`,
  start: async (loaded) => {
    const { config, file } = loaded;
    const log = openLog('rmh-unit', config.log.level);
    const clock = new ClockFloor(config.stateDirectory, log);
    const reload = () => loadUnit(file, publicKeyOf);
    const part = new Unit(loaded, { log, clock, reload, nowMs: Date.now });
    // Loaded only here: --check and --help need no native code.
    const [{ startDataplane }, { openKernel }] = await Promise.all([
      import('@rmh/dataplane'),
      import('@rmh/netio/kernel'),
    ]);
    const kernel = openKernel({ protocol: ROUTE_PROTOCOL, metric: ROUTE_METRIC });
    return { part, ports: { log, startDataplane, kernel, version: VERSION, requireTun } };
  },
};
