// A sample as rows: of the service, of its carriers, of its outages, of the place where it was.
import type { CarrierSample, ClassSample, Sample } from '@rmh/contract/api';
import { latLngToCell } from 'h3-js';
import type { Kept } from './judge.ts';

export const CLASSES = ['critical', 'realtime', 'interactive', 'bulk'] as const;
export const CLASS_COUNTS = ['sent', 'received', 'repaired', 'late', 'lost'] as const;
const STORED_RESOLUTION = 8;
const DAY_MS = 86_400_000;
// What an `integer` holds.
const INTEGER_MOST = 2_147_483_647;

export type Row = readonly unknown[];

/** Whose it is: the first columns of several tables. */
export interface Source {
  readonly unitId: number;
  readonly journal: string;
}

export const SAMPLE_COLUMNS = [
  ...['unit_id', 'at', 'span_ms', 'journal', 'sequence', 'vehicle_id', 'organisation_id'],
  ...['simulated', 'previous', 'up_ms', 'down_ms', 'all_down_ms', 'gateway', 'cell'],
  ...['latitude', 'longitude', 'speed_ms', 'heading_deg', 'cpu_share', 'memory_share'],
  ...['disk_share', 'temperature_c', 'supply'],
  ...CLASSES.flatMap((name) => [...CLASS_COUNTS, 'quiet_ms'].map((count) => `${name}_${count}`)),
];

export function sampleRow({ unitId, journal }: Source, { sample, vehicle }: Kept): Row {
  const { place, health } = sample;
  return [
    ...[unitId, new Date(sample.atMs), sample.spanMs, journal, sample.sequence],
    ...[vehicle.vehicleId, vehicle.organisationId, vehicle.simulated, sample.previous],
    ...[sample.upMs, sample.downMs, allDownMs(sample), sample.gateway, cellOf(sample)],
    ...[place?.latitude, place?.longitude, place?.speedMs, place?.headingDeg],
    ...[health?.cpuShare, health?.memoryShare, health?.diskShare, health?.temperatureC],
    health?.supply,
    ...CLASSES.flatMap((name) => classCounts(sample.classes.find((one) => one.class === name))),
  ];
}

function classCounts(counts: ClassSample | undefined): number[] {
  if (counts === undefined) return [0, 0, 0, 0, 0, 0];
  return [...CLASS_COUNTS.map((name) => counts[name]), Math.min(counts.quietMs, INTEGER_MOST)];
}

/** The service was down, and no carrier was up for this long of the span, ms. */
export function allDownMs({ spanMs, downMs, carriers }: Sample): number {
  return Math.min(downMs, ...carriers.map(({ upMs }) => spanMs - upMs));
}

/** H3 index of resolution 8 (cells of about 0.7 km²), as the number that it is. */
export function cellOf({ place }: Sample): bigint | null {
  if (place === null) return null;
  return BigInt(`0x${latLngToCell(place.latitude, place.longitude, STORED_RESOLUTION)}`);
}

export const PATH_COLUMNS = [
  ...['unit_id', 'at', 'link', 'organisation_id', 'up_ms', 'down_ms', 'absent_ms', 'rtt_us'],
  ...['loss_share', 'packets_sent', 'packets_lost', 'bytes_sent', 'bytes_received'],
  ...['bytes_duplicated', 'technology', 'rsrp_dbm', 'rsrq_db', 'sinr_db', 'radio_cell'],
];

export function pathRows({ unitId }: Source, { sample, vehicle }: Kept): Row[] {
  return sample.carriers.map((path) => [
    ...[unitId, new Date(sample.atMs), path.link, vehicle.organisationId, path.upMs, path.downMs],
    ...[sample.spanMs - path.upMs - path.downMs, rttUs(path), path.lossShare, path.packetsSent],
    ...[path.packetsLost, path.bytesSent, path.bytesReceived, path.bytesDuplicated],
    ...[path.radio?.technology, path.radio?.rsrpDbm, path.radio?.rsrqDb, path.radio?.sinrDb],
    path.radio?.cell,
  ]);
}

const rttUs = ({ rttMs }: CarrierSample): number | null => {
  return rttMs === null ? null : Math.round(rttMs * 1_000);
};

export const OUTAGE_COLUMNS = [
  ...['unit_id', 'journal', 'number', 'vehicle_id', 'organisation_id', 'simulated', 'link'],
  ...['from_at', 'to_at', 'moved_to', 'moved_after_ms', 'critical_lost', 'frozen_ms'],
];
// The end is told once: a repeated or an older word never takes it back.
export const OUTAGE_CONFLICT = `ON CONFLICT (unit_id, journal, number) DO UPDATE SET
  to_at = coalesce(outage.to_at, excluded.to_at),
  moved_to = coalesce(excluded.moved_to, outage.moved_to),
  moved_after_ms = coalesce(excluded.moved_after_ms, outage.moved_after_ms),
  critical_lost = greatest(outage.critical_lost, excluded.critical_lost),
  frozen_ms = greatest(outage.frozen_ms, excluded.frozen_ms), cause_due = true`;

/** One row a number, with the last word on it: a statement may not touch a row twice. */
export function outageRows({ unitId, journal }: Source, kept: readonly Kept[]): Row[] {
  const byNumber = new Map<number, Row>();
  for (const { outages, vehicle } of kept) {
    for (const outage of outages) {
      const { number, link, fromMs, toMs, movedTo, movedAfterMs, criticalLost, frozenMs } = outage;
      byNumber.set(number, [
        ...[unitId, journal, number, vehicle.vehicleId, vehicle.organisationId],
        ...[vehicle.simulated, link, new Date(fromMs), toMs === null ? null : new Date(toMs)],
        ...[movedTo, movedAfterMs === null ? null : Math.min(movedAfterMs, INTEGER_MOST)],
        ...[Math.min(criticalLost, INTEGER_MOST), Math.min(frozenMs, INTEGER_MOST)],
      ]);
    }
  }
  return [...byNumber.values()];
}

export const COVERAGE_COLUMNS = [
  ...['cell', 'day', 'link', 'unit_id', 'vehicle_id', 'organisation_id', 'simulated'],
  ...['up_ms', 'down_ms', 'all_down_ms', 'rtt_us_ms', 'rtt_ms', 'rsrp_cdbm', 'rsrp_samples'],
  'last_end',
];
export const COVERAGE_SUMS = COVERAGE_COLUMNS.slice(7, -1);
const COVERAGE_SUMS_AT = 7;
export const COVERAGE_CONFLICT = `ON CONFLICT (cell, day, link, unit_id, vehicle_id) DO UPDATE SET
  ${COVERAGE_SUMS.map((name) => `${name} = coverage_day.${name} + excluded.${name}`).join(', ')},
  last_end = greatest(coverage_day.last_end, excluded.last_end)`;

/** Summed by cell, day and link, so that a batch of an hour at the station is one row a link. */
export function coverageRows({ unitId }: Source, kept: readonly Kept[]): Row[] {
  const rows = new Map<string, unknown[]>();
  for (const one of kept) {
    const cell = cellOf(one.sample);
    if (cell === null) continue;
    const { sample, vehicle } = one;
    const day = new Date(sample.atMs - (sample.atMs % DAY_MS)).toISOString().slice(0, 10);
    const { vehicleId, organisationId, simulated } = vehicle;
    const service = [sample.upMs, sample.downMs, allDownMs(sample), 0, 0, 0, 0];
    const parts: [string, number[]][] = [['', service]];
    for (const path of sample.carriers) parts.push([path.link, carrierSums(path)]);
    for (const [link, sums] of parts) {
      const key = `${cell} ${day} ${vehicleId} ${link}`;
      const row = rows.get(key);
      const endMs = sample.atMs + sample.spanMs;
      if (row === undefined) {
        const whose = [cell, day, link, unitId, vehicleId, organisationId, simulated];
        rows.set(key, [...whose, ...sums, new Date(endMs)]);
      } else {
        add(row, sums, endMs);
      }
    }
  }
  return [...rows.values()];
}

function carrierSums(path: CarrierSample): number[] {
  const { upMs, downMs, radio } = path;
  const rtt = rttUs(path);
  const rsrpDbm = radio?.rsrpDbm ?? null;
  return [
    ...[upMs, downMs, 0, rtt === null ? 0 : rtt * upMs, rtt === null ? 0 : upMs],
    ...(rsrpDbm === null ? [0, 0] : [Math.round(rsrpDbm * 100), 1]),
  ];
}

function add(row: unknown[], sums: readonly number[], endMs: number): void {
  sums.forEach((sum, i) => {
    row[COVERAGE_SUMS_AT + i] = Number(row[COVERAGE_SUMS_AT + i]) + sum;
  });
  const last = row.length - 1;
  row[last] = new Date(Math.max(Number(row[last]), endMs));
}
