// unit.yaml and the key files it names, as what the unit runs on; or everything wrong with them.
import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import {
  crossCheckUnit,
  faultsOf,
  type PeerConfig,
  type Policy,
  UNIT_CONFIG,
  type UnitConfig,
  valueAt,
} from '@rmh/contract';
import {
  decodeBase64,
  faultsError,
  type KeyFault,
  locate,
  ownKeyFault,
  type PublicKeyOf,
  presentKey,
  readNamedPolicy,
  readOwnKey,
  readPresharedKey,
  readSource,
  type Source,
} from '@rmh/contract/daemon';
import type { Budgets } from './data-use.ts';

export interface LoadedUnit {
  readonly file: string;
  readonly config: UnitConfig;
  readonly configHash: string;
  readonly privateKey: Uint8Array;
  /** The gateways, in order of preference. */
  readonly peers: PeerConfig[];
  /** Null: the national baseline. */
  readonly policy: Policy | null;
  /** Links that the platform switched off. */
  readonly withheld?: readonly string[];
  /** Bytes that links may use in a month, by name. */
  readonly budgets?: Budgets;
  /** The gateway that the platform wants to be used, or null. */
  readonly prefer?: string | null;
}

/** Throws RmhError with every fault at its line. */
export function loadUnit(file: string, publicKeyOf: PublicKeyOf): LoadedUnit {
  return loadSource(readSource(file), publicKeyOf);
}

export function loadSource(source: Source, publicKeyOf: PublicKeyOf): LoadedUnit {
  const { file, text, value } = source;
  if (source.faults.length > 0) throw faultsError(source.faults);
  const parsed = UNIT_CONFIG.safeParse(value);
  const fieldFaults = parsed.success ? [] : faultsOf(UNIT_CONFIG, value, parsed.error.issues);
  const keys = readKeys(value, dirname(file), publicKeyOf);
  const named = readNamedPolicy(source, dirname(file));
  const faults = [
    ...[...fieldFaults, ...crossCheckUnit(value)].map((fault) => locate(source, fault)),
    ...keys.faults.map((fault) => locate(source, fault, fault.code)),
    ...named.faults,
  ];
  if (!parsed.success || faults.length > 0) throw faultsError(faults);
  const config = parsed.data;
  const peers = config.gateways.map(({ name, publicKey, endpoint, allowedIps, multipath }, i) => ({
    name,
    publicKey: decodeBase64(publicKey),
    presharedKey: keys.preshared[i] ?? null,
    endpoint,
    allowedIps,
    multipath,
  }));
  const configHash = createHash('sha256')
    .update(text)
    .update(named.text)
    .digest('hex')
    .slice(0, 16);
  const { policy } = named;
  return { file, config, configHash, privateKey: presentKey(keys.own), peers, policy };
}

function readKeys(value: unknown, directory: string, publicKeyOf: PublicKeyOf) {
  const faults: KeyFault[] = [];
  const own = readOwnKey(value, directory, faults);
  const ownPublic = own === null ? null : publicKeyOf(own);
  const gateways = valueAt(value, ['gateways']);
  const preshared: (Uint8Array | null)[] = [];
  for (const [i, entry] of Array.isArray(gateways) ? gateways.entries() : []) {
    const at = ['gateways', i];
    preshared.push(readPresharedKey(entry, at, directory, faults));
    if (ownPublic !== null) faults.push(...ownKeyFault(entry, at, ownPublic));
  }
  return { faults, own, preshared };
}
