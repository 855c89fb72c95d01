import { assert } from '@rmh/base';
import { DEADLINE_US, dueUs } from '../devices/flows.ts';
import type { Delays } from './delays.ts';
import { counts, type DatagramFlow, type ObjectFlow } from './mix.ts';
import { LEAD_US } from './road.ts';
import { TcpConnection } from './tcp/connection.ts';
import type { ClassCount, SimPacket } from './types.ts';
import type { Actor, World } from './world.ts';

/** What every source of packets stands on. */
export interface Ground {
  readonly world: World;
  /** Of the window, which begins LEAD_US after the run. */
  readonly lengthUs: number;
  readonly send: (packet: SimPacket, nowUs: number) => void;
  readonly nextId: () => number;
}

/** A datagram of a flow on its way. */
export interface DatagramPacket extends SimPacket {
  readonly source: DatagramSource;
  readonly sentUs: number;
  readonly counts: boolean;
  arrived: boolean;
}

/** One flow of datagrams. */
export class DatagramSource implements Actor {
  readonly #ground: Ground;
  readonly #actor: number;
  readonly #flow: DatagramFlow;
  readonly #bucket: number;
  readonly #firstUs: number;
  readonly #tally: { readonly count: ClassCount; readonly delays: Delays };
  #k = 0;
  /** When this flow last heard something at its far end. */
  #heardUs: number;

  constructor(
    ground: Ground,
    flow: DatagramFlow,
    bucket: number,
    phaseUs: number,
    tally: { readonly count: ClassCount; readonly delays: Delays },
  ) {
    this.#ground = ground;
    this.#actor = ground.world.add(this);
    this.#flow = flow;
    this.#bucket = bucket & BUCKET_MASK;
    this.#firstUs = this.#heardUs = LEAD_US + phaseUs;
    this.#tally = tally;
  }

  begin(): void {
    this.#ground.world.arm(this.#actor, this.#firstUs + dueUs(this.#flow.pattern, 0));
  }

  wake(nowUs: number): void {
    const { class: of, direction, bytes, pattern } = this.#flow;
    const { lengthUs, nextId, send, world } = this.#ground;
    const counted = counts(of, nowUs - LEAD_US, lengthUs);
    if (counted) {
      this.#tally.count.sent++;
      this.#tally.delays.sent();
    }
    const packet: DatagramPacket = {
      id: nextId(),
      side: direction === 'up' ? 'car' : 'site',
      class: of,
      bucket: this.#bucket,
      bytes,
      source: this,
      sentUs: nowUs,
      counts: counted,
      arrived: false,
    };
    world.arm(this.#actor, this.#firstUs + dueUs(pattern, ++this.#k));
    send(packet, nowUs);
  }

  arrived(packet: DatagramPacket, nowUs: number): void {
    if (packet.arrived) return;
    packet.arrived = true;
    if (!packet.counts) return;
    const { count, delays } = this.#tally;
    const delayUs = nowUs - packet.sentUs;
    if (delayUs <= DEADLINE_US[this.#flow.class]) count.inTime++;
    delays.arrived(delayUs);
    if (this.#flow.pattern.kind === 'steady') delays.gap(nowUs - this.#heardUs);
    this.#heardUs = nowUs;
  }
}

/** An application that transfers one object after another over one connection. */
export class ObjectSource implements Actor {
  readonly #ground: Ground;
  readonly #actor: number;
  readonly #flow: ObjectFlow;
  readonly #count: ClassCount;
  readonly #connection: TcpConnection;
  #nextUs: number;
  /** The object on its way: when its time is over, and whether it counts. */
  #open: { readonly untilUs: number; readonly counts: boolean } | null = null;
  /** Bytes of this connection's life: in order at the far end; before the present object. */
  #arrived = 0;
  #before = 0;

  constructor(
    ground: Ground,
    flow: ObjectFlow,
    bucket: number,
    phaseUs: number,
    count: ClassCount,
  ) {
    assert(flow.everyUs >= DEADLINE_US[flow.class], 'one object at a time');
    this.#ground = ground;
    this.#actor = ground.world.add(this);
    this.#flow = flow;
    this.#count = count;
    this.#nextUs = LEAD_US + phaseUs;
    this.#connection = new TcpConnection({
      world: ground.world,
      side: flow.direction === 'up' ? 'car' : 'site',
      class: flow.class,
      bucket: bucket & BUCKET_MASK,
      send: ground.send,
      nextId: ground.nextId,
      onProgress: (bytes) => {
        this.#arrived = bytes;
      },
    });
  }

  begin(): void {
    this.#ground.world.arm(this.#actor, this.#nextUs);
  }

  wake(nowUs: number): void {
    if (this.#open !== null && this.#open.untilUs <= nowUs) this.#judge();
    if (nowUs >= this.#nextUs) this.#begin(nowUs);
    const endUs = this.#open?.untilUs ?? Number.POSITIVE_INFINITY;
    this.#ground.world.arm(this.#actor, Math.min(this.#nextUs, endUs));
  }

  #begin(nowUs: number): void {
    const { class: of, bytes, everyUs } = this.#flow;
    const counted = counts(of, nowUs - LEAD_US, this.#ground.lengthUs);
    this.#open = { untilUs: nowUs + DEADLINE_US[of], counts: counted };
    if (counted) this.#count.sent += bytes;
    this.#nextUs += everyUs;
    this.#connection.write(bytes, nowUs);
  }

  /** What came late is worth nothing: the application gives up and connects anew. */
  #judge(): void {
    const got = this.#arrived - this.#before;
    if (this.#open?.counts) this.#count.inTime += got;
    this.#open = null;
    if (got === this.#flow.bytes) this.#before = this.#arrived;
    else {
      this.#connection.reset();
      this.#arrived = this.#before = 0;
    }
  }
}

const BUCKET_MASK = 63;
