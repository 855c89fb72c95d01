// The addresses, routes and settings that the daemon wants, against those that are set.
// `reconcile` is called at the start, on every change of links and every few seconds: a device
// that comes back gets its addresses again, what is wanted no more goes, what failed is retried.
import { errnoOf, lineOf, RmhError } from '../error.ts';
import type { Problem } from '../status.ts';
import type { Kernel, LinkFact } from './kernel.ts';
import type { Log } from './log.ts';

export type NetworkItem =
  | { kind: 'link'; device: string; mtu: number }
  | { kind: 'address'; device: string; prefix: string }
  | { kind: 'route'; device: string; prefix: string }
  | { kind: 'sysctl'; device: string | null; key: string; value: string }
  /** Not a strict reverse-path filter: it would drop what comes in beside the kernel's route. */
  | { kind: 'loose'; device: string };

interface Applied {
  readonly item: NetworkItem;
  /** Which incarnation of the device carries it. */
  readonly incarnation: string;
  /** A setting's value before us. */
  readonly before: string | null;
}

interface Seen {
  readonly facts: Map<string, LinkFact>;
  readonly routes: ReadonlySet<string>;
}

export class Network {
  readonly #kernel: Kernel;
  readonly #log: Log;
  #applied = new Map<string, Applied>();
  #refused = new Map<string, string>();

  constructor(kernel: Kernel, log: Log) {
    this.#kernel = kernel;
    this.#log = log;
  }

  /** Throws RMH_NET_PERMISSION only: anything else is kept as a problem and tried again. */
  reconcile(wanted: readonly NetworkItem[]): void {
    const keys = new Set(wanted.map(keyOf));
    for (const key of this.#refused.keys()) if (!keys.has(key)) this.#refused.delete(key);
    for (const [key, applied] of [...this.#applied].reverse()) {
      if (!keys.has(key)) this.#undo(key, applied);
    }
    let seen = this.#look(wanted);
    for (const item of wanted) {
      if (this.#holds(item, seen)) continue;
      this.#apply(item, seen.facts);
      if (item.kind === 'link') seen = this.#look(wanted); // now up: what follows sees it so
    }
  }

  /** Routes of ours on this device that an earlier run left behind. */
  removeLeftovers(device: string): void {
    for (const route of this.#kernel.ownRoutes()) {
      if (route.device !== device || this.#applied.has(keyOf({ kind: 'route', ...route })))
        continue;
      this.#kernel.removeRoute(route);
      this.#log.write('net.leftover_removed', { item: `route ${route.prefix} ${device}` });
    }
  }

  removeAll(): void {
    this.reconcile([]);
  }

  problems(): Problem[] {
    return [...this.#refused].map(([item, reason]) => ({
      code: 'RMH_NET_FAILED',
      message: `${item}: ${reason}`,
      hint: 'rmh tries again by itself',
    }));
  }

  #facts(): Map<string, LinkFact> {
    return new Map(this.#kernel.links().map((fact) => [fact.name, fact]));
  }

  // Another program may flush addresses (a DHCP client does) and routes go when their device is
  // switched off, however briefly: so the kernel is asked, and memory is not believed.
  #holds(item: NetworkItem, { facts, routes }: Seen): boolean {
    const applied = this.#applied.get(keyOf(item));
    if (applied === undefined || applied.incarnation !== incarnationOf(item, facts)) return false;
    switch (item.kind) {
      case 'link':
        return facts.get(item.device)?.up ?? false;
      case 'address':
        return facts.get(item.device)?.addresses.includes(item.prefix) ?? false;
      case 'route':
        return routes.has(keyOf(item));
      case 'sysctl':
        return this.#kernel.readSysctl(item.key) === item.value;
      case 'loose':
        return !this.#isStrict(item.device);
    }
  }

  // The kernel uses the larger of the two (0 off, 1 strict, 2 loose; ip-sysctl.rst).
  #isStrict(device: string): boolean {
    const values = [rpFilterOf('all'), rpFilterOf(device)].map((key) =>
      this.#kernel.readSysctl(key),
    );
    return Math.max(...values.map(Number)) === 1;
  }

  #look(wanted: readonly NetworkItem[]): Seen {
    const asks = wanted.some(({ kind }) => kind === 'route');
    const routes = asks ? this.#kernel.ownRoutes() : [];
    const keys = routes.map((route) => keyOf({ kind: 'route', ...route }));
    return { facts: this.#facts(), routes: new Set(keys) };
  }

  #apply(item: NetworkItem, facts: Map<string, LinkFact>): void {
    const key = keyOf(item);
    if (item.device !== null && !facts.has(item.device)) {
      this.#applied.delete(key); // went with its device
      return this.#refuse(key, `device ${item.device} does not exist`);
    }
    try {
      const before = this.#perform(item) ?? this.#applied.get(key)?.before ?? null;
      const now = item.kind === 'link' ? this.#facts() : facts;
      this.#applied.set(key, { item, incarnation: incarnationOf(item, now), before });
    } catch (error) {
      if (isPermission(error)) {
        const message = `${key}: ${lineOf(error)}`;
        throw new RmhError('RMH_NET_PERMISSION', message, { cause: error });
      }
      return this.#refuse(key, lineOf(error));
    }
    if (this.#refused.delete(key)) this.#log.write('net.healed', { item: key });
  }

  /** Returns a setting's old value where it was changed. */
  #perform(item: NetworkItem): string | null {
    switch (item.kind) {
      case 'link':
        this.#kernel.setLink(item.device, item.mtu);
        return null;
      case 'address':
        this.#kernel.addAddress(item.device, item.prefix);
        return null;
      case 'route':
        this.#kernel.replaceRoute(item);
        return null;
      case 'sysctl':
        return this.#setSysctl(item.key, item.value);
      case 'loose':
        if (!this.#isStrict(item.device)) return null;
        this.#log.write('sysctl.rp_filter', { device: item.device });
        return this.#setSysctl(rpFilterOf(item.device), '2');
    }
  }

  #setSysctl(key: string, value: string): string | null {
    const before = this.#kernel.readSysctl(key);
    if (before === null || before === value) return null;
    try {
      this.#kernel.writeSysctl(key, value);
    } catch (error) {
      // /proc/sys is often read-only (containers, ProtectKernelTunables): a person may have to
      // set it, and the tunnel itself works. So this is a problem, not the end.
      throw new Error(`is ${before}, needs ${value}, and cannot be written: ${lineOf(error)}`, {
        cause: error,
      });
    }
    this.#log.write('sysctl.changed', { key, from: before, to: value });
    return before;
  }

  #undo(key: string, { item, before }: Applied): void {
    this.#applied.delete(key);
    try {
      if (item.kind === 'address') this.#kernel.removeAddress(item.device, item.prefix);
      if (item.kind === 'route') this.#kernel.removeRoute(item);
      if (item.kind === 'sysctl' && before !== null) this.#kernel.writeSysctl(item.key, before);
      if (item.kind === 'loose' && before !== null) {
        this.#kernel.writeSysctl(rpFilterOf(item.device), before);
      }
    } catch (error) {
      // The device may be gone, and all that was on it: nothing is left to remove.
      if (!ABSENT.has(errnoOf(error) ?? '')) {
        this.#log.write('net.failed', { item: `remove ${key}`, message: lineOf(error) });
      }
    }
  }

  #refuse(key: string, reason: string): void {
    if (this.#refused.get(key) === reason) return; // said once
    this.#refused.set(key, reason);
    this.#log.write('net.failed', { item: key, message: reason });
  }
}

function keyOf(item: NetworkItem): string {
  switch (item.kind) {
    case 'link':
      return `link ${item.device} mtu ${item.mtu}`;
    case 'address':
      return `address ${item.prefix} ${item.device}`;
    case 'route':
      return `route ${item.prefix} ${item.device}`;
    case 'sysctl':
      return `sysctl ${item.key}=${item.value}`;
    case 'loose':
      return `loose rp_filter ${item.device}`;
  }
}

function rpFilterOf(device: string): string {
  return `net/ipv4/conf/${device}/rp_filter`;
}

// A device that was replugged has another index; one that was down has lost its routes.
function incarnationOf(item: NetworkItem, facts: Map<string, LinkFact>): string {
  const fact = item.device === null ? undefined : facts.get(item.device);
  return fact === undefined ? 'none' : `${fact.index} ${fact.up ? 'up' : 'down'}`;
}

// By errno, and by the codes of netio's NetError.
const PERMISSION = new Set(['EPERM', 'EACCES', 'permission.missing']);
const ABSENT = new Set([
  'ENODEV',
  'ENXIO',
  'ESRCH',
  'ENOENT',
  'device.unknown',
  'link.unknown',
  'address.unknown',
  'route.unknown',
]);

function isPermission(error: unknown): boolean {
  return PERMISSION.has(errnoOf(error) ?? '');
}
