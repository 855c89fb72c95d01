import { isDeviceName } from '../descriptors.ts';
import { Errno, NetError, type Verdicts } from '../errors.ts';
import * as k from './constants.ts';
import type { MessageWriter } from './message.ts';
import { type LinkRecord, readLink } from './records.ts';
import type { NetlinkSocket } from './socket.ts';

export interface LinkChange {
  readonly up?: boolean;
  readonly mtu?: number;
  /** Move it into the namespace behind this descriptor; it loses addresses and routes. */
  readonly netnsFd?: number;
  /** Only while it is down, on kernels before 6.2. */
  readonly rename?: string;
}

export function list(socket: NetlinkSocket): LinkRecord[] {
  let links: LinkRecord[] = [];
  socket.dump(
    k.RTM_GETLINK,
    (writer) => linkHeader(writer, 0),
    (view, message) => {
      const link = readLink(view, message.from, message.to);
      if (link !== null) links.push(link);
    },
    () => {
      links = [];
    },
  );
  return links;
}

export function find(socket: NetlinkSocket, name: string): LinkRecord | null {
  if (!isDeviceName(name)) return null;
  let found: LinkRecord | null = null;
  try {
    socket.get(
      k.RTM_GETLINK,
      `look up link ${name}`,
      {},
      (writer) => linkHeader(writer, 0).text(k.IFLA_IFNAME, name),
      (view, message) => {
        found = readLink(view, message.from, message.to);
      },
    );
  } catch (error) {
    if (error instanceof NetError && error.errno === Errno.ENODEV) return null;
    throw error;
  }
  return found;
}

export function createVeth(
  socket: NetlinkSocket,
  a: string,
  b: string,
  bNetnsFd: number | undefined,
): void {
  for (const name of [a, b]) requireName(name);
  const action = `create veth pair ${a}, ${b}`;
  socket.change(k.RTM_NEWLINK, k.NLM_F_CREATE | k.NLM_F_EXCL, action, LINK_VERDICTS, (writer) => {
    linkHeader(writer, 0).text(k.IFLA_IFNAME, a);
    writer.nest(k.IFLA_LINKINFO, () => {
      writer.text(k.IFLA_INFO_KIND, 'veth');
      writer.nest(k.IFLA_INFO_DATA, () => {
        writer.nest(k.VETH_INFO_PEER, () => {
          linkHeader(writer, 0).text(k.IFLA_IFNAME, b);
          if (bNetnsFd !== undefined) writer.u32(k.IFLA_NET_NS_FD, bNetnsFd);
        });
      });
    });
  });
}

export function remove(socket: NetlinkSocket, link: LinkRecord): void {
  const action = `delete link ${link.name}`;
  socket.change(k.RTM_DELLINK, 0, action, LINK_VERDICTS, (writer) => {
    linkHeader(writer, link.index);
  });
}

export function change(socket: NetlinkSocket, link: LinkRecord, wanted: LinkChange): void {
  const { up, mtu, netnsFd, rename } = wanted;
  if (rename !== undefined) requireName(rename);
  const action = `change link ${link.name}`;
  socket.change(k.RTM_NEWLINK, 0, action, LINK_VERDICTS, (writer) => {
    linkHeader(writer, link.index, up === undefined ? 0 : k.IFF_UP, up === true ? k.IFF_UP : 0);
    if (mtu !== undefined) writer.u32(k.IFLA_MTU, mtu);
    if (rename !== undefined) writer.text(k.IFLA_IFNAME, rename);
    if (netnsFd !== undefined) writer.u32(k.IFLA_NET_NS_FD, netnsFd);
  });
}

function linkHeader(writer: MessageWriter, index: number, change = 0, flags = 0): MessageWriter {
  return writer.fields([1, 0], [1, 0], [2, 0], [4, index], [4, flags], [4, change]);
}

function requireName(name: string): void {
  if (isDeviceName(name)) return;
  throw new NetError('netlink.invalid', `"${name}" is no device name`, 0);
}

const LINK_VERDICTS: Verdicts = {
  [Errno.EEXIST]: ['link.exists', 'a link of this name exists'],
  [Errno.ENODEV]: ['link.unknown', 'the link is gone'],
  [Errno.EOPNOTSUPP]: ['netlink.failed', 'the kernel lacks this kind of link: modprobe veth'],
  [Errno.EINVAL]: ['netlink.invalid', ''],
};
