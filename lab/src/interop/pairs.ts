// The two ways in which one of our daemons and wireguard-go make a pair, each between two
// namespaces: 10.100.0.1 in the car, 10.200.0.1 at the site.
import { Daemon, DaemonFiles } from './daemon.ts';
import { SITE_ADDRESS } from './ground.ts';
import { makeKeys, makePresharedKey } from './keys.ts';
import { Stock } from './stock.ts';

export const CAR_INNER = '10.100.0.1';
export const SITE_INNER = '10.200.0.1';
export const PORT = 51820;

export interface Place {
  readonly car: number;
  readonly site: number;
  readonly directory: string;
}

export interface Pair {
  readonly daemon: Daemon;
  readonly stock: Stock;
  /** As wireguard-go knows it. */
  readonly ourPublicKey: string;
}

/** wireguard-go in the car, our gateway at the site. */
export async function stockToGateway(place: Place, multipath: boolean): Promise<Pair> {
  const keys = { stock: makeKeys(), gateway: makeKeys() };
  const presharedKey = makePresharedKey();
  const files = new DaemonFiles(place.directory, `gateway-${multipath}`, 'gateway', keys.gateway);
  files.write({
    tun: { name: 'rmhg', addresses: [`${SITE_INNER}/32`] },
    listen: { address: SITE_ADDRESS, port: PORT },
    units: [
      {
        name: 'stock',
        publicKey: keys.stock.publicText,
        presharedKeyFile: files.secret('stock.psk', presharedKey),
        allowedIps: [`${CAR_INNER}/32`],
        multipath,
      },
    ],
  });
  const daemon = await Daemon.start(place.site, files);
  const stock = await Stock.start({
    netns: place.car,
    directory: place.directory,
    keys: keys.stock,
    address: `${CAR_INNER}/32`,
    routes: ['10.200.0.0/16'],
    listenPort: 40_000,
    peer: {
      publicKey: keys.gateway.publicText,
      presharedKey,
      endpoint: `${SITE_ADDRESS}:${PORT}`,
      allowedIps: '10.200.0.0/16',
    },
  });
  return { daemon, stock, ourPublicKey: keys.gateway.publicText };
}

/** Our unit in the car, wireguard-go at the site. */
export async function unitToStock(place: Place, multipath: boolean): Promise<Pair> {
  const keys = { unit: makeKeys(), stock: makeKeys() };
  const files = new DaemonFiles(place.directory, `unit-${multipath}`, 'unit', keys.unit);
  files.write({
    tun: { name: 'rmhu', addresses: [`${CAR_INNER}/32`] },
    gateways: [
      {
        name: 'stock',
        publicKey: keys.stock.publicText,
        endpoint: `${SITE_ADDRESS}:${PORT}`,
        allowedIps: ['10.200.0.0/16'],
        multipath,
      },
    ],
    links: [{ name: 'one', device: 'u1' }],
  });
  const stock = await Stock.start({
    netns: place.site,
    directory: place.directory,
    keys: keys.stock,
    address: `${SITE_INNER}/32`,
    routes: [`${CAR_INNER}/32`],
    listenPort: PORT,
    peer: { publicKey: keys.unit.publicText, allowedIps: `${CAR_INNER}/32` },
  });
  const daemon = await Daemon.start(place.car, files);
  return { daemon, stock, ourPublicKey: keys.unit.publicText };
}
