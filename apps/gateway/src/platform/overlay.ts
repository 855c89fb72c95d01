// The gateway's own file with the platform's units laid over it. Pure.
import { createHash } from 'node:crypto';
import { crossCheckGateway, type PeerConfig, UNIT_ENTRY, UNITS_MAX } from '@rmh/contract';
import type { GatewayUnits } from '@rmh/contract/api';
import { decodeBase64 } from '@rmh/contract/daemon';
import type { LoadedGateway } from '../load.ts';

export interface Overlaid {
  readonly loaded: LoadedGateway;
  /** By the peer's name: the unit's number at the platform. */
  readonly unitIds: ReadonlyMap<string, number>;
  /** Units that cannot be served, with the reason: the others are. */
  readonly faults: readonly string[];
}

export function overlay(loaded: LoadedGateway, told: GatewayUnits | null): Overlaid {
  const unitIds = new Map<string, number>();
  const faults: string[] = [];
  if (told === null) return { loaded, unitIds, faults };
  const peers = new Map(loaded.peers.map((peer) => [peer.name, peer]));
  const keys = new Map(loaded.peers.map(({ name, publicKey }) => [hex(publicKey), name]));
  const networks = loaded.config.units.map(({ name, allowedIps }) => ({ name, allowedIps }));
  for (const unit of told.units) {
    const fault = faultOf(unit, peers, keys, networks);
    if (fault !== null) {
      faults.push(`unit ${unit.id}: ${fault}`);
      continue;
    }
    const peer = peerOf(unit);
    peers.set(peer.name, peer);
    keys.set(hex(peer.publicKey), peer.name);
    unitIds.set(peer.name, unit.id);
  }
  const hash = createHash('sha256').update(`${loaded.configHash} ${told.version}`);
  const configHash = hash.digest('hex').slice(0, 16);
  return { loaded: { ...loaded, peers: [...peers.values()], configHash }, unitIds, faults };
}

type ToldUnit = GatewayUnits['units'][number];

function faultOf(
  unit: ToldUnit,
  peers: ReadonlyMap<string, PeerConfig>,
  keys: ReadonlyMap<string, string>,
  own: readonly { name: string; allowedIps: readonly string[] }[],
): string | null {
  const { name, publicKey, allowedIps } = unit;
  const parsed = UNIT_ENTRY.safeParse({ name, publicKey, allowedIps });
  if (!parsed.success) return `${parsed.error.issues[0]?.path.join('.')} cannot be used`;
  if (peers.size >= UNITS_MAX) return `more than ${UNITS_MAX} units`;
  if (peers.has(name)) return 'its name is taken';
  if (keys.has(hex(decodeBase64(publicKey)))) return 'its key is that of another';
  // Against the file only: the platform gives each unit addresses of its own.
  const [clash] = crossCheckGateway({ units: [...own, { name, allowedIps }] });
  return clash === undefined ? null : 'its network is that of another';
}

function peerOf({ name, publicKey, presharedKey, allowedIps }: ToldUnit): PeerConfig {
  return {
    name,
    publicKey: decodeBase64(publicKey),
    presharedKey: presharedKey === null ? null : decodeBase64(presharedKey),
    // A unit is behind NAT: only it can start.
    endpoint: null,
    allowedIps,
    multipath: true,
  };
}

function hex(key: Uint8Array): string {
  return Buffer.from(key).toString('hex');
}
