/** IP addresses, prefixes and endpoints as text and bytes (RFC 4291, RFC 5952 for IPv6 text). */
export interface IpAddress {
  readonly family: 4 | 6;
  /** 4 or 16 bytes, network order. */
  readonly bytes: Uint8Array;
}

export interface IpPrefix {
  readonly address: IpAddress;
  /** Leading bits that count: 0 … 32 or 0 … 128. */
  readonly length: number;
}

export interface IpEndpoint {
  readonly address: IpAddress;
  readonly port: number;
}

export function parseIp(text: string): IpAddress | null {
  const bytes = text.includes(':') ? parseIpv6(text) : parseIpv4(text);
  if (bytes === null) return null;
  return { family: bytes.length === 4 ? 4 : 6, bytes };
}

export function formatIp(address: IpAddress): string {
  return address.family === 4 ? address.bytes.join('.') : formatIpv6(address.bytes);
}

/** "10.1.0.0/16"; a bare address is a prefix of its full length. */
export function parsePrefix(text: string): IpPrefix | null {
  const slash = text.indexOf('/');
  const address = parseIp(slash < 0 ? text : text.slice(0, slash));
  if (address === null) return null;
  const full = address.bytes.length * 8;
  if (slash < 0) return { address, length: full };
  const digits = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(digits) || Number(digits) > full) return null;
  return { address, length: Number(digits) };
}

export function formatPrefix(prefix: IpPrefix): string {
  return `${formatIp(prefix.address)}/${prefix.length}`;
}

/** The prefix with every bit beyond its length cleared. */
export function networkOf(prefix: IpPrefix): IpPrefix {
  const bytes = prefix.address.bytes.map((byte, i) => byte & maskByte(prefix.length, i));
  return { address: { family: prefix.address.family, bytes }, length: prefix.length };
}

export function prefixContains(prefix: IpPrefix, address: IpAddress): boolean {
  if (prefix.address.family !== address.family) return false;
  return address.bytes.every(
    (byte, i) => ((byte ^ (prefix.address.bytes[i] ?? 0)) & maskByte(prefix.length, i)) === 0,
  );
}

/** "192.0.2.1:51820" or "[2001:db8::1]:51820". */
export function parseEndpoint(text: string): IpEndpoint | null {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  if (match === null) return null;
  const address = parseIp(match[1] ?? match[2] ?? '');
  const port = Number(match[3]);
  if (address === null || port < 1 || port > 65535) return null;
  if ((match[1] !== undefined) !== (address.family === 6)) return null;
  return { address, port };
}

export function formatEndpoint(endpoint: IpEndpoint): string {
  const host = formatIp(endpoint.address);
  return endpoint.address.family === 4 ? `${host}:${endpoint.port}` : `[${host}]:${endpoint.port}`;
}

function maskByte(length: number, index: number): number {
  const bits = Math.min(8, Math.max(0, length - index * 8));
  return (0xff << (8 - bits)) & 0xff;
}

function parseIpv4(text: string): Uint8Array | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  const bytes = new Uint8Array(4);
  for (const [i, part] of parts.entries()) {
    // A leading zero is read as octal by some: refuse it (RFC 6943, section 3.1.1).
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    bytes[i] = Number(part);
  }
  return bytes;
}

function parseIpv6(text: string): Uint8Array | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groupsOf(halves[0] ?? '');
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '') : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const bytes = new Uint8Array(16);
  for (const [i, group] of groups.entries()) {
    bytes[i * 2] = group >> 8;
    bytes[i * 2 + 1] = group & 0xff;
  }
  return bytes;
}

/** Groups of one side of "::"; the last may be a dotted IPv4 address. */
function groupsOf(text: string): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1 && part.includes('.')) {
      const v4 = parseIpv4(part);
      if (v4 === null) return null;
      groups.push(((v4[0] ?? 0) << 8) | (v4[1] ?? 0), ((v4[2] ?? 0) << 8) | (v4[3] ?? 0));
      continue;
    }
    if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null;
    groups.push(Number.parseInt(part, 16));
  }
  return groups;
}

function formatIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => {
    return ((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0);
  });
  const gap = longestZeroRun(groups);
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  if (gap.length < 2) return hex(0, 8);
  return `${hex(0, gap.start)}::${hex(gap.start + gap.length, 8)}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === 0) continue;
    if (i - start > best.length) best = { start, length: i - start };
    start = i + 1;
  }
  return best;
}
