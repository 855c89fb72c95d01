// The unit's part of a daemon: carriers, the car's network, the handshake clock, its gateways.
import { formatPrefix, networkOf, parsePrefix } from '@rmh/base';
import type {
  DataplaneCommand,
  DataplaneConfig,
  DataplaneEvent,
  DataplaneStatus,
  LinkStatus,
  MissionStatus,
} from '@rmh/contract';
import { lineOf, RmhError } from '@rmh/contract';
import type { MissionTreatment } from '@rmh/contract/api';
import {
  type Answer,
  type DaemonPart,
  type LinkFact,
  type Log,
  type NetworkItem,
  NOT_FOUND,
  type StatusRequest,
} from '@rmh/contract/daemon';
import type { ClockFloor } from './clock-floor.ts';
import type { Companion, Dispatch } from './companion.ts';
import type { Budgets, DataUse } from './data-use.ts';
import { decideLinks, type UsedLink } from './links.ts';
import type { LoadedUnit } from './load.ts';
import { FactsWatch } from './platform/facts.ts';
import { sparedFrom, treated } from './platform/treatment.ts';
import type { Witness } from './record-witness.ts';
import { SILENCE_HINTS, type Silence, silenceVerdict } from './silence.ts';

export interface UnitPorts {
  readonly log: Log;
  readonly clock: ClockFloor;
  /** The configuration, read again; throws RmhError. */
  reload(): LoadedUnit;
  nowMs(): number;
  /** Who remembers what happens; without one there is no history. */
  readonly witness?: Witness;
  readonly companions?: readonly Companion[];
  /** Who counts what links use of their data budgets. */
  readonly dataUse?: DataUse;
  readonly dispatch?: Dispatch | null;
  /** Drives are recorded as this says, from now on. */
  record?(loaded: LoadedUnit): void;
}

/** Each is said once, and no fault makes a thousand of itself. */
const FAULTS_SAID_MAX = 20;
const NO_BUDGETS: Budgets = new Map();
const LINK_NONE_HINT = 'check modems, SIM cards and cables; "rmh status" lists every link';

export class Unit implements DaemonPart {
  readonly role = 'unit';
  readonly #ports: UnitPorts;
  /** What this run started with: some fields change only at a restart. */
  readonly #started: LoadedUnit;
  #loaded: LoadedUnit;
  #used: ReadonlyMap<string, UsedLink> = new Map();
  #links: LinkStatus[] = [];
  #reportedNone = false;
  #silences = new Map<string, Silence>();
  readonly #facts = new FactsWatch();
  readonly #faults = new Set<string>();

  constructor(loaded: LoadedUnit, ports: UnitPorts) {
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
    const { privateKey, config: started } = this.#started;
    return {
      role: 'unit',
      privateKey,
      timestampFloorUs: this.#ports.clock.read(this.#ports.nowMs() * 1000),
      tun: started.tun,
      listen: null,
      peers,
      classes: config.classes,
      policy: treated(this.#loaded.policy, this.#treatment),
    };
  }

  wanted(): NetworkItem[] {
    const { config } = this.#loaded;
    const { tun } = this.#started.config;
    const prefixes = config.routes ?? config.gateways.flatMap(({ allowedIps }) => allowedIps);
    const routes = [...new Set(prefixes.map(networkText))];
    return [
      { kind: 'link', device: tun.name, mtu: tun.mtu },
      ...tun.addresses.map((prefix) => address(tun.name, prefix)),
      ...(config.lan?.addresses ?? []).map((prefix) => address(config.lan?.device ?? '', prefix)),
      ...routes.map((prefix): NetworkItem => ({ kind: 'route', device: tun.name, prefix })),
      ...this.#forwarding(routes),
      ...this.#present().map((device): NetworkItem => ({ kind: 'loose', device })),
    ];
  }

  // IPv4 forwards per device, so the carriers never forward. IPv6 knows only one switch for all,
  // and with it on, a modem ignores router advertisements unless accept_ra is 2.
  #forwarding(routes: readonly string[]): NetworkItem[] {
    const { lan } = this.#loaded.config;
    if (lan?.forward !== true) return [];
    const { tun } = this.#started.config;
    const items = [lan.device, tun.name].map((device) => setting(device, 4, 'forwarding', '1'));
    if (!routes.some((prefix) => prefix.includes(':'))) return items;
    return [
      ...items,
      ...this.#present().map((device) => setting(device, 6, 'accept_ra', '2')),
      { kind: 'sysctl', device: null, key: 'net/ipv6/conf/all/forwarding', value: '1' },
    ];
  }

  #present(): string[] {
    return this.#links.filter(({ state }) => state !== 'absent').map(({ device }) => device);
  }

  observe(facts: readonly LinkFact[]): DataplaneCommand[] {
    const { links: config, lan } = this.#loaded.config;
    const { withheld = [] } = this.#loaded;
    const excluded = [this.#started.config.tun.name, lan?.device ?? '', 'lo', ...withheld];
    const verdict = decideLinks(config, excluded, facts, this.#used);
    for (const command of verdict.commands) this.#logLink(command, verdict.links);
    this.#used = verdict.used;
    const { dataUse } = this.#ports;
    const { budgets = NO_BUDGETS } = this.#loaded;
    this.#links = verdict.links.map((link) => {
      const data = dataUse?.of(link.name, budgets) ?? null;
      return data === null ? link : { ...link, data };
    });
    this.#logNone();
    return [...verdict.commands, ...this.#spareOrders(verdict.commands)];
  }

  #spareOrders(before: readonly DataplaneCommand[]): DataplaneCommand[] {
    const { budgets = NO_BUDGETS } = this.#loaded;
    const from = sparedFrom(this.#treatment);
    return this.#ports.dataUse?.orders(this.#used.keys(), before, budgets, from) ?? [];
  }

  #logLink(command: DataplaneCommand, links: readonly LinkStatus[]): void {
    if (!('name' in command)) return;
    const known = links.find(({ name }) => name === command.name);
    const device = known?.device ?? this.#used.get(command.name)?.device ?? '';
    const fields = { link: command.name, device };
    if (command.kind === 'link.set') this.#ports.log.write('link.used', fields);
    if (command.kind === 'link.changed') this.#ports.log.write('link.changed', fields);
    if (command.kind === 'link.remove' && known?.state !== 'used') {
      this.#ports.log.write('link.lost', { ...fields, state: known?.state ?? 'absent' });
    }
  }

  #logNone(): void {
    const usable = this.#used.size;
    if (usable === 0 && !this.#reportedNone) {
      const wanted = this.#links.map(({ name, state }) => `${name} ${state}`).join(', ');
      this.#ports.log.write('link.none', { wanted, hint: LINK_NONE_HINT });
    }
    if (usable > 0 && this.#reportedNone) this.#ports.log.write('link.some', { usable });
    this.#reportedNone = usable === 0;
  }

  links(): LinkStatus[] {
    return this.#links;
  }

  mission(): MissionStatus | null {
    return this.#ports.dispatch?.mission ?? null;
  }

  event(event: DataplaneEvent): void {
    if (event.kind === 'timestamp') this.#ports.clock.used(event.us);
    this.#ports.witness?.event(event);
    if (event.kind !== 'log') return;
    const { fields, atMs = this.#ports.nowMs() } = event;
    const happened = { event: event.event, fields, atMs: Math.round(atMs) };
    this.#withCompanions((one) => one.event(happened));
  }

  look(status: DataplaneStatus | null): void {
    const second = this.#ports.witness?.look(status, this.#links) ?? null;
    if (status !== null) this.#ports.dataUse?.look(status, this.#ports.nowMs());
    if (status === null || this.#companions.length === 0) return;
    const facts = this.#facts.look(status, this.#links, Math.round(this.#ports.nowMs()));
    this.#withCompanions((one) => one.look(facts, second));
  }

  begun(reload: () => void, send: (commands: DataplaneCommand[]) => void): void {
    const treat = () => send(this.treat());
    this.#withCompanions((one) => one.begun(reload, treat));
  }

  /** Another mission, or none: no file is read for it, for a broken one must not keep it on. */
  treat(): DataplaneCommand[] {
    const policy = treated(this.#loaded.policy, this.#treatment);
    return [{ kind: 'policy.set', policy }, ...this.#spareOrders([])];
  }

  get #treatment(): MissionTreatment | null {
    return this.#ports.dispatch?.treatment ?? null;
  }

  async leaving(): Promise<void> {
    await Promise.all(this.#companions.map((one) => one.leaving()));
  }

  // Whatever is wrong with them, the vehicle's tunnel stays.
  #withCompanions(what: (one: Companion) => void): void {
    for (const one of this.#companions) {
      try {
        what(one);
      } catch (error) {
        const message = lineOf(error);
        if (!this.#faults.has(message)) this.#ports.log.write('companion.failed', { message });
        if (this.#faults.size < FAULTS_SAID_MAX) this.#faults.add(message);
      }
    }
  }

  get #companions(): readonly Companion[] {
    return this.#ports.companions ?? [];
  }

  get({ path, query }: StatusRequest): Answer | null {
    return path === '/history' ? (this.#ports.witness?.answer(query) ?? null) : null;
  }

  async ended(): Promise<void> {
    await Promise.all(this.#companions.map((one) => one.ended()));
    this.#ports.dataUse?.close(this.#ports.nowMs());
    await this.#ports.witness?.close();
  }

  reload(): DataplaneCommand[] {
    const { log } = this.#ports;
    let next: LoadedUnit;
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
    const { prefer = null } = next;
    const isWanted = prefer !== null && prefer !== this.#loaded.prefer;
    const isOther = differs(next.policy, this.#loaded.policy);
    if (differs(next.config.record, this.#loaded.config.record)) this.#ports.record?.(next);
    this.#loaded = next;
    log.setLevel(next.config.log.level);
    if (isOther) log.write('policy.taken', { policy: next.policy?.name ?? 'baseline' });
    log.write('reload.done', { configHash: next.configHash, peers: next.peers.length });
    return [
      { kind: 'peers.set', peers: next.peers },
      { kind: 'classes.set', classes: next.config.classes },
      { kind: 'policy.set', policy: treated(next.policy, this.#treatment) },
      ...(isWanted ? [{ kind: 'gateway.prefer', name: prefer } as const] : []),
    ];
  }

  post({ path, query }: StatusRequest, _status: DataplaneStatus | null): DataplaneCommand | Answer {
    if (path !== '/prefer') return NOT_FOUND;
    const name = query.get('gateway') ?? '';
    const known = this.#loaded.peers.map((peer) => peer.name);
    if (!known.includes(name)) {
      const error = `no gateway "${name}"; known: ${known.join(', ')}`;
      return { status: 404, body: { error } };
    }
    this.#ports.log.write('gateway.prefer', { gateway: name });
    return { kind: 'gateway.prefer', name };
  }

  tick(status: DataplaneStatus | null): void {
    for (const { name, state } of status?.peers ?? []) {
      const before = this.#silences.get(name) ?? null;
      const verdict = silenceVerdict(before, state, this.#used.size, this.#ports.nowMs());
      if (verdict.next === null) this.#silences.delete(name);
      else this.#silences.set(name, verdict.next);
      if (verdict.kind === 'quiet') continue;
      const fields = { gateway: name, seconds: verdict.seconds };
      if (verdict.kind === 'heard') this.#ports.log.write('gateway.heard', fields);
      else this.#ports.log.write('gateway.silent', { ...fields, hints: SILENCE_HINTS });
    }
  }
}

const FIXED_FIELDS = ['tun', 'statusSocket', 'stateDirectory', 'platform', 'page', 'gps'] as const;

/** Fields whose change the running unit cannot take up. */
function restartFields(started: LoadedUnit, next: LoadedUnit): string[] {
  const changed: string[] = FIXED_FIELDS.filter((field) =>
    differs(started.config[field], next.config[field]),
  );
  if (!Buffer.from(started.privateKey).equals(next.privateKey)) changed.push('privateKeyFile');
  return changed;
}

function differs(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}

function address(device: string, text: string): NetworkItem {
  const prefix = parsePrefix(text);
  return { kind: 'address', device, prefix: prefix === null ? text : formatPrefix(prefix) };
}

function networkText(text: string): string {
  const prefix = parsePrefix(text);
  return prefix === null ? text : formatPrefix(networkOf(prefix));
}

// A device's name may hold a dot (a VLAN), so settings are named with "/" throughout.
function setting(device: string, family: 4 | 6, field: string, value: string): NetworkItem {
  return { kind: 'sysctl', device, key: `net/ipv${family}/conf/${device}/${field}`, value };
}
