// The report of a run, as its JSON: pure, from what the stations and the unit counted.
// Times are ms. `delivered` counts each packet once, late ones too; `late` is against the class's
// deadline. `longestGapMs` is, for a flow with a steady pace, the longest time between two
// deliveries (so never below `nominalGapMs`), silence at either end included; for other flows
// (`nominalGapMs` 0) how much further apart two deliveries came than they were sent.
import type { PathStatus, TrafficClassName } from '@rmh/contract';
import type { ArrivalFigures } from '../devices/arrivals.ts';
import { ALONE_ID, type Direction, FLOWS, type Flow, nominalGapUs } from '../devices/flows.ts';
import type { StationReport } from '../devices/plan.ts';
import type { VehicleEnd, VehicleSnapshot } from './protocol.ts';

export interface FlowReport {
  readonly name: string;
  readonly class: TrafficClassName;
  readonly direction: Direction;
  readonly transport: 'udp' | 'tcp';
  readonly sent: number;
  readonly delivered: number;
  readonly late: number;
  readonly duplicatesDelivered: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly longestGapMs: number;
  readonly nominalGapMs: number;
}

export interface AloneReport {
  readonly sent: number;
  readonly delivered: number;
  readonly late: number;
  readonly p50Ms: number | null;
  readonly longestGapMs: number;
}

export interface PathReport {
  readonly carrier: string;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly bytesDuplicated: number;
  readonly rttMs: number | null;
  readonly lossPct: number;
}

export interface VehicleReport {
  readonly flows: FlowReport[];
  readonly alone: Record<string, AloneReport>;
  readonly reachable: { readonly sent: number; readonly delivered: number };
  readonly paths: PathReport[];
  readonly tcp: { readonly established: boolean; readonly survived: boolean };
  readonly gatewaySwitches: number;
  readonly handshakes: number;
  /** How long the busy machine held devices and carriers up: gaps may be that much the lab's. */
  readonly machineStallMs: number;
}

export function vehicleReport(
  vehicle: VehicleSnapshot,
  flowIds: readonly number[],
  { tcp, gatewaySwitches }: VehicleEnd,
  carriersLateUsMax: number,
): VehicleReport {
  const { car, site, unit } = vehicle;
  const dataplane = unit?.dataplane ?? null;
  const devicesHeldUpUs = Math.max(car?.heldUpUsMax ?? 0, site?.heldUpUsMax ?? 0);
  return {
    flows: FLOWS.filter(({ id }) => flowIds.includes(id)).map((flow) =>
      flowReport(flow, car, site),
    ),
    alone: Object.fromEntries(
      vehicle.carriers.map(({ name }, i) => [name, aloneReport(ALONE_ID + i, car, site)]),
    ),
    reachable: reachableOf(car, site),
    paths: vehicle.carriers.map(({ name }) => pathReport(vehicle, name)),
    tcp,
    gatewaySwitches,
    machineStallMs: msOf(devicesHeldUpUs + carriersLateUsMax),
    handshakes: dataplane?.peers.reduce((sum, { handshakes }) => sum + handshakes, 0) ?? 0,
  };
}

export function flowReport(
  flow: Flow,
  car: StationReport | null,
  site: StationReport | null,
): FlowReport {
  const [sender, receiver] = flow.direction === 'up' ? [car, site] : [site, car];
  const arrivals = arrivalsOf(receiver, flow.id);
  return {
    name: flow.name,
    class: flow.class,
    direction: flow.direction,
    transport: flow.transport,
    sent: sentOf(sender, flow.id),
    delivered: arrivals.delivered,
    late: arrivals.late,
    duplicatesDelivered: arrivals.duplicatesDelivered,
    p50Ms: msOf(arrivals.p50Us),
    p99Ms: msOf(arrivals.p99Us),
    longestGapMs: msOf(arrivals.longestGapUs) ?? 0,
    nominalGapMs: msOf(nominalGapUs(flow)) ?? 0,
  };
}

/** Both directions together. */
export function aloneReport(
  id: number,
  car: StationReport | null,
  site: StationReport | null,
): AloneReport {
  const [up, down] = [arrivalsOf(site, id), arrivalsOf(car, id)];
  const p50Us = Math.max(up.p50Us ?? -1, down.p50Us ?? -1);
  return {
    sent: sentOf(car, id) + sentOf(site, id),
    delivered: up.delivered + down.delivered,
    late: up.late + down.late,
    p50Ms: msOf(p50Us < 0 ? null : p50Us),
    longestGapMs: msOf(Math.max(up.longestGapUs, down.longestGapUs)) ?? 0,
  };
}

export function reachableOf(car: StationReport | null, site: StationReport | null) {
  // Every carrier alone sends each probe, so any of them tells how many there were.
  const sent = sentOf(car, ALONE_ID) + sentOf(site, ALONE_ID);
  return { sent, delivered: (car?.reached ?? 0) + (site?.reached ?? 0) };
}

/** A carrier has a path to each gateway: bytes add up, the active gateway's path gives RTT. */
function pathReport(vehicle: VehicleSnapshot, carrier: string): PathReport {
  const peers = vehicle.unit?.dataplane?.peers ?? [];
  const all = peers.flatMap(({ paths }) => paths.filter(({ link }) => link === carrier));
  const active = peers
    .filter((peer) => peer.active)
    .flatMap(({ paths }) => paths.filter(({ link }) => link === carrier))[0];
  const sum = (read: (path: PathStatus) => number) => all.reduce((total, p) => total + read(p), 0);
  return {
    carrier,
    bytesSent: sum(({ bytesSent }) => bytesSent),
    bytesReceived: sum(({ bytesReceived }) => bytesReceived),
    bytesDuplicated: sum(({ bytesDuplicated }) => bytesDuplicated),
    rttMs: active?.rttMs ?? null,
    lossPct: active?.lossPct ?? 0,
  };
}

function sentOf(station: StationReport | null, id: number): number {
  return station?.sent[id] ?? 0;
}

function arrivalsOf(station: StationReport | null, id: number): ArrivalFigures {
  return station?.arrivals[id] ?? NOTHING;
}

const NOTHING: ArrivalFigures = {
  delivered: 0,
  late: 0,
  duplicatesDelivered: 0,
  p50Us: null,
  p99Us: null,
  longestGapUs: 0,
};

/** To a tenth of a millisecond. */
function msOf<T extends number | null>(us: T): T {
  return (us === null ? null : Math.round(us / 100) / 10) as T;
}
