// The real tunnel as a bearer: a unit with its sessions to two gateways, over simulated carriers.
import { Random, TRAFFIC_CLASS_NAMES } from '@rmh/base';
import type { HandshakeCrypto } from '@rmh/handshake';
import type { Policy } from '@rmh/scheduler';
import type { TunnelEvent } from '@rmh/session';
import { FrameKind } from '@rmh/wire';
import { type Chronicle, Step } from '../chronicle.ts';
import type { ClockError } from '../faults.ts';
import { broken, Ledger } from '../invariants.ts';
import type { Bearer, Datagram, EndFault, Road, SimPacket } from '../types.ts';
import { Addresses, LAST_AT, PORT_AT } from './addresses.ts';
import { type EndMemory, NAME_AT, SimEnd } from './end.ts';
import { Parcel } from './parcel.ts';
import { type Sabotage, Saboteur } from './sabotage.ts';

export interface TunnelBearerOptions {
  readonly road: Road;
  readonly crypto: HandshakeCrypto;
  readonly seed: number;
  readonly clocks: readonly ClockError[];
  readonly policy: Policy;
  readonly memory: EndMemory;
  readonly chronicle: Chronicle;
  /** What is wrong with this build, on purpose: a test of the invariants. */
  readonly sabotage?: Sabotage;
}

export class TunnelBearer implements Bearer {
  readonly name = 'tunnel';
  readonly ledger: Ledger;
  bytesDuplicated = 0;
  nextDeadlineUs = 0;
  readonly #road: Road;
  readonly #chronicle: Chronicle;
  readonly #saboteur: Saboteur;
  readonly #memory: EndMemory;
  readonly #unit: SimEnd;
  readonly #gateways: readonly SimEnd[];
  readonly #ends: readonly SimEnd[];
  readonly #addresses: Addresses;
  readonly #pool: Parcel[] = [];
  /** Gateways at which the unit's traffic is, newest last: where routes lead. */
  #routes: SimEnd[] = [];
  #nowUs = 0;
  #sent = 0;
  /** Drops that ends had counted before they crashed. */
  #dropsBefore = 0;
  readonly #out: SimPacket[] = [];
  #finishing = false;
  /** Of each lane, whose packets it delivered last: the other end's incarnation, −1: unknown. */
  readonly #runs = new Float64Array(LANES).fill(-1);

  constructor(options: TunnelBearerOptions) {
    const { road, seed, clocks, chronicle } = options;
    this.#road = road;
    this.#chronicle = chronicle;
    this.#memory = options.memory;
    this.ledger = new Ledger(chronicle, () => this.#countedDrops());
    this.#saboteur = new Saboteur(options.sabotage ?? null, this.ledger, (packet, stream, lane) =>
      this.#handOut(packet, stream, lane),
    );
    const random = new Random(seed);
    const keysSeen = new Set<string>();
    const end = (name: string, role: 'unit' | 'gateway', index: number): SimEnd =>
      new SimEnd({
        ...options,
        name,
        role,
        seed: random.u32(),
        clock: clocks[index] ?? { offsetUs: 1_000_000, driftPpm: 0 },
        keysSeen,
        onTransmits: (from) => this.#transmit(from),
        onDeliveries: (at) => this.#deliver(at),
        onEvent: (at, event) => this.#note(at, event),
      });
    this.#unit = end('unit', 'unit', 0);
    this.#gateways = [end('gateway1', 'gateway', 1), end('gateway2', 'gateway', 2)];
    this.#ends = [this.#unit, ...this.#gateways];
    this.#addresses = new Addresses(road.carriers.length);
    for (const [index, gateway] of this.#gateways.entries()) {
      gateway.addPeer(this.#unit, null, 0);
      this.#unit.addPeer(gateway, this.#addresses.gatewayBlock(index), 0);
    }
    for (const link of road.carriers.keys()) {
      this.#unit.tunnel.openLink(link, this.#unit.clockUs(0));
    }
    this.#finish();
  }

  send(packet: SimPacket, nowUs: number): void {
    this.#nowUs = nowUs;
    this.ledger.enters(packet, nowUs);
    if ((++this.#sent & CHECK_MASK) === 0) this.#checkBounds();
    if (this.#saboteur.strikes('forgets')) return;
    const stream = (TRAFFIC_CLASS_NAMES.indexOf(packet.class) << 6) | packet.bucket;
    const end = packet.side === 'car' ? this.#unit : this.#routes.at(-1);
    const peer = packet.side === 'car' ? this.#unit.tunnel.choice.active : end?.tunnel.peers[0];
    if (end?.alive && peer) {
      end.send(peer, stream, packet, nowUs);
      this.#finish();
    } else this.ledger.refused(packet.id);
  }

  arrived(datagram: Datagram, carrier: number, nowUs: number): void {
    this.#nowUs = nowUs;
    const parcel = datagram as Parcel;
    const { inner, length, port } = parcel;
    const up = parcel.direction === 'up';
    const end = up ? this.#gateways[parcel.gateway] : this.#unit;
    if (!end?.alive || (!up && !this.#addresses.reaches(carrier, port))) {
      this.#chronicle.step(nowUs, Step.refused, inner, carrier);
      return;
    }
    this.#chronicle.step(nowUs, Step.arrives, inner, carrier);
    parcel.unpack(end.arena.bytes, end.receiveAt);
    const source = up
      ? this.#addresses.unitBlock(carrier, port)
      : this.#addresses.gatewayBlock(parcel.gateway);
    end.arena.bytes.set(source, end.sourceAt);
    if (inner < 0) end.receive(up ? 0 : carrier, length, nowUs);
    else {
      const before = end.drops;
      end.receive(up ? 0 : carrier, length, nowUs);
      if (end.drops === before) this.ledger.accepted(inner, nowUs);
    }
    this.#finish();
  }

  poll(nowUs: number): void {
    this.#nowUs = nowUs;
    for (const end of this.#ends) if (end.dueUs <= nowUs) end.poll(nowUs);
    this.#saboteur.poll(nowUs);
    this.#finish();
  }

  gone(datagram: Datagram): void {
    const parcel = datagram as Parcel;
    if (parcel.inner >= 0) this.ledger.ends(parcel.inner);
    this.#pool.push(parcel);
  }

  copy(datagram: Datagram, damage: number): Datagram {
    const copy = new Parcel().copyFrom(datagram as Parcel);
    if (damage !== 0) copy.damage(damage);
    return copy;
  }

  suffer(fault: EndFault, nowUs: number): void {
    this.#nowUs = nowUs;
    if ('gateway' in fault) this.#sufferGateway(fault.kind, fault.gateway);
    else this.#sufferLink(fault.kind, fault.carrier);
    for (const end of this.#ends) if (end.alive) end.flush();
    this.#finish();
  }

  foresee(carrier: number, risk: number): void {
    for (const end of this.#ends) if (end.alive) end.foresee(carrier, risk);
  }

  /** The run is over: nothing that arrived may still be owed. */
  end(nowUs: number): void {
    this.#checkBounds();
    this.ledger.end(nowUs);
  }

  /** What the sending ends dropped so far, for whatever reason they counted. */
  #countedDrops(): number {
    let sum = this.#dropsBefore;
    for (const end of this.#ends) if (end.alive) sum += end.sendingDrops;
    return sum;
  }

  #sufferGateway(kind: EndFault['kind'], index: number): void {
    const gateway = this.#gateways[index] as SimEnd;
    if (kind === 'gateway-drain') {
      if (gateway.alive) gateway.tunnel.drainAll(gateway.clockUs(this.#nowUs));
    } else if (kind === 'gateway-crash') {
      if (!gateway.alive) return;
      gateway.alive = false;
      this.#dropsBefore += gateway.sendingDrops;
      this.ledger.crashed('site', index);
      this.#routes = this.#routes.filter((each) => each !== gateway);
    } else if (!gateway.alive) {
      gateway.start();
      gateway.addPeer(this.#unit, null, this.#nowUs);
    }
  }

  #sufferLink(kind: EndFault['kind'], carrier: number): void {
    const { tunnel } = this.#unit;
    const clockUs = this.#unit.clockUs(this.#nowUs);
    if (kind === 'link-down') {
      this.#addresses.setLinked(carrier, false);
      tunnel.closeLink(carrier, clockUs);
      return;
    }
    this.#addresses.rebind(carrier);
    if (kind === 'rebind') return;
    this.#addresses.setLinked(carrier, true);
    tunnel.openLink(carrier, clockUs);
  }

  #transmit(end: SimEnd): void {
    const { transmits: rows } = end.env;
    for (let row = 0; row < rows.count; row++) {
      const parcel = this.#pool.pop() ?? new Parcel();
      const to = rows.endpointAt[row] as number;
      const link = rows.link[row] as number;
      parcel.pack(end.arena, rows.at[row] as number, rows.length[row] as number);
      this.#launch(parcel, this.#address(parcel, end, link, to));
    }
    rows.clear();
    if (!this.#saboteur.strikes('reuses')) return;
    const keypair = this.#unit.tunnel.choice.active?.keys.current;
    if (keypair) keypair.sendCounter--;
  }

  /** Writes from where to where a parcel goes; returns its carrier. */
  #address(parcel: Parcel, end: SimEnd, link: number, to: number): number {
    const { bytes, view } = end.arena;
    if (end === this.#unit) {
      parcel.direction = 'up';
      parcel.gateway = bytes[to + LAST_AT] as number;
      parcel.port = this.#addresses.portOf(link);
      return link;
    }
    parcel.direction = 'down';
    parcel.gateway = this.#gateways.indexOf(end);
    parcel.port = view.getUint16(to + PORT_AT);
    return bytes[to + LAST_AT] as number;
  }

  #launch(parcel: Parcel, carrier: number): void {
    const { inner, kind, bytes, port } = parcel;
    const isFirst = inner < 0 || this.ledger.leaves(inner, carrier, this.#nowUs);
    if (!isFirst || kind === FrameKind.symbol) this.bytesDuplicated += bytes;
    // A mapping that is gone: the operator drops what comes for it before the radio.
    if (this.#addresses.reaches(carrier, port)) this.#road.offer(carrier, parcel, this.#nowUs);
    else this.gone(parcel);
  }

  #deliver(end: SimEnd): void {
    const { deliveries: rows, holds } = end.env;
    const gateway = this.#gateways.indexOf(end);
    // With no slot left an end delivers out of order instead of waiting [OR-4].
    if (holds.refused > 0) {
      holds.refused = 0;
      this.ledger.excuseOrder();
    }
    for (let row = 0; row < rows.count; row++) {
      const id = end.arena.view.getUint32((rows.at[row] as number) + NAME_AT, true);
      const stream = rows.stream[row] as number;
      const lane = gateway < 0 ? UNIT_LANES + (rows.peer[row] as number) : gateway;
      this.#followRun(lane, end.tunnel.peers[rows.peer[row] as number]?.theirIncarnation ?? -1);
      const slot = rows.slot[row] as number;
      if (slot >= 0 && !this.#saboteur.strikes('leaks')) holds.give(slot);
      const packet = this.ledger.packet(id);
      if (packet !== null) this.#saboteur.deliver(packet, stream, lane, this.#nowUs);
    }
    rows.count = 0;
  }

  /**
   * An end begins its streams anew when the other's hello names another run, and then only: not
   * with new keys, under which old packets may still come late [FR-11].
   */
  #followRun(lane: number, run: number): void {
    const before = this.#runs[lane] as number;
    if (before >= 0 && run !== before) this.ledger.forgetOrder(lane);
    this.#runs[lane] = run;
  }

  #handOut(packet: SimPacket, stream: number, lane: number): void {
    this.ledger.delivers(packet, stream, lane, this.#nowUs);
    this.#out.push(packet);
  }

  /**
   * After each call from outside: what came out may make its receiver send at once, which must
   * not happen while the tunnel is at work.
   */
  #finish(): void {
    if (this.#finishing) return;
    this.#finishing = true;
    for (let i = 0; i < this.#out.length; i++) {
      this.#road.deliver(this.#out[i] as SimPacket, this.#nowUs);
    }
    this.#out.length = 0;
    this.#finishing = false;
    let nextUs = this.#saboteur.dueUs;
    for (const end of this.#ends) nextUs = Math.min(nextUs, end.dueUs);
    this.nextDeadlineUs = nextUs;
  }

  /** Nothing may be kept that nobody waits for. */
  #checkBounds(): void {
    for (const { alive, env, name, tunnel } of this.#ends) {
      if (!alive) continue;
      if (env.deliveries.count + env.transmits.count > 0) broken(`${name} forgot its effects`);
      const holding = tunnel.peers.some((peer) => peer !== null && peer.holding.size > 0);
      const used = this.#memory.holdSlots - env.holds.freeSlots;
      if (!holding && used !== 0) broken(`${name} keeps ${used} hold slots for nobody`);
    }
  }

  #note(end: SimEnd, event: TunnelEvent): void {
    if (event.kind === 'timestamp') return;
    if (event.kind === 'peer.active') {
      this.#routes = this.#routes.filter((each) => each !== end);
      if (event.active) this.#routes.push(end);
    }
    const words = Object.entries(event).map(([key, value]) => {
      if (key === 'kind') return String(value);
      return key === 'path' ? `path ${this.#road.carriers[Number(value)]}` : `${key} ${value}`;
    });
    this.#chronicle.note(this.#nowUs, `${end.name}: ${words.join(', ')}`);
  }
}

/** Where the unit's lanes begin among those of the ledger; a gateway's is its own number. */
const UNIT_LANES = 8;
const LANES = 16;
const CHECK_MASK = 255;
