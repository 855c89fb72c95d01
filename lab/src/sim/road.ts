// The carriers of a run: the link model of the lab, one a direction, driven by a drive.
//
//   offer → damaged? twice? → Link (loss, buffer, rate, delay) → arrived
import { assert, Random } from '@rmh/base';
import type { Direction, LinkCondition } from '../carriers/condition.ts';
import { directionOf } from '../carriers/condition.ts';
import { Link, type LinkLimits } from '../carriers/link.ts';
import { constantTimeline, Playback } from '../carriers/timeline.ts';
import { type Chronicle, Step } from './chronicle.ts';
import type { FaultPlan, RoadFault } from './faults.ts';
import type { Bearer, Datagram, DriveWindow, Road, SimPacket, WindowCarrier } from './types.ts';
import type { Actor, World } from './world.ts';

/**
 * A unit is on the road with its sessions up when the window begins: so long, the carriers are
 * as the window finds them first, without outage and loss.
 */
export const LEAD_US = 3_000_000;

/** Handshakes and hellos of two sessions over three carriers are 6 kB: a tenth of a second. */
const LEAD_KBPS_MIN = 500;

export interface RoadOptions {
  readonly world: World;
  readonly window: DriveWindow;
  readonly faults: FaultPlan;
  readonly seed: number;
  readonly chronicle: Chronicle;
  /** How deep the carriers' buffers are, if not as the lab has them. */
  readonly limits?: Partial<LinkLimits>;
  readonly onDelivery: (packet: SimPacket, nowUs: number) => void;
}

export class SimRoad implements Road {
  readonly carriers: readonly string[];
  /** Outer bytes offered, both directions. */
  bytesOffered = 0;
  readonly #onDelivery: (packet: SimPacket, nowUs: number) => void;
  readonly #world: World;
  readonly #faults: FaultPlan;
  readonly #random: Random;
  readonly #up: Lane[] = [];
  readonly #down: Lane[] = [];
  #bearer: Bearer | null = null;

  constructor(options: RoadOptions) {
    const { world, window, faults, seed, chronicle, limits = {}, onDelivery } = options;
    this.carriers = window.carriers.map(({ name }) => name);
    this.#onDelivery = onDelivery;
    this.#world = world;
    this.#faults = faults;
    this.#random = new Random(seed);
    for (const [carrier, of] of window.carriers.entries()) {
      const first = wellAtFirst(of);
      const lane = (direction: Direction): Lane => {
        const link = new Link({
          random: new Random(this.#random.u32()),
          condition: directionOf(first, direction),
          reorder: faults.reorder.includes(carrier),
          limits,
        });
        return new Lane(world, link, carrier, chronicle);
      };
      const up = lane('up');
      const down = lane('down');
      this.#up.push(up);
      this.#down.push(down);
      new Player(world, of, window.lengthMs, [up, down], chronicle).begin();
    }
  }

  /** How long a datagram from the car would wait in that carrier's buffer, µs. */
  queueUpUs(carrier: number): number {
    return this.#up[carrier]?.queueDelayUs() ?? 0;
  }

  carry(bearer: Bearer): void {
    this.#bearer = bearer;
    for (const lane of [...this.#up, ...this.#down]) lane.bearer = bearer;
  }

  offer(carrier: number, datagram: Datagram, nowUs: number): void {
    const { duplicateShare, damageShare } = this.#faults;
    this.bytesOffered += datagram.bytes;
    const lane = (datagram.direction === 'up' ? this.#up : this.#down)[carrier];
    assert(lane !== undefined, 'a carrier of the road');
    if (duplicateShare > 0 && this.#random.unit() < duplicateShare) {
      const twin = this.#bearer?.copy?.(datagram, 0) ?? null;
      if (twin !== null) lane.offer(twin, false, nowUs);
    }
    if (damageShare > 0 && this.#random.unit() < damageShare) {
      const damaged = this.#bearer?.copy?.(datagram, 1 + this.#random.below(0xffff_fffe)) ?? null;
      if (damaged !== null) lane.offer(damaged, false, nowUs);
      this.#bearer?.gone?.(datagram);
      return;
    }
    lane.offer(datagram, true, nowUs);
  }

  deliver(packet: SimPacket, nowUs: number): void {
    this.#onDelivery(packet, nowUs);
  }

  suffer({ kind, carrier }: RoadFault): void {
    const fault = kind === 'passes' ? 'none' : kind;
    this.#up[carrier]?.change((link, nowUs) => link.setFault(fault, nowUs), this.#world.nowUs);
    this.#down[carrier]?.change((link, nowUs) => link.setFault(fault, nowUs), this.#world.nowUs);
  }
}

/** One direction of a carrier with the datagrams on it. */
class Lane implements Actor {
  bearer: Bearer | null = null;
  readonly #world: World;
  readonly #actor: number;
  readonly #link: Link;
  readonly #carrier: number;
  readonly #chronicle: Chronicle;
  /** By token; the second says whether the bearer gets the datagram back. */
  readonly #datagrams: (Datagram | null)[] = [];
  readonly #own: boolean[] = [];
  readonly #free: number[] = [];

  constructor(world: World, link: Link, carrier: number, chronicle: Chronicle) {
    this.#world = world;
    this.#actor = world.add(this);
    this.#link = link;
    this.#carrier = carrier;
    this.#chronicle = chronicle;
  }

  offer(datagram: Datagram, own: boolean, nowUs: number): void {
    const token = this.#free.pop() ?? this.#datagrams.length;
    this.#datagrams[token] = datagram;
    this.#own[token] = own;
    if (this.#link.offer(token, datagram.bytes, nowUs) < 0) this.#lose(token);
    this.#world.arm(this.#actor, this.#link.nextDueUs());
  }

  queueDelayUs(): number {
    return this.#link.queueDelayUs(this.#world.nowUs);
  }

  wake(nowUs: number): void {
    for (;;) {
      const token = this.#link.poll(nowUs);
      if (token < 0) break;
      const datagram = this.#datagrams[token] as Datagram;
      this.bearer?.arrived(datagram, this.#carrier, nowUs);
      this.#forget(token, datagram);
    }
    this.#reclaim();
    this.#world.arm(this.#actor, this.#link.nextDueUs());
  }

  change(change: (link: Link, nowUs: number) => void, nowUs: number): void {
    change(this.#link, nowUs);
    this.wake(nowUs);
  }

  #reclaim(): void {
    for (let token = this.#link.reclaim(); token >= 0; token = this.#link.reclaim()) {
      this.#lose(token);
    }
  }

  #lose(token: number): void {
    const datagram = this.#datagrams[token] as Datagram;
    this.#chronicle.step(this.#world.nowUs, Step.lost, -1, this.#carrier);
    this.#forget(token, datagram);
  }

  #forget(token: number, datagram: Datagram): void {
    this.#datagrams[token] = null;
    this.#free.push(token);
    if (this.#own[token]) this.bearer?.gone?.(datagram);
  }
}

/** Changes a carrier's conditions as its drive goes on. */
class Player implements Actor {
  readonly #world: World;
  readonly #actor: number;
  readonly #playback: Playback;
  readonly #lanes: readonly [Lane, Lane];
  readonly #chronicle: Chronicle;
  readonly #name: string;
  #state = 'up';

  constructor(
    world: World,
    { name, timeline }: WindowCarrier,
    lengthMs: number,
    lanes: readonly [Lane, Lane],
    chronicle: Chronicle,
  ) {
    this.#world = world;
    this.#actor = world.add(this);
    this.#playback = new Playback(timeline, 0, lengthMs, false);
    this.#lanes = lanes;
    this.#chronicle = chronicle;
    this.#name = name;
  }

  begin(): void {
    this.#world.arm(this.#actor, LEAD_US);
  }

  wake(nowUs: number): void {
    const elapsedMs = (nowUs - LEAD_US) / 1000;
    const condition = this.#playback.at(elapsedMs);
    const [up, down] = this.#lanes;
    up.change((link) => link.setCondition(directionOf(condition, 'up'), nowUs), nowUs);
    down.change((link) => link.setCondition(directionOf(condition, 'down'), nowUs), nowUs);
    if (condition.state !== this.#state) {
      this.#state = condition.state;
      this.#chronicle.note(nowUs, `${this.#name} ${STATE_WORDS[condition.state]}`);
    }
    this.#world.arm(this.#actor, LEAD_US + this.#playback.nextChangeMs(elapsedMs) * 1000);
  }
}

const STATE_WORDS = { up: 'passes', drops: 'drops everything', delays: 'stands still' } as const;

function wellAtFirst({ timeline }: WindowCarrier): LinkCondition {
  const condition = new Playback(timeline, 0, 1, false).at(0);
  const upKbps = Math.max(condition.upKbps, LEAD_KBPS_MIN);
  const downKbps = Math.max(condition.downKbps, LEAD_KBPS_MIN);
  return { ...condition, upKbps, downKbps, state: 'up', loss: 0 };
}

/** A window of constant conditions, for tests and hand-made roads. */
export function constantWindow(
  carriers: Readonly<Record<string, LinkCondition>>,
  lengthMs: number,
): DriveWindow {
  const all = Object.entries(carriers);
  return {
    drive: 'constant',
    fromMs: 0,
    lengthMs,
    carriers: all.map(([name, condition]) => ({ name, timeline: constantTimeline(condition) })),
  };
}
