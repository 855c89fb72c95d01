import { type Arena, plainArena } from '@rmh/base';
import { InnerFault } from './fault.ts';
import {
  IP4_DESTINATION_AT,
  IP4_FRAGMENT_AT,
  IP4_FRAGMENT_MASK,
  IP4_HEADER_BYTES,
  IP4_LENGTH_AT,
  IP4_PROTOCOL_AT,
  IP4_SOURCE_AT,
  IP6_DESTINATION_AT,
  IP6_HEADER_BYTES,
  IP6_LENGTH_AT,
  IP6_NEXT_AT,
  IP6_SOURCE_AT,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from './layout.ts';

// Real traffic carries none to two; eight keeps a hostile chain from costing more than a packet.
export const EXTENSIONS_MAX = 8;

/**
 * What the data plane wants to know of one IP packet. One instance is reused for all packets;
 * after a fault its fields mean nothing.
 */
export class InnerPacket {
  arena: Arena = NOWHERE;
  at = 0;
  version: 4 | 6 = 4;
  /** After the IPv6 extension headers: what the payload is. */
  protocol = 0;
  /** The IP header with its options or extension headers. */
  headerBytes = 0;
  transportAt = 0;
  /** As the IP header says; what lies behind it in the given range is padding. */
  totalLength = 0;
  dscp = 0;
  ecn = 0;
  /** Ports were read: TCP or UDP, not a fragment. Otherwise both are 0. */
  hasPorts = false;
  sourcePort = 0;
  destinationPort = 0;
  /** The first fragment counts too, so that all of a datagram are treated alike [IN-3]. */
  isFragment = false;
  /** An IPv6 routing header is not used up: the checksum is over another destination. */
  isSourceRouted = false;
  /** u32 over addresses, protocol and ports (of a fragment: no ports) [IN-3]. */
  flowHash = 0;

  readonly #seed: number;

  /** A secret seed keeps outsiders from aiming flows at one bucket. */
  constructor(seed = 0) {
    this.#seed = seed | 0;
  }

  /** Of arena[at, at + length). The range lies within the arena. */
  read(arena: Arena, at: number, length: number): 0 | InnerFault {
    this.arena = arena;
    this.at = at;
    if (length < IP4_HEADER_BYTES) return InnerFault.tooShort;
    const version = arena.view.getUint8(at) >> 4;
    if (version === 4) return this.#readV4(arena.view, at, length);
    if (version === 6) return this.#readV6(arena.view, at, length);
    return InnerFault.badVersion;
  }

  #readV4(view: DataView, at: number, length: number): 0 | InnerFault {
    const headerBytes = (view.getUint8(at) & 15) * 4;
    const totalLength = view.getUint16(at + IP4_LENGTH_AT);
    // [IN-1] Header ≤ total length ≤ bytes given.
    if (headerBytes < IP4_HEADER_BYTES || totalLength < headerBytes || totalLength > length) {
      return InnerFault.badLength;
    }
    this.version = 4;
    this.#setClass(view.getUint8(at + 1));
    this.totalLength = totalLength;
    this.isFragment = (view.getUint16(at + IP4_FRAGMENT_AT) & IP4_FRAGMENT_MASK) !== 0;
    this.isSourceRouted = false;
    this.#setTransport(view, view.getUint8(at + IP4_PROTOCOL_AT), at + headerBytes);
    let hash = mix(this.#seed, view.getInt32(at + IP4_SOURCE_AT));
    hash = mix(hash, view.getInt32(at + IP4_DESTINATION_AT));
    this.#setHash(hash);
    return 0;
  }

  #readV6(view: DataView, at: number, length: number): 0 | InnerFault {
    if (length < IP6_HEADER_BYTES) return InnerFault.tooShort;
    const totalLength = IP6_HEADER_BYTES + view.getUint16(at + IP6_LENGTH_AT);
    if (totalLength > length) return InnerFault.badLength;
    this.version = 6;
    this.#setClass((view.getUint16(at) >> 4) & 0xff);
    this.totalLength = totalLength;
    if (!this.#walkExtensions(view, at)) return InnerFault.badExtensions;
    let hash = this.#seed;
    for (let i = IP6_SOURCE_AT; i < IP6_HEADER_BYTES; i += 4) {
      hash = mix(hash, view.getInt32(at + i));
    }
    this.#setHash(hash);
    return 0;
  }

  /** [IN-2] Ends at the first header that is no extension, or behind a fragment header. */
  #walkExtensions(view: DataView, at: number): boolean {
    const end = at + this.totalLength;
    let next = view.getUint8(at + IP6_NEXT_AT);
    let offset = at + IP6_HEADER_BYTES;
    this.isFragment = false;
    this.isSourceRouted = false;
    for (let count = 0; isExtension(next); count++) {
      if (count === EXTENSIONS_MAX || offset + 8 > end) return false;
      const kind = next;
      next = view.getUint8(offset);
      if (kind === FRAGMENT) {
        // Offset and more-flag both zero: an atomic fragment, which is whole (RFC 6946).
        this.isFragment = (view.getUint16(offset + 2) & 0xfff9) !== 0;
        offset += 8;
        if (this.isFragment) break;
        continue;
      }
      if (kind === ROUTING && view.getUint8(offset + 3) !== 0) this.isSourceRouted = true;
      const units = view.getUint8(offset + 1);
      offset += kind === AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
      if (offset > end) return false;
    }
    this.#setTransport(view, next, offset);
    return true;
  }

  #setClass(trafficClass: number): void {
    this.dscp = trafficClass >> 2;
    this.ecn = trafficClass & 3;
  }

  #setTransport(view: DataView, protocol: number, transportAt: number): void {
    this.protocol = protocol;
    this.transportAt = transportAt;
    this.headerBytes = transportAt - this.at;
    this.hasPorts =
      !this.isFragment &&
      (protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP) &&
      this.totalLength - this.headerBytes >= 4;
    this.sourcePort = this.hasPorts ? view.getUint16(transportAt) : 0;
    this.destinationPort = this.hasPorts ? view.getUint16(transportAt + 2) : 0;
  }

  #setHash(addresses: number): void {
    let hash = mix(addresses, this.protocol);
    hash = mix(hash, (this.sourcePort << 16) | this.destinationPort);
    // The finisher of MurmurHash3: every bit of the input moves every bit of the result.
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    this.flowHash = (hash ^ (hash >>> 16)) >>> 0;
  }
}

/** Where the source address lies in the IP packet at `at` (its version nibble is 4 or 6). */
export function sourceAt(view: DataView, at: number): number {
  return at + (view.getUint8(at) >> 4 === 4 ? IP4_SOURCE_AT : IP6_SOURCE_AT);
}

export function destinationAt(view: DataView, at: number): number {
  return at + (view.getUint8(at) >> 4 === 4 ? IP4_DESTINATION_AT : IP6_DESTINATION_AT);
}

const NOWHERE = plainArena(0);
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;

function isExtension(next: number): boolean {
  return (
    next === HOP_BY_HOP ||
    next === ROUTING ||
    next === FRAGMENT ||
    next === AUTHENTICATION ||
    next === DESTINATION_OPTIONS ||
    next === MOBILITY
  );
}

/** One round of MurmurHash3 (x86, 32 bits). */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  const h = hash ^ Math.imul(k, 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}
