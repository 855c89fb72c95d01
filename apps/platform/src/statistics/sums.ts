// What the database adds up: per vehicle and organisation, from the rows of a period's parts.
// Row-level security shows an asker only the rows of organisations at or below hers.
import type { Sql } from '../db/database.ts';
import { type CarrierSums, CLASS_FIGURES, CLASS_NAMES, type VehicleSums } from './figures.ts';
import type { Period } from './period.ts';

export interface Selection {
  readonly period: Period;
  readonly simulated: boolean;
  /** This organisation and all below it; null: all that the asker may see. */
  readonly organisationId: number | null;
  readonly nowMs: number;
}

const CLASS_SUMS = CLASS_NAMES.flatMap((name) => CLASS_FIGURES.map((count) => `${name}_${count}`));
const GAP_SUMS = [
  ...['gaps_under_1s', 'gaps_under_10s', 'gaps_under_1min', 'gaps_under_10min', 'gaps_longer'],
];
const SERVICE_SUMS = ['up_ms', 'down_ms', ...CLASS_SUMS, ...GAP_SUMS];
const PATH_SUMS = [
  ...['up_ms', 'down_ms', 'rtt_us_ms', 'rtt_ms', 'packets_sent', 'packets_lost', 'bytes_sent'],
  ...['bytes_received', 'bytes_duplicated'],
];

/**
 * Part by part: the embedded database answers nobody else while it reads one, and a part of the
 * nation has some 35,000 rows (Route.readsLong). $1 simulated, $2 organisation; numbers and times
 * pasted in are ours.
 */
async function added<Row extends Record<string, unknown>>(
  sql: Sql,
  table: string,
  key: readonly string[],
  sums: readonly string[],
  { period, simulated, organisationId }: Selection,
): Promise<Row[]> {
  // As float8, which holds whole numbers up to 9e15 (a month of one vehicle comes to 1e14 µs·ms):
  // sums of bigint are numeric, and cost three times as much in the embedded database.
  const columns = [...key, ...sums.map((name) => `sum(${name}::float8) AS ${name}`)];
  const whole = new Map<string, Record<string, unknown>>();
  for (const { stepS, fromMs, toMs } of period.parts) {
    const rows = await sql.query(
      `SELECT ${columns.join(', ')} FROM ${table}
      WHERE step_s = ${stepS} AND at >= '${instant(fromMs)}' AND at < '${instant(toMs)}'
        AND simulated = $1 AND ${BELOW} GROUP BY ${key.join(', ')}`,
      [simulated, organisationId],
    );
    for (const row of rows) {
      const id = key.map((name) => row[name]).join(' ');
      const before = whole.get(id);
      if (before === undefined) whole.set(id, row);
      else for (const name of sums) before[name] = Number(before[name]) + Number(row[name]);
    }
  }
  return [...whole.values()] as Row[];
}

export const BELOW = `($2::integer IS NULL OR organisation_id IN
  (SELECT organisation_id FROM organisation_tree WHERE ancestor_id = $2))`;
export const instant = (ms: number): string => new Date(ms).toISOString();

interface ServiceRow extends Record<string, number> {}
interface PathRow extends Record<string, unknown> {
  readonly link: string;
}

export async function sumsOf(sql: Sql, selection: Selection): Promise<VehicleSums[]> {
  const key = ['vehicle_id', 'organisation_id'];
  const service = await added<ServiceRow>(sql, 'rollup_service', key, SERVICE_SUMS, selection);
  const paths = await added<PathRow>(sql, 'rollup_path', [...key, 'link'], PATH_SUMS, selection);
  return assemble(service, paths, await timesOf(sql, selection));
}

interface TimeRow {
  readonly vehicle_id: number;
  readonly organisation_id: number;
  readonly call_sign: string | null;
  readonly watched_ms: number;
  readonly off_ms: number;
}

/** For how long each vehicle was watched, and off. */
async function timesOf(sql: Sql, selection: Selection): Promise<readonly TimeRow[]> {
  const { period, simulated, organisationId, nowMs } = selection;
  const overlap = (from: string, to: string) =>
    `sum(extract(epoch FROM least(${to}, $4::timestamptz) - greatest(${from}, $3::timestamptz)))
      * 1000`;
  return await sql.query<TimeRow>(
    `SELECT t.vehicle_id, t.organisation_id, v.call_sign,
      sum(watched_ms)::bigint AS watched_ms, sum(off_ms)::bigint AS off_ms
    FROM (
      SELECT vehicle_id, organisation_id, ${overlap('first_at', END)} AS watched_ms, 0 AS off_ms
      FROM vehicle_watch WHERE simulated = $1 AND ${BELOW} AND first_at < $4 AND ${END} > $3
      GROUP BY vehicle_id, organisation_id
      UNION ALL
      SELECT vehicle_id, organisation_id, 0, ${overlap('from_at', 'to_at')}
      FROM vehicle_off WHERE simulated = $1 AND ${BELOW} AND from_at < $4 AND to_at > $3
      GROUP BY vehicle_id, organisation_id
    ) AS t LEFT JOIN vehicle v ON v.id = t.vehicle_id
    GROUP BY t.vehicle_id, t.organisation_id, v.call_sign`,
    [simulated, organisationId, instant(period.fromMs), instant(Math.min(period.toMs, nowMs))],
  );
}

// A unit that is still in its vehicle is watched to this moment, heard or not.
const END = `(CASE WHEN ended THEN last_end ELSE greatest(last_end, $4) END)`;

function assemble(
  service: readonly ServiceRow[],
  paths: readonly PathRow[],
  times: readonly TimeRow[],
): VehicleSums[] {
  const keyOf = (row: object) => {
    const { vehicle_id: vehicle, organisation_id: organisation } = row as TimeRow;
    return `${vehicle} ${organisation}`;
  };
  const serviceOf = new Map(service.map((row) => [keyOf(row), row]));
  const pathsOf = Map.groupBy(paths, keyOf);
  const timeOf = new Map(times.map((row) => [keyOf(row), row]));
  const nameOf = new Map(times.map((row) => [row.vehicle_id, row.call_sign]));
  const keys = new Set([...serviceOf.keys(), ...timeOf.keys()]);
  const all = [...keys].map((key): VehicleSums => {
    const sums = serviceOf.get(key) ?? {};
    const time = timeOf.get(key);
    const [vehicleId = 0, organisationId = 0] = key.split(' ').map(Number);
    return {
      vehicleId,
      organisationId,
      callSign: nameOf.get(vehicleId) ?? '',
      watchedMs: time?.watched_ms ?? 0,
      upMs: sums['up_ms'] ?? 0,
      downMs: sums['down_ms'] ?? 0,
      offMs: time?.off_ms ?? 0,
      classes: CLASS_NAMES.map((name) => CLASS_FIGURES.map((one) => sums[`${name}_${one}`] ?? 0)),
      gaps: GAP_SUMS.map((name) => sums[name] ?? 0),
      carriers: (pathsOf.get(key) ?? []).map(carrierSums),
    };
  });
  return withoutTimeElsewhere(all);
}

function carrierSums(row: PathRow): CarrierSums {
  const of = (name: string) => Number(row[name]);
  return {
    link: row.link,
    upMs: of('up_ms'),
    downMs: of('down_ms'),
    rttUsMs: of('rtt_us_ms'),
    rttMs: of('rtt_ms'),
    packetsSent: of('packets_sent'),
    packetsLost: of('packets_lost'),
    bytes: of('bytes_sent') + of('bytes_received'),
    bytesDuplicated: of('bytes_duplicated'),
  };
}

// A vehicle that went to another organisation is watched by the new one; what the old one knows of
// it is not unknown to the new one.
function withoutTimeElsewhere(all: readonly VehicleSums[]): VehicleSums[] {
  const known = ({ upMs, downMs, offMs }: VehicleSums) => upMs + downMs + offMs;
  const byVehicle = Map.groupBy(all, ({ vehicleId }) => vehicleId);
  return all.map((one) => {
    const others = (byVehicle.get(one.vehicleId) ?? []).filter((other) => other !== one);
    if (others.length === 0) return one;
    const elsewhereMs = others.reduce((sum, other) => sum + known(other), 0);
    return { ...one, watchedMs: Math.max(0, one.watchedMs - elsewhereMs) };
  });
}
