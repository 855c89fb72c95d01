// Two namespaces, car and site, joined by two veth pairs. They vanish with the bench's processes.
import { setTimeout as pause } from 'node:timers/promises';
import { createNetns, inNetns, Rtnl } from '@rmh/netio';

export interface Cables {
  readonly car: number;
  readonly site: number;
}

/** Device and address of each end of cable `i`. */
export const CABLES = [
  { carDevice: 'u1', siteDevice: 'g1', car: '192.0.2.9', site: '192.0.2.10' },
  { carDevice: 'u2', siteDevice: 'g2', car: '192.0.2.17', site: '192.0.2.18' },
] as const;

/** The site's own address, reached over either cable. */
export const SITE_OUTER = '198.18.0.1';

export async function layCables(): Promise<Cables> {
  const cables = { car: createNetns(), site: createNetns() };
  inRtnl(cables.car, (rtnl) => {
    rtnl.setLink('lo', { up: true });
    for (const { carDevice, siteDevice, car } of CABLES) {
      rtnl.createVeth(carDevice, siteDevice, cables.site);
      rtnl.addAddress(carDevice, `${car}/30`);
      rtnl.setLink(carDevice, { up: true });
    }
  });
  inRtnl(cables.site, (rtnl) => {
    rtnl.setLink('lo', { up: true });
    rtnl.addAddress('lo', `${SITE_OUTER}/32`);
    for (const { siteDevice, site } of CABLES) {
      rtnl.addAddress(siteDevice, `${site}/30`);
      rtnl.setLink(siteDevice, { up: true });
    }
  });
  await cablesRun(cables);
  inRtnl(cables.car, (rtnl) => {
    for (const [i, { carDevice, site }] of CABLES.entries()) {
      rtnl.addRoute({ to: 'default', via: site, device: carDevice, metric: 100 + i });
    }
  });
  return cables;
}

export function inRtnl<T>(netns: number, work: (rtnl: Rtnl) => T): T {
  return inNetns(netns, () => {
    const rtnl = Rtnl.open();
    try {
      return work(rtnl);
    } finally {
      rtnl.close();
    }
  });
}

/** A veth end drops what is sent before the kernel has noticed that its peer is up. */
async function cablesRun(cables: Cables): Promise<void> {
  for (let i = 0; i < WAITS_MAX; i++) {
    const running = inRtnl(cables.car, (rtnl) =>
      CABLES.every(({ carDevice }) => rtnl.link(carDevice)?.running === true),
    );
    if (running) return;
    await pause(WAIT_MS);
  }
  throw new Error('the cables did not come up within 5 s');
}

const WAIT_MS = 25;
const WAITS_MAX = 200;
