import { formatIp, type IpAddress, type IpPrefix, parseIp, parsePrefix } from '@rmh/base';
import { AF_INET, AF_INET6 } from '../endpoint.ts';
import { Errno, NetError, type Verdicts } from '../errors.ts';
import * as k from './constants.ts';
import type { MessageWriter } from './message.ts';
import { type AddressRecord, type LinkRecord, readAddress } from './records.ts';
import type { NetlinkSocket } from './socket.ts';

export interface AddressOptions {
  /** The far end of a point-to-point link. */
  readonly peer?: string;
  /** IPv6: usable at once, without asking the neighbours first (about 1–2 s). */
  readonly noDad?: boolean;
  /** Do not add the route to the prefix by itself. */
  readonly noPrefixRoute?: boolean;
}

export function list(socket: NetlinkSocket, links: readonly LinkRecord[]): AddressRecord[] {
  const names = new Map(links.map((link) => [link.index, link.name]));
  let records: AddressRecord[] = [];
  socket.dump(
    k.RTM_GETADDR,
    (writer) => writer.fields([1, 0], [1, 0], [1, 0], [1, 0], [4, 0]),
    (view, message) => {
      const at = (index: number) => names.get(index) ?? null;
      const record = readAddress(view, message.from, message.to, at);
      if (record !== null) records.push(record);
    },
    () => {
      records = [];
    },
  );
  return records;
}

export function add(
  socket: NetlinkSocket,
  link: LinkRecord,
  text: string,
  options: AddressOptions,
): void {
  const prefix = requirePrefix(text);
  const peer = options.peer === undefined ? prefix.address : requireIp(options.peer);
  const dad = options.noDad === true && prefix.address.family === 6 ? k.IFA_F_NODAD : 0;
  const flags = dad | (options.noPrefixRoute === true ? k.IFA_F_NOPREFIXROUTE : 0);
  const action = `add address ${text} to ${link.name}`;
  const how = k.NLM_F_CREATE | k.NLM_F_EXCL;
  socket.change(k.RTM_NEWADDR, how, action, ADDRESS_VERDICTS, (writer) => {
    addressHeader(writer, link, prefix);
    writer.bytes(k.IFA_LOCAL, prefix.address.bytes).bytes(k.IFA_ADDRESS, peer.bytes);
    if (flags !== 0) writer.u32(k.IFA_FLAGS, flags);
  });
}

export function remove(socket: NetlinkSocket, link: LinkRecord, text: string): void {
  const prefix = requirePrefix(text);
  const action = `delete address ${text} from ${link.name}`;
  socket.change(k.RTM_DELADDR, 0, action, ADDRESS_VERDICTS, (writer) => {
    addressHeader(writer, link, prefix).bytes(k.IFA_LOCAL, prefix.address.bytes);
  });
}

export function requireIp(text: string): IpAddress {
  const address = parseIp(text);
  if (address !== null) return address;
  throw new NetError('netlink.invalid', `"${text}" is no IP address`, 0);
}

export function requirePrefix(text: string): IpPrefix {
  const prefix = parsePrefix(text);
  if (prefix !== null) return prefix;
  throw new NetError('netlink.invalid', `"${text}" is no IP prefix`, 0);
}

export function familyNumber(family: 4 | 6): number {
  return family === 4 ? AF_INET : AF_INET6;
}

export function sameFamily(a: IpAddress, family: 4 | 6, what: string): IpAddress {
  if (a.family === family) return a;
  throw new NetError('netlink.invalid', `${what} ${formatIp(a)} is not IPv${family}`, 0);
}

function addressHeader(writer: MessageWriter, link: LinkRecord, prefix: IpPrefix): MessageWriter {
  const family = familyNumber(prefix.address.family);
  return writer.fields([1, family], [1, prefix.length], [1, 0], [1, 0], [4, link.index]);
}

const ADDRESS_VERDICTS: Verdicts = {
  [Errno.EEXIST]: ['address.exists', 'the link has this address already'],
  [Errno.EADDRNOTAVAIL]: ['address.unknown', 'the link does not have this address'],
  [Errno.ENODEV]: ['link.unknown', 'the link is gone'],
  [Errno.EINVAL]: ['netlink.invalid', ''],
};
