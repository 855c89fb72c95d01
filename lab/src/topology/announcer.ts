// Stands for the routing daemons (BIRD) at the gateways and in Helsenettet: what a gateway's
// kernel routes to its tunnel, Helsenettet routes to that gateway.
import { parsePrefix, prefixContains, present } from '@rmh/base';
import { inNetns, type RouteRecord, RtnlMonitor } from '@rmh/netio';
import { FLEET_PREFIX, type GatewayAddresses, TUN_NAME } from './addresses.ts';
import { Announcements, type RouteChange } from './announcements.ts';
import { inRtnl } from './namespaces.ts';

// BIRD hears of a kernel route at once; 10 ms is what a look at two quiet sockets may cost here.
const LOOK_EVERY_MS = 10;

interface Watch {
  readonly fd: number;
  readonly via: string;
  readonly monitor: RtnlMonitor;
}

export class Announcer {
  readonly #announcements = new Announcements();
  readonly #helsenett: number;
  readonly #watches: Watch[];
  readonly #timer: NodeJS.Timeout;

  constructor(helsenett: number, gateways: readonly { fd: number; at: GatewayAddresses }[]) {
    this.#helsenett = helsenett;
    this.#watches = gateways.map(({ fd, at }) => {
      const monitor = inNetns(fd, () => RtnlMonitor.open());
      return { fd, via: at.inner, monitor };
    });
    for (const watch of this.#watches) this.#learn(watch);
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** Address of the gateway that Helsenettet believes for the prefix. */
  viaOf(prefix: string): string | null {
    return this.#announcements.viaOf(prefix);
  }

  look(): void {
    for (const watch of this.#watches) this.#read(watch);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { monitor } of this.#watches) monitor.close();
  }

  #read(watch: Watch): void {
    const { via, monitor } = watch;
    for (const event of monitor.read()) {
      switch (event.kind) {
        case 'route.added':
          if (isOfUnit(event.route)) this.#apply(this.#announcements.announce(via, event.route.to));
          break;
        case 'route.removed':
          if (isOfUnit(event.route)) this.#apply(this.#announcements.withdraw(via, event.route.to));
          break;
        // The kernel reports no routes that go with their device (IPv4).
        case 'link.vanished':
          if (event.link.name === TUN_NAME) this.#withdrawAll(via);
          break;
        case 'link.changed':
          if (event.link.name === TUN_NAME && !event.link.up) this.#withdrawAll(via);
          break;
        case 'link.appeared':
        case 'address.added':
        case 'address.removed':
          break;
        case 'overrun':
          this.#withdrawAll(via);
          this.#learn(watch);
          break;
      }
    }
  }

  #learn({ fd, via }: Watch): void {
    for (const route of inRtnl(fd, (rtnl) => rtnl.routes())) {
      if (isOfUnit(route)) this.#apply(this.#announcements.announce(via, route.to));
    }
  }

  #withdrawAll(via: string): void {
    for (const change of this.#announcements.withdrawAll(via)) this.#apply(change);
  }

  #apply(change: RouteChange | null): void {
    if (change === null) return;
    const { prefix: to, via } = change;
    inRtnl(this.#helsenett, (rtnl) => {
      if (via === null) rtnl.deleteRoute({ to });
      else rtnl.addRoute({ to, via }, { replace: true });
    });
  }
}

const fleet = present(parsePrefix(FLEET_PREFIX), 'the prefix of the fleet is valid');
const MAIN_TABLE = 254;
const KERNEL = 2;

function isOfUnit(route: RouteRecord): boolean {
  if (route.device !== TUN_NAME || route.table !== MAIN_TABLE) return false;
  if (route.kind !== 'unicast' || route.protocol === KERNEL) return false;
  const prefix = parsePrefix(route.to);
  return prefix !== null && prefixContains(fleet, prefix.address);
}
