import { type Arena, plainArena, Random } from '@rmh/base';
import type { HandshakeCrypto } from '@rmh/handshake';
import { Deliveries, FecRings, Flights, Holds, type Policy } from '@rmh/scheduler';
import {
  ENDPOINT_BLOCK_BYTES,
  EndpointBlocks,
  type Environment,
  type Peer,
  SCRATCH_BYTES,
  Transmits,
  Tunnel,
  type TunnelEvent,
} from '@rmh/session';
import { DATA_HEADER_BYTES, DROP_REASONS, Drop } from '@rmh/wire';
import type { ClockError } from '../faults.ts';
import type { SimPacket } from '../types.ts';
import { SimAead } from './sim-aead.ts';

/** Slots of an end's tables; flights a power of two. */
export interface EndMemory {
  readonly flightSlots: number;
  readonly holdSlots: number;
}

export interface EndOptions {
  readonly name: string;
  readonly role: 'unit' | 'gateway';
  readonly crypto: HandshakeCrypto;
  readonly seed: number;
  readonly clock: ClockError;
  readonly policy: Policy;
  readonly memory: EndMemory;
  readonly keysSeen: Set<string>;
  /** Rows of `transmits` and `deliveries` wait to be taken. */
  readonly onTransmits: (end: SimEnd) => void;
  readonly onDeliveries: (end: SimEnd) => void;
  readonly onEvent: (end: SimEnd, event: TunnelEvent) => void;
}

/** One end of the real tunnel with the memory, the tables and the clock that a shell gives it. */
export class SimEnd {
  readonly name: string;
  alive = false;
  arena!: Arena;
  env!: Environment;
  tunnel!: Tunnel;
  readonly random: Random;
  readonly privateKey: Uint8Array;
  readonly #options: EndOptions;
  readonly #rate: number;
  #timestampFloorUs = 0;

  constructor(options: EndOptions) {
    this.name = options.name;
    this.#options = options;
    this.#rate = 1 + options.clock.driftPpm / 1e6;
    this.random = new Random(options.seed);
    this.privateKey = this.random.fill(new Uint8Array(32));
    this.start();
  }

  /** The process starts: new memory, new incarnation, the same keys. */
  start(): void {
    const { role, policy } = this.#options;
    this.alive = true;
    const { flightSlots, holdSlots } = this.#options.memory;
    this.arena = plainArena(FLIGHTS_AT + (flightSlots + holdSlots) * SLOT_BYTES);
    this.env = this.#environment(this.arena);
    this.tunnel = new Tunnel(this.env, {
      role,
      privateKey: this.privateKey,
      incarnation: this.random.u32(),
      policy,
    });
    this.tunnel.handshaker.wallOffsetUs = WALL_OFFSET_US;
    this.tunnel.handshaker.timestampFloorUs = this.#timestampFloorUs;
  }

  /** What this end's clock shows at a true time. */
  clockUs(trueUs: number): number {
    return Math.floor(trueUs * this.#rate + this.#options.clock.offsetUs);
  }

  /** When it must be polled next, in true time. */
  get dueUs(): number {
    if (!this.alive) return Number.POSITIVE_INFINITY;
    const deadlineUs = this.tunnel.nextDeadlineUs;
    const trueUs = Math.ceil((deadlineUs - this.#options.clock.offsetUs) / this.#rate);
    return this.clockUs(trueUs) < deadlineUs ? trueUs + 1 : trueUs;
  }

  /** `endpoint`: the peer's address block, or null for one that comes to us. */
  addPeer(other: SimEnd, endpoint: Uint8Array | null, nowUs: number): Peer {
    const remote = this.tunnel.identify(other.tunnel.local.publicKey, null);
    if (remote === null) throw new Error('a key of the simulation is no peer key');
    let endpointAt = -1;
    if (endpoint !== null) {
      endpointAt = this.env.endpoints.take();
      this.arena.bytes.set(endpoint, endpointAt);
    }
    const settings = { name: other.name, remote, endpointAt, multipath: true };
    return this.tunnel.addPeer(settings, this.clockUs(nowUs));
  }

  /** An inner packet goes in. Only its first bytes are written: they name it. */
  send(peer: Peer, stream: number, packet: SimPacket, nowUs: number): void {
    const { id, bytes } = packet;
    const clockUs = this.clockUs(nowUs);
    const flight = this.env.flights.begin(peer.index, clockUs);
    const at = this.env.flights.placeOf(flight) + DATA_HEADER_BYTES;
    this.arena.view.setUint32(at, 0x45, true);
    if (packet.isAck === true) this.#writeAck(at, bytes);
    else this.arena.view.setUint8(at + IP4_PROTOCOL_AT, 0);
    this.arena.view.setUint32(at + NAME_AT, id, true);
    this.tunnel.send(peer, flight, stream, 0, at, bytes, clockUs);
    this.flush();
  }

  /** IPv4 and TCP headers that fill the packet: the receiver may deliver it before its turn. */
  #writeAck(at: number, bytes: number): void {
    const { view } = this.arena;
    view.setUint16(at + 2, bytes);
    view.setUint16(at + 6, 0);
    view.setUint8(at + IP4_PROTOCOL_AT, 6);
    view.setUint8(at + 20 + 12, ((bytes - 20) / 4) << 4);
    view.setUint8(at + 20 + 13, 0x10);
  }

  /** Where an arriving datagram's bytes and its source's address block are to be put. */
  readonly receiveAt = RECEIVE_AT;
  readonly sourceAt = SOURCE_AT;

  /** A datagram of `length` bytes lies at `receiveAt`. */
  receive(link: number, length: number, nowUs: number): void {
    this.tunnel.receive(link, RECEIVE_AT, length, SOURCE_AT, this.clockUs(nowUs));
    this.flush();
  }

  poll(nowUs: number): void {
    this.tunnel.poll(this.clockUs(nowUs));
    this.flush();
  }

  /** Of the path over that carrier, to every peer. */
  foresee(carrier: number, risk: number): void {
    for (const peer of this.tunnel.peers) {
      const lane = peer?.laneById[carrier];
      if (lane) lane.foreseenRisk = risk;
    }
  }

  flush(): void {
    if (this.env.deliveries.count > 0) this.#options.onDeliveries(this);
    if (this.env.transmits.count > 0) this.#options.onTransmits(this);
  }

  /** All drops that it has counted. */
  get drops(): number {
    const { drops } = this.env;
    let sum = 0;
    for (let i = 0; i < drops.length; i++) sum += drops[i] as number;
    return sum;
  }

  /** Drops that end a packet before it left. */
  get sendingDrops(): number {
    let sum = this.env.flights.overruns;
    for (const reason of SENDING_DROPS) sum += this.env.drops[reason] ?? 0;
    return sum;
  }

  #environment(arena: Arena): Environment {
    const { flightSlots, holdSlots } = this.#options.memory;
    const holdsAt = FLIGHTS_AT + flightSlots * SLOT_BYTES;
    const holds = new Holds(arena, holdsAt, holdSlots, SLOT_BYTES);
    return {
      arena,
      crypto: this.#options.crypto,
      aead: new SimAead(arena, this.#options.keysSeen),
      transmits: new Transmits(TRANSMITS_AT, TRANSMIT_BYTES, TRANSMIT_ROWS),
      deliveries: new Deliveries(DELIVERY_ROWS),
      flights: new Flights(arena, FLIGHTS_AT, flightSlots, SLOT_BYTES),
      holds,
      rings: new FecRings(REBUILDING_STREAMS),
      scratchAt: SCRATCH_AT,
      endpoints: new EndpointBlocks(arena, ENDPOINTS_AT, ENDPOINTS),
      drops: new Float64Array(DROP_REASONS),
      randomBytes: (count) => this.random.fill(new Uint8Array(count)),
      flushTransmits: () => this.#options.onTransmits(this),
      flushDeliveries: () => this.#options.onDeliveries(this),
      note: (event) => {
        if (event.kind === 'timestamp') this.#timestampFloorUs = event.us;
        this.#options.onEvent(this, event);
      },
    };
  }
}

const SENDING_DROPS = [
  Drop.noPath,
  Drop.queueFull,
  Drop.tooLate,
  Drop.notEstablished,
  Drop.sendFailed,
  Drop.tooLarge,
] as const;

/** Where an inner packet's bytes name it. */
export const NAME_AT = 12;
/** Where IPv4 and TCP say what they are (packages/inner/src/layout.ts). */
const IP4_PROTOCOL_AT = 9;
const WALL_OFFSET_US = 1.7e15;

const SLOT_BYTES = 1536;
const ENDPOINTS = 64;
const TRANSMIT_BYTES = 131_072;
const TRANSMIT_ROWS = 256;
const DELIVERY_ROWS = 256;
/** Realtime flows of a mix, in one direction. */
const REBUILDING_STREAMS = 16;
const RECEIVE_AT = 0;
const SOURCE_AT = 2048;
const SCRATCH_AT = 4096;
const TRANSMITS_AT = SCRATCH_AT + SCRATCH_BYTES;
const ENDPOINTS_AT = TRANSMITS_AT + TRANSMIT_BYTES;
const FLIGHTS_AT = ENDPOINTS_AT + ENDPOINTS * ENDPOINT_BLOCK_BYTES;
