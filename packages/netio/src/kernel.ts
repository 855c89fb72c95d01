/**
 * What a daemon asks of the kernel's network, in its own words: `openKernel()` has the shape of
 * the port `Kernel` in contract/daemon, which this package may not import. Every call throws
 * NetError when the kernel refuses and leaves the object usable.
 */
import { parsePrefix } from '@rmh/base';
import koffi from 'koffi';
import { NetError, type NetErrorCode } from './errors.ts';
import { readSysctl, sysctl } from './host.ts';
import { RtnlMonitor } from './netlink/monitor.ts';
import type { AddressRecord } from './netlink/records.ts';
import { Rtnl } from './netlink/rtnl.ts';

export interface KernelLink {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  readonly carrier: boolean;
  /** Global addresses as prefixes. */
  readonly addresses: string[];
}

export interface KernelRoute {
  readonly prefix: string;
  readonly device: string;
}

/** How the daemons' routes are told from others: ROUTE_PROTOCOL and ROUTE_METRIC of contract. */
export interface RouteMark {
  readonly protocol: number;
  readonly metric: number;
}

export function openKernel(mark: RouteMark = { protocol: 170, metric: 50 }): NetioKernel {
  return new NetioKernel(Rtnl.open(), mark);
}

export class NetioKernel {
  readonly #rtnl: Rtnl;
  readonly #mark: RouteMark;
  readonly #watches = new Set<() => void>();

  constructor(rtnl: Rtnl, mark: RouteMark) {
    this.#rtnl = rtnl;
    this.#mark = mark;
  }

  links(): KernelLink[] {
    const addresses = this.#rtnl.addresses().filter(isGlobal);
    return this.#rtnl.links().map(({ index, name, up, carrier }) => {
      const own = addresses.filter((record) => record.index === index);
      return { index, name, up, carrier, addresses: own.map((record) => record.prefix) };
    });
  }

  /** Switches it on, with this MTU. */
  setLink(device: string, mtu: number): void {
    this.#rtnl.setLink(device, { mtu, up: true });
  }

  /** Sets or keeps. */
  addAddress(device: string, prefix: string): void {
    // A tunnel has no neighbours whom duplicate detection could ask.
    unless(['address.exists'], () => this.#rtnl.addAddress(device, prefix, { noDad: true }));
  }

  /** Removes; absent is fine. */
  removeAddress(device: string, prefix: string): void {
    const absent = ['address.unknown', 'link.unknown'] as const;
    unless(absent, () => this.#rtnl.deleteAddress(device, prefix));
  }

  replaceRoute({ prefix, device }: KernelRoute): void {
    this.#rtnl.addRoute({ to: prefix, device, ...this.#mark }, { replace: true });
  }

  /** Removes; absent is fine. */
  removeRoute({ prefix, device }: KernelRoute): void {
    const absent = ['route.unknown', 'link.unknown'] as const;
    unless(absent, () => this.#rtnl.deleteRoute({ to: prefix, device, ...this.#mark }));
  }

  /** Routes of ours, whoever set them. */
  ownRoutes(): KernelRoute[] {
    const own: KernelRoute[] = [];
    for (const { to, family, device, protocol } of this.#rtnl.routes()) {
      if (protocol !== this.#mark.protocol || device === null) continue;
      const everything = family === 4 ? '0.0.0.0/0' : '::/0';
      own.push({ prefix: to === 'default' ? everything : to, device });
    }
    return own;
  }

  /** "net/ipv4/ip_forward"; null where the kernel has no such setting. */
  readSysctl(key: string): string | null {
    let value: string | null = null;
    unless(['sysctl.failed'], () => {
      value = readSysctl(key);
    });
    return value;
  }

  writeSysctl(key: string, value: string): void {
    sysctl(key, value);
  }

  /**
   * Calls on every change of links or addresses until the returned function is called. On the
   * event loop, from the namespace the thread is in now; it does not keep the process alive.
   */
  watch(onChange: () => void): () => void {
    const monitor = RtnlMonitor.open();
    const poll = koffi.node.poll(monitor.fd, { readable: true }, () => {
      const relevant = monitor.read().some(({ kind }) => !kind.startsWith('route.'));
      if (relevant) onChange();
    });
    poll.unref();
    const stop = (): void => {
      if (!this.#watches.delete(stop)) return;
      poll.close();
      monitor.close();
    };
    this.#watches.add(stop);
    return stop;
  }

  /** Ends the watches too. */
  close(): void {
    for (const stop of this.#watches) stop();
    this.#rtnl.close();
  }
}

/** Not loopback, not link-local (RFC 3927, RFC 4291), and usable already. */
function isGlobal({ prefix, tentative }: AddressRecord): boolean {
  const bytes = parsePrefix(prefix)?.address.bytes;
  if (bytes === undefined || tentative) return false;
  const [a, b] = [bytes[0] ?? 0, bytes[1] ?? 0];
  if (bytes.length === 4) return a !== 127 && !(a === 169 && b === 254);
  const loopback = bytes.every((byte, i) => byte === (i === 15 ? 1 : 0));
  return !loopback && !(a === 0xfe && (b & 0xc0) === 0x80);
}

/** Does it; one of these failures means that nothing had to be done. */
function unless(codes: readonly NetErrorCode[], act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof NetError) || !codes.includes(error.code)) throw error;
  }
}
