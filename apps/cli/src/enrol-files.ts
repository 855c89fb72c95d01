// unit.yaml and gateway.yaml as enrolment writes them. What the file already says of the machine
// itself (links, lan, sockets, names of devices) stays; what the platform decides is put in.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '@rmh/contract';
import type { Enrolled, EnrolmentToken, UnitTunnel } from '@rmh/contract/api';
import { writeAtomically } from '@rmh/contract/daemon';
import { fingerprintHex, hasField, withFields } from '@rmh/contract/machine';

export interface Machine {
  readonly kind: 'unit' | 'gateway';
  readonly directory: string;
  /** Beside the configuration. */
  readonly tunnelFile: string;
  readonly identityFile: string;
  readonly token: EnrolmentToken;
  readonly enrolled: Enrolled;
}

interface Fields {
  /** Put in, whatever is there. */
  readonly always: ReadonlyMap<string, unknown>;
  /** Put in where nothing is there. */
  readonly unlessThere: ReadonlyMap<string, unknown>;
}

export function unitFields(machine: Machine, { addresses, gateways }: UnitTunnel): Fields {
  const written = gateways.map(({ name, publicKey, presharedKey, endpoint, allowedIps }) => {
    const psk = presharedKey === null ? {} : { presharedKeyFile: `${name}.psk` };
    return { name, publicKey, ...psk, endpoint, allowedIps };
  });
  return {
    always: new Map<string, unknown>([
      ...common(machine),
      ['tun.addresses', addresses],
      ['gateways', written],
    ]),
    unlessThere: new Map<string, unknown>([['links', { auto: true }]]),
  };
}

export function gatewayFields(machine: Machine): Fields {
  const { addresses, endpoint } = machine.enrolled;
  const port = Number(/:(\d+)$/.exec(endpoint ?? '')?.[1] ?? 51_820);
  return {
    always: new Map<string, unknown>([...common(machine), ['tun.addresses', addresses]]),
    unlessThere: new Map<string, unknown>([['listen.port', port]]),
  };
}

function common({ enrolled, tunnelFile, identityFile, token }: Machine): [string, unknown][] {
  const { fingerprint, url } = token;
  const pin = fingerprint === null ? {} : { fingerprint: fingerprintHex(fingerprint) };
  return [
    ['name', enrolled.name],
    ['privateKeyFile', tunnelFile],
    ['platform', { url, ...pin, identityKeyFile: identityFile }],
  ];
}

const HEAD = '# Written by rmh enrol; docs/configuration.md describes every field.\n';

/** Returns the file. */
export function writeConfiguration({ kind, directory }: Machine, fields: Fields): string {
  const file = join(directory, `${kind}.yaml`);
  const before = readText(file) ?? HEAD;
  const missing = [...fields.unlessThere].filter(([path]) => !hasField(before, path));
  const text = withFields(before, new Map([...fields.always, ...missing]));
  if (text !== before) writeAtomically(file, text, 0o640);
  return file;
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
