import { assert, type IpPrefix, TrafficClass, type TrafficClassName } from '@rmh/base';
import { PROTOCOL_ICMP, PROTOCOL_ICMP6, PROTOCOL_TCP, PROTOCOL_UDP } from './layout.ts';
import type { InnerPacket } from './packet.ts';
import { destinationIn, sourceIn } from './prefix.ts';

/** Matches a packet when every field given does. Ports match only TCP and UDP, no fragments. */
export interface ClassRule {
  readonly class: TrafficClassName;
  readonly dscp?: readonly number[];
  /** 'icmp' is 1 over IPv4 and 58 over IPv6. */
  readonly protocol?: 'tcp' | 'udp' | 'icmp' | number;
  readonly sourcePrefix?: IpPrefix;
  readonly destinationPrefix?: IpPrefix;
  /** First and last port. */
  readonly sourcePort?: readonly [number, number];
  readonly destinationPort?: readonly [number, number];
}

// As many as the configuration takes; all of them missed cost 1.4 µs a packet.
export const RULES_MAX = 256;

/**
 * [IN-5] What a packet's DSCP says when no rule matched (service classes of RFC 4594, RFC 5865,
 * RFC 8622). A code point that is not listed is interactive.
 */
export const DSCP_DEFAULTS: readonly (readonly [number, TrafficClassName])[] = [
  [48, 'critical'], // CS6: network control
  [40, 'critical'], // CS5: signalling
  [46, 'realtime'], // EF: telephony
  [44, 'realtime'], // VA: telephony that was admitted
  [34, 'realtime'], // AF41: video conference
  [36, 'realtime'], // AF42
  [38, 'realtime'], // AF43
  [32, 'realtime'], // CS4: interactive video
  [8, 'bulk'], // CS1: low priority
  [1, 'bulk'], // LE: lower effort
];

/** The first rule that matches decides, then the DSCP [IN-5]. */
export class Classifier {
  readonly #rules: readonly CompiledRule[];

  constructor(rules: readonly ClassRule[]) {
    assert(rules.length <= RULES_MAX, 'no more rules than RULES_MAX');
    this.#rules = rules.map(compile);
  }

  /** Of a packet that was read without fault and still lies where it lay. */
  classify(packet: InnerPacket): TrafficClass {
    const rules = this.#rules;
    for (let i = 0; i < rules.length; i++) {
      const rule = rules[i] as CompiledRule;
      if (matches(rule, packet)) return rule.trafficClass;
    }
    return CLASS_OF_DSCP[packet.dscp] as TrafficClass;
  }
}

const CLASS_OF_DSCP = new Uint8Array(64).fill(TrafficClass.interactive);
for (const [dscp, name] of DSCP_DEFAULTS) CLASS_OF_DSCP[dscp] = TrafficClass[name];

/** Every rule has every field, so that all have one shape and absent ones match by number. */
interface CompiledRule {
  readonly trafficClass: TrafficClass;
  /** One bit a code point: 0–31 and 32–63. */
  readonly dscpLow: number;
  readonly dscpHigh: number;
  /** Per IP version; ANY_PROTOCOL when not asked. */
  readonly protocolV4: number;
  readonly protocolV6: number;
  readonly asksPorts: boolean;
  readonly sourceFirst: number;
  readonly sourceLast: number;
  readonly destinationFirst: number;
  readonly destinationLast: number;
  readonly sourcePrefix: IpPrefix | null;
  readonly destinationPrefix: IpPrefix | null;
}

const ANY_PROTOCOL = -1;

function matches(rule: CompiledRule, packet: InnerPacket): boolean {
  const { dscp } = packet;
  const dscps = dscp < 32 ? rule.dscpLow : rule.dscpHigh;
  if (((dscps >>> (dscp & 31)) & 1) === 0) return false;
  const protocol = packet.version === 4 ? rule.protocolV4 : rule.protocolV6;
  if (protocol !== ANY_PROTOCOL && protocol !== packet.protocol) return false;
  if (rule.asksPorts && !portsMatch(rule, packet)) return false;
  const { sourcePrefix, destinationPrefix } = rule;
  if (sourcePrefix !== null && !sourceIn(packet.arena, packet.at, sourcePrefix)) return false;
  return destinationPrefix === null || destinationIn(packet.arena, packet.at, destinationPrefix);
}

function portsMatch(rule: CompiledRule, packet: InnerPacket): boolean {
  return (
    packet.hasPorts &&
    packet.sourcePort >= rule.sourceFirst &&
    packet.sourcePort <= rule.sourceLast &&
    packet.destinationPort >= rule.destinationFirst &&
    packet.destinationPort <= rule.destinationLast
  );
}

function compile(rule: ClassRule): CompiledRule {
  const { dscp, protocol, sourcePort, destinationPort } = rule;
  let dscpLow = dscp === undefined ? -1 : 0;
  let dscpHigh = dscpLow;
  for (const code of dscp ?? []) {
    assert(Number.isInteger(code) && code >= 0 && code < 64, 'a DSCP has six bits');
    if (code < 32) dscpLow |= 1 << code;
    else dscpHigh |= 1 << (code - 32);
  }
  assertRange(sourcePort);
  assertRange(destinationPort);
  return {
    trafficClass: TrafficClass[rule.class],
    dscpLow,
    dscpHigh,
    protocolV4: protocolNumber(protocol, PROTOCOL_ICMP),
    protocolV6: protocolNumber(protocol, PROTOCOL_ICMP6),
    asksPorts: sourcePort !== undefined || destinationPort !== undefined,
    sourceFirst: sourcePort?.[0] ?? 0,
    sourceLast: sourcePort?.[1] ?? 0xffff,
    destinationFirst: destinationPort?.[0] ?? 0,
    destinationLast: destinationPort?.[1] ?? 0xffff,
    sourcePrefix: rule.sourcePrefix ?? null,
    destinationPrefix: rule.destinationPrefix ?? null,
  };
}

function assertRange(range: readonly [number, number] | undefined): void {
  if (range === undefined) return;
  const [first, last] = range;
  assert(first >= 0 && first <= last && last <= 0xffff, 'a port range runs upwards in 16 bits');
}

function protocolNumber(protocol: ClassRule['protocol'], icmp: number): number {
  if (protocol === undefined) return ANY_PROTOCOL;
  if (protocol === 'icmp') return icmp;
  if (protocol === 'tcp') return PROTOCOL_TCP;
  return protocol === 'udp' ? PROTOCOL_UDP : protocol;
}
