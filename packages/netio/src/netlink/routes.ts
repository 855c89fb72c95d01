import { networkOf } from '@rmh/base';
import { Errno, type Verdicts } from '../errors.ts';
import { familyNumber, requireIp, requirePrefix, sameFamily } from './addresses.ts';
import * as k from './constants.ts';
import type { MessageWriter } from './message.ts';
import {
  type LinkRecord,
  type RouteKind,
  type RouteRecord,
  readRoute,
  routeKinds,
} from './records.ts';
import type { NetlinkSocket } from './socket.ts';

export interface Route {
  /** "10.1.0.0/16", or "default" (of the family of `via` or `family`; IPv4 if neither is said). */
  readonly to: string;
  readonly family?: 4 | 6;
  readonly via?: string;
  readonly device?: string;
  /** Lower is preferred. */
  readonly metric?: number;
  /** Default: main (254). */
  readonly table?: number;
  /** The source address that sockets without one get. */
  readonly source?: string;
  /** Who made it: 4 "static" by default; see RouteProtocol. */
  readonly protocol?: number;
  /** "blackhole" drops silently, "unreachable" answers with ICMP; neither takes via or device. */
  readonly kind?: Exclude<RouteKind, 'other' | 'local'>;
}

export const RouteProtocol = { kernel: 2, boot: 3, static: 4, ra: 9, bird: 12, dhcp: 16 } as const;

export function list(socket: NetlinkSocket, links: readonly LinkRecord[]): RouteRecord[] {
  const names = new Map(links.map((link) => [link.index, link.name]));
  return [...listFamily(socket, 4, names), ...listFamily(socket, 6, names)];
}

export function add(
  socket: NetlinkSocket,
  route: Route,
  index: number | null,
  replace: boolean,
): void {
  const how = k.NLM_F_CREATE | (replace ? k.NLM_F_REPLACE : k.NLM_F_EXCL);
  socket.change(k.RTM_NEWROUTE, how, `add ${describe(route)}`, ROUTE_VERDICTS, (writer) => {
    const direct = route.via === undefined && (route.kind ?? 'unicast') === 'unicast';
    writeRoute(writer, route, index, {
      // "link" says that the destination is a neighbour; only IPv4 asks.
      scope: direct && familyOf(route) === 4 ? k.RT_SCOPE_LINK : 0,
      type: routeKinds[route.kind ?? 'unicast'],
      protocol: route.protocol ?? RouteProtocol.static,
    });
  });
}

export function remove(socket: NetlinkSocket, route: Route, index: number | null): void {
  socket.change(k.RTM_DELROUTE, 0, `delete ${describe(route)}`, ROUTE_VERDICTS, (writer) => {
    writeRoute(writer, route, index, {
      scope: k.RT_SCOPE_NOWHERE,
      type: route.kind === undefined ? 0 : routeKinds[route.kind],
      protocol: route.protocol ?? 0,
    });
  });
}

function listFamily(
  socket: NetlinkSocket,
  family: 4 | 6,
  names: ReadonlyMap<number, string>,
): RouteRecord[] {
  let records: RouteRecord[] = [];
  socket.dump(
    k.RTM_GETROUTE,
    (writer) => {
      writer.fields([1, familyNumber(family)], [1, 0], [2, 0], [4, 0], [4, 0]);
    },
    (view, message) => {
      const at = (index: number) => names.get(index) ?? null;
      const record = readRoute(view, message.from, message.to, at);
      if (record !== null) records.push(record);
    },
    () => {
      records = [];
    },
  );
  return records;
}

function writeRoute(
  writer: MessageWriter,
  route: Route,
  index: number | null,
  header: { readonly scope: number; readonly type: number; readonly protocol: number },
): void {
  const family = familyOf(route);
  const prefix = route.to === 'default' ? null : networkOf(requirePrefix(route.to));
  const table = route.table ?? k.RT_TABLE_MAIN;
  writer.fields(
    [1, familyNumber(family)],
    [1, prefix?.length ?? 0],
    [1, 0],
    [1, 0],
    // Tables above 255 travel in the attribute alone.
    [1, table < 256 ? table : 0],
    [1, header.protocol],
    [1, header.scope],
    [1, header.type],
    [4, 0],
  );
  if (prefix !== null) writer.bytes(k.RTA_DST, prefix.address.bytes);
  if (route.via !== undefined) {
    writer.bytes(k.RTA_GATEWAY, sameFamily(requireIp(route.via), family, 'via').bytes);
  }
  if (route.source !== undefined) {
    writer.bytes(k.RTA_PREFSRC, sameFamily(requireIp(route.source), family, 'source').bytes);
  }
  if (index !== null) writer.u32(k.RTA_OIF, index);
  if (route.metric !== undefined) writer.u32(k.RTA_PRIORITY, route.metric);
  writer.u32(k.RTA_TABLE, table);
}

function familyOf(route: Route): 4 | 6 {
  if (route.to !== 'default') return requirePrefix(route.to).address.family;
  if (route.via !== undefined) return requireIp(route.via).family;
  return route.family ?? 4;
}

function describe(route: Route): string {
  const via = route.via === undefined ? '' : ` via ${route.via}`;
  const device = route.device === undefined ? '' : ` dev ${route.device}`;
  return `route ${route.to}${via}${device}`;
}

const ROUTE_VERDICTS: Verdicts = {
  [Errno.EEXIST]: ['route.exists', 'a route with this destination, metric and table exists'],
  [Errno.ESRCH]: ['route.unknown', 'no such route'],
  [Errno.ENOENT]: ['route.unknown', 'no such routing table'],
  [Errno.ENETUNREACH]: ['route.unreachable', 'the next hop is on no link of this namespace'],
  [Errno.EHOSTUNREACH]: ['route.unreachable', 'the next hop is on no link of this namespace'],
  [Errno.ENETDOWN]: ['route.unreachable', 'the link is down'],
  [Errno.ENODEV]: ['link.unknown', 'the link is gone'],
  [Errno.EINVAL]: ['netlink.invalid', ''],
};
