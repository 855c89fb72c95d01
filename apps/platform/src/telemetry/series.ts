// One vehicle's carriers over time, in points enough for one chart.
import { ID, SERIES, SERIES_QUERY, type Series } from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { share } from '../statistics/figures.ts';
import { dayStart, nextDay } from '../statistics/period.ts';

export const VEHICLE_PARAMS = z.strictObject({
  vehicleId: z.coerce.number().pipe(ID),
});

// A chart on a 1920 pixel screen shows a point every 5 pixels.
const POINTS_MOST = 400;
const DAY_S = 86_400;

export const vehicleSeries = route({
  id: 'vehicles.series',
  method: 'GET',
  path: '/vehicles/:vehicleId/series',
  summary: 'Service and carriers of a vehicle over time',
  access: 'vehicle.read',
  params: VEHICLE_PARAMS,
  query: SERIES_QUERY,
  reply: SERIES,
  async answer({ sql, params, query }) {
    await seenVehicle(sql, params.vehicleId);
    const fromMs = Date.parse(query.from);
    return { body: await seriesOf(sql, params.vehicleId, fromMs, Date.parse(query.to)) };
  },
});

/** Throws "not found" for a vehicle that is not there for this asker; else whose it is. */
export async function seenVehicle(sql: Sql, vehicleId: number): Promise<number> {
  const rows = await sql.query<{ organisation_id: number }>(
    'SELECT organisation_id FROM vehicle WHERE id = $1',
    [vehicleId],
  );
  const [row] = rows;
  if (row === undefined) throw problem('not-found');
  return row.organisation_id;
}

interface Point {
  readonly at_ms: number;
  readonly link: string;
  readonly up: number;
  readonly down: number;
  readonly rtt_us_ms: number;
  readonly rtt_ms: number;
  readonly sent: number;
  readonly lost: number;
  readonly bytes: number;
}

export async function seriesOf(
  sql: Sql,
  vehicleId: number,
  fromMs: number,
  toMs: number,
): Promise<Series> {
  const stepS =
    [10, 60, 900].find((step) => (toMs - fromMs) / 1_000 / step <= POINTS_MOST) ?? DAY_S;
  const atMs = starts(fromMs, toMs, stepS);
  const first = atMs[0] ?? fromMs;
  const values = [vehicleId, new Date(first).toISOString(), new Date(toMs).toISOString()];
  const points = await sql.query<Point>(stepS === 10 ? RAW : rolled(stepS), values);
  const byLink = Map.groupBy(points, ({ link }) => link);
  const links = [...byLink.keys()].filter((link) => link !== '').toSorted();
  const row = (link: string) => rowOf(atMs, stepS, byLink.get(link) ?? []);
  return {
    from: new Date(first).toISOString(),
    to: new Date(toMs).toISOString(),
    stepSeconds: stepS,
    atMs,
    service: row('').map((point) => shareOf(point)),
    carriers: links.map((link) => ({
      link,
      up: row(link).map((point) => shareOf(point)),
      rttMs: row(link).map((point) => {
        return point === null || point.rtt_ms === 0 ? null : point.rtt_us_ms / point.rtt_ms / 1_000;
      }),
      lossShare: row(link).map((point) => {
        return point === null || point.sent === 0 ? null : Math.min(1, point.lost / point.sent);
      }),
      bytes: row(link).map((point) => point?.bytes ?? 0),
    })),
  };
}

const shareOf = (point: Point | null) => (point === null ? null : share(point.up, point.down));

/** Starts of the buckets; days are days of Norway. A year of days at most. */
function starts(fromMs: number, toMs: number, stepS: number): number[] {
  const all: number[] = [];
  if (stepS === DAY_S) {
    for (let at = dayStart(fromMs); at < toMs && all.length < 366; at = nextDay(at)) all.push(at);
  } else {
    const stepMs = stepS * 1_000;
    for (let at = Math.floor(fromMs / stepMs) * stepMs; at < toMs; at += stepMs) all.push(at);
  }
  return all;
}

/** The point of each bucket, or null. */
function rowOf(atMs: readonly number[], stepS: number, points: readonly Point[]): (Point | null)[] {
  const byStart = new Map(points.map((point) => [point.at_ms, point]));
  // Samples of 10 s begin anywhere in their bucket; two in one are one point, the later one.
  if (stepS === 10) for (const one of points) byStart.set(one.at_ms - (one.at_ms % 10_000), one);
  return atMs.map((at) => byStart.get(at) ?? null);
}

const AT_MS = '(extract(epoch FROM at) * 1000)::bigint AS at_ms';
const UNITS = '(SELECT unit_id FROM vehicle_watch WHERE vehicle_id = $1)';

const RAW = `SELECT ${AT_MS}, '' AS link, up_ms AS up, down_ms AS down, 0 AS rtt_us_ms,
    0 AS rtt_ms, 0 AS sent, 0 AS lost, 0 AS bytes
  FROM sample WHERE unit_id IN ${UNITS} AND vehicle_id = $1 AND at >= $2 AND at < $3
  UNION ALL SELECT (extract(epoch FROM p.at) * 1000)::bigint, p.link, p.up_ms, p.down_ms,
    coalesce(p.rtt_us, 0)::bigint * p.up_ms, CASE WHEN p.rtt_us IS NULL THEN 0 ELSE p.up_ms END,
    p.packets_sent, p.packets_lost, p.bytes_sent + p.bytes_received
  FROM sample s JOIN sample_path p ON p.unit_id = s.unit_id AND p.at = s.at
  WHERE s.unit_id IN ${UNITS} AND s.vehicle_id = $1 AND s.at >= $2 AND s.at < $3
    AND p.at >= $2 AND p.at < $3`;

function rolled(stepS: number): string {
  const where = `step_s = ${stepS} AND unit_id IN ${UNITS} AND vehicle_id = $1
    AND at >= $2 AND at < $3`;
  return `SELECT ${AT_MS}, '' AS link, sum(up_ms) AS up, sum(down_ms) AS down, 0 AS rtt_us_ms,
    0 AS rtt_ms, 0 AS sent, 0 AS lost, 0 AS bytes FROM rollup_service WHERE ${where} GROUP BY at
  UNION ALL SELECT ${AT_MS}, link, sum(up_ms), sum(down_ms), sum(rtt_us_ms), sum(rtt_ms),
    sum(packets_sent), sum(packets_lost), sum(bytes_sent + bytes_received)
  FROM rollup_path WHERE ${where} GROUP BY at, link`;
}
