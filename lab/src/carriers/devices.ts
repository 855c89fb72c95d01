// The two TUN devices of one link: the modem in the vehicle's namespace, the far end in the
// namespace where the gateways live. Everything here blocks for microseconds and runs in the
// emulator's thread, which visits the namespaces.
import { openSync } from 'node:fs';
import { closeNetns, inNetns, NetError, Rtnl, sysctl, TunDevice } from '@rmh/netio';
import { type CarrierLinkConfig, CarriersError, nextSubnet, requireIpv4Prefix } from './config.ts';

export interface Namespace {
  readonly fd: number;
  readonly isOurs: boolean;
}

export function openNamespace(where: number | string): Namespace {
  if (typeof where === 'number') return { fd: where, isOurs: false };
  try {
    return { fd: openSync(where, 'r'), isOurs: true };
  } catch (cause) {
    const message = `no network namespace at ${where}`;
    throw new CarriersError('carriers.no-namespace', message, { cause });
  }
}

export function closeNamespace(namespace: Namespace): void {
  if (namespace.isOurs) closeNetns(namespace.fd);
}

/** The modem as the unit sees it; null while it is unplugged. */
export class ModemDevice {
  readonly #config: CarrierLinkConfig;
  readonly #netnsFd: number;
  #tun: TunDevice | null = null;
  #address: string;

  constructor(config: CarrierLinkConfig, netnsFd: number) {
    this.#config = config;
    this.#netnsFd = netnsFd;
    this.#address = config.interfaceAddress;
  }

  get tun(): TunDevice | null {
    return this.#tun;
  }

  plug(): TunDevice {
    return inNetns(this.#netnsFd, () => {
      const tun = openTun(this.#config.interfaceName);
      try {
        withRtnl((rtnl) => this.#configure(rtnl));
      } catch (error) {
        tun.close();
        throw error;
      }
      this.#tun = tun;
      return tun;
    });
  }

  unplug(): void {
    this.#tun?.close();
    this.#tun = null;
  }

  /** Down drops the routes; up restores address and route. */
  setUp(up: boolean): void {
    if (this.#tun === null) return;
    inNetns(this.#netnsFd, () => {
      withRtnl((rtnl) => {
        if (up) this.#configure(rtnl);
        else rtnl.setLink(this.#config.interfaceName, { up: false });
      });
    });
  }

  /** The old address goes before the new one comes, as a modem does it. */
  readdress(wanted: string | undefined): void {
    const next = wanted ?? nextSubnet(this.#address);
    requireIpv4Prefix(next, `link "${this.#config.name}":`);
    const old = this.#address;
    this.#address = next;
    if (this.#tun === null) return;
    inNetns(this.#netnsFd, () => {
      withRtnl((rtnl) => {
        rtnl.deleteAddress(this.#config.interfaceName, old);
        this.#configure(rtnl);
      });
    });
  }

  #configure(rtnl: Rtnl): void {
    const { interfaceName: device, metric, gatewayAddress, mtu } = this.#config;
    quiet(device);
    rtnl.setLink(device, { mtu: mtu ?? 1500, up: true });
    tolerate('address.exists', () => rtnl.addAddress(device, this.#address));
    if (metric === null) return;
    // A given gateway serves only the first address; another subnet has another one.
    const isFirst = this.#address === this.#config.interfaceAddress;
    const via = gatewayAddress !== undefined && isFirst ? { via: gatewayAddress } : {};
    tolerate('route.exists', () => rtnl.addRoute({ to: 'default', device, metric, ...via }));
  }
}

/** The far end; the public addresses are routed to it. */
export function plugFarEnd(config: CarrierLinkConfig, netnsFd: number, index: number): TunDevice {
  const device = config.internetInterfaceName ?? `carrier${index + 1}`;
  return inNetns(netnsFd, () => {
    const tun = openTun(device);
    try {
      withRtnl((rtnl) => {
        quiet(device);
        rtnl.setLink(device, { mtu: config.mtu ?? 1500, up: true });
        for (const address of config.publicAddresses) {
          rtnl.addRoute({ to: `${address}/32`, device });
        }
      });
    } catch (error) {
      tun.close();
      throw error;
    }
    return tun;
  });
}

/** What a person is told, from what the kernel said. */
export function asCarriersError(error: unknown, of: string): CarriersError {
  if (error instanceof CarriersError) return error;
  if (!(error instanceof NetError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return new CarriersError('carriers.failed', `${of}${text}`, { cause: error });
  }
  const message = `${of}${error.message}`;
  if (error.code === 'tun.name-in-use') {
    return new CarriersError('carriers.name-in-use', message, { cause: error });
  }
  const isPermission = error.code === 'tun.permission' || error.code === 'permission.missing';
  const code = isPermission ? 'carriers.permission' : 'carriers.failed';
  return new CarriersError(code, message, { cause: error });
}

function openTun(name: string): TunDevice {
  return TunDevice.open({ name, vnetHeader: false, offloads: false });
}

function withRtnl(work: (rtnl: Rtnl) => void): void {
  const rtnl = Rtnl.open();
  try {
    work(rtnl);
  } finally {
    rtnl.close();
  }
}

/** No IPv6 chatter on a carrier that speaks IPv4; no filter by a route that another modem owns. */
function quiet(device: string): void {
  const settings: [string, number][] = [
    [`net/ipv6/conf/${device}/disable_ipv6`, 1],
    [`net/ipv4/conf/${device}/rp_filter`, 0],
  ];
  for (const [path, value] of settings) {
    try {
      sysctl(path, value);
    } catch (error) {
      // A kernel without IPv6, or /proc/sys read-only in a container: the carrier still works.
      if (!(error instanceof NetError)) throw error;
    }
  }
}

function tolerate(code: NetError['code'], work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof NetError && error.code === code)) throw error;
  }
}
