// What the daemons ask of the kernel's network, as a port: @rmh/netio/kernel is the real one.

// Marks our routes, so that `ip route show proto 170`, BIRD and the next start know them.
// Free in iproute2's rt_protos (…, 42 babel, 99 openr, 186 bgp, 187 isis, 188 ospf, …).
export const ROUTE_PROTOCOL = 170;

// Below any default of a DHCP client or ModemManager (100 and up), so the tunnel wins a tie.
export const ROUTE_METRIC = 50;

export interface LinkFact {
  readonly index: number;
  readonly name: string;
  /** Switched on. */
  readonly up: boolean;
  /** Has a carrier (IFF_LOWER_UP). */
  readonly carrier: boolean;
  /** Global addresses as prefixes. */
  readonly addresses: string[];
}

export interface Route {
  readonly prefix: string;
  readonly device: string;
}

/** Every call throws an Error with an errno `code` when the kernel refuses; usable after it. */
export interface Kernel {
  links(): LinkFact[];
  setLink(device: string, mtu: number): void;
  /** Sets or keeps. */
  addAddress(device: string, prefix: string): void;
  /** Removes; absent is fine. */
  removeAddress(device: string, prefix: string): void;
  replaceRoute(route: Route): void;
  /** Removes; absent is fine. */
  removeRoute(route: Route): void;
  /** Routes of ours, whoever set them. */
  ownRoutes(): Route[];
  /** "net/ipv4/ip_forward"; null where the kernel has no such setting. */
  readSysctl(key: string): string | null;
  writeSysctl(key: string, value: string): void;
  /** Calls on every change of links or addresses until the returned function is called. */
  watch(onChange: () => void): () => void;
  close(): void;
}
