// gateway.yaml, the unit files beside it and the key files they name, as what the gateway runs
// on; or everything that is wrong with them, each fault at its file and line.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  crossCheckGateway,
  type Fault,
  faultsOf,
  GATEWAY_CONFIG,
  type GatewayConfig,
  lineOf,
  type PeerConfig,
  type Policy,
  RmhError,
  UNIT_ENTRY,
  UNITS_MAX,
  type UnitEntry,
  valueAt,
} from '@rmh/contract';
import {
  decodeBase64,
  faultsError,
  type KeyFault,
  type LocatedFault,
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

export interface LoadedGateway {
  readonly file: string;
  readonly config: GatewayConfig;
  readonly configHash: string;
  readonly privateKey: Uint8Array;
  /** The units of the file and of its directory. */
  readonly peers: PeerConfig[];
  /** Null: the national baseline. */
  readonly policy: Policy | null;
}

/** One unit as it is written, with where that is. */
interface WrittenUnit {
  readonly value: unknown;
  readonly source: Source;
  /** Where in the source its fields begin: ['units', 3] or []. */
  readonly at: readonly (string | number)[];
}

/** Throws RmhError with every fault at its file and line. */
export function loadGateway(file: string, publicKeyOf: PublicKeyOf): LoadedGateway {
  const source = readSource(file);
  if (source.faults.length > 0) throw faultsError(source.faults);
  const { value } = source;
  const parsed = GATEWAY_CONFIG.safeParse(value);
  const fieldFaults = parsed.success ? [] : faultsOf(GATEWAY_CONFIG, value, parsed.error.issues);
  const unitSources = readUnitSources(value, dirname(file));
  const units = [...inlineUnits(source), ...unitSources.map(oneUnit)];
  const keys = readKeys(source, units, publicKeyOf);
  const named = readNamedPolicy(source, dirname(file));
  const entries = unitSources.map((one) => parseUnit(one));
  const faults: LocatedFault[] = [
    ...fieldFaults.map((fault) => locate(source, fault)),
    ...entries.flatMap(({ faults }) => faults),
    ...crossFaults(units),
    ...keys.faults,
    ...named.faults,
  ];
  if (!parsed.success || faults.length > 0) throw faultsError(faults);
  const config = parsed.data;
  const all = [...config.units, ...entries.flatMap(({ unit }) => (unit === null ? [] : [unit]))];
  const peers = all.map((unit, i) => peerOf(unit, keys.preshared[i] ?? null));
  const configHash = hashOf([source, ...unitSources, named]);
  const { policy } = named;
  return { file, config, configHash, privateKey: presentKey(keys.own), peers, policy };
}

function peerOf(
  { name, publicKey, allowedIps, multipath }: UnitEntry,
  presharedKey: Uint8Array | null,
) {
  // A unit is behind NAT: only it can start, so the gateway knows no endpoint.
  const key = decodeBase64(publicKey);
  return { name, publicKey: key, presharedKey, endpoint: null, allowedIps, multipath };
}

function inlineUnits(source: Source): WrittenUnit[] {
  const list = valueAt(source.value, ['units']);
  if (!Array.isArray(list)) return [];
  return list.map((value: unknown, i) => ({ value, source, at: ['units', i] }));
}

function oneUnit(source: Source): WrittenUnit {
  return { value: source.value, source, at: [] };
}

/** The files of unitsDirectory, sorted, so that every start reads them in one order. */
function readUnitSources(value: unknown, directory: string): Source[] {
  const named = valueAt(value, ['unitsDirectory']);
  if (typeof named !== 'string' || named === '' || named.includes('\0')) return [];
  const path = resolve(directory, named);
  let names: string[];
  try {
    names = readdirSync(path).filter((name) => /^[^.].*\.(ya?ml|json)$/.test(name));
  } catch (error) {
    const message = `unitsDirectory ${path}: ${lineOf(error)}`;
    throw new RmhError('RMH_CONFIG_UNREADABLE', message, { cause: error });
  }
  if (names.length > UNITS_MAX) {
    const message = `unitsDirectory ${path} holds ${names.length} units; at most ${UNITS_MAX}`;
    throw new RmhError('RMH_CONFIG_INVALID', message);
  }
  return names.toSorted().map((name) => readSource(join(path, name)));
}

function parseUnit(source: Source): { unit: UnitEntry | null; faults: LocatedFault[] } {
  if (source.faults.length > 0) return { unit: null, faults: source.faults };
  const parsed = UNIT_ENTRY.safeParse(source.value);
  if (parsed.success) return { unit: parsed.data, faults: [] };
  const faults = faultsOf(UNIT_ENTRY, source.value, parsed.error.issues);
  return { unit: null, faults: faults.map((fault) => locate(source, fault)) };
}

function crossFaults(units: readonly WrittenUnit[]): LocatedFault[] {
  const combined = { units: units.map(({ value }) => value) };
  const placeOf = (_list: string, i: number) => {
    const { source, at } = units[i] ?? { source: { file: '?' }, at: [] };
    return at.length === 0 ? source.file : `units[${i}]`;
  };
  return crossCheckGateway(combined, placeOf).flatMap((fault) => {
    const unit = units[Number(fault.path[1])];
    if (unit === undefined) return [];
    const moved: Fault = { ...fault, path: [...unit.at, ...fault.path.slice(2)] };
    return [locate(unit.source, moved)];
  });
}

function readKeys(main: Source, units: readonly WrittenUnit[], publicKeyOf: PublicKeyOf) {
  const located: LocatedFault[] = [];
  const keyFaults = (source: Source, read: (faults: KeyFault[]) => Uint8Array | null) => {
    const faults: KeyFault[] = [];
    const key = read(faults);
    located.push(...faults.map((fault) => locate(source, fault, fault.code)));
    return key;
  };
  const own = keyFaults(main, (faults) => readOwnKey(main.value, dirname(main.file), faults));
  const ownPublic = own === null ? null : publicKeyOf(own);
  const preshared = units.map((unit) =>
    keyFaults(unit.source, (faults) => {
      if (ownPublic !== null) faults.push(...ownKeyFault(unit.value, unit.at, ownPublic));
      // A path in a unit's file is relative to that file.
      return readPresharedKey(unit.value, unit.at, dirname(unit.source.file), faults);
    }),
  );
  return { faults: located, own, preshared };
}

function hashOf(sources: readonly { readonly text: string }[]): string {
  const hash = createHash('sha256');
  for (const { text } of sources) hash.update(text);
  return hash.digest('hex').slice(0, 16);
}
