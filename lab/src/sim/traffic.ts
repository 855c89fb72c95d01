// Sends a mix over a bearer and counts what arrives in time.
import type { TrafficClassName } from '@rmh/contract';
import { Delays } from './delays.ts';
import { type Mix, phasesOf } from './mix.ts';
import { type DatagramPacket, DatagramSource, type Ground, ObjectSource } from './sources.ts';
import type { TcpPacket } from './tcp/connection.ts';
import type { Bearer, ClassCount, DelayFigures, SimPacket } from './types.ts';
import type { World } from './world.ts';

export class Traffic {
  readonly classes: Record<TrafficClassName, ClassCount> = {
    critical: { sent: 0, inTime: 0 },
    realtime: { sent: 0, inTime: 0 },
    interactive: { sent: 0, inTime: 0 },
    bulk: { sent: 0, inTime: 0 },
  };
  readonly #delays = new Map<TrafficClassName, Delays>();
  #nextId = 0;

  constructor(world: World, mix: Mix, seed: number, lengthUs: number, bearer: Bearer) {
    const phases = phasesOf(mix, seed);
    const ground: Ground = {
      world,
      lengthUs,
      send: (packet, nowUs) => bearer.send(packet, nowUs),
      nextId: () => this.#nextId++,
    };
    for (const [i, flow] of mix.datagrams.entries()) {
      const delays = this.#delays.get(flow.class) ?? new Delays();
      this.#delays.set(flow.class, delays);
      const tally = { count: this.classes[flow.class], delays };
      new DatagramSource(ground, flow, i, phases[i] ?? 0, tally).begin();
    }
    const before = mix.datagrams.length;
    for (const [i, flow] of mix.objects.entries()) {
      const count = this.classes[flow.class];
      new ObjectSource(ground, flow, before + i, phases[before + i] ?? 0, count).begin();
    }
  }

  /** A packet came out of the bearer; a second copy changes nothing. */
  arrived(packet: SimPacket, nowUs: number): void {
    if ('connection' in packet) {
      const segment = packet as TcpPacket;
      segment.connection.arrived(segment, nowUs);
    } else {
      const datagram = packet as DatagramPacket;
      datagram.source.arrived(datagram, nowUs);
    }
  }

  figures(): Partial<Record<TrafficClassName, DelayFigures>> {
    const all = [...this.#delays].map(([name, delays]) => [name, delays.figures()]);
    return Object.fromEntries(all);
  }
}
