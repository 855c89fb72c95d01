// What the emulator is told: links to make, commands while it runs, and what it counts.
import { formatIp, parseIp, parsePrefix } from '@rmh/base';
import type { Direction, LinkCondition } from './condition.ts';
import type { LinkLimits } from './link.ts';
import type { Timeline } from './timeline.ts';

export type CarriersErrorCode =
  | 'carriers.config'
  | 'carriers.permission'
  | 'carriers.no-namespace'
  | 'carriers.name-in-use'
  | 'carriers.unknown-link'
  | 'carriers.stopped'
  | 'carriers.failed';

/** The world failed, or was described wrongly. When start throws, nothing is left behind. */
export class CarriersError extends Error {
  override name = 'CarriersError';
  readonly code: CarriersErrorCode;

  constructor(code: CarriersErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Fixed numbers, both directions alike. */
export interface FixedSource {
  readonly mbit: number;
  readonly delayMs: number;
  readonly jitterMs?: number;
  readonly loss?: number;
  /** Queueing delay that the buffer holds at this rate; short for limits.bufferUsMax. */
  readonly bufferMs?: number;
}

/** One carrier's timeline of a drive (`drive.timeline(carrier)`), played from start(). */
export interface DriveSource {
  readonly timeline: Timeline;
  readonly fromMs: number;
  readonly toMs: number;
  /** Begin anew at the end; otherwise the last condition stays. */
  readonly loop?: boolean;
}

export interface CarrierLinkConfig {
  /** Unique in the emulator; commands and stats name it. */
  readonly name: string;
  /** Descriptor or path of the vehicle's namespace, and of the one where gateways live. */
  readonly unitNetns: number | string;
  readonly internetNetns: number | string;
  /** The modem as the unit sees it, e.g. telenor0. */
  readonly interfaceName: string;
  /** e.g. 10.64.1.2/30. */
  readonly interfaceAddress: string;
  /** Named in the default route; without it the route names the device alone. */
  readonly gatewayAddress?: string;
  /** The far end in the internet namespace; default: derived from the link's position. */
  readonly internetInterfaceName?: string;
  /** CGNAT: the first serves until a rebind with a new address. Routed to this link. */
  readonly publicAddresses: readonly string[];
  /** Of the default route in the unit's namespace; null: no default route. */
  readonly metric: number | null;
  readonly source: FixedSource | DriveSource;
  readonly limits?: Partial<LinkLimits>;
  readonly reorder?: boolean;
  readonly natIdleUs?: number;
  readonly mtu?: number;
}

export type CarrierCommand =
  /** Silence both ways, or one; what is queued is lost. */
  | { kind: 'blackhole'; link: string; on: boolean; direction?: Direction }
  /** A stall: packets wait until it ends. */
  | { kind: 'stall'; link: string; on: boolean; direction?: Direction }
  /** The interface is set down (on) and up again with its address and route (off). */
  | { kind: 'linkdown'; link: string; on: boolean }
  /** The interface vanishes (on) and comes back under the same name (off). */
  | { kind: 'unplug'; link: string; on: boolean }
  /** The NAT forgets its mappings; with newAddress the next public address serves. */
  | { kind: 'rebind'; link: string; newAddress?: boolean }
  /** The modem gets another address; default: the same place in the next subnet. */
  | { kind: 'readdress'; link: string; address?: string }
  /** Lays a condition over the source; null returns to the source. */
  | { kind: 'condition'; link: string; condition: LinkCondition | null };

/** Per link and direction; packets unless the name says otherwise. */
export const STAT_FIELDS = [
  'offered',
  'offeredBytes',
  'delivered',
  'deliveredBytes',
  'loss',
  'queueFull',
  'outage',
  'stale',
  'poolFull',
  'natRefused',
  'undeliverable',
  'queuedPackets',
  'queuedBytes',
  'releaseLateUsMax',
  'releaseLateUsSum',
] as const;
export type StatField = (typeof STAT_FIELDS)[number];
export type DirectionStats = Record<StatField, number>;
export interface LinkStats {
  readonly name: string;
  readonly up: DirectionStats;
  readonly down: DirectionStats;
  /** CPU time of the emulator's thread, all links together. */
  readonly threadCpuUs: number;
}

export const LINKS_MAX = 30; // two descriptors each and one wake, of the poller's 64
export const MTU_MAX = 1900; // a pool slot holds 2,048 bytes
const MTU_MIN = 576;
const NAME = /^[A-Za-z0-9_.-]{1,15}$/;

export function checkLinks(links: readonly CarrierLinkConfig[]): void {
  if (links.length === 0) fail('no link is given');
  if (links.length > LINKS_MAX)
    fail(`${links.length} links; at most ${LINKS_MAX} fit one emulator`);
  const names = new Set<string>();
  for (const link of links) {
    if (names.has(link.name)) fail(`two links are called "${link.name}"`);
    names.add(link.name);
    checkLink(link);
  }
}

function checkLink(link: CarrierLinkConfig): void {
  const of = `link "${link.name}":`;
  for (const device of [link.interfaceName, link.internetInterfaceName ?? 'x']) {
    if (!NAME.test(device)) fail(`${of} "${device}" is no interface name (1–15 characters)`);
  }
  requireIpv4Prefix(link.interfaceAddress, of);
  if (link.publicAddresses.length === 0) fail(`${of} has no public address`);
  for (const address of link.publicAddresses) requireIpv4(address, of);
  if (link.gatewayAddress !== undefined) requireIpv4(link.gatewayAddress, of);
  const mtu = link.mtu ?? 1500;
  if (!(mtu >= MTU_MIN && mtu <= MTU_MAX)) fail(`${of} MTU ${mtu} is not ${MTU_MIN}–${MTU_MAX}`);
  if ('timeline' in link.source) {
    const { timeline, fromMs, toMs } = link.source;
    if (timeline.conditions.length === 0 || !(toMs > fromMs)) fail(`${of} its drive is empty`);
    return;
  }
  const { mbit, delayMs, jitterMs = 0, loss = 0, bufferMs = 1 } = link.source;
  if (!(mbit > 0)) fail(`${of} a rate of ${mbit} Mbit/s carries nothing`);
  if (!(delayMs >= 0 && jitterMs >= 0)) fail(`${of} delay and jitter are at least 0 ms`);
  if (!(bufferMs > 0)) fail(`${of} a buffer of ${bufferMs} ms holds nothing`);
  if (!(loss >= 0 && loss <= 1)) fail(`${of} loss is a share of 0 to 1`);
}

export function requireIpv4Prefix(text: string, of: string): void {
  if (!text.includes('/') || parsePrefix(text)?.address.family !== 4) {
    fail(`${of} "${text}" is no IPv4 address with its length (10.64.1.2/30)`);
  }
}

function requireIpv4(text: string, of: string): void {
  if (parseIp(text)?.family !== 4) fail(`${of} "${text}" is no IPv4 address`);
}

/** The same place in the next subnet: 10.64.1.2/30 → 10.64.1.6/30. */
export function nextSubnet(prefixText: string): string {
  const prefix = parsePrefix(prefixText);
  if (prefix === null || prefix.address.family !== 4) fail(`"${prefixText}" is no IPv4 prefix`);
  const next = (ipv4Number(formatIp(prefix.address)) + 2 ** (32 - prefix.length)) % 2 ** 32;
  return `${ipv4Text(next)}/${prefix.length}`;
}

export function ipv4Number(text: string): number {
  let number = 0;
  for (const byte of parseIp(text)?.bytes ?? []) number = number * 256 + byte;
  return number;
}

export function ipv4Text(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
}

function fail(message: string): never {
  throw new CarriersError('carriers.config', message);
}
