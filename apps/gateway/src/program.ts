// Where the gateway meets the real kernel, data plane and log.
import { publicKeyOf } from '@rmh/aead';
import {
  type DaemonProgram,
  openLog,
  ROUTE_METRIC,
  ROUTE_PROTOCOL,
  requireTun,
} from '@rmh/contract/daemon';
import { Gateway } from './gateway.ts';
import { type LoadedGateway, loadGateway } from './load.ts';
import { openGatewayPlatform } from './platform/open.ts';
import { VERSION } from './version.ts';

const USAGE = `Usage: rmh gateway --config FILE [--check]
       rmh gateway drain [--socket PATH]

Ends the tunnels of the units until SIGTERM or Ctrl-C; SIGHUP reads FILE again.
  --config FILE  the configuration (docs/configuration.md)
  --check        only check FILE, the keys it names and their permissions
  drain          ask every unit to move to its other gateway
Exit: 0 stopped, 1 failed and may heal, 2 a person must mend something.
`;

export const gatewayProgram: DaemonProgram<LoadedGateway> = {
  usage: USAGE,
  load: (file) => loadGateway(file, publicKeyOf),
  summary: ({ config, peers }) => `gateway ${config.name} with ${peers.length} unit(s)`,
  start: async (loaded) => {
    const { config, file } = loaded;
    const log = openLog('rmh-gateway', config.log.level);
    const platform = openGatewayPlatform(loaded, log);
    const overlaid = (one: LoadedGateway) => platform?.overlay(one) ?? one;
    const reload = () => overlaid(loadGateway(file, publicKeyOf));
    const part = new Gateway(overlaid(loaded), { log, reload, platform });
    // Loaded only here: --check and --help need no native code.
    const [{ startDataplane }, { openKernel }] = await Promise.all([
      import('@rmh/dataplane'),
      import('@rmh/netio/kernel'),
    ]);
    const kernel = openKernel({ protocol: ROUTE_PROTOCOL, metric: ROUTE_METRIC });
    return { part, ports: { log, startDataplane, kernel, version: VERSION, requireTun } };
  },
};
