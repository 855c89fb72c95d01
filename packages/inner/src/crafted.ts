/** Slow, readable packets and twins for the tests: written from the RFCs, not from the code. */
import { type Arena, plainArena } from '@rmh/base';

export interface Craft {
  readonly version: 4 | 6;
  readonly protocol: 'tcp' | 'udp';
  readonly payload: Uint8Array;
  /** TCP options, a multiple of four bytes. */
  readonly options?: Uint8Array;
  readonly flags?: number;
  readonly seq?: number;
  readonly id?: number;
  readonly trafficClass?: number;
  /** IPv4 options or IPv6 extension header (a destination options header of 8 bytes). */
  readonly longHeader?: boolean;
  readonly source?: readonly number[];
  readonly destination?: readonly number[];
  readonly ports?: readonly [number, number];
  /** Only the pseudo-header's sum in the checksum field. */
  readonly partial?: boolean;
}

const PROTOCOLS = { tcp: 6, udp: 17 } as const;
export const SOURCE_4 = [10, 1, 2, 3];
export const DESTINATION_4 = [192, 0, 2, 7];
export const SOURCE_6 = [0xfd, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3];
export const DESTINATION_6 = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];

export function craft(spec: Craft): Uint8Array {
  const body = spec.protocol === 'tcp' ? craftTcp(spec) : craftUdp(spec);
  const isV4 = spec.version === 4;
  const source = spec.source ?? (isV4 ? SOURCE_4 : SOURCE_6);
  const destination = spec.destination ?? (isV4 ? DESTINATION_4 : DESTINATION_6);
  const number = PROTOCOLS[spec.protocol];
  const pseudo = [...source, ...destination, ...u32(body.length), 0, 0, 0, number];
  const field = spec.protocol === 'tcp' ? 16 : 6;
  const sum = spec.partial === true ? slowSum(pseudo) : ~slowSum([...pseudo, ...body]) & 0xffff;
  body.splice(field, 2, ...u16(sum === 0 && spec.partial !== true ? 0xffff : sum));
  return Uint8Array.from([...craftIp(spec, source, destination, number, body.length), ...body]);
}

function craftIp(
  spec: Craft,
  source: readonly number[],
  destination: readonly number[],
  protocol: number,
  bodyBytes: number,
): number[] {
  const trafficClass = spec.trafficClass ?? 0;
  if (spec.version === 6) {
    const extension = spec.longHeader === true ? [protocol, 0, 1, 4, 0, 0, 0, 0] : [];
    const next = spec.longHeader === true ? 60 : protocol;
    const first = [0x60 | (trafficClass >> 4), ((trafficClass & 15) << 4) | 2, 0x34, 0x56];
    const payloadBytes = extension.length + bodyBytes;
    return [...first, ...u16(payloadBytes), next, 63, ...source, ...destination, ...extension];
  }
  const options = spec.longHeader === true ? [148, 4, 0, 0] : [];
  const header = [0x45 + options.length / 4, trafficClass];
  header.push(...u16(20 + options.length + bodyBytes), ...u16(spec.id ?? 77), 0x40, 0);
  header.push(63, protocol, 0, 0, ...source, ...destination, ...options);
  header.splice(10, 2, ...u16(~slowSum(header) & 0xffff));
  return header;
}

function craftTcp(spec: Craft): number[] {
  const options = spec.options ?? [];
  const [from, to] = spec.ports ?? [40_000, 443];
  const offset = (20 + options.length) << 2;
  const ends = [...u16(from), ...u16(to), ...u32(spec.seq ?? 1), 0, 0, 0, 9];
  return [...ends, offset, spec.flags ?? 0x10, 1, 2, 0, 0, 0, 0, ...options, ...spec.payload];
}

function craftUdp(spec: Craft): number[] {
  const [from, to] = spec.ports ?? [40_000, 443];
  return [...u16(from), ...u16(to), ...u16(8 + spec.payload.length), 0, 0, ...spec.payload];
}

export function slowSum(bytes: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = Math.floor(sum / 65_536) + (sum % 65_536);
  return sum;
}

/** The virtio header of a super-packet (or of one packet: gsoType 0) with a partial checksum. */
export function vnetHeader(spec: Craft, gsoSize: number): number[] {
  const isTcp = spec.protocol === 'tcp';
  const ip = (spec.version === 4 ? 20 : 40) + (spec.longHeader === true ? spec.version * 2 - 4 : 0);
  const headers = ip + (isTcp ? 20 + (spec.options?.length ?? 0) : 8);
  if (spec.payload.length <= gsoSize) return [1, 0, 0, 0, 0, 0, ...le16(ip), isTcp ? 16 : 6, 0];
  const ecn = isTcp && ((spec.flags ?? 0) & 0x80) !== 0 ? 0x80 : 0;
  const tcpType = spec.version === 4 ? 1 : 4;
  const type = isTcp ? tcpType | ecn : 5;
  return [1, type, ...le16(headers), ...le16(gsoSize), ...le16(ip), isTcp ? 16 : 6, 0];
}

/** The twin of Segmenter: every segment crafted anew, with a whole checksum. */
export function slowSegments(spec: Craft, payloadMax: number): Uint8Array[] {
  const segments: Uint8Array[] = [];
  const { payload } = spec;
  const flags = spec.flags ?? 0x10;
  for (let from = 0; from === 0 || from < payload.length; from += payloadMax) {
    const isLast = from + payloadMax >= payload.length;
    const segmentFlags = flags & (from === 0 ? 0xff : 0x7f) & (isLast ? 0xff : 0xf6);
    segments.push(
      craft({
        ...spec,
        partial: false,
        payload: payload.subarray(from, from + payloadMax),
        flags: segmentFlags,
        seq: ((spec.seq ?? 1) + from) % 2 ** 32,
        id: ((spec.id ?? 77) + segments.length) % 65_536,
      }),
    );
  }
  return segments;
}

export function arenaOf(bytes: ArrayLike<number>, spare = 0): Arena {
  const arena = plainArena(bytes.length + spare);
  arena.bytes.set(bytes);
  return arena;
}

export function u16(value: number): [number, number] {
  return [(value >> 8) & 0xff, value & 0xff];
}

export function u32(value: number): number[] {
  return [...u16(Math.floor(value / 65_536)), ...u16(value % 65_536)];
}

function le16(value: number): [number, number] {
  return [value & 0xff, value >> 8];
}
