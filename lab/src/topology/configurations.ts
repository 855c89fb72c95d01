// The configuration and key files of the real daemons, written into the run's directory.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CarrierName,
  type GatewayAddresses,
  HELSENETT_PREFIX,
  TUN_NAME,
  unitPrefixes,
  type VehicleAddresses,
} from './addresses.ts';

export interface DaemonFiles {
  readonly name: string;
  readonly config: string;
  readonly statusSocket: string;
}

export interface VehicleOrder {
  readonly at: VehicleAddresses;
  readonly carriers: readonly CarrierName[];
}

export interface Fleet {
  readonly units: DaemonFiles[];
  readonly gateways: DaemonFiles[];
}

export function writeConfigurations(
  directory: string,
  vehicles: readonly VehicleOrder[],
  gateways: readonly GatewayAddresses[],
): Fleet {
  const unitKeys = vehicles.map(({ at }) => writeKey(directory, at.name));
  const gatewayKeys = gateways.map(({ name }) => writeKey(directory, name));
  for (const { at } of vehicles) {
    for (const { name } of gateways) writePresharedKey(directory, at.name, name);
  }
  return {
    units: vehicles.map(({ at, carriers }) =>
      write(directory, at.name, {
        stateDirectory: made(join(directory, `${at.name}.state`)),
        tun: { name: TUN_NAME, addresses: [`${at.inner}/32`] },
        lan: { device: 'lan0', addresses: [`${at.lanRouter}/${at.lanBits}`] },
        gateways: gateways.map(({ name, outer, port }, i) => ({
          name,
          publicKey: gatewayKeys[i],
          presharedKeyFile: presharedName(at.name, name),
          endpoint: `${outer}:${port}`,
          allowedIps: [HELSENETT_PREFIX],
        })),
        links: carriers.map(({ name, device }) => ({ name, device })),
      }),
    ),
    gateways: gateways.map(({ name, tunnel, port }) =>
      write(directory, name, {
        tun: { name: TUN_NAME, addresses: [`${tunnel}/32`] },
        listen: { port },
        units: vehicles.map(({ at }, i) => ({
          name: at.name,
          publicKey: unitKeys[i],
          presharedKeyFile: presharedName(at.name, name),
          allowedIps: unitPrefixes(at),
        })),
      }),
    ),
  };
}

/** What `rmh enrol` wrote: DIRECTORY/NAME/unit.yaml, or gateway.yaml. */
export function enrolledConfigurations(
  directory: string,
  vehicles: readonly { readonly name: string }[],
  gateways: readonly { readonly name: string }[],
): Fleet {
  const files = (kind: string, name: string): DaemonFiles => ({
    name,
    config: join(directory, name, `${kind}.yaml`),
    statusSocket: join(directory, name, 'status.sock'),
  });
  return {
    units: vehicles.map(({ name }) => files('unit', name)),
    gateways: gateways.map(({ name }) => files('gateway', name)),
  };
}

/** YAML includes JSON, and JSON needs no library to write. */
function write(directory: string, name: string, fields: Record<string, unknown>): DaemonFiles {
  const config = join(directory, `${name}.yaml`);
  const statusSocket = join(directory, `${name}.sock`);
  const value = { name, privateKeyFile: `${name}.key`, statusSocket, ...fields };
  writeFileSync(config, `${JSON.stringify(value, null, 2)}\n`);
  return { name, config, statusSocket };
}

/** Returns the public key. As `rmh keygen` writes it; a process each would cost seconds. */
function writeKey(directory: string, name: string): string {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const { d = '' } = privateKey.export({ format: 'jwk' });
  const { x = '' } = publicKey.export({ format: 'jwk' });
  writeSecret(join(directory, `${name}.key`), Buffer.from(d, 'base64url'));
  return Buffer.from(x, 'base64url').toString('base64');
}

function writePresharedKey(directory: string, unit: string, gateway: string): void {
  writeSecret(join(directory, presharedName(unit, gateway)), randomBytes(32));
}

function writeSecret(path: string, key: Uint8Array): void {
  writeFileSync(path, `${Buffer.from(key).toString('base64')}\n`, { mode: 0o600 });
}

function presharedName(unit: string, gateway: string): string {
  return `${unit}-${gateway}.psk`;
}

function made(directory: string): string {
  mkdirSync(directory, { mode: 0o700 });
  return directory;
}
