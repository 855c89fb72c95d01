// One end of our tunnel as a process of its own, started in its namespace: the daemons' own data
// plane, with what the daemon's main thread does around it reduced to the addresses of the TUN.
import { publicKeyOf } from '@rmh/aead';
import { present } from '@rmh/base';
import type { Dataplane, DataplaneConfig } from '@rmh/contract';
import { startDataplane } from '@rmh/dataplane';
import { Rtnl } from '@rmh/netio';
import { INNER, INNER_MTU, SITE_OUTER } from './addresses.ts';
import type { EndCommand, EndKeys, EndWord } from './words.ts';

let dataplane: Dataplane | null = null;
process.on('message', (command: EndCommand) => {
  obey(command).catch((error: unknown) => say({ kind: 'failed', message: String(error) }));
});
// In good order, so that node writes its profile if it was asked for one.
process.on('disconnect', () => {
  void (dataplane?.stop() ?? Promise.resolve()).then(() => process.exit(0));
});

async function obey(command: EndCommand): Promise<void> {
  if (command.kind === 'start') {
    dataplane = await startDataplane(configOf(command.side, command.keys), (event) => {
      if (event.kind === 'failed') say({ kind: 'failed', message: event.message });
    });
    const there = command.side === 'car' ? INNER.site : INNER.car;
    raiseTun(INNER[command.side], there);
    say({ kind: 'ready' });
    return;
  }
  const running = present(dataplane, 'started before it is used');
  if (command.kind === 'links') {
    for (const name of command.remove) running.send({ kind: 'link.remove', name });
    for (const device of command.set) running.send({ kind: 'link.set', name: device, device });
  } else {
    say({ kind: 'status', status: await running.status() });
  }
}

function configOf(side: 'car' | 'site', keys: EndKeys): DataplaneConfig {
  const unit = side === 'car';
  return {
    role: unit ? 'unit' : 'gateway',
    privateKey: keys.own,
    timestampFloorUs: 0,
    tun: { name: DEVICE, mtu: INNER_MTU, addresses: [] },
    listen: unit ? null : { address: SITE_OUTER, port: PORT },
    peers: [
      {
        name: unit ? 'gateway1' : 'unit1',
        publicKey: publicKeyOf(keys.peer),
        presharedKey: null,
        endpoint: unit ? `${SITE_OUTER}:${PORT}` : null,
        allowedIps: [unit ? `${INNER.site}/32` : `${INNER.car}/32`],
        multipath: true,
      },
    ],
    classes: [],
    policy: null,
  };
}

function raiseTun(here: string, there: string): void {
  const rtnl = Rtnl.open();
  rtnl.addAddress(DEVICE, `${here}/32`);
  rtnl.setLink(DEVICE, { up: true, mtu: INNER_MTU });
  rtnl.addRoute({ to: `${there}/32`, device: DEVICE });
  rtnl.close();
}

function say(word: EndWord): void {
  process.send?.(word);
}

const DEVICE = 'rmh0';
const PORT = 51820;
