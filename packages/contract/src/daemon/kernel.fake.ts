import type { Kernel, LinkFact, Route } from './kernel.ts';

/** A kernel in memory. `refuse` maps "call device" to an errno. */
export class FakeKernel implements Kernel {
  facts = new Map<string, LinkFact>();
  routes = new Map<string, Route>();
  sysctls = new Map<string, string>();
  refuse = new Map<string, string>();
  calls: string[] = [];
  #watchers = new Set<() => void>();
  #nextIndex = 10;

  plug(name: string, more: Partial<LinkFact> = {}): void {
    const index = this.#nextIndex++;
    this.facts.set(name, { index, name, up: true, carrier: true, addresses: [], ...more });
    this.changed();
  }

  change(name: string, more: Partial<LinkFact>): void {
    const fact = this.facts.get(name);
    if (fact !== undefined) this.facts.set(name, { ...fact, ...more });
    this.changed();
  }

  unplug(name: string): void {
    this.facts.delete(name);
    for (const [key, { device }] of this.routes) if (device === name) this.routes.delete(key);
    this.changed();
  }

  changed(): void {
    for (const watcher of this.#watchers) watcher();
  }

  links(): LinkFact[] {
    return [...this.facts.values()];
  }

  setLink(device: string, mtu: number): void {
    this.#call('setLink', device, String(mtu));
    const fact = this.facts.get(device);
    if (fact !== undefined) this.facts.set(device, { ...fact, up: true, carrier: true });
  }

  addAddress(device: string, prefix: string): void {
    this.#call('addAddress', device, prefix);
    const fact = this.facts.get(device);
    if (fact === undefined || fact.addresses.includes(prefix)) return;
    this.facts.set(device, { ...fact, addresses: [...fact.addresses, prefix] });
  }

  removeAddress(device: string, prefix: string): void {
    this.#call('removeAddress', device, prefix);
    const fact = this.facts.get(device);
    if (fact === undefined) return;
    const addresses = fact.addresses.filter((address) => address !== prefix);
    this.facts.set(device, { ...fact, addresses });
  }

  replaceRoute(route: Route): void {
    this.#call('replaceRoute', route.device, route.prefix);
    this.routes.set(`${route.prefix} ${route.device}`, route);
  }

  removeRoute(route: Route): void {
    this.#call('removeRoute', route.device, route.prefix);
    this.routes.delete(`${route.prefix} ${route.device}`);
  }

  ownRoutes(): Route[] {
    return [...this.routes.values()];
  }

  readSysctl(key: string): string | null {
    return this.sysctls.get(key) ?? null;
  }

  writeSysctl(key: string, value: string): void {
    this.#call('writeSysctl', key, value);
    this.sysctls.set(key, value);
  }

  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }

  close(): void {
    this.#watchers.clear();
  }

  #call(call: string, device: string, detail: string): void {
    this.calls.push(`${call} ${device} ${detail}`);
    const errno = this.refuse.get(`${call} ${device}`);
    if (errno !== undefined) throw Object.assign(new Error(`${call}: ${errno}`), { code: errno });
  }
}
