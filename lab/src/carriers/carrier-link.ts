// One carrier of one vehicle, between its two TUN devices:
//
//   modem ─read→ up.offer … up.poll → NAT outbound ─write→ far end
//   modem ←write─ NAT inbound ← down.poll … down.offer ←read─ far end
import { assert, Random } from '@rmh/base';
import { Errno, nowUs, type Poller, type TunDevice } from '@rmh/netio';
import { type Direction, directionOf, type LinkCondition } from './condition.ts';
import { type CarrierCommand, type CarrierLinkConfig, ipv4Number } from './config.ts';
import {
  closeNamespace,
  ModemDevice,
  type Namespace,
  openNamespace,
  plugFarEnd,
} from './devices.ts';
import { Link, type LinkLimits } from './link.ts';
import { Nat } from './nat.ts';
import { type PacketPool, SLOT_BYTES } from './packet-pool.ts';
import { constantTimeline, Playback } from './timeline.ts';

/** Packets read from one device before the others get their turn: about 0.3 ms of work. */
const READS_A_TURN = 64;

/** What the Link does not count itself. */
export interface ShellCounters {
  poolFull: number;
  natRefused: number;
  undeliverable: number;
  releaseLateUsMax: number;
  releaseLateUsSum: number;
}

export class CarrierLink {
  readonly name: string;
  readonly links: Readonly<Record<Direction, Link>>;
  readonly shell: Readonly<Record<Direction, ShellCounters>> = {
    up: { poolFull: 0, natRefused: 0, undeliverable: 0, releaseLateUsMax: 0, releaseLateUsSum: 0 },
    down: {
      poolFull: 0,
      natRefused: 0,
      undeliverable: 0,
      releaseLateUsMax: 0,
      releaseLateUsSum: 0,
    },
  };
  readonly #pool: PacketPool;
  readonly #poller: Poller;
  readonly #playback: Playback;
  readonly #startedUs: number;
  readonly #nat: Nat;
  readonly #namespaces: Namespace[] = [];
  readonly #modem: ModemDevice;
  readonly #farEnd: TunDevice;
  #override: LinkCondition | null = null;
  #changeUs: number;

  /** Makes both devices. Throws with nothing of the link left. */
  constructor(
    config: CarrierLinkConfig,
    index: number,
    pool: PacketPool,
    poller: Poller,
    random: Random,
    startedUs: number,
  ) {
    this.name = config.name;
    this.#pool = pool;
    this.#poller = poller;
    this.#startedUs = startedUs;
    this.#playback = playbackOf(config);
    const publicAddresses = config.publicAddresses.map(ipv4Number);
    const natIdle = config.natIdleUs === undefined ? {} : { idleUs: config.natIdleUs };
    this.#nat = new Nat({ random: new Random(random.u32()), publicAddresses, ...natIdle });
    const condition = this.#playback.at(0);
    const linkFor = (direction: Direction) =>
      new Link({
        random: new Random(random.u32()),
        condition: directionOf(condition, direction),
        limits: limitsOf(config),
        ...(config.reorder === undefined ? {} : { reorder: config.reorder }),
      });
    this.links = { up: linkFor('up'), down: linkFor('down') };
    this.#changeUs = startedUs + this.#playback.nextChangeMs(0) * 1000;
    try {
      const unit = this.#enter(config.unitNetns);
      const internet = this.#enter(config.internetNetns);
      this.#modem = new ModemDevice(config, unit.fd);
      this.#farEnd = plugFarEnd(config, internet.fd, index);
    } catch (error) {
      for (const namespace of this.#namespaces) closeNamespace(namespace);
      throw error;
    }
    try {
      poller.add(this.#farEnd.fd);
      poller.add(this.#modem.plug().fd);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#unplug();
    this.#poller.remove(this.#farEnd.fd);
    this.#farEnd.close();
    for (const namespace of this.#namespaces) closeNamespace(namespace);
  }

  /** After a poll: take what waits on both devices. True if there may be more. */
  read(): boolean {
    const { tun } = this.#modem;
    const more = tun !== null && this.#readFrom(tun, 'up');
    return this.#readFrom(this.#farEnd, 'down') || more;
  }

  /** Change what is due to change, deliver what is due, take back what was discarded. */
  advance(atUs: number): void {
    if (atUs >= this.#changeUs) this.#follow(atUs);
    this.#deliver('up', this.#farEnd);
    this.#deliver('down', this.#modem.tun);
    this.#reclaim(this.links.up);
    this.#reclaim(this.links.down);
  }

  nextDueUs(): number {
    return Math.min(this.#changeUs, this.links.up.nextDueUs(), this.links.down.nextDueUs());
  }

  apply(command: CarrierCommand): void {
    switch (command.kind) {
      case 'blackhole':
      case 'stall':
        this.#setFault(command.on ? command.kind : 'none', command.direction);
        return;
      case 'linkdown':
        this.#modem.setUp(!command.on);
        return;
      case 'unplug':
        if (command.on) this.#unplug();
        else if (this.#modem.tun === null) this.#poller.add(this.#modem.plug().fd);
        return;
      case 'rebind':
        this.#nat.rebind(command.newAddress ?? false);
        return;
      case 'readdress':
        this.#modem.readdress(command.address);
        return;
      case 'condition':
        this.#override = command.condition;
        this.#follow(nowUs());
        return;
    }
  }

  #enter(where: number | string): Namespace {
    const namespace = openNamespace(where);
    this.#namespaces.push(namespace);
    return namespace;
  }

  #setFault(fault: 'none' | 'blackhole' | 'stall', only: Direction | undefined): void {
    const atUs = nowUs();
    if (only !== 'down') this.links.up.setFault(fault, atUs);
    if (only !== 'up') this.links.down.setFault(fault, atUs);
  }

  /** The source goes on under an override, so that its time is kept. */
  #follow(atUs: number): void {
    const elapsedMs = Math.max(0, (atUs - this.#startedUs) / 1000);
    const condition = this.#override ?? this.#playback.at(elapsedMs);
    this.links.up.setCondition(directionOf(condition, 'up'), atUs);
    this.links.down.setCondition(directionOf(condition, 'down'), atUs);
    this.#changeUs = this.#startedUs + this.#playback.nextChangeMs(elapsedMs) * 1000;
    assert(this.#changeUs > atUs, 'a change that happened moves on');
  }

  #unplug(): void {
    const { tun } = this.#modem;
    if (tun === null) return;
    this.#poller.remove(tun.fd);
    this.#modem.unplug();
  }

  #readFrom(tun: TunDevice, direction: Direction): boolean {
    if (!this.#poller.ready(tun.fd)) return false;
    const { arena } = this.#pool;
    for (let i = 0; i < READS_A_TURN; i++) {
      const token = this.#pool.take();
      // With no slot free the packet is still taken off the device, and forgotten.
      const at = token < 0 ? this.#pool.spareAt : this.#pool.offsetOf(token);
      const length = tun.read(arena, at, SLOT_BYTES);
      if (length <= 0) {
        if (token >= 0) this.#pool.give(token);
        return false;
      }
      if (token < 0) this.shell[direction].poolFull++;
      else if (this.links[direction].offer(token, length, nowUs()) < 0) this.#pool.give(token);
    }
    return true;
  }

  #deliver(direction: Direction, tun: TunDevice | null): void {
    const link = this.links[direction];
    const { arena } = this.#pool;
    const shell = this.shell[direction];
    for (;;) {
      const atUs = nowUs();
      const token = link.poll(atUs);
      if (token < 0) return;
      const lateUs = atUs - link.deliveredUs;
      shell.releaseLateUsSum += lateUs;
      if (lateUs > shell.releaseLateUsMax) shell.releaseLateUsMax = lateUs;
      const at = this.#pool.offsetOf(token);
      const length = link.deliveredBytes;
      const verdict =
        direction === 'up'
          ? this.#nat.outbound(arena, at, length, atUs)
          : this.#nat.inbound(arena, at, length, atUs);
      if (verdict < 0) shell.natRefused++;
      else if (tun === null || this.#write(tun, at, length) < 0) shell.undeliverable++;
      this.#pool.give(token);
    }
  }

  /** A TUN's receive path has no queue of its own: EAGAIN does not last. */
  #write(tun: TunDevice, at: number, length: number): number {
    const written = tun.write(this.#pool.arena, at, length);
    return written === -Errno.EAGAIN ? tun.write(this.#pool.arena, at, length) : written;
  }

  #reclaim(link: Link): void {
    for (let token = link.reclaim(); token >= 0; token = link.reclaim()) this.#pool.give(token);
  }
}

function limitsOf({ source, limits }: CarrierLinkConfig): Partial<LinkLimits> {
  const isShort = 'bufferMs' in source && source.bufferMs !== undefined;
  return { ...(isShort ? { bufferUsMax: source.bufferMs * 1000 } : {}), ...limits };
}

function playbackOf(config: CarrierLinkConfig): Playback {
  const { source } = config;
  if ('timeline' in source) {
    return new Playback(source.timeline, source.fromMs, source.toMs, source.loop ?? false);
  }
  const condition: LinkCondition = {
    upKbps: source.mbit * 1000,
    downKbps: source.mbit * 1000,
    oneWayUs: source.delayMs * 1000,
    jitterUs: (source.jitterMs ?? 0) * 1000,
    loss: source.loss ?? 0,
    state: 'up',
    measured: true,
  };
  return new Playback(constantTimeline(condition), 0, 1, false);
}
