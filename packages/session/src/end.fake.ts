import { type Arena, plainArena, Random } from '@rmh/base';
import type { HandshakeCrypto } from '@rmh/handshake';
import { Deliveries, FecRings, Flights, Holds } from '@rmh/scheduler';
import { DATA_HEADER_BYTES, DROP_REASONS } from '@rmh/wire';
import { fakeAead } from '@rmh/wire/fakes';
import {
  ENDPOINT_BLOCK_BYTES,
  EndpointBlocks,
  type Environment,
  SCRATCH_BYTES,
  type TunnelEvent,
} from './environment.ts';
import type { Peer } from './peer.ts';
import { Transmits } from './transmits.ts';
import { Tunnel } from './tunnel.ts';

/** An inner packet that came out of an end's tunnel. */
export interface Delivered {
  readonly id: number;
  readonly peer: string;
  readonly stream: number;
  readonly bytes: number;
  readonly atUs: number;
}

/** What a simulated end hands to the network. */
export type SendDatagram = (from: End, link: number, bytes: Uint8Array, to: Uint8Array) => void;

export interface EndOptions {
  readonly name: string;
  readonly role: 'unit' | 'gateway';
  readonly crypto: HandshakeCrypto;
  readonly seed: number;
  readonly send: SendDatagram;
  readonly initiationsPerSecondMax?: number;
}

/** One tunnel end of a simulation with the memory and tables that a shell would own. */
export class End {
  readonly options: EndOptions;
  readonly privateKey: Uint8Array;
  readonly random: Random;
  readonly events: { atUs: number; event: TunnelEvent }[] = [];
  readonly delivered: Delivered[] = [];
  arena: Arena = plainArena(0);
  env!: Environment;
  tunnel!: Tunnel;
  /** A dead end receives nothing and does nothing. */
  alive = true;
  nowUs = 0;
  /** Wall clock minus monotonic clock, and what the shell keeps of timestamps over restarts. */
  wallOffsetUs = 1.7e15;
  timestampFloorUs = 0;

  constructor(options: EndOptions) {
    this.options = options;
    this.random = new Random(options.seed);
    this.privateKey = this.random.fill(new Uint8Array(32));
    this.begin();
  }

  /** (Re)starts the process: new memory, new incarnation, the same keys. */
  begin(): void {
    this.arena = plainArena(ARENA_BYTES);
    this.env = this.#environment(this.arena);
    const { role, initiationsPerSecondMax } = this.options;
    this.tunnel = new Tunnel(this.env, {
      role,
      privateKey: this.privateKey,
      incarnation: this.random.u32(),
      ...(initiationsPerSecondMax === undefined ? {} : { initiationsPerSecondMax }),
    });
    this.tunnel.handshaker.wallOffsetUs = this.wallOffsetUs;
    this.tunnel.handshaker.timestampFloorUs = this.timestampFloorUs;
  }

  /** `endpoint`: the peer's address block, or null for one that comes to us. */
  addPeer(of: End, multipath: boolean, endpoint: Uint8Array | null): Peer {
    const remote = this.tunnel.identify(of.tunnel.local.publicKey, null);
    if (remote === null) throw new Error('a key of the simulation is no peer key');
    let endpointAt = -1;
    if (endpoint !== null) {
      endpointAt = this.env.endpoints.take();
      this.arena.bytes.set(endpoint, endpointAt);
    }
    const settings = { name: of.options.name, remote, endpointAt, multipath };
    return this.tunnel.addPeer(settings, this.nowUs);
  }

  peer(of: End): Peer {
    const found = this.tunnel.peers.find((peer) => peer?.settings.name === of.options.name);
    if (!found) throw new Error(`${this.options.name} has no peer ${of.options.name}`);
    return found;
  }

  /** A datagram arrives from the address block `source`. */
  receive(link: number, bytes: Uint8Array, source: Uint8Array): void {
    this.arena.bytes.set(bytes, RECEIVE_AT);
    this.arena.bytes.set(source, SOURCE_AT);
    this.tunnel.receive(link, RECEIVE_AT, bytes.length, SOURCE_AT, this.nowUs);
    this.flush();
  }

  /** An inner packet that names itself by `id` goes in at this end. */
  sendInner(peer: Peer, stream: number, id: number, bytes = 64, ends = 1): void {
    const flight = this.env.flights.begin(peer.index, this.nowUs);
    const at = this.env.flights.placeOf(flight) + DATA_HEADER_BYTES;
    this.arena.bytes.fill(0, at, at + bytes);
    this.arena.view.setUint8(at, 0x45);
    this.arena.view.setUint32(at + 4, id, true);
    this.tunnel.send(peer, flight, stream, 0, at, bytes, this.nowUs, ends);
    this.flush();
  }

  poll(): void {
    this.tunnel.poll(this.nowUs);
    this.flush();
  }

  flush(): void {
    this.env.flushDeliveries();
    this.env.flushTransmits();
  }

  ids(): number[] {
    return this.delivered.map(({ id }) => id);
  }

  /** Events of one kind, newest last. */
  said(kind: TunnelEvent['kind']): TunnelEvent[] {
    return this.events.map(({ event }) => event).filter((event) => event.kind === kind);
  }

  #environment(arena: Arena): Environment {
    const transmits = new Transmits(TRANSMITS_AT, TRANSMIT_BYTES, 64);
    const deliveries = new Deliveries(64);
    const holds = new Holds(arena, HOLDS_AT, HOLD_SLOTS, SLOT_BYTES);
    return {
      arena,
      crypto: this.options.crypto,
      aead: fakeAead(arena),
      transmits,
      deliveries,
      flights: new Flights(arena, FLIGHTS_AT, FLIGHT_SLOTS, SLOT_BYTES),
      holds,
      rings: new FecRings(8),
      scratchAt: SCRATCH_AT,
      endpoints: new EndpointBlocks(arena, ENDPOINTS_AT, ENDPOINTS),
      drops: new Float64Array(DROP_REASONS),
      randomBytes: (count) => this.random.fill(new Uint8Array(count)),
      flushTransmits: () => this.#flushTransmits(transmits),
      flushDeliveries: () => this.#flushDeliveries(deliveries, holds),
      note: (event) => {
        if (event.kind === 'timestamp') this.timestampFloorUs = event.us;
        this.events.push({ atUs: this.nowUs, event });
      },
    };
  }

  #flushTransmits(rows: Transmits): void {
    const { bytes } = this.arena;
    for (let row = 0; row < rows.count; row++) {
      const at = rows.at[row] ?? 0;
      const to = rows.endpointAt[row] ?? 0;
      const datagram = bytes.slice(at, at + (rows.length[row] ?? 0));
      const address = bytes.slice(to, to + ENDPOINT_BLOCK_BYTES);
      this.options.send(this, rows.link[row] ?? 0, datagram, address);
    }
    rows.clear();
  }

  #flushDeliveries(rows: Deliveries, holds: Holds): void {
    for (let row = 0; row < rows.count; row++) {
      const at = rows.at[row] ?? 0;
      this.delivered.push({
        id: this.arena.view.getUint32(at + 4, true),
        peer: this.tunnel.peers[rows.peer[row] ?? -1]?.settings.name ?? '?',
        stream: rows.stream[row] ?? -1,
        bytes: rows.length[row] ?? 0,
        atUs: this.nowUs,
      });
      const slot = rows.slot[row] ?? -1;
      if (slot >= 0) holds.give(slot);
    }
    rows.count = 0;
  }
}

/** Small tables: what overflows in the field after a minute overflows here after a second. */
const SLOT_BYTES = 256;
export const HOLD_SLOTS = 512;
export const FLIGHT_SLOTS = 1024;
export const ENDPOINTS = 128;
const TRANSMIT_BYTES = 16_384;
const RECEIVE_AT = 0;
const SOURCE_AT = 2048;
const SCRATCH_AT = 4096;
const TRANSMITS_AT = SCRATCH_AT + SCRATCH_BYTES;
const ENDPOINTS_AT = TRANSMITS_AT + TRANSMIT_BYTES;
const FLIGHTS_AT = ENDPOINTS_AT + ENDPOINTS * ENDPOINT_BLOCK_BYTES;
const HOLDS_AT = FLIGHTS_AT + FLIGHT_SLOTS * SLOT_BYTES;
const ARENA_BYTES = HOLDS_AT + HOLD_SLOTS * SLOT_BYTES;
