// The unit's own file with what the platform says laid over it. Pure; throws RmhError where the
// result could not run.
//
// From the platform: gateways with their keys, the unit's addresses, the settings of CONFIGURATION.
// The machine's own: devices, tunnel name, keys, sockets, classes, routes.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { formatPrefix, networkOf, parsePrefix } from '@rmh/base';
import {
  crossCheckUnit,
  type GatewayPeer,
  type PeerConfig,
  RmhError,
  UNIT_CONFIG,
} from '@rmh/contract';
import type { UnitConfiguration, UnitTunnel } from '@rmh/contract/api';
import { decodeBase64, NATIONAL_FILE, parsePolicy, readPolicy } from '@rmh/contract/daemon';
import type { Budgets } from '../data-use.ts';
import type { LoadedUnit } from '../load.ts';

export interface Told {
  readonly tunnel: UnitTunnel | null;
  readonly configuration: UnitConfiguration | null;
  /** Gateways that seem to have the next preshared key already. */
  readonly ahead: ReadonlySet<string>;
}

type Config = LoadedUnit['config'];
/** Less could not hold the hour that is being written. */
const RECORD_MB_LEAST = 8;

export function overlay(loaded: LoadedUnit, told: Told): LoadedUnit {
  const { tunnel, configuration } = told;
  const base = tunnel === null ? loaded : withTunnel(loaded, tunnel, told.ahead);
  const whole = configuration === null ? base : withConfiguration(base, configuration);
  const [fault] = crossCheckUnit(whole.config);
  if (fault !== undefined) {
    const message = `${fault.path.join('.')} ${fault.wrong}`;
    throw new RmhError('RMH_CONFIG_INVALID', message);
  }
  const versions = [tunnel?.version, configuration?.version, ...told.ahead].join(' ');
  const hash = createHash('sha256').update(loaded.configHash).update(versions);
  return { ...whole, configHash: hash.digest('hex').slice(0, 16) };
}

function withTunnel(
  loaded: LoadedUnit,
  tunnel: UnitTunnel,
  ahead: ReadonlySet<string>,
): LoadedUnit {
  const { config } = loaded;
  const wanted = tunnel.gateways.map(({ name, publicKey, endpoint, allowedIps }) => {
    return { name, publicKey, endpoint, allowedIps, multipath: true };
  });
  const gateways = UNIT_CONFIG.shape.gateways.safeParse(wanted);
  const { addresses: tunAddresses } = UNIT_CONFIG.shape.tun.shape;
  const addresses = tunAddresses.safeParse(tunnel.addresses);
  if (!gateways.success || !addresses.success) {
    const what = gateways.success ? 'addresses' : 'gateways';
    throw new RmhError('RMH_CONFIG_INVALID', `${what} of the platform cannot be used`);
  }
  const peers = tunnel.gateways.map((gateway, i): PeerConfig => {
    const { presharedKey, nextPresharedKey } = gateway;
    const key = ahead.has(gateway.name) ? (nextPresharedKey ?? presharedKey) : presharedKey;
    return peerOf(gateways.data[i] as GatewayPeer, key);
  });
  const tun = { ...config.tun, addresses: addresses.data };
  const lan = lanOf(config.lan, tunnel.lan);
  const next = { ...config, tun, gateways: gateways.data, ...(lan === undefined ? {} : { lan }) };
  return { ...loaded, config: next, peers };
}

function peerOf(gateway: GatewayPeer, presharedKey: string | null): PeerConfig {
  const { name, endpoint, allowedIps, multipath } = gateway;
  return {
    name,
    publicKey: decodeBase64(gateway.publicKey),
    presharedKey: presharedKey === null ? null : decodeBase64(presharedKey),
    endpoint,
    allowedIps,
    multipath,
  };
}

/** The network of the vehicle; its first address is the unit's. What the file says stands. */
function lanOf(lan: Config['lan'], prefixText: string | null): Config['lan'] {
  const prefix = prefixText === null ? null : parsePrefix(prefixText);
  if (lan === undefined || lan.addresses.length > 0 || prefix === null) return lan;
  const network = networkOf(prefix);
  const bytes = Uint8Array.from(network.address.bytes);
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) + 1;
  const first = { ...network, address: { ...network.address, bytes } };
  return { ...lan, addresses: [formatPrefix(first)] };
}

function withConfiguration(loaded: LoadedUnit, { values }: UnitConfiguration): LoadedUnit {
  const { config } = loaded;
  const { links, withheld } = linksOf(config.links, values.links);
  const { record: own, ...rest } = config;
  const directory = own?.directory ?? join(config.stateDirectory, 'drives');
  const mostMb = Math.max(RECORD_MB_LEAST, values.recordMb);
  const record = values.recordMb === 0 ? {} : { record: { directory, mostMb } };
  const next: Config = { ...rest, ...record, links, log: { level: values.logLevel } };
  const prefer = values.preferGateway;
  return {
    ...loaded,
    config: next,
    policy: policyOf(loaded.policy, values),
    withheld,
    budgets: budgetsOf(values.links),
    prefer: loaded.peers.some(({ name }) => name === prefer) ? prefer : null,
  };
}

/** `withheld`: carriers that the platform switched off. One must stay. */
function linksOf(links: Config['links'], rules: UnitConfiguration['values']['links']) {
  const withheld = rules.filter(({ enabled }) => !enabled).map(({ link }) => link);
  if (!Array.isArray(links)) return { links, withheld };
  const left = links.filter(({ name }) => !withheld.includes(name));
  if (left.length === 0) {
    throw new RmhError('RMH_CONFIG_INVALID', 'every link of this unit is switched off');
  }
  return { links: left, withheld };
}

function budgetsOf(rules: UnitConfiguration['values']['links']): Budgets {
  return new Map(
    rules.flatMap(({ link, monthlyMb }) => (monthlyMb === null ? [] : [[link, monthlyMb * 1e6]])),
  );
}

function policyOf(own: LoadedUnit['policy'], values: UnitConfiguration['values']) {
  const text = values.policyText;
  const named = text === null ? (own ?? readPolicy(NATIONAL_FILE)) : parsePolicy(text, 'policy');
  const { duplicateShareMost } = values;
  // The national baseline is built in: no difference, no policy of its own.
  const isBaseline = text === null && own === null;
  if (isBaseline && named.duplicateShareMost === duplicateShareMost) return null;
  return { ...named, duplicateShareMost };
}
