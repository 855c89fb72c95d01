// Carrier-grade NAT of one link (RFC 4787): every internal (protocol, address, port) gets one
// port of one public address, whatever it talks to, and anybody may answer it there.
//
//   outbound: classify → find or make the mapping → rewrite the source → adjust checksums
//   inbound:  classify → find the mapping → rewrite the destination → adjust checksums
//
// An inbound ICMP error is translated by the packet that it quotes, so that a closed port is felt.
import { type Arena, assert, type Random } from '@rmh/base';
import {
  adjustSum,
  classify,
  DST_AT,
  ICMP_SUM_AT,
  IP_SUM_AT,
  icmpSum,
  type Packet,
  Protocol,
  SRC_AT,
  Verdict,
} from './ipv4.ts';

export interface NatOptions {
  readonly random: Random;
  /** As unsigned 32-bit numbers; the first is used until a rebind takes the next. */
  readonly publicAddresses: readonly number[];
  readonly mappingsMax?: number;
  readonly idleUs?: number;
}

/** A vehicle keeps tens of flows; a port scan from inside evicts the oldest, harmlessly. */
export const MAPPINGS_MAX = 4096;
/** Mobile operators are seen to forget UDP after 30 s to 2 min; the lab takes the worst. */
export const NAT_IDLE_US = 30_000_000;
/** RFC 5382 REQ-5: an established TCP mapping lives at least 2 h 4 min. */
const TCP_IDLE_US = 7_440_000_000;
const PORT_FIRST = 1024;
const PORTS = 65_536 - PORT_FIRST;

interface Mapping {
  readonly insideKey: number;
  readonly insideAddress: number;
  readonly insidePort: number;
  readonly publicKey: number;
  readonly publicAddress: number;
  readonly publicPort: number;
  usedUs: number;
}

export class Nat {
  readonly #random: Random;
  readonly #addresses: readonly number[];
  readonly #mappingsMax: number;
  readonly #idleUs: number;
  #addressAt = 0;
  readonly #byInside = new Map<number, Mapping>();
  readonly #byPublic = new Map<number, Mapping>();

  constructor(options: NatOptions) {
    assert(options.publicAddresses.length > 0, 'a NAT has a public address');
    this.#random = options.random;
    this.#addresses = options.publicAddresses;
    this.#mappingsMax = options.mappingsMax ?? MAPPINGS_MAX;
    this.#idleUs = options.idleUs ?? NAT_IDLE_US;
  }

  get mappings(): number {
    return this.#byInside.size;
  }

  get publicAddress(): number {
    return this.#addresses[this.#addressAt] ?? 0;
  }

  /** Forgets every mapping, as an operator does; ports are drawn anew, the address too if asked. */
  rebind(newAddress: boolean): void {
    this.#byInside.clear();
    this.#byPublic.clear();
    if (newAddress) this.#addressAt = (this.#addressAt + 1) % this.#addresses.length;
  }

  /** From the vehicle to the internet; Verdict.ok: the packet in the arena is rewritten. */
  outbound(arena: Arena, at: number, length: number, nowUs: number): number {
    const { view } = arena;
    const verdict = classify(view, at, length, packet);
    if (verdict !== Verdict.ok) return verdict;
    if (packet.quoted) return Verdict.protocol;
    const address = view.getUint32(at + SRC_AT);
    const portAt = packet.sourcePortAt;
    const mapping = this.#mappingFor(packet.protocol, address, view.getUint16(portAt), nowUs);
    if (mapping === null) return Verdict.noMapping;
    mapping.usedUs = nowUs;
    rewrite(view, at, packet, SRC_AT, portAt, mapping.publicAddress, mapping.publicPort);
    return Verdict.ok;
  }

  /** From the internet to the vehicle. An answer does not keep a mapping alive. */
  inbound(arena: Arena, at: number, length: number, nowUs: number): number {
    const { view } = arena;
    const verdict = classify(view, at, length, packet);
    if (verdict !== Verdict.ok) return verdict;
    const address = view.getUint32(at + DST_AT);
    const portAt = packet.quoted ? packet.sourcePortAt : packet.destinationPortAt;
    const key = keyOf(packet.protocol, address, view.getUint16(portAt));
    const mapping = this.#byPublic.get(key);
    if (mapping === undefined || this.#isIdle(mapping, packet.protocol, nowUs)) {
      return Verdict.noMapping;
    }
    if (packet.quoted && view.getUint32(at + packet.headerBytes + 8 + SRC_AT) !== address) {
      return Verdict.malformed; // quotes a packet that we never sent
    }
    if (packet.quoted) rewriteQuoted(view, at, packet, mapping);
    else rewrite(view, at, packet, DST_AT, portAt, mapping.insideAddress, mapping.insidePort);
    return Verdict.ok;
  }

  #mappingFor(protocol: number, address: number, port: number, nowUs: number): Mapping | null {
    const key = keyOf(protocol, address, port);
    const known = this.#byInside.get(key);
    if (known !== undefined && !this.#isIdle(known, protocol, nowUs)) return known;
    if (known !== undefined) this.#forget(known);
    if (this.#byInside.size >= this.#mappingsMax) this.#evictOldest();
    return this.#create(protocol, key, address, port, nowUs);
  }

  #create(
    protocol: number,
    insideKey: number,
    insideAddress: number,
    insidePort: number,
    usedUs: number,
  ): Mapping | null {
    const publicAddress = this.publicAddress;
    const first = this.#random.below(PORTS);
    for (let i = 0; i < PORTS; i++) {
      const publicPort = PORT_FIRST + ((first + i) % PORTS);
      const publicKey = keyOf(protocol, publicAddress, publicPort);
      if (this.#byPublic.has(publicKey)) continue;
      const mapping: Mapping = {
        insideKey,
        insideAddress,
        insidePort,
        publicKey,
        publicAddress,
        publicPort,
        usedUs,
      };
      this.#byInside.set(insideKey, mapping);
      this.#byPublic.set(publicKey, mapping);
      return mapping;
    }
    return null;
  }

  #isIdle(mapping: Mapping, protocol: number, nowUs: number): boolean {
    const limitUs = protocol === Protocol.tcp ? TCP_IDLE_US : this.#idleUs;
    return nowUs - mapping.usedUs > limitUs;
  }

  #evictOldest(): void {
    let oldest: Mapping | undefined;
    for (const mapping of this.#byInside.values()) {
      if (oldest === undefined || mapping.usedUs < oldest.usedUs) oldest = mapping;
    }
    if (oldest !== undefined) this.#forget(oldest);
  }

  #forget(mapping: Mapping): void {
    this.#byInside.delete(mapping.insideKey);
    this.#byPublic.delete(mapping.publicKey);
  }
}

/** What the packet in hand was found to be; one is enough, nothing keeps it. */
const packet: Packet = {
  protocol: 0,
  headerBytes: 0,
  totalBytes: 0,
  sourcePortAt: 0,
  destinationPortAt: 0,
  sumAt: 0,
  sumCoversAddresses: false,
  quoted: false,
};

/** Two bits of protocol, 32 of address, 16 of port: below 2^53. */
function keyOf(protocol: number, address: number, port: number): number {
  const index = protocol === Protocol.udp ? 0 : protocol === Protocol.tcp ? 1 : 2;
  return (index * 2 ** 32 + address) * 65_536 + port;
}

function rewrite(
  view: DataView,
  at: number,
  packet: Packet,
  addressAt: number,
  portAt: number,
  address: number,
  port: number,
): void {
  const oldAddress = view.getUint32(at + addressAt);
  const oldPort = view.getUint16(portAt);
  view.setUint32(at + addressAt, address);
  view.setUint16(portAt, port);
  const ipSum = view.getUint16(at + IP_SUM_AT);
  view.setUint16(at + IP_SUM_AT, adjustSum(ipSum, oldAddress, address));
  let sum = view.getUint16(packet.sumAt);
  // UDP without a checksum stays without (RFC 768); IPv4 allows it.
  if (packet.protocol === Protocol.udp && sum === 0) return;
  if (packet.sumCoversAddresses) sum = adjustSum(sum, oldAddress, address);
  sum = adjustSum(sum, oldPort, port);
  view.setUint16(packet.sumAt, packet.protocol === Protocol.udp && sum === 0 ? 0xffff : sum);
}

/** The quoted packet is ours as the internet saw it: its source becomes the internal one. */
function rewriteQuoted(view: DataView, at: number, packet: Packet, mapping: Mapping): void {
  const icmpAt = at + packet.headerBytes;
  const quotedAt = icmpAt + 8;
  const ipSum = view.getUint16(at + IP_SUM_AT);
  const quotedSum = view.getUint16(quotedAt + IP_SUM_AT);
  const { publicAddress, insideAddress } = mapping;
  view.setUint32(at + DST_AT, insideAddress);
  view.setUint16(at + IP_SUM_AT, adjustSum(ipSum, publicAddress, insideAddress));
  view.setUint32(quotedAt + SRC_AT, insideAddress);
  view.setUint16(quotedAt + IP_SUM_AT, adjustSum(quotedSum, publicAddress, insideAddress));
  view.setUint16(packet.sourcePortAt, mapping.insidePort);
  view.setUint16(icmpAt + ICMP_SUM_AT, 0);
  view.setUint16(icmpAt + ICMP_SUM_AT, icmpSum(view, icmpAt, at + packet.totalBytes));
}
