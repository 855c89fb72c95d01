/**
 * Links, addresses, routes and rules of the current network namespace, asked of the kernel itself
 * (rtnetlink). Own code, because the `ip` program may be missing in a unit's image and on a
 * developer's machine, costs a process each time, and its output is text for people; and because
 * the libraries on npm wrap either `ip` or a C addon. Nothing here needs root as such: changes
 * need CAP_NET_ADMIN over the namespace, which `unshare -Urn` gives to anybody.
 *
 * Every method blocks for the microseconds that the kernel takes, and throws NetError if it
 * refuses; the object stays usable. The namespace is the one that the thread was in at open.
 */
import { NetError } from '../errors.ts';
import * as addresses from './addresses.ts';
import * as links from './links.ts';
import type { AddressRecord, LinkRecord, RouteRecord, RuleRecord } from './records.ts';
import * as routes from './routes.ts';
import * as rules from './rules.ts';
import { NetlinkSocket } from './socket.ts';

export class Rtnl {
  readonly #socket: NetlinkSocket;

  private constructor(socket: NetlinkSocket) {
    this.#socket = socket;
  }

  static open(): Rtnl {
    return new Rtnl(new NetlinkSocket(0, true));
  }

  close(): void {
    this.#socket.close();
  }

  links(): LinkRecord[] {
    return links.list(this.#socket);
  }

  /** Null if there is none of that name. */
  link(name: string): LinkRecord | null {
    return links.find(this.#socket, name);
  }

  /** A pair of connected devices; `b` at once in another namespace if its fd is given. */
  createVeth(a: string, b: string, bNetnsFd?: number): void {
    links.createVeth(this.#socket, a, b, bNetnsFd);
  }

  /** With everything that depends on it; of a veth pair both ends go. */
  deleteLink(name: string): void {
    links.remove(this.#socket, this.#known(name));
  }

  setLink(name: string, change: links.LinkChange): void {
    links.change(this.#socket, this.#known(name), change);
  }

  /** Of one link, or of all. */
  addresses(link?: string): AddressRecord[] {
    const all = addresses.list(this.#socket, links.list(this.#socket));
    return link === undefined ? all : all.filter((record) => record.device === link);
  }

  /** "10.1.0.2/24", "fd00::2/64". */
  addAddress(link: string, prefix: string, options: addresses.AddressOptions = {}): void {
    addresses.add(this.#socket, this.#known(link), prefix, options);
  }

  deleteAddress(link: string, prefix: string): void {
    addresses.remove(this.#socket, this.#known(link), prefix);
  }

  /** All tables, the kernel's own local table (255) too. */
  routes(): RouteRecord[] {
    return routes.list(this.#socket, links.list(this.#socket));
  }

  addRoute(route: routes.Route, options: { readonly replace?: boolean } = {}): void {
    const index = this.#outputOf(route);
    routes.add(this.#socket, route, index, options.replace ?? false);
  }

  /** The first that has all that `route` names. */
  deleteRoute(route: routes.Route): void {
    routes.remove(this.#socket, route, this.#outputOf(route));
  }

  rules(): RuleRecord[] {
    return rules.list(this.#socket);
  }

  addRule(rule: rules.Rule): void {
    rules.add(this.#socket, rule);
  }

  deleteRule(rule: rules.Rule): void {
    rules.remove(this.#socket, rule);
  }

  #outputOf(route: routes.Route): number | null {
    return route.device === undefined ? null : this.#known(route.device).index;
  }

  #known(name: string): LinkRecord {
    const link = links.find(this.#socket, name);
    if (link !== null) return link;
    throw new NetError('link.unknown', `no link ${name} in this network namespace`, 0);
  }
}
