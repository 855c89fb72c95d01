// The real tunnel as a bearer: a unit with its sessions to two gateways, over simulated carriers.
import { Random, TRAFFIC_CLASS_NAMES } from '@rmh/base';
import type { HandshakeCrypto } from '@rmh/handshake';
import type { Policy } from '@rmh/scheduler';
import { ENDPOINT_BLOCK_BYTES, type TunnelEvent } from '@rmh/session';
import {
  DATA_HEADER_BYTES,
  FrameKind,
  isBareIp,
  MessageType,
  TAG_BYTES,
  TRANSPORT_HEADER_BYTES,
} from '@rmh/wire';
import { type Chronicle, Step } from '../chronicle.ts';
import type { ClockError } from '../faults.ts';
import { broken, Ledger } from '../invariants.ts';
import type { Bearer, Datagram, EndFault, Road, SimPacket } from '../types.ts';
import { HOLD_SLOTS, NAME_AT, SimEnd } from './end.ts';
import { Parcel } from './parcel.ts';
import { coveredBytes, SIM_TAG_BYTES } from './sim-aead.ts';

export interface TunnelBearerOptions {
  readonly road: Road;
  readonly crypto: HandshakeCrypto;
  readonly seed: number;
  readonly clocks: readonly ClockError[];
  readonly policy: Policy;
  readonly chronicle: Chronicle;
  /** What is wrong with this build, on purpose: a test of the invariants. */
  readonly sabotage?: Sabotage;
}

/** Ways to break the tunnel, each of which an invariant must catch. */
export const SABOTAGES = ['twice', 'loses', 'reuses', 'leaks', 'late', 'reorders'] as const;
export type Sabotage = (typeof SABOTAGES)[number];

export class TunnelBearer implements Bearer {
  readonly name = 'tunnel';
  readonly ledger: Ledger;
  bytesDuplicated = 0;
  nextDeadlineUs = 0;
  readonly #road: Road;
  readonly #chronicle: Chronicle;
  readonly #sabotage: Sabotage | null;
  readonly #unit: SimEnd;
  readonly #gateways: readonly SimEnd[];
  readonly #ends: readonly SimEnd[];
  /** Gateways at which the unit's traffic is, newest last: where routes lead. */
  #routes: SimEnd[] = [];
  /** Of each carrier: the unit's present port, and whether its link is there. */
  readonly #ports: number[];
  readonly #linked: boolean[];
  readonly #pool: Parcel[] = [];
  #nextPort = 1000;
  #nowUs = 0;
  #sent = 0;
  #flaws = 0;
  readonly #postponed: Postponed[] = [];
  #kept: Postponed | null = null;
  #dropsBefore = 0;
  readonly #out: SimPacket[] = [];
  #finishing = false;

  constructor(options: TunnelBearerOptions) {
    const { road, crypto, seed, clocks, policy, chronicle } = options;
    this.#road = road;
    this.#chronicle = chronicle;
    this.#sabotage = options.sabotage ?? null;
    this.ledger = new Ledger(chronicle, () => this.#countedDrops());
    const random = new Random(seed);
    const keysSeen = new Set<string>();
    const end = (name: string, role: 'unit' | 'gateway', index: number): SimEnd =>
      new SimEnd({
        name,
        role,
        crypto,
        seed: random.u32(),
        clock: clocks[index] ?? { offsetUs: 1_000_000, driftPpm: 0 },
        policy,
        keysSeen,
        onTransmits: (from) => this.#transmit(from),
        onDeliveries: (at) => this.#deliver(at),
        onEvent: (at, event) => this.#note(at, event),
      });
    this.#unit = end('unit', 'unit', 0);
    this.#gateways = [end('gateway1', 'gateway', 1), end('gateway2', 'gateway', 2)];
    this.#ends = [this.#unit, ...this.#gateways];
    this.#ports = road.carriers.map(() => this.#nextPort++);
    this.#linked = road.carriers.map(() => true);
    for (const [index, gateway] of this.#gateways.entries()) {
      gateway.addPeer(this.#unit, null, 0);
      this.#unit.addPeer(gateway, gatewayBlock(index), 0);
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
    const stream = (TRAFFIC_CLASS_NAMES.indexOf(packet.class) << 6) | packet.bucket;
    const end = packet.side === 'car' ? this.#unit : this.#routes.at(-1);
    const peer = packet.side === 'car' ? this.#unit.tunnel.choice.active : end?.tunnel.peers[0];
    if (!end?.alive || !peer) {
      this.ledger.refused(packet.id);
      return;
    }
    end.send(peer, stream, packet.id, packet.bytes, nowUs);
    this.#finish();
  }

  arrived(datagram: Datagram, carrier: number, nowUs: number): void {
    this.#nowUs = nowUs;
    const parcel = datagram as Parcel;
    parcel.arrived = true;
    const up = parcel.direction === 'up';
    const end = up ? this.#gateways[parcel.gateway] : this.#unit;
    const reachable = up ? end?.alive : this.#linked[carrier] && this.#ports[carrier] === parcel.port;
    if (!end || !reachable) {
      this.#chronicle.step(nowUs, Step.refused, parcel.inner, carrier);
      return;
    }
    this.#chronicle.step(nowUs, Step.arrives, parcel.inner, carrier);
    const { bytes } = end.arena;
    bytes.set(parcel.head.subarray(0, parcel.headBytes), end.receiveAt);
    if (parcel.length > parcel.headBytes) {
      bytes.set(parcel.tag, end.receiveAt + parcel.length - TAG_BYTES);
    }
    const source = up ? unitBlock(carrier, parcel.port) : gatewayBlock(parcel.gateway);
    bytes.set(source, end.sourceAt);
    const before = end.drops;
    const { inner } = parcel;
    end.receive(up ? 0 : carrier, parcel.length, nowUs);
    if (inner >= 0 && end.drops === before) this.ledger.accepted(inner, nowUs);
    this.#finish();
  }

  poll(nowUs: number): void {
    this.#nowUs = nowUs;
    for (const end of this.#ends) if (end.dueUs <= nowUs) end.poll(nowUs);
    while ((this.#postponed[0]?.atUs ?? Number.POSITIVE_INFINITY) <= nowUs) {
      const { packet, stream, lane } = this.#postponed.shift() as Postponed;
      this.#handOut(packet, stream, lane);
    }
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

  /** What the sending ends dropped so far, for whatever reason they counted. */
  #countedDrops(): number {
    let sum = this.#dropsBefore;
    for (const end of this.#ends) sum += end.sendingDrops;
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
      this.ledger.forgetOrder(UNIT_LANES + index);
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
      this.#linked[carrier] = false;
      tunnel.closeLink(carrier, clockUs);
      return;
    }
    this.#ports[carrier] = this.#nextPort++;
    if (kind === 'rebind') return;
    this.#linked[carrier] = true;
    tunnel.openLink(carrier, clockUs);
  }

  #plan(): void {
    let nextUs = this.#postponed[0]?.atUs ?? Number.POSITIVE_INFINITY;
    for (const end of this.#ends) nextUs = Math.min(nextUs, end.dueUs);
    this.nextDeadlineUs = nextUs;
  }

  #transmit(end: SimEnd): void {
    const { transmits: rows } = end.env;
    for (let row = 0; row < rows.count; row++) {
      const at = rows.at[row] as number;
      const endpointAt = rows.endpointAt[row] as number;
      this.#launch(end, at, rows.length[row] as number, rows.link[row] as number, endpointAt);
    }
    rows.clear();
    if (this.#sabotage === 'reuses' && this.#isFlawed()) {
      const keypair = this.#unit.tunnel.choice.active?.keys.current;
      if (keypair) keypair.sendCounter--;
    }
  }

  #launch(end: SimEnd, at: number, length: number, link: number, endpointAt: number): void {
    const { bytes, view } = end.arena;
    const parcel = this.#pool.pop() ?? new Parcel();
    const isTransport = bytes[at] === MessageType.transport;
    const plainAt = at + TRANSPORT_HEADER_BYTES;
    const plainBytes = length - TRANSPORT_HEADER_BYTES - TAG_BYTES;
    const first = bytes[plainAt] as number;
    parcel.headBytes = isTransport
      ? TRANSPORT_HEADER_BYTES + coveredBytes(first, plainBytes)
      : length;
    parcel.head.set(bytes.subarray(at, at + parcel.headBytes));
    const tagAt = at + length - TAG_BYTES;
    parcel.tag.set(bytes.subarray(tagAt, tagAt + SIM_TAG_BYTES));
    parcel.inner = isTransport && plainBytes > 0 ? innerOf(view, plainAt, first) : -1;
    parcel.length = length;
    parcel.bytes = length + OUTER_HEADERS_BYTES;
    parcel.arrived = false;
    const carrier = this.#address(parcel, end, link, endpointAt);
    const isFirst = parcel.inner < 0 || this.ledger.leaves(parcel.inner, carrier, this.#nowUs);
    if (!isFirst || (isTransport && first === FrameKind.symbol)) this.bytesDuplicated += parcel.bytes;
    const passes = this.#ports[carrier] === parcel.port && this.#linked[carrier] === true;
    if (passes) this.#road.offer(carrier, parcel, this.#nowUs);
    else this.gone(parcel);
  }

  /** Writes from where to where a parcel goes; returns its carrier. */
  #address(parcel: Parcel, end: SimEnd, link: number, endpointAt: number): number {
    const { bytes, view } = end.arena;
    if (end === this.#unit) {
      parcel.direction = 'up';
      parcel.gateway = bytes[endpointAt + LAST_AT] as number;
      parcel.port = this.#ports[link] as number;
      return link;
    }
    parcel.direction = 'down';
    parcel.gateway = this.#gateways.indexOf(end);
    parcel.port = view.getUint16(endpointAt + PORT_AT);
    return bytes[endpointAt + LAST_AT] as number;
  }

  #deliver(end: SimEnd): void {
    const { deliveries: rows, holds } = end.env;
    const gateway = this.#gateways.indexOf(end);
    for (let row = 0; row < rows.count; row++) {
      const id = end.arena.view.getUint32((rows.at[row] as number) + NAME_AT, true);
      const stream = rows.stream[row] as number;
      const lane = gateway < 0 ? UNIT_LANES + (rows.peer[row] as number) : gateway;
      const slot = rows.slot[row] as number;
      if (slot >= 0 && !(this.#sabotage === 'leaks' && this.#isFlawed())) holds.give(slot);
      const packet = this.ledger.packet(id);
      if (packet !== null) this.#handOrSpoil(packet, stream, lane);
    }
    rows.count = 0;
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
    this.#plan();
  }

  #handOrSpoil(packet: SimPacket, stream: number, lane: number): void {
    const kept = this.#kept;
    if (this.#sabotage === 'loses' && this.#isFlawed()) {
      this.ledger.accepted(packet.id, this.#nowUs);
      return;
    }
    if (this.#sabotage === 'twice' && this.#isFlawed()) this.#handOut(packet, stream, lane);
    if (this.#sabotage === 'late' && packet.class === 'critical' && this.#isFlawed()) {
      this.ledger.accepted(packet.id, this.#nowUs);
      this.#postponed.push({ packet, stream, lane, atUs: this.#nowUs + 600_000 });
      return;
    }
    const isOrdered = packet.class === 'interactive' || packet.class === 'bulk';
    if (this.#sabotage === 'reorders' && isOrdered && kept === null && this.#isFlawed()) {
      this.ledger.accepted(packet.id, this.#nowUs);
      this.#kept = { packet, stream, lane, atUs: 0 };
      return;
    }
    this.#handOut(packet, stream, lane);
    if (kept === null || kept.stream !== stream || kept.lane !== lane) return;
    this.#kept = null;
    this.#handOut(kept.packet, stream, lane);
  }

  /** Every hundredth time. */
  #isFlawed(): boolean {
    return ++this.#flaws % 100 === 0;
  }

  /** Nothing may be kept that nobody waits for. */
  #checkBounds(): void {
    for (const end of this.#ends) {
      if (!end.alive) continue;
      const { env, tunnel } = end;
      if (env.deliveries.count + env.transmits.count > 0) broken(`${end.name} forgot its effects`);
      const holding = tunnel.peers.some((peer) => peer !== null && peer.holding.size > 0);
      if (!holding && env.holds.freeSlots !== HOLD_SLOTS) broken(`${end.name} leaks hold slots`);
      if (env.holds.refused > 0) {
        env.holds.refused = 0;
        const index = this.#gateways.indexOf(end);
        if (index >= 0) this.ledger.forgetOrder(index);
        else for (const g of this.#gateways.keys()) this.ledger.forgetOrder(UNIT_LANES + g);
      }
    }
  }

  #note(end: SimEnd, event: TunnelEvent): void {
    const gateway = this.#gateways.indexOf(end);
    if (event.kind === 'timestamp') return;
    if (event.kind === 'peer.active') {
      this.#routes = this.#routes.filter((each) => each !== end);
      if (event.active) this.#routes.push(end);
    }
    if (event.kind === 'handshake.done') {
      const peer = this.#gateways.findIndex(({ name }) => name === event.peer);
      this.ledger.forgetOrder(gateway < 0 ? UNIT_LANES + peer : gateway);
    }
    const words = Object.entries(event).map(([key, value]) => {
      if (key === 'kind') return String(value);
      return key === 'path' ? `path ${this.#road.carriers[Number(value)]}` : `${key} ${value}`;
    });
    this.#chronicle.note(this.#nowUs, `${end.name}: ${words.join(', ')}`);
  }
}

interface Postponed {
  packet: SimPacket;
  stream: number;
  lane: number;
  atUs: number;
}

function innerOf(view: DataView, plainAt: number, first: number): number {
  if (first === FrameKind.data) {
    return view.getUint32(plainAt + DATA_HEADER_BYTES + NAME_AT, true);
  }
  return isBareIp(first) ? view.getUint32(plainAt + NAME_AT, true) : -1;
}

// Address blocks as sockaddr_in: family, port, address. The address ends in the carrier's or
// the gateway's number.
const PORT_AT = 2;
const LAST_AT = 7;

function unitBlock(carrier: number, port: number): Uint8Array {
  BLOCK.set([2, 0, port >> 8, port & 0xff, 10, 0, 0, carrier]);
  return BLOCK;
}

function gatewayBlock(gateway: number): Uint8Array {
  BLOCK.set([2, 0, 200, 100, 192, 0, 2, gateway]);
  return BLOCK;
}

const BLOCK = new Uint8Array(ENDPOINT_BLOCK_BYTES);
const OUTER_HEADERS_BYTES = 28;
/** Where the unit's lanes begin among those of the ledger; a gateway's is its own number. */
const UNIT_LANES = 8;
const CHECK_MASK = 255;
