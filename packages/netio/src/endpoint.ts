/**
 * An endpoint in an arena is 32 opaque bytes: the kernel's own sockaddr, zero behind it, so that
 * it is handed to the kernel as it lies and two endpoints are equal if their bytes are.
 */
import { type Arena, assert, type IpEndpoint } from '@rmh/base';

export const ENDPOINT_BYTES = 32;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCKADDR_IN_BYTES = 16;
export const SOCKADDR_IN6_BYTES = 28;

//  0             2          4               8               24           28
//  family (LE)   port (BE)  IPv4 address    zero …                               32
//  family (LE)   port (BE)  flow label = 0  IPv6 address    scope (LE)   zero    32
export function writeEndpoint(arena: Arena, at: number, endpoint: IpEndpoint): void {
  const { family, bytes } = endpoint.address;
  arena.bytes.fill(0, at, at + ENDPOINT_BYTES);
  arena.view.setUint16(at, family === 4 ? AF_INET : AF_INET6, true);
  arena.view.setUint16(at + 2, endpoint.port, false);
  arena.bytes.set(bytes, at + (family === 4 ? 4 : 8));
}

/** Null if the block holds no IP endpoint (all zero, for one). */
export function readEndpoint(arena: Arena, at: number): IpEndpoint | null {
  const family = arena.view.getUint16(at, true);
  const port = arena.view.getUint16(at + 2, false);
  if (family === AF_INET) {
    return { address: { family: 4, bytes: arena.bytes.slice(at + 4, at + 8) }, port };
  }
  if (family !== AF_INET6) return null;
  return { address: { family: 6, bytes: arena.bytes.slice(at + 8, at + 24) }, port };
}

/** How much of the block the kernel reads. */
export function sockaddrBytes(arena: Arena, at: number): number {
  const family = arena.view.getUint16(at, true);
  assert(family === AF_INET || family === AF_INET6, 'the block holds an endpoint');
  return family === AF_INET ? SOCKADDR_IN_BYTES : SOCKADDR_IN6_BYTES;
}
