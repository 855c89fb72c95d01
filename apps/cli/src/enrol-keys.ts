// The keys of a machine: made once, here, and never anywhere else.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeKey, generatePrivateKey, randomBytes } from '@rmh/aead';
import { errnoOf, lineOf, RmhError } from '@rmh/contract';
import type { UnitTunnel } from '@rmh/contract/api';
import { KEY_BYTES, readKeyFile, writeAtomically } from '@rmh/contract/daemon';

/** The key in the file; a new one where there is none. A file at fault is never replaced. */
export function keptKey(file: string, kind: 'identity' | 'tunnel'): Uint8Array {
  if (!existsSync(file)) {
    const key = kind === 'identity' ? randomBytes(KEY_BYTES) : generatePrivateKey();
    // Whole or not at all: a run that is cut off here begins with new keys, known to nobody.
    writeSecret(file, encodeKey(key));
    key.fill(0);
  }
  const verdict = readKeyFile(file);
  if (verdict.kind === 'key') return verdict.key;
  throw new RmhError(verdict.code, `--dir ${verdict.wrong}; expected ${verdict.expected}`);
}

export function writePresharedKeys(directory: string, { gateways }: UnitTunnel): void {
  for (const { name, presharedKey } of gateways) {
    if (presharedKey !== null) writeSecret(join(directory, `${name}.psk`), presharedKey);
  }
}

function writeSecret(file: string, text: string): void {
  try {
    writeAtomically(file, `${text}\n`, 0o600);
  } catch (error) {
    const hint = 'check the directory and its permissions';
    const message = `cannot write ${file}: ${lineOf(error)}`;
    throw new RmhError('RMH_KEY_UNREADABLE', message, { hint, cause: error });
  }
}

/** What the board's maker wrote into it; root alone may read it. */
const SERIAL_FILES = [
  '/sys/class/dmi/id/product_serial',
  '/sys/firmware/devicetree/base/serial-number',
] as const;

export function serialOfMachine(): string {
  for (const file of SERIAL_FILES) {
    try {
      const text = readFileSync(file, 'utf8').replaceAll('\0', '').trim();
      if (text !== '') return text;
    } catch (error) {
      if (errnoOf(error) === null) throw error;
    }
  }
  const hint = 'it stands on the unit, and in the platform beside its vehicle';
  throw new RmhError('RMH_USAGE', 'this hardware names no serial number: add --serial TEXT', {
    hint,
  });
}
