import {
  type Arena,
  assert,
  formatPrefix,
  type IpAddress,
  type IpPrefix,
  networkOf,
  plainArena,
} from '@rmh/base';
import { destinationAt, sourceAt } from './packet.ts';

/**
 * Longest prefix match over IPv4 and IPv6: allowed IPs, as WireGuard means them (a prefix
 * belongs to one value; giving it to another takes it from the first) [IN-4].
 *
 * Two path-compressed binary tries in flat arrays, as in the kernel's allowedips.c. A lookup
 * touches one node per branching, about log2(prefixes), and allocates nothing. Removal only
 * empties a node; the trie is rebuilt from the list of prefixes when its nodes are used up.
 */
export class PrefixTable<T> {
  readonly prefixesMax: number;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #nodesMax: number;
  /** Four words a node, of which IPv4 uses the first. */
  readonly #words: Int32Array;
  readonly #lengths: Uint8Array;
  /** Two a node: where bit `length` of the address is 0 and 1. 0 is no node. */
  readonly #children: Int32Array;
  readonly #values: (T | undefined)[];
  #nodes = 1;
  #rootV4 = 0;
  #rootV6 = 0;

  constructor(prefixesMax: number) {
    assert(prefixesMax > 0 && prefixesMax <= PREFIXES_LIMIT, 'prefixesMax is within its limit');
    this.prefixesMax = prefixesMax;
    // A trie of n prefixes has at most 2n - 1 nodes; twice that makes rebuilding rare.
    this.#nodesMax = prefixesMax * 4 + 1;
    this.#words = new Int32Array(this.#nodesMax * 4);
    this.#lengths = new Uint8Array(this.#nodesMax);
    this.#children = new Int32Array(this.#nodesMax * 2);
    this.#values = Array.from({ length: this.#nodesMax }, () => undefined);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** False when the table is full. A prefix that is there already gets the new value. */
  add(prefix: IpPrefix, value: T): boolean {
    const network = networkOf(prefix);
    const key = formatPrefix(network);
    if (!this.#entries.has(key) && this.#entries.size >= this.prefixesMax) return false;
    this.#entries.set(key, { prefix: network, value });
    if (this.#nodes + 2 > this.#nodesMax) this.#rebuild();
    else this.#insert(network, value);
    return true;
  }

  remove(prefix: IpPrefix): boolean {
    const network = networkOf(prefix);
    if (!this.#entries.delete(formatPrefix(network))) return false;
    this.#insert(network, undefined);
    return true;
  }

  /** Every prefix of a value that goes away, such as a removed peer. Returns how many. */
  removeValue(value: T): number {
    const theirs = [...this.#entries.values()].filter((entry) => entry.value === value);
    for (const entry of theirs) this.remove(entry.prefix);
    return theirs.length;
  }

  /** The whole content at once; false, and nothing changed, when it does not fit. */
  replaceAll(entries: Iterable<readonly [IpPrefix, T]>): boolean {
    const next = new Map<string, Entry<T>>();
    for (const [prefix, value] of entries) {
      const network = networkOf(prefix);
      next.set(formatPrefix(network), { prefix: network, value });
    }
    if (next.size > this.prefixesMax) return false;
    this.#entries.clear();
    for (const [key, entry] of next) this.#entries.set(key, entry);
    this.#rebuild();
    return true;
  }

  *entries(): IterableIterator<readonly [IpPrefix, T]> {
    for (const { prefix, value } of this.#entries.values()) yield [prefix, value];
  }

  /** By the destination of the IP packet at `at`: where does it go? Whole header given. */
  destination(arena: Arena, at: number): T | undefined {
    const { view } = arena;
    return this.#find(view, destinationAt(view, at), view.getUint8(at) >> 4 === 4);
  }

  /** By the source of the IP packet at `at`: may it come from there? Whole header given. */
  source(arena: Arena, at: number): T | undefined {
    const { view } = arena;
    return this.#find(view, sourceAt(view, at), view.getUint8(at) >> 4 === 4);
  }

  /** For control code; not for the packet path. */
  lookup(address: IpAddress): T | undefined {
    const arena = plainArena(16);
    arena.bytes.set(address.bytes);
    return this.#find(arena.view, 0, address.family === 4);
  }

  #find(view: DataView, at: number, isV4: boolean): T | undefined {
    let node = isV4 ? this.#rootV4 : this.#rootV6;
    let found: T | undefined;
    while (node !== 0) {
      const length = this.#lengths[node] as number;
      if (this.#commonBits(node, view, at, length) < length) return found;
      const value = this.#values[node];
      if (value !== undefined) found = value;
      if (length === (isV4 ? 32 : 128)) return found;
      const bit = (view.getUint8(at + (length >> 3)) >> (7 - (length & 7))) & 1;
      node = this.#children[node * 2 + bit] as number;
    }
    return found;
  }

  /** Leading bits that the node's prefix and the address share; exact only up to `enough`. */
  #commonBits(node: number, view: DataView, at: number, enough: number): number {
    const words = this.#words;
    for (let i = 0; i * 32 < enough; i++) {
      const differing = view.getInt32(at + i * 4) ^ (words[node * 4 + i] as number);
      if (differing !== 0) return i * 32 + Math.clz32(differing);
    }
    return enough;
  }

  #insert(network: IpPrefix, value: T | undefined): void {
    const arena = plainArena(16);
    arena.bytes.set(network.address.bytes);
    const isV4 = network.address.family === 4;
    let parent = 0;
    let side = 0;
    let node = isV4 ? this.#rootV4 : this.#rootV6;
    const link = (child: number): void => {
      if (parent !== 0) this.#children[parent * 2 + side] = child;
      else if (isV4) this.#rootV4 = child;
      else this.#rootV6 = child;
    };
    while (node !== 0) {
      const length = this.#lengths[node] as number;
      const bound = Math.min(length, network.length);
      const common = Math.min(this.#commonBits(node, arena.view, 0, bound), bound);
      if (common === bound && length === network.length) {
        this.#values[node] = value;
        return;
      }
      if (common < length) {
        this.#split(arena, network, value, node, common, link);
        return;
      }
      parent = node;
      side = bitOf(arena.bytes, length);
      node = this.#children[node * 2 + side] as number;
    }
    link(this.#newNode(arena, network.length, value));
  }

  /** The new prefix parts from `node` after `common` bits: above it, or beside it under a joint. */
  #split(
    arena: Arena,
    network: IpPrefix,
    value: T | undefined,
    node: number,
    common: number,
    link: (child: number) => void,
  ): void {
    const added = this.#newNode(arena, network.length, value);
    const oldSide =
      ((this.#words[node * 4 + (common >> 5)] as number) >>> (31 - (common & 31))) & 1;
    if (common === network.length) {
      this.#children[added * 2 + oldSide] = node;
      link(added);
      return;
    }
    const joint = this.#newNode(arena, common, undefined);
    this.#children[joint * 2 + oldSide] = node;
    this.#children[joint * 2 + 1 - oldSide] = added;
    link(joint);
  }

  #newNode(arena: Arena, length: number, value: T | undefined): number {
    const node = this.#nodes++;
    assert(node < this.#nodesMax, 'a prefix trie has at most two nodes a prefix');
    for (let i = 0; i < 4; i++) this.#words[node * 4 + i] = arena.view.getInt32(i * 4);
    this.#lengths[node] = length;
    this.#children[node * 2] = 0;
    this.#children[node * 2 + 1] = 0;
    this.#values[node] = value;
    return node;
  }

  #rebuild(): void {
    this.#nodes = 1;
    this.#rootV4 = 0;
    this.#rootV6 = 0;
    this.#values.fill(undefined);
    for (const { prefix, value } of this.#entries.values()) this.#insert(prefix, value);
  }
}

interface Entry<T> {
  readonly prefix: IpPrefix;
  readonly value: T;
}

// 2,048 units × 64 prefixes, the bounds of the configuration: 131,072; 28 bytes a node, 15 MB.
const PREFIXES_LIMIT = 131_072;

function bitOf(bytes: Uint8Array, index: number): number {
  return ((bytes[index >> 3] ?? 0) >> (7 - (index & 7))) & 1;
}
