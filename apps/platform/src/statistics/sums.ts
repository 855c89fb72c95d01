// What the database adds up: per vehicle and organisation, from the rows of a period's parts.
// Row-level security shows an asker only the rows of organisations at or below hers.
import type { Sql } from '../db/database.ts';
import { type CarrierSums, CLASS_FIGURES, CLASS_NAMES, type VehicleSums } from './figures.ts';
import type { Part, Period } from './period.ts';

export interface Selection {
  readonly period: Period;
  readonly simulated: boolean;
  /** This organisation and all below it; null: all that the asker may see. */
  readonly organisationId: number | null;
  readonly nowMs: number;
}

const CLASS_SUMS = CLASS_NAMES.flatMap((name) => CLASS_FIGURES.map((count) => `${name}_${count}`));
export const GAP_SUMS = [
  ...['gaps_under_1s', 'gaps_under_10s', 'gaps_under_1min', 'gaps_under_10min', 'gaps_longer'],
];
const SERVICE_SUMS = ['up_ms', 'down_ms', ...CLASS_SUMS, ...GAP_SUMS];
const PATH_SUMS = [
  ...['up_ms', 'down_ms', 'rtt_us_ms', 'rtt_ms', 'packets_sent', 'packets_lost', 'bytes_sent'],
  ...['bytes_received', 'bytes_duplicated'],
];

/**
 * Sums of `names` by the text of `key`, of all parts in one statement and in one cell of its
 * answer: each cell costs the embedded database more than the row that was read (6,000 rows of
 * carriers 150 ms as 72,000 cells, 20 ms as one), and each line both ends more than several rows.
 */
async function added(
  sql: Sql,
  table: string,
  key: readonly string[],
  names: readonly string[],
  { period, simulated, organisationId }: Selection,
): Promise<Map<string, number[]>> {
  const columns = [...key, ...names].join(', ');
  const rows = rowsIn(period, (stepS) => `SELECT ${columns} FROM ${table} WHERE step_s = ${stepS}`);
  // As float8, which holds whole numbers up to 9e15 (a month of one vehicle comes to 1e14 µs·ms):
  // sums of bigint are numeric, and cost three times as much in the embedded database.
  const cells = [...key, ...names.map((name) => `sum(${name}::float8)::bigint`)];
  const [whole] = await sql.query<{ lines: string | null }>(
    `SELECT string_agg(line, E'\\n') AS lines FROM (
      SELECT concat_ws(E'\\t', ${cells.join(', ')}) AS line
      FROM (${rows}) AS part GROUP BY ${key.join(', ')}) AS sums`,
    [simulated, organisationId],
  );
  const lines = whole?.lines?.split('\n') ?? [];
  return new Map(
    lines.map((line) => {
      const texts = line.split('\t');
      return [texts.slice(0, key.length).join('\t'), texts.slice(key.length).map(Number)];
    }),
  );
}

export const BELOW = `($2::integer IS NULL OR organisation_id IN
  (SELECT organisation_id FROM organisation_tree WHERE ancestor_id = $2))`;
export const instant = (ms: number): string => new Date(ms).toISOString();

/**
 * What `selected` gives of the rows of each part of a period (a SELECT with a WHERE, by the part's
 * step), all together. $1 simulated, $2 organisation; numbers and times pasted in are ours.
 */
export function rowsIn({ parts }: Period, selected: (stepS: Part['stepS']) => string): string {
  return parts
    .map(
      ({ stepS, fromMs, toMs }) => `${selected(stepS)} AND simulated = $1 AND ${BELOW}
        AND at >= '${instant(fromMs)}' AND at < '${instant(toMs)}'`,
    )
    .join(' UNION ALL ');
}

export async function sumsOf(sql: Sql, selection: Selection): Promise<VehicleSums[]> {
  const key = ['vehicle_id', 'organisation_id'];
  const service = await added(sql, 'rollup_service', key, SERVICE_SUMS, selection);
  const paths = await added(sql, 'rollup_path', [...key, 'link'], PATH_SUMS, selection);
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
    `sum(date_part('epoch', least(${to}, $4::timestamptz) - greatest(${from}, $3::timestamptz)))
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
  service: ReadonlyMap<string, number[]>,
  paths: ReadonlyMap<string, number[]>,
  times: readonly TimeRow[],
): VehicleSums[] {
  const timeOf = new Map(times.map((row) => [`${row.vehicle_id}\t${row.organisation_id}`, row]));
  const nameOf = new Map(times.map((row) => [row.vehicle_id, row.call_sign]));
  const carriersOf = Map.groupBy(paths, ([id]) => id.slice(0, id.lastIndexOf('\t')));
  const keys = new Set([...service.keys(), ...timeOf.keys()]);
  const all = [...keys].map((key): VehicleSums => {
    const [upMs = 0, downMs = 0, ...counts] = service.get(key) ?? [];
    const time = timeOf.get(key);
    const [vehicleId = 0, organisationId = 0] = key.split('\t').map(Number);
    return {
      vehicleId,
      organisationId,
      callSign: nameOf.get(vehicleId) ?? '',
      watchedMs: time?.watched_ms ?? 0,
      upMs,
      downMs,
      offMs: time?.off_ms ?? 0,
      classes: CLASS_NAMES.map((_, i) =>
        CLASS_FIGURES.map((_, j) => counts[i * CLASS_FIGURES.length + j] ?? 0),
      ),
      gaps: GAP_SUMS.map((_, i) => counts[CLASS_SUMS.length + i] ?? 0),
      carriers: (carriersOf.get(key) ?? []).map(([id, sums]) => {
        return carrierSums(id.slice(key.length + 1), sums);
      }),
    };
  });
  return withoutTimeElsewhere(all);
}

/** `sums` in the order of PATH_SUMS. */
function carrierSums(link: string, sums: readonly number[]): CarrierSums {
  const [upMs = 0, downMs = 0, rttUsMs = 0, rttMs = 0, packetsSent = 0, packetsLost = 0] = sums;
  const [bytesSent = 0, bytesReceived = 0, bytesDuplicated = 0] = sums.slice(6);
  const bytes = bytesSent + bytesReceived;
  return { link, upMs, downMs, rttUsMs, rttMs, packetsSent, packetsLost, bytes, bytesDuplicated };
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
