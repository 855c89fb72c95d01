// What the view of `./rmh up` shows of a vehicle: pure, from snapshots.
import { TRAFFIC_CLASSES, type TrafficClassName } from '@rmh/contract';
import { ALONE_ID, FLOWS, PROBE_DOWN, PROBE_UP } from '../devices/flows.ts';
import type { VehicleSnapshot } from './protocol.ts';
import {
  type AloneReport,
  aloneReport,
  type FlowReport,
  flowReport,
  reachableOf,
} from './report.ts';
import { type CarrierMood, MOOD_OF_PATH } from './words.ts';

export interface CarrierFigures {
  readonly name: string;
  readonly mood: CarrierMood;
  readonly rttMs: number | null;
  readonly lossPct: number | null;
  readonly alone: AloneReport;
}

export interface ClassFigures {
  readonly class: TrafficClassName;
  readonly sent: number;
  readonly delivered: number;
  readonly late: number;
  /** Longest silence of a steady flow. */
  readonly longestGapMs: number;
}

export interface ShareFigures {
  readonly sent: number;
  readonly inTime: number;
}

export interface VehicleFigures {
  readonly name: string;
  /** Of the active tunnel. */
  readonly gateway: string | null;
  readonly carriers: CarrierFigures[];
  readonly classes: ClassFigures[];
  /** The same probe: over any carrier, and through the tunnel. */
  readonly reachable: ShareFigures;
  readonly tunnel: ShareFigures;
}

export function vehicleFigures(vehicle: VehicleSnapshot): VehicleFigures {
  const { car, site, unit, name } = vehicle;
  const flows = FLOWS.map((flow) => flowReport(flow, car, site)).filter(({ sent }) => sent > 0);
  const { sent, delivered } = reachableOf(car, site);
  const probes = flows.filter((flow) => flow.name === PROBE_UP || flow.name === PROBE_DOWN);
  return {
    name,
    gateway: unit?.dataplane?.peers.find(({ active }) => active)?.name ?? null,
    carriers: vehicle.carriers.map((_, i) => carrierFigures(vehicle, i)),
    classes: TRAFFIC_CLASSES.map((trafficClass) => {
      return classFigures(
        trafficClass,
        flows.filter((flow) => flow.class === trafficClass),
      );
    }),
    reachable: { sent, inTime: delivered },
    tunnel: {
      sent: sum(probes, (flow) => flow.sent),
      inTime: sum(probes, (flow) => flow.delivered - flow.late),
    },
  };
}

function carrierFigures({ carriers, unit, car, site }: VehicleSnapshot, i: number): CarrierFigures {
  const name = carriers[i]?.name ?? '';
  const peer = unit?.dataplane?.peers.find(({ active }) => active) ?? unit?.dataplane?.peers[0];
  const path = peer?.paths.find(({ link }) => link === name);
  const link = unit?.links.find((one) => one.name === name);
  return {
    name,
    mood: moodOf(link?.state ?? 'absent', path?.state ?? null),
    rttMs: path?.rttMs ?? null,
    lossPct: path?.lossPct ?? null,
    alone: aloneReport(ALONE_ID + i, car, site),
  };
}

function moodOf(
  link: 'absent' | 'down' | 'no-carrier' | 'no-address' | 'used',
  path: keyof typeof MOOD_OF_PATH | null,
): CarrierMood {
  if (link === 'absent') return 'gone';
  if (link !== 'used') return 'down';
  return path === null ? 'testing' : MOOD_OF_PATH[path];
}

function classFigures(trafficClass: TrafficClassName, flows: readonly FlowReport[]): ClassFigures {
  const steady = flows.filter(({ nominalGapMs }) => nominalGapMs > 0);
  return {
    class: trafficClass,
    sent: sum(flows, ({ sent }) => sent),
    delivered: sum(flows, ({ delivered }) => delivered),
    late: sum(flows, ({ late }) => late),
    longestGapMs: Math.max(0, ...steady.map(({ longestGapMs }) => longestGapMs)),
  };
}

function sum<T>(list: readonly T[], read: (item: T) => number): number {
  return list.reduce((total, item) => total + read(item), 0);
}

/**
 * While a run goes on, what was sent just now is not lost but under way. So what arrived is held
 * against what was sent a while ago.
 */
export class SentBefore {
  readonly #history: { atMs: number; sent: Map<string, number> }[] = [];

  note(atMs: number, vehicles: readonly VehicleFigures[]): void {
    const sent = new Map<string, number>();
    for (const { name, classes, carriers, reachable } of vehicles) {
      for (const one of classes) sent.set(`${name} ${one.class}`, one.sent);
      for (const one of carriers) sent.set(`${name} alone ${one.name}`, one.alone.sent);
      sent.set(`${name} probe`, reachable.sent);
    }
    this.#history.push({ atMs, sent });
    while ((this.#history[1]?.atMs ?? atMs) <= atMs - LOST_AFTER_MS) this.#history.shift();
  }

  /** Sent long enough ago to be lost, and not arrived: a little less than the truth, never more. */
  lost(vehicle: string, figures: ClassFigures): number {
    const sent = this.#sent(`${vehicle} ${figures.class}`, LOST_AFTER_MS);
    return Math.max(0, sent - figures.delivered);
  }

  /** Of a probe: null before any is due. */
  share(key: string, inTime: number): number | null {
    const sent = this.#sent(key, PROBE_DUE_MS);
    return sent === 0 ? null : Math.min(1, inTime / sent);
  }

  #sent(key: string, ageMs: number): number {
    const latest = this.#history.at(-1)?.atMs ?? 0;
    return this.#history.findLast(({ atMs }) => atMs <= latest - ageMs)?.sent.get(key) ?? 0;
  }
}

const LOST_AFTER_MS = 2_500;
// The deadline of the critical class, which the probes are counted by.
const PROBE_DUE_MS = 500;
