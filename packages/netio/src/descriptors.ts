/** What every descriptor in this package shares: small options and being closed once. */
import { type Arena, assert } from '@rmh/base';
import { allocateArena } from './arena.ts';
import { addressOf, sys } from './native.ts';

/** Room for one option value, one address and one length; each call uses it up before returning. */
export const scratch: Arena = allocateArena(512);

const optionNames = new Uint8Array(new ArrayBuffer(64));
const optionNamesAddress = addressOf(optionNames.buffer);

/** 0, or -1 with errno set. */
export function setIntOption(fd: number, level: number, option: number, value: number): number {
  scratch.view.setInt32(0, value, true);
  return sys.setsockopt(fd, level, option, scratch.address, 4);
}

/** The value, or -1 with errno set. */
export function getIntOption(fd: number, level: number, option: number): number {
  scratch.view.setUint32(8, 4, true);
  const failed = sys.getsockopt(fd, level, option, scratch.address, scratch.address + 8) < 0;
  return failed ? -1 : scratch.view.getInt32(0, true);
}

/** Names (devices, congestion controls) as options: bytes with their closing zero. */
export function setTextOption(fd: number, level: number, option: number, text: string): number {
  assert(text.length < optionNames.length, 'kernel names are short');
  optionNames.fill(0);
  new TextEncoder().encodeInto(text, optionNames);
  return sys.setsockopt(fd, level, option, optionNamesAddress, text.length + 1);
}

/** Text up to its closing zero. */
export function textAt(bytes: Uint8Array, at: number, bytesMax: number): string {
  const end = bytes.indexOf(0, at);
  const stop = end < 0 || end > at + bytesMax ? at + bytesMax : end;
  return new TextDecoder().decode(bytes.subarray(at, stop));
}

/** IFNAMSIZ is 16 with the closing zero; "/" and spaces are refused by the kernel. */
export function isDeviceName(name: string): boolean {
  return /^[A-Za-z0-9._@-]{1,15}$/.test(name) && name !== '.' && name !== '..';
}
