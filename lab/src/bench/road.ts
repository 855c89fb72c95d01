// The ground of `bench bond` and `bench paced`: car and site with emulated carriers between them
// (lab/src/carriers), each with its operator's NAT.
//
//   car ══ c1, c2, … ══ site 198.18.0.1, and 198.18.1.i which is reached over carrier i alone
import { inNetns, sysctl } from '@rmh/netio';
import type { CarrierLinkConfig, FixedSource } from '../carriers/config.ts';
import { CarrierEmulator } from '../carriers/emulator.ts';
import { type Ground, SITE_OUTER } from './addresses.ts';
import { createGround, inRtnl } from './cables.ts';

/** Carrier `i` as the car sees it; what the tunnel calls its link. */
export function carrierDevice(i: number): string {
  return `c${i + 1}`;
}

/** An address of the site that is reached over carrier `i` alone. */
export function straightHost(i: number): string {
  return `198.18.1.${i + 1}`;
}

export function createRoadside(carriers: number): Ground {
  const straight = Array.from({ length: carriers }, (_, i) => straightHost(i));
  const ground = createGround([SITE_OUTER, ...straight]);
  for (const netns of [ground.car, ground.site]) {
    inNetns(netns, () => {
      // Answers leave by another link than the questions came in by: that is the product.
      for (const scope of ['all', 'default']) sysctl(`net/ipv4/conf/${scope}/rp_filter`, 0);
    });
  }
  return ground;
}

/** They end with the process. */
export async function startCarriers(
  links: readonly CarrierLinkConfig[],
  seed: number,
): Promise<CarrierEmulator> {
  const emulator = await CarrierEmulator.start({ links, seed });
  // Node waits for its threads, and without traffic this one sleeps until somebody wakes it.
  process.once('exit', () => void emulator.stop());
  return emulator;
}

/** `road` tells apart the carriers of several grounds in one emulator. */
export function roadLinks(
  ground: Ground,
  sources: readonly FixedSource[],
  road = 1,
): CarrierLinkConfig[] {
  return sources.map((source, i) => ({
    name: linkName(i, road),
    unitNetns: ground.car,
    internetNetns: ground.site,
    interfaceName: carrierDevice(i),
    interfaceAddress: `10.64.${i}.2/30`,
    internetInterfaceName: `far${i + 1}`,
    publicAddresses: [`198.19.0.${2 * i + 1}`, `198.19.0.${2 * i + 2}`],
    metric: 100 + i,
    source,
  }));
}

export function linkName(i: number, road = 1): string {
  return `${road}.${carrierDevice(i)}`;
}

/** Once the carriers are there. */
export function routeStraight(ground: Ground, carriers: number): void {
  inRtnl(ground.car, (rtnl) => {
    for (let i = 0; i < carriers; i++) {
      rtnl.addRoute({ to: `${straightHost(i)}/32`, device: carrierDevice(i) });
    }
  });
}
