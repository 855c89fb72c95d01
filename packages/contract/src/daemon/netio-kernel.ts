// The real kernel behind the port, over @rmh/netio. The types name only what is used, so that
// contract stays free of native code: the apps hand the package in.
import { parseIp } from '@rmh/base';
import { errnoOf } from '../error.ts';
import { type Kernel, type LinkFact, ROUTE_METRIC, ROUTE_PROTOCOL, type Route } from './kernel.ts';

export interface Netio {
  readonly Rtnl: { open(): NetioRtnl };
  readonly RtnlMonitor: { open(): NetioMonitor };
  sysctl(key: string, value: string): void;
  readSysctl(key: string): string;
}

interface NetioLink {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  readonly running: boolean;
  readonly carrier: boolean;
}

interface NetioRoute {
  readonly family: 4 | 6;
  readonly to: string;
  readonly device: string | null;
  readonly protocol: number;
}

type RouteOrder = { to: string; device: string; metric: number; protocol: number };

interface NetioRtnl {
  close(): void;
  links(): NetioLink[];
  setLink(name: string, change: { up?: boolean; mtu?: number }): void;
  addresses(): { readonly index: number; readonly prefix: string; readonly tentative: boolean }[];
  addAddress(link: string, prefix: string, options: { noDad?: boolean }): void;
  deleteAddress(link: string, prefix: string): void;
  routes(): NetioRoute[];
  addRoute(route: RouteOrder, options: { replace?: boolean }): void;
  deleteRoute(route: RouteOrder): void;
}

interface NetioMonitor {
  read(): { readonly kind: string }[];
  close(): void;
}

// A modem's new address waits at most this long; two reads of an empty socket cost 20 µs.
const WATCH_MS = 100;

export function openKernel(netio: Netio): Kernel {
  const rtnl = netio.Rtnl.open();
  const monitor = netio.RtnlMonitor.open();
  return {
    links: () => linkFacts(rtnl),
    setLink: (device, mtu) => rtnl.setLink(device, { up: true, mtu }),
    addAddress: (device, prefix) =>
      // No duplicate detection: nobody else is on a tunnel, and the car's network is ours.
      tolerate('address.exists', () => rtnl.addAddress(device, prefix, { noDad: true })),
    removeAddress: (device, prefix) =>
      tolerate('address.unknown', () => rtnl.deleteAddress(device, prefix)),
    replaceRoute: (route) => rtnl.addRoute(orderOf(route), { replace: true }),
    removeRoute: (route) => tolerate('route.unknown', () => rtnl.deleteRoute(orderOf(route))),
    ownRoutes: () => ownRoutes(rtnl),
    readSysctl: (key) => {
      try {
        return netio.readSysctl(key);
      } catch (error) {
        if (errnoOf(error) === 'sysctl.failed') return null;
        throw error;
      }
    },
    writeSysctl: (key, value) => netio.sysctl(key, value),
    watch: (onChange) => watch(monitor, onChange),
    close: () => {
      monitor.close();
      rtnl.close();
    },
  };
}

function orderOf({ prefix, device }: Route): RouteOrder {
  return { to: prefix, device, metric: ROUTE_METRIC, protocol: ROUTE_PROTOCOL };
}

function linkFacts(rtnl: NetioRtnl): LinkFact[] {
  const byIndex = new Map<number, string[]>();
  for (const { index, prefix, tentative } of rtnl.addresses()) {
    if (tentative || !isGlobal(prefix)) continue;
    byIndex.set(index, [...(byIndex.get(index) ?? []), prefix]);
  }
  return rtnl.links().map(({ index, name, up, running, carrier }) => {
    // Some drivers report a signal before they are registered; only both together carry.
    const addresses = byIndex.get(index) ?? [];
    return { index, name, up, carrier: carrier && running, addresses };
  });
}

/** Not link-local: 169.254.0.0/16 and fe80::/10 reach no gateway. */
function isGlobal(prefix: string): boolean {
  const [first = 0, second = 0] = parseIp(prefix.split('/', 1)[0] ?? '')?.bytes ?? [];
  if (prefix.includes(':')) return !(first === 0xfe && (second & 0xc0) === 0x80);
  return !(first === 169 && second === 254);
}

function ownRoutes(rtnl: NetioRtnl): Route[] {
  return rtnl.routes().flatMap(({ protocol, device, to, family }) => {
    if (protocol !== ROUTE_PROTOCOL || device === null) return [];
    const prefix = to === 'default' ? (family === 4 ? '0.0.0.0/0' : '::/0') : to;
    return [{ prefix, device }];
  });
}

// Events are only a reason to look again: what is true is listed, never added up from events.
function watch(monitor: NetioMonitor, onChange: () => void): () => void {
  const timer = setInterval(() => {
    if (monitor.read().some(({ kind }) => !kind.startsWith('route.'))) onChange();
  }, WATCH_MS);
  return () => clearInterval(timer);
}

function tolerate(code: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (errnoOf(error) !== code) throw error;
  }
}
