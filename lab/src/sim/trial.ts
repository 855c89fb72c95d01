// The real tunnel over a road, with traffic made by hand: what does one load do to another?
import { handshakeCrypto } from '@rmh/aead';
import type { TrafficClassName } from '@rmh/contract';
import { NATIONAL_POLICY } from '@rmh/scheduler';
import type { LinkCondition } from '../carriers/condition.ts';
import type { LinkLimits } from '../carriers/link.ts';
import { BbrRival } from './bbr-rival.ts';
import { Chronicle } from './chronicle.ts';
import { NO_FAULTS } from './faults.ts';
import { mixOf } from './mix.ts';
import { Foreign, WithRivals } from './rival.ts';
import { LEAD_US, SimRoad } from './road.ts';
import { BearerActor } from './simulate.ts';
import { TcpConnection, type TcpPacket } from './tcp/connection.ts';
import { TunnelBearer } from './tunnel/bearer.ts';
import type { DriveWindow, Side, SimPacket } from './types.ts';
import { type Actor, World } from './world.ts';

const SECOND_US = 1_000_000;

export interface TrialOptions {
  readonly window: DriveWindow;
  readonly seed?: number;
  /** How deep the carriers' buffers are, as time at their present rate. */
  readonly bufferMs?: number;
  /** What else is not as the lab has it. */
  readonly limits?: Partial<LinkLimits>;
}

/** Seconds count from the beginning of the window. */
export class Trial {
  readonly road: SimRoad;
  readonly #world = new World();
  readonly #bearer: BearerActor;
  #nextId = 0;
  #nextBucket = 0;

  constructor({ window, seed = 1, bufferMs = 1500, limits = {} }: TrialOptions) {
    const chronicle = new Chronicle(window.carriers.map(({ name }) => name));
    this.road = new SimRoad({
      world: this.#world,
      window,
      faults: NO_FAULTS,
      seed,
      chronicle,
      limits: { bufferUsMax: bufferMs * 1000, ...limits },
      onDelivery: (packet, nowUs) => {
        if ('connection' in packet)
          (packet as TcpPacket).connection.arrived(packet as TcpPacket, nowUs);
        else (packet as FlowPacket).flow.arrived(packet as FlowPacket, nowUs);
      },
    });
    const tunnel = new TunnelBearer({
      road: this.road,
      crypto: handshakeCrypto,
      seed,
      clocks: [],
      policy: NATIONAL_POLICY,
      chronicle,
      memory: mixOf('standard').memory,
    });
    this.#bearer = new BearerActor(this.#world, tunnel);
    this.road.carry(new WithRivals(this.#bearer));
  }

  runTo(seconds: number): void {
    this.#world.run(LEAD_US + seconds * SECOND_US);
  }

  /** Where the window stands, s. */
  get seconds(): number {
    return (this.#world.nowUs - LEAD_US) / SECOND_US;
  }

  /** From now on, a datagram of `bytes` each `everyMs` from the car. */
  datagrams(of: TrafficClassName, bytes: number, everyMs: number): Flow {
    const bucket = this.#nextBucket++;
    const flow = new Flow(this.#world, everyMs * 1000, (sentUs) => {
      const id = this.#nextId++;
      const packet: FlowPacket = { id, side: 'car', class: of, bucket, bytes, flow, sentUs };
      this.#bearer.send(packet, sentUs);
    });
    return flow;
  }

  /** From now on, TCP with more to send than any path carries. */
  upload(of: TrafficClassName, side: Side = 'car'): Upload {
    const nextId = () => this.#nextId++;
    return this.#connect(of, side, nextId, (packet, nowUs) => this.#bearer.send(packet, nowUs));
  }

  /** The same of somebody else, over one carrier and outside the tunnel. */
  rival(carrier: number, side: Side = 'car', congestion: 'cubic' | 'bbr' = 'cubic'): Upload {
    const there = side === 'car' ? 'up' : 'down';
    const back = side === 'car' ? 'down' : 'up';
    if (congestion === 'bbr') {
      return new BbrRival(this.#world, (way, bytes, arrive) => {
        const direction = way === 'there' ? there : back;
        this.road.offer(carrier, new Foreign(direction, bytes, arrive), this.#world.nowUs);
      });
    }
    // The tunnel's packets are numbered one by one, and these are none.
    const noId = () => -1;
    return this.#connect('bulk', side, noId, (packet, nowUs) => {
      const direction = packet.side === 'car' ? 'up' : 'down';
      const arrive = (atUs: number) => packet.connection.arrived(packet, atUs);
      this.road.offer(carrier, new Foreign(direction, packet.bytes, arrive), nowUs);
    });
  }

  #connect(
    of: TrafficClassName,
    side: Side,
    nextId: () => number,
    send: (packet: TcpPacket, nowUs: number) => void,
  ): Upload {
    const upload: Upload = { bytes: 0 };
    const connection = new TcpConnection({
      world: this.#world,
      side,
      class: of,
      bucket: this.#nextBucket++,
      send,
      nextId,
      onProgress: (arrived) => {
        upload.bytes = arrived;
      },
    });
    connection.write(1e10, this.#world.nowUs);
    return upload;
  }
}

export interface Upload {
  /** What arrived in order so far. */
  bytes: number;
}

interface FlowPacket extends SimPacket {
  readonly flow: Flow;
  readonly sentUs: number;
}

/** One flow of datagrams, with the fate of each. */
export class Flow implements Actor {
  /** By number: when it left, s of the window, and how long it took, ms; Infinity: never came. */
  readonly sentS: number[] = [];
  readonly delaysMs: number[] = [];
  readonly #world: World;
  readonly #actor: number;
  readonly #everyUs: number;
  readonly #send: (sentUs: number) => void;
  readonly #numbers = new Map<number, number>();

  constructor(world: World, everyUs: number, send: (sentUs: number) => void) {
    this.#world = world;
    this.#everyUs = everyUs;
    this.#send = send;
    this.#actor = world.add(this);
    world.arm(this.#actor, world.nowUs);
  }

  wake(nowUs: number): void {
    this.#numbers.set(nowUs, this.sentS.length);
    this.sentS.push((nowUs - LEAD_US) / SECOND_US);
    this.delaysMs.push(Number.POSITIVE_INFINITY);
    this.#world.arm(this.#actor, nowUs + this.#everyUs);
    this.#send(nowUs);
  }

  arrived({ sentUs }: FlowPacket, nowUs: number): void {
    const number = this.#numbers.get(sentUs);
    // A second copy changes nothing.
    if (number === undefined || this.delaysMs[number] !== Number.POSITIVE_INFINITY) return;
    this.delaysMs[number] = (nowUs - sentUs) / 1000;
  }

  /** Delay that so large a share of the packets stayed within, ms. */
  quantileMs(share: number, fromS: number, toS: number): number {
    const sorted = this.delaysMs
      .filter((_, i) => isWithin(this.sentS[i], fromS, toS))
      .sort((a, b) => a - b);
    return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.POSITIVE_INFINITY;
  }

  /** From the first packet that was later than `deadlineMs` to the last one, ms; 0: none was. */
  lateForMs(deadlineMs: number, fromS: number, toS: number): number {
    const late = this.sentS.filter(
      (s, i) => isWithin(s, fromS, toS) && (this.delaysMs[i] ?? 0) > deadlineMs,
    );
    return late.length === 0 ? 0 : 1000 * ((late.at(-1) ?? 0) - (late[0] ?? 0));
  }
}

function isWithin(seconds: number | undefined, fromS: number, toS: number): boolean {
  return seconds !== undefined && seconds >= fromS && seconds < toS;
}

/** Both rates follow `mbitAt`, from second to second of the window, in steps of 10 ms. */
export function changingWindow(
  carriers: Readonly<Record<string, readonly [LinkCondition, ((seconds: number) => number)?]>>,
  lengthS: number,
): DriveWindow {
  const steps = Math.round(lengthS * 100);
  const named = Object.entries(carriers).map(([name, [condition, mbitAt]]) => {
    const conditions = Array.from({ length: mbitAt === undefined ? 1 : steps }, (_, i) => {
      if (mbitAt === undefined) return condition;
      const kbps = 1000 * mbitAt(i / 100);
      return { ...condition, upKbps: kbps, downKbps: kbps };
    });
    return {
      name,
      timeline: { startMs: Float64Array.from(conditions, (_, i) => i * 10), conditions },
    };
  });
  return { drive: 'made', fromMs: 0, lengthMs: lengthS * 1000, carriers: named };
}
