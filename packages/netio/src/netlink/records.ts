/** What the kernel tells about links, addresses, routes and rules, as `ip` would print it. */
import { formatIp } from '@rmh/base';
import { AF_INET, AF_INET6 } from '../endpoint.ts';
import * as k from './constants.ts';
import { Attributes } from './message.ts';

export interface LinkRecord {
  readonly index: number;
  readonly name: string;
  /** "veth", "tun", "wwan", …; null for hardware and loopback. */
  readonly kind: string | null;
  /** An administrator set it up. */
  readonly up: boolean;
  /** Up, and the driver says it can carry traffic (RFC 2863 operational state). */
  readonly running: boolean;
  /** The layer below has a signal (LOWER_UP). */
  readonly carrier: boolean;
  readonly loopback: boolean;
  readonly mtu: number;
  /** "02:00:5e:10:00:01"; empty for devices without one. */
  readonly hardwareAddress: string;
}

export interface AddressRecord {
  readonly index: number;
  readonly device: string;
  readonly family: 4 | 6;
  /** "10.1.0.2/24" */
  readonly prefix: string;
  readonly peer: string | null;
  /** IPv6 duplicate detection still runs: not usable yet. */
  readonly tentative: boolean;
}

export interface RouteRecord {
  readonly family: 4 | 6;
  readonly kind: RouteKind;
  /** "10.1.0.0/16" or "default". */
  readonly to: string;
  readonly via: string | null;
  readonly device: string | null;
  readonly metric: number;
  readonly table: number;
  readonly source: string | null;
  readonly protocol: number;
}

export interface RuleRecord {
  readonly family: 4 | 6;
  readonly priority: number;
  /** "all" or a prefix. */
  readonly from: string;
  readonly to: string;
  readonly inputDevice: string | null;
  readonly table: number;
}

/** rtm_type; what else the kernel knows (anycast, broadcast, NAT) prints as "other". */
export const routeKinds = {
  unicast: 1,
  local: 2,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
} as const;
export type RouteKind = keyof typeof routeKinds | 'other';

/** Gives a device's name for its index. */
export type DeviceNames = (index: number) => string | null;

//  0        1     2          4         8         12        16
//  family   pad   type (2)   index     flags     change    attributes…
export function readLink(view: DataView, from: number, to: number): LinkRecord | null {
  if (to - from < 16) return null;
  // A bridge reports its ports a second time under its own family (AF_BRIDGE).
  if (view.getUint8(from) !== 0) return null;
  const attributes = new Attributes(view, from + 16, to);
  const flags = view.getUint32(from + 8, true);
  const name = attributes.text(k.IFLA_IFNAME);
  if (name === null) return null;
  return {
    index: view.getInt32(from + 4, true),
    name,
    kind: attributes.nested(k.IFLA_LINKINFO).text(k.IFLA_INFO_KIND),
    up: (flags & k.IFF_UP) !== 0,
    running: (flags & k.IFF_RUNNING) !== 0,
    carrier: (flags & k.IFF_LOWER_UP) !== 0,
    loopback: (flags & k.IFF_LOOPBACK) !== 0,
    mtu: attributes.u32(k.IFLA_MTU) ?? 0,
    hardwareAddress: Array.from(attributes.bytes(k.IFLA_ADDRESS) ?? [], hex).join(':'),
  };
}

//  0        1               2       3       4       8
//  family   prefix length   flags   scope   index   attributes…
export function readAddress(
  view: DataView,
  from: number,
  to: number,
  names: DeviceNames,
): AddressRecord | null {
  if (to - from < 8) return null;
  const family = familyOf(view.getUint8(from));
  const attributes = new Attributes(view, from + 8, to);
  const local = ipText(attributes.bytes(k.IFA_LOCAL), family);
  const address = ipText(attributes.bytes(k.IFA_ADDRESS), family);
  const own = local ?? address;
  if (family === null || own === null) return null;
  const index = view.getUint32(from + 4, true);
  const flags = attributes.u32(k.IFA_FLAGS) ?? view.getUint8(from + 2);
  return {
    index,
    device: names(index) ?? `#${index}`,
    family,
    prefix: `${own}/${view.getUint8(from + 1)}`,
    peer: address === own ? null : address,
    tentative: (flags & k.IFA_F_TENTATIVE) !== 0,
  };
}

//  0        1         2         3     4       5          6       7      8       12
//  family   dst len   src len   tos   table   protocol   scope   type   flags   attributes…
export function readRoute(
  view: DataView,
  from: number,
  to: number,
  names: DeviceNames,
): RouteRecord | null {
  if (to - from < 12) return null;
  const family = familyOf(view.getUint8(from));
  // Cloned routes are the kernel's cache of exceptions, not configuration.
  if (family === null || (view.getUint32(from + 8, true) & k.RTM_F_CLONED) !== 0) return null;
  const attributes = new Attributes(view, from + 12, to);
  const prefixLength = view.getUint8(from + 1);
  const output = attributes.u32(k.RTA_OIF);
  return {
    family,
    kind: routeKindOf(view.getUint8(from + 7)),
    to: prefixText(attributes.bytes(k.RTA_DST), family, prefixLength, 'default'),
    via: ipText(attributes.bytes(k.RTA_GATEWAY), family),
    device: output === null ? null : (names(output) ?? `#${output}`),
    metric: attributes.u32(k.RTA_PRIORITY) ?? 0,
    table: attributes.u32(k.RTA_TABLE) ?? view.getUint8(from + 4),
    source: ipText(attributes.bytes(k.RTA_PREFSRC), family),
    protocol: view.getUint8(from + 5),
  };
}

//  0        1         2         3     4       5 … 6      7        8       12
//  family   dst len   src len   tos   table   reserved   action   flags   attributes…
export function readRule(view: DataView, from: number, to: number): RuleRecord | null {
  if (to - from < 12) return null;
  const family = familyOf(view.getUint8(from));
  if (family === null) return null;
  const attributes = new Attributes(view, from + 12, to);
  return {
    family,
    priority: attributes.u32(k.FRA_PRIORITY) ?? 0,
    from: prefixText(attributes.bytes(k.FRA_SRC), family, view.getUint8(from + 2), 'all'),
    to: prefixText(attributes.bytes(k.FRA_DST), family, view.getUint8(from + 1), 'all'),
    inputDevice: attributes.text(k.FRA_IIFNAME),
    table: attributes.u32(k.FRA_TABLE) ?? view.getUint8(from + 4),
  };
}

function routeKindOf(type: number): RouteKind {
  for (const [name, value] of Object.entries(routeKinds)) {
    if (value === type) return name as keyof typeof routeKinds;
  }
  return 'other';
}

function familyOf(family: number): 4 | 6 | null {
  if (family === AF_INET) return 4;
  return family === AF_INET6 ? 6 : null;
}

function ipText(bytes: Uint8Array | null, family: 4 | 6 | null): string | null {
  if (bytes === null || family === null || bytes.length !== (family === 4 ? 4 : 16)) return null;
  return formatIp({ family, bytes });
}

/** The kernel leaves the address out when the prefix has length 0. */
function prefixText(
  bytes: Uint8Array | null,
  family: 4 | 6,
  length: number,
  everything: string,
): string {
  const address = ipText(bytes, family);
  if (address === null) return everything;
  return length === 0 ? everything : `${address}/${length}`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
