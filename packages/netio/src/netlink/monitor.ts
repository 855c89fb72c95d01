/** What changes in the current network namespace, as it changes. */
import { Errno, NetError } from '../errors.ts';
import * as k from './constants.ts';
import * as links from './links.ts';
import type { Message } from './message.ts';
import { readMessages } from './message.ts';
import {
  type AddressRecord,
  type LinkRecord,
  type RouteRecord,
  readAddress,
  readLink,
  readRoute,
} from './records.ts';
import { answer, NetlinkSocket } from './socket.ts';

export type LinkEvent =
  | { kind: 'link.appeared'; link: LinkRecord }
  | { kind: 'link.changed'; link: LinkRecord; before: LinkRecord }
  | { kind: 'link.vanished'; link: LinkRecord }
  | { kind: 'address.added' | 'address.removed'; address: AddressRecord }
  | { kind: 'route.added' | 'route.removed'; route: RouteRecord }
  /** Events were lost: list everything again. The monitor itself goes on from there. */
  | { kind: 'overrun' };

export class RtnlMonitor {
  readonly #socket: NetlinkSocket;
  readonly #links = new Map<number, LinkRecord>();

  private constructor(socket: NetlinkSocket) {
    this.#socket = socket;
    this.#learnLinks();
  }

  /** Open it first and list afterwards: what happens between is then reported, not lost. */
  static open(): RtnlMonitor {
    return new RtnlMonitor(new NetlinkSocket(GROUPS, false));
  }

  /** Readable when something happened: for a Poller. */
  get fd(): number {
    return this.#socket.fd;
  }

  close(): void {
    this.#socket.close();
  }

  /** All that happened since the last read; never blocks. */
  read(): LinkEvent[] {
    const events: LinkEvent[] = [];
    // A flood (thousands of routes at a gateway's start) is taken in turns.
    for (let datagramsLeft = READ_DATAGRAMS_MAX; datagramsLeft > 0; datagramsLeft--) {
      const length = this.#socket.receive();
      if (length === -Errno.EAGAIN) break;
      if (length === -Errno.EINTR) continue;
      if (length === -Errno.ENOBUFS) {
        this.#learnLinks();
        events.push({ kind: 'overrun' });
        continue;
      }
      if (length < 0) throw new NetError('netlink.failed', 'read netlink events', -length);
      for (const message of readMessages(answer.view, length)) {
        const event = this.#eventOf(message);
        if (event !== null) events.push(event);
      }
    }
    return events;
  }

  #eventOf(message: Message): LinkEvent | null {
    const names = (index: number) => this.#links.get(index)?.name ?? null;
    const { type, from, to } = message;
    if (type === k.RTM_NEWLINK || type === k.RTM_DELLINK) return this.#linkEvent(message);
    if (type === k.RTM_NEWADDR || type === k.RTM_DELADDR) {
      const address = readAddress(answer.view, from, to, names);
      const kind = type === k.RTM_NEWADDR ? 'address.added' : 'address.removed';
      return address === null ? null : { kind, address };
    }
    if (type === k.RTM_NEWROUTE || type === k.RTM_DELROUTE) {
      const route = readRoute(answer.view, from, to, names);
      const kind = type === k.RTM_NEWROUTE ? 'route.added' : 'route.removed';
      return route === null ? null : { kind, route };
    }
    return null;
  }

  #linkEvent({ type, from, to }: Message): LinkEvent | null {
    const link = readLink(answer.view, from, to);
    if (link === null) return null;
    const before = this.#links.get(link.index);
    if (type === k.RTM_DELLINK) {
      this.#links.delete(link.index);
      return { kind: 'link.vanished', link };
    }
    this.#links.set(link.index, link);
    if (before === undefined) return { kind: 'link.appeared', link };
    // The kernel also announces what nobody here records (statistics, wireless scans).
    return sameLink(before, link) ? null : { kind: 'link.changed', link, before };
  }

  #learnLinks(): void {
    const asking = new NetlinkSocket(0, true);
    try {
      this.#links.clear();
      for (const link of links.list(asking)) this.#links.set(link.index, link);
    } finally {
      asking.close();
    }
  }
}

function sameLink(a: LinkRecord, b: LinkRecord): boolean {
  const keys = Object.keys(a) as (keyof LinkRecord)[];
  return keys.every((key) => a[key] === b[key]);
}

const READ_DATAGRAMS_MAX = 1000;
// RTMGRP_LINK, IPV4_IFADDR, IPV4_ROUTE, IPV6_IFADDR, IPV6_ROUTE
const GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;
