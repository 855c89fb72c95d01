// Two namespaces, car and site, joined by two veth pairs. They vanish with the bench's processes.
import { setTimeout as pause } from 'node:timers/promises';
import { createNetns, inNetns, Rtnl } from '@rmh/netio';
import { CABLES, type Ground, SITE_OUTER } from './addresses.ts';

export async function layCables(): Promise<Ground> {
  const ground = createGround([SITE_OUTER]);
  inRtnl(ground.car, (rtnl) => {
    for (const { carDevice, siteDevice, car } of CABLES) {
      rtnl.createVeth(carDevice, siteDevice, ground.site);
      rtnl.addAddress(carDevice, `${car}/30`);
      rtnl.setLink(carDevice, { up: true });
    }
  });
  inRtnl(ground.site, (rtnl) => {
    for (const { siteDevice, site } of CABLES) {
      rtnl.addAddress(siteDevice, `${site}/30`);
      rtnl.setLink(siteDevice, { up: true });
    }
  });
  await cablesRun(ground);
  inRtnl(ground.car, (rtnl) => {
    for (const [i, { carDevice, site }] of CABLES.entries()) {
      rtnl.addRoute({ to: 'default', via: site, device: carDevice, metric: 100 + i });
    }
  });
  return ground;
}

/** Two namespaces with nothing between them; the site has these addresses. */
export function createGround(siteAddresses: readonly string[]): Ground {
  const ground = { car: createNetns(), site: createNetns() };
  inRtnl(ground.car, (rtnl) => rtnl.setLink('lo', { up: true }));
  inRtnl(ground.site, (rtnl) => {
    rtnl.setLink('lo', { up: true });
    for (const address of siteAddresses) rtnl.addAddress('lo', `${address}/32`);
  });
  return ground;
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
async function cablesRun(ground: Ground): Promise<void> {
  for (let i = 0; i < WAITS_MAX; i++) {
    const running = inRtnl(ground.car, (rtnl) =>
      CABLES.every(({ carDevice }) => rtnl.link(carDevice)?.running === true),
    );
    if (running) return;
    await pause(WAIT_MS);
  }
  throw new Error('the cables did not come up within 5 s');
}

const WAIT_MS = 25;
const WAITS_MAX = 200;
