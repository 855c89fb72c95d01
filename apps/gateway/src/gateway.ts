// The gateway's part of a daemon: the kernel holds the routes of the units that are active here,
// and a routing daemon announces what the kernel holds.
import { formatPrefix, networkOf, parsePrefix } from '@rmh/base';
import type {
  DataplaneCommand,
  DataplaneConfig,
  DataplaneEvent,
  DataplaneStatus,
  LinkStatus,
} from '@rmh/contract';
import { RmhError } from '@rmh/contract';
import {
  type Answer,
  type DaemonPart,
  type Log,
  type NetworkItem,
  NOT_FOUND,
  type StatusRequest,
} from '@rmh/contract/daemon';
import type { LoadedGateway } from './load.ts';
import type { GatewayPlatform } from './platform/platform.ts';

export interface GatewayPorts {
  readonly log: Log;
  /** The configuration, read again; throws RmhError. */
  reload(): LoadedGateway;
  /** Null: it belongs to none. */
  readonly platform?: GatewayPlatform | null;
}

export class Gateway implements DaemonPart {
  readonly role = 'gateway';
  readonly #ports: GatewayPorts;
  /** What this run started with: some fields change only at a restart. */
  readonly #started: LoadedGateway;
  #loaded: LoadedGateway;
  #active = new Set<string>();

  constructor(loaded: LoadedGateway, ports: GatewayPorts) {
    this.#loaded = loaded;
    this.#started = loaded;
    this.#ports = ports;
  }

  name(): string {
    return this.#loaded.config.name;
  }

  configHash(): string {
    return this.#loaded.configHash;
  }

  statusSocket(): string {
    return this.#started.config.statusSocket;
  }

  dataplaneConfig(): DataplaneConfig {
    const { config, peers } = this.#loaded;
    const { privateKey } = this.#started;
    const { tun, listen } = this.#started.config;
    return {
      role: 'gateway',
      privateKey,
      timestampFloorUs: 0, // a gateway answers handshakes, it never starts one
      tun,
      listen: { address: listen.address ?? null, port: listen.port },
      peers,
      classes: config.classes,
      policy: this.#loaded.policy,
    };
  }

  wanted(): NetworkItem[] {
    const { tun } = this.#started.config;
    const addresses = tun.addresses.map((prefix): NetworkItem => {
      return { kind: 'address', device: tun.name, prefix: addressText(prefix) };
    });
    const routes = this.#loaded.peers
      .filter(({ name }) => this.#active.has(name))
      .flatMap(({ allowedIps }) => allowedIps.map(networkText))
      .map((prefix): NetworkItem => ({ kind: 'route', device: tun.name, prefix }));
    const link = { kind: 'link', device: tun.name, mtu: tun.mtu } as const;
    return [link, ...addresses, ...routes, ...this.#forwarding()];
  }

  // A gateway is a router between the tunnel and every other device of the machine.
  #forwarding(): NetworkItem[] {
    const texts = this.#loaded.peers.flatMap(({ allowedIps }) => allowedIps);
    const families = [4, 6].filter((family) => {
      return texts.some((text) => text.includes(':') === (family === 6));
    });
    return families.map((family): NetworkItem => {
      const key = `net/ipv${family}/conf/all/forwarding`;
      return { kind: 'sysctl', device: null, key, value: '1' };
    });
  }

  observe(): DataplaneCommand[] {
    return [];
  }

  links(): LinkStatus[] {
    return [];
  }

  event(event: DataplaneEvent): void {
    this.#ports.platform?.event(event);
    if (event.kind !== 'peer.active') return;
    const { name: unit, active } = event;
    if (active === this.#active.has(unit)) return;
    if (active) this.#active.add(unit);
    else this.#active.delete(unit);
    const peer = this.#loaded.peers.find(({ name }) => name === unit);
    if (!active) this.#ports.log.write('unit.inactive', { unit });
    else this.#ports.log.write('unit.active', { unit, routes: peer?.allowedIps.join(' ') ?? '' });
  }

  reload(): DataplaneCommand[] {
    const { log } = this.#ports;
    let next: LoadedGateway;
    try {
      next = this.#ports.reload();
    } catch (error) {
      if (!(error instanceof RmhError)) throw error;
      for (const fault of error.message.split('\n')) log.write('reload.refused', { fault });
      return [];
    }
    for (const field of restartFields(this.#started, next)) {
      log.write('reload.restart_needed', { field });
    }
    const isOther = JSON.stringify(next.policy) !== JSON.stringify(this.#loaded.policy);
    if (isOther) log.write('policy.taken', { policy: next.policy?.name ?? 'baseline' });
    this.#loaded = next;
    for (const unit of this.#active) {
      // A unit that was taken out is no peer any more: no event will say that it left.
      if (!next.peers.some(({ name }) => name === unit)) this.#active.delete(unit);
    }
    log.setLevel(next.config.log.level);
    log.write('reload.done', { configHash: next.configHash, peers: next.peers.length });
    return [
      { kind: 'peers.set', peers: next.peers },
      { kind: 'classes.set', classes: next.config.classes },
      { kind: 'policy.set', policy: next.policy },
    ];
  }

  post({ path }: StatusRequest): DataplaneCommand | Answer {
    if (path !== '/drain') return NOT_FOUND;
    this.#ports.log.write('gateway.drain', {});
    return { kind: 'drain' };
  }

  tick(status: DataplaneStatus | null): void {
    if (status !== null) this.#ports.platform?.tick(status);
  }

  begun(reload: () => void): void {
    this.#ports.platform?.begun(reload);
  }

  async ended(): Promise<void> {
    await this.#ports.platform?.ended();
  }
}

/** Fields whose change the running gateway cannot take up. */
function restartFields(started: LoadedGateway, next: LoadedGateway): string[] {
  const fields = ['tun', 'listen', 'statusSocket', 'stateDirectory', 'platform'] as const;
  const changed: string[] = fields.filter(
    (field) => JSON.stringify(started.config[field]) !== JSON.stringify(next.config[field]),
  );
  if (!Buffer.from(started.privateKey).equals(next.privateKey)) changed.push('privateKeyFile');
  return changed;
}

function addressText(text: string): string {
  const prefix = parsePrefix(text);
  return prefix === null ? text : formatPrefix(prefix);
}

function networkText(text: string): string {
  const prefix = parsePrefix(text);
  return prefix === null ? text : formatPrefix(networkOf(prefix));
}
