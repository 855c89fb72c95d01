/**
 * What the session costs a packet, without sockets and without cryptography: user CPU of both ends
 * for trains of full TCP segments one way and acknowledgements the other. Prints medians over
 * rounds and their spread; asserts nothing about time. RMH_BENCH=small runs it briefly.
 *
 *   node packages/session/src/train.bench.ts
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handshakeCrypto } from '@rmh/aead';
import { type Arena, plainArena, Random } from '@rmh/base';
import { Deliveries, FecRings, Flights, Holds } from '@rmh/scheduler';
import { DATA_HEADER_BYTES, DROP_REASONS, type PacketAead } from '@rmh/wire';
import { EndpointBlocks, type Environment, SCRATCH_BYTES } from './environment.ts';
import type { Peer } from './peer.ts';
import { Transmits } from './transmits.ts';
import { Tunnel } from './tunnel.ts';

const SMALL = process.env['RMH_BENCH'] === 'small';
const ROUNDS = SMALL ? 2 : 9;
const ROUND_BYTES = SMALL ? 4e6 : 400e6;
/** 44 segments of 1,368 bytes are what TUN reads at an inner MTU of 1,420. */
const TRAIN = 44;
const SEGMENT_BYTES = 1420;
const ACK_BYTES = 52;
const STREAM = 2 << 6;
/** A receiver of trains answers each with a handful; 60 KB in 0.6 ms are 830 Mbit/s. */
const ACKS = 4;
const STEP_US = 600;

/** Seals by copying: what is measured is everything but the cipher. */
function nullAead(arena: Arena): PacketAead {
  return {
    importKey: () => ({ slot: 0, release() {} }),
    seal: (_key, _counter, at, length, to) => void arena.bytes.copyWithin(to, at, at + length),
    open: () => true,
  };
}

/** A tunnel end whose datagrams land in the other end's memory. */
class BenchEnd {
  readonly arena = plainArena(ARENA_BYTES);
  readonly tunnel: Tunnel;
  readonly env: Environment;
  deliveredBytes = 0;
  /** The datagrams of the other end's last flush, as they lie here. */
  readonly arrivedAt = new Int32Array(2048);
  readonly arrivedBytes = new Int32Array(2048);
  arrived = 0;
  other!: BenchEnd;
  readonly #random: Random;

  constructor(role: 'unit' | 'gateway', seed: number) {
    this.#random = new Random(seed);
    const { arena } = this;
    const transmits = new Transmits(TRANSMITS_AT, TRANSMIT_BYTES, 1024);
    const deliveries = new Deliveries(2048);
    const holds = new Holds(arena, HOLDS_AT, HOLD_SLOTS, SLOT_BYTES);
    this.env = {
      arena,
      crypto: handshakeCrypto,
      aead: nullAead(arena),
      transmits,
      deliveries,
      flights: new Flights(arena, FLIGHTS_AT, FLIGHT_SLOTS, SLOT_BYTES),
      holds,
      rings: new FecRings(),
      scratchAt: SCRATCH_AT,
      endpoints: new EndpointBlocks(arena, ENDPOINTS_AT, 64),
      drops: new Float64Array(DROP_REASONS),
      randomBytes: (count) => this.#random.fill(new Uint8Array(count)),
      flushTransmits: () => this.#carry(transmits),
      flushDeliveries: () => {
        for (let row = 0; row < deliveries.count; row++) {
          this.deliveredBytes += deliveries.length[row] as number;
          const slot = deliveries.slot[row] as number;
          if (slot >= 0) holds.give(slot);
        }
        deliveries.count = 0;
      },
      note() {},
    };
    this.tunnel = new Tunnel(this.env, {
      role,
      privateKey: this.#random.fill(new Uint8Array(32)),
      incarnation: this.#random.u32(),
    });
    this.tunnel.handshaker.wallOffsetUs = 1.7e15;
    arena.view.setUint16(SOURCE_AT, 2, true);
    arena.view.setUint32(SOURCE_AT + 4, seed);
  }

  addPeer(of: BenchEnd, endpoint: boolean): Peer {
    const remote = this.tunnel.identify(of.tunnel.local.publicKey, null);
    assert.ok(remote !== null);
    let endpointAt = -1;
    if (endpoint) {
      endpointAt = this.env.endpoints.take();
      this.arena.bytes.copyWithin(endpointAt, SOURCE_AT, SOURCE_AT + 32);
    }
    return this.tunnel.addPeer({ name: 'other', remote, endpointAt, multipath: true }, NOW.us);
  }

  sendTrain(peer: Peer, packets: number, bytes: number): void {
    for (let i = 0; i < packets; i++) {
      const flight = this.env.flights.begin(peer.index, NOW.us);
      const at = this.env.flights.placeOf(flight) + DATA_HEADER_BYTES;
      writeTcp(this.arena, at, bytes);
      this.tunnel.send(
        peer,
        flight,
        STREAM,
        i > 0 ? 1 : 0,
        at,
        bytes,
        NOW.us,
        i === packets - 1 ? packets : 0,
      );
    }
    this.env.flushTransmits();
  }

  /** What the other end sent is taken as one batch. */
  takeArrived(): void {
    if (this.arrived === 0) return;
    const { arrived } = this;
    this.arrived = 0;
    for (let i = 0; i < arrived; i++) {
      const bytes = this.arrivedBytes[i] as number;
      this.tunnel.receive(0, this.arrivedAt[i] as number, bytes, SOURCE_AT, NOW.us);
    }
    this.env.flushDeliveries();
    this.env.flushTransmits();
  }

  #carry(rows: Transmits): void {
    if (rows.count === 0) return;
    const last = rows.count - 1;
    const from = rows.at[0] as number;
    const bytes = (rows.at[last] as number) + (rows.length[last] as number) - from;
    const { other } = this;
    if (other.arrived > 0) other.takeArrived();
    other.arena.bytes.set(this.arena.bytes.subarray(from, from + bytes), RECEIVE_AT);
    for (let row = 0; row <= last; row++) {
      other.arrivedAt[row] = RECEIVE_AT + (rows.at[row] as number) - from;
      other.arrivedBytes[row] = rows.length[row] as number;
    }
    other.arrived = rows.count;
    rows.clear();
  }
}

function writeTcp({ view }: Arena, at: number, bytes: number): void {
  view.setUint32(at, 0x4500_0000 | bytes);
  view.setUint32(at + 4, 0x0001_4000);
  view.setUint32(at + 8, 0x4006_0000);
  view.setUint32(at + 32, 0x8010_0400);
}

const NOW = { us: 1_000_000 };
const SLOT_BYTES = 1536;
const FLIGHT_SLOTS = 16_384;
const HOLD_SLOTS = 8192;
const TRANSMIT_BYTES = 512 * 1024;
const SOURCE_AT = 0;
const SCRATCH_AT = 64;
const RECEIVE_AT = SCRATCH_AT + SCRATCH_BYTES;
const TRANSMITS_AT = RECEIVE_AT + TRANSMIT_BYTES;
const ENDPOINTS_AT = TRANSMITS_AT + TRANSMIT_BYTES;
const FLIGHTS_AT = ENDPOINTS_AT + 64 * 32;
const HOLDS_AT = FLIGHTS_AT + FLIGHT_SLOTS * SLOT_BYTES;
const ARENA_BYTES = HOLDS_AT + HOLD_SLOTS * SLOT_BYTES;

const [unit, gateway] = [new BenchEnd('unit', 1), new BenchEnd('gateway', 2)];
unit.other = gateway;
gateway.other = unit;
unit.tunnel.openLink(0, NOW.us);
gateway.addPeer(unit, false);
unit.addPeer(gateway, true);

function step(us: number): void {
  NOW.us += us;
  for (const end of [gateway, unit]) {
    end.takeArrived();
    end.tunnel.poll(NOW.us);
    end.env.flushTransmits();
    end.env.flushDeliveries();
  }
}

for (let i = 0; i < 200; i++) step(10_000);
const up = unit.tunnel.peers[0] as Peer;
const down = gateway.tunnel.peers[0] as Peer;
assert.equal(up.speech, 'multipath');

/** Trains up, with as many acknowledgements as a receiver of trains sends: one each of them. */
function run(from: BenchEnd, way: Peer, back: Peer, bytes: number): void {
  const { other } = from;
  for (const until = other.deliveredBytes + bytes; other.deliveredBytes < until; ) {
    from.sendTrain(way, TRAIN, SEGMENT_BYTES);
    step(STEP_US / 2);
    other.sendTrain(back, ACKS, ACK_BYTES);
    step(STEP_US / 2);
  }
}

const figures: number[] = [];
function measure(name: string, from: BenchEnd, way: Peer, back: Peer): void {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.cpuUsage();
    const bytesBefore = from.other.deliveredBytes;
    run(from, way, back, ROUND_BYTES);
    const { user } = process.cpuUsage(before);
    const gigabytes = (from.other.deliveredBytes - bytesBefore) / 1e9;
    if (round > 0) rounds.push(user / 1e6 / gigabytes);
  }
  rounds.sort((a, b) => a - b);
  figures.push(...rounds);
  const [least, median, most] = [0, ROUNDS >> 1, ROUNDS - 1].map((i) => rounds[i]?.toFixed(3));
  process.stdout.write(`${name.padEnd(28)} ${median} s of CPU per GB  (${least} … ${most})\n`);
}

measure('trains up', unit, up, down);
measure('trains down', gateway, down, up);

test('every figure is a time above zero', () => {
  assert.ok(figures.length > 0);
  for (const figure of figures) assert.ok(figure > 0);
});
