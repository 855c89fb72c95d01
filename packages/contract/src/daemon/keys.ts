// Key files: one line of base64. A key never enters a message; what is wrong with it does.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ErrorCode } from '../codes.ts';
import { errnoOf, RmhError } from '../error.ts';
import { type Fault, valueAt } from '../faults.ts';
import { KEY_FORM } from '../fields.ts';
import type { FieldPath } from '../schema-tree.ts';

export const KEY_BYTES = 32;
// 44 characters and a line end; more is not a key file, and never worth reading.
const KEY_FILE_BYTES_MAX = 256;

export type KeyVerdict =
  | { kind: 'key'; key: Uint8Array }
  | { kind: 'fault'; code: ErrorCode; wrong: string; expected: string };

/** Reads a secret key; refuses a file that anyone but its owner may read. */
export function readKeyFile(path: string): KeyVerdict {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    const code = 'RMH_KEY_UNREADABLE';
    const wrong = `names ${path}, which ${unreadable(errnoOf(error))}`;
    return { kind: 'fault', code, wrong, expected: 'a file made by "rmh keygen --out FILE"' };
  }
  try {
    const { mode } = fstatSync(fd); // of the open file: no race with a rename
    if ((mode & 0o077) !== 0) return exposed(path, mode);
    const buffer = Buffer.alloc(KEY_FILE_BYTES_MAX);
    const text = buffer.toString('latin1', 0, readSync(fd, buffer));
    buffer.fill(0);
    return keyOf(path, text.trim());
  } catch (error) {
    const wrong = `names ${path}, which ${unreadable(errnoOf(error))}`;
    return { kind: 'fault', code: 'RMH_KEY_UNREADABLE', wrong, expected: 'a key file' };
  } finally {
    closeSync(fd);
  }
}

function keyOf(path: string, text: string): KeyVerdict {
  if (KEY_FORM.test(text)) return { kind: 'key', key: decodeBase64(text) };
  const wrong = `names ${path}, which holds ${formFault(text)}`;
  return { kind: 'fault', code: 'RMH_KEY_INVALID', wrong, expected: '32 bytes of base64' };
}

function formFault(text: string): string {
  if (text === '') return 'nothing';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return 'something that is not base64';
  return `a key of ${Buffer.from(text, 'base64').length} bytes`;
}

function exposed(path: string, mode: number): KeyVerdict {
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  const wrong = `names ${path}, which others can read or write (mode ${shown})`;
  return { kind: 'fault', code: 'RMH_KEY_EXPOSED', wrong, expected: `chmod 600 ${path}` };
}

function unreadable(errno: string | null): string {
  if (errno === 'ENOENT') return 'does not exist';
  if (errno === 'EACCES') return 'this user may not read';
  if (errno === 'EISDIR') return 'is a directory';
  return `cannot be read (${errno ?? 'unknown reason'})`;
}

/** A public key that the schema has accepted. */
export function decodeBase64(text: string): Uint8Array {
  const key = new Uint8Array(KEY_BYTES);
  key.set(Buffer.from(text, 'base64').subarray(0, KEY_BYTES));
  return key;
}

export type PublicKeyOf = (privateKey: Uint8Array) => Uint8Array;
export type KeyFault = Fault & { readonly code: ErrorCode };

/** The private key of this end, or why there is none. Paths are relative to the config file. */
export function readOwnKey(value: unknown, directory: string, faults: KeyFault[]) {
  return readKeyField(value, ['privateKeyFile'], directory, faults);
}

/** The preshared key of a peer entry; null where the entry names none or it is at fault. */
export function readPresharedKey(
  entry: unknown,
  at: FieldPath,
  directory: string,
  faults: KeyFault[],
) {
  return readKeyField(entry, ['presharedKeyFile'], directory, faults, at);
}

function readKeyField(
  value: unknown,
  field: FieldPath,
  directory: string,
  faults: KeyFault[],
  above: FieldPath = [],
): Uint8Array | null {
  const file = valueAt(value, field);
  if (typeof file !== 'string' || file === '' || file.includes('\0')) return null; // schema's
  const verdict = readKeyFile(resolve(directory, file));
  if (verdict.kind === 'key') return verdict.key;
  const { code, wrong, expected } = verdict;
  faults.push({ path: [...above, ...field], at: 'value', wrong, expected, code });
  return null;
}

/** A peer that carries our own public key could only be us. */
export function ownKeyFault(entry: unknown, at: FieldPath, ownPublicKey: Uint8Array): KeyFault[] {
  const text = valueAt(entry, ['publicKey']);
  if (typeof text !== 'string' || !KEY_FORM.test(text)) return [];
  if (!Buffer.from(decodeBase64(text)).equals(ownPublicKey)) return [];
  const wrong = 'is the public key of this end itself';
  const expected = 'the public key of the other end';
  const path = [...at, 'publicKey'];
  return [{ path, at: 'value', wrong, expected, code: 'RMH_KEY_OWN' }];
}

/** For keys that must be there because no fault was found. */
export function presentKey(key: Uint8Array | null): Uint8Array {
  if (key === null) throw new RmhError('RMH_KEY_UNREADABLE', 'privateKeyFile is not readable');
  return key;
}
