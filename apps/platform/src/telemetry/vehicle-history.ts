// One vehicle's outages, and where it was. The first is told with the cell of the place, the second
// only to who may see a track, with a reason. Both looks go into the audit.
import {
  OUTAGE_QUERY,
  type Outage,
  pageOf,
  TRACK_POINT,
  TRACK_QUERY,
  type TrackPoint,
  VEHICLE_OUTAGE,
  type VehicleOutage,
} from '@rmh/contract/api';
import { cellToLatLng } from 'h3-js';
import { z } from 'zod';
import { noteLook } from '../audit/looks.ts';
import { keyCursor, page } from '../http/paging.ts';
import { route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { seenVehicle, VEHICLE_PARAMS } from './series.ts';

interface OutageRow {
  readonly id: number;
  readonly link: Outage['link'];
  readonly from_at: Date;
  readonly to_at: Date | null;
  readonly moved_to: string | null;
  readonly moved_after_ms: number | null;
  readonly critical_lost: number;
  readonly frozen_ms: number;
  readonly cause: VehicleOutage['cause'];
  readonly cell: string | null;
}

const NEWEST_FIRST = z.tuple([z.iso.datetime(), z.int()]);

export const vehicleOutages = route({
  id: 'vehicles.outages',
  method: 'GET',
  path: '/vehicles/:vehicleId/outages',
  summary: 'What happened to a vehicle, the newest first',
  access: 'vehicle.read',
  params: VEHICLE_PARAMS,
  query: OUTAGE_QUERY,
  reply: pageOf(VEHICLE_OUTAGE),
  async answer(ask) {
    const { sql, params, query } = ask;
    const organisationId = await seenVehicle(sql, params.vehicleId);
    const [at, id] = keyCursor(query.cursor, NEWEST_FIRST) ?? [null, null];
    const rows = await sql.query<OutageRow>(
      `SELECT o.*, place.cell FROM (
        SELECT * FROM outage WHERE vehicle_id = $1
          AND ($2::timestamptz IS NULL OR from_at >= $2)
          AND ($3::timestamptz IS NULL OR from_at < $3)
          AND ($4::text IS NULL OR coalesce(link, 'service') = $4)
          AND ($5::timestamptz IS NULL OR (from_at, id) < ($5, $6::integer))
        ORDER BY from_at DESC, id DESC LIMIT $7
      ) AS o LEFT JOIN LATERAL (
        SELECT to_hex(s.cell) AS cell FROM sample s WHERE s.unit_id = o.unit_id
          AND s.at <= o.from_at AND s.at > o.from_at - interval '1 minute'
        ORDER BY s.at DESC LIMIT 1
      ) AS place ON true ORDER BY o.from_at DESC, o.id DESC`,
      [params.vehicleId, query.from, query.to, query.link, at, id, query.limit + 1].map(
        (value) => value ?? null,
      ),
    );
    await noteLook(ask, params.vehicleId, organisationId);
    const keyOf = (row: OutageRow) => [row.from_at.toISOString(), row.id];
    return { body: page(rows, query.limit, outageOf, keyOf) };
  },
});

function outageOf(row: OutageRow): VehicleOutage {
  const { from_at: from, to_at: to } = row;
  return {
    id: row.id,
    link: row.link,
    from: from.toISOString(),
    to: to === null ? null : to.toISOString(),
    seconds: to === null ? null : (+to - +from) / 1_000,
    movedTo: row.moved_to,
    movedAfterMs: row.moved_after_ms,
    criticalLost: row.critical_lost,
    frozenMs: row.frozen_ms,
    cause: row.cause,
    place: row.cell === null ? null : middleOf(row.cell),
  };
}

/** Of the cell, about 0.7 km²: where the vehicle stood in it is its track. */
function middleOf(cell: string): VehicleOutage['place'] {
  const [latitude, longitude] = cellToLatLng(cell);
  return { latitude, longitude, speedMs: null, headingDeg: null };
}

interface TrackRow {
  readonly at: Date;
  readonly latitude: number;
  readonly longitude: number;
  readonly speed_ms: number | null;
  readonly heading_deg: number | null;
  readonly service: number;
}

export const vehicleTrack = route({
  id: 'vehicles.track',
  method: 'GET',
  path: '/vehicles/:vehicleId/track',
  summary: 'Where a vehicle was; asks for a reason, and is written down',
  access: 'track.read',
  params: VEHICLE_PARAMS,
  query: TRACK_QUERY,
  reply: pageOf(TRACK_POINT),
  async answer(ask) {
    const { sql, params, query } = ask;
    const organisationId = await seenVehicle(sql, params.vehicleId);
    const { from, to, reason, limit } = query;
    await audit(sql, {
      ask,
      action: 'track.read',
      organisationId,
      object: { kind: 'vehicle', id: params.vehicleId },
      after: { from, to },
      reason,
    });
    const after = keyCursor(query.cursor, z.tuple([z.iso.datetime()]));
    const rows = await sql.query<TrackRow>(
      `SELECT at, latitude, longitude, speed_ms, heading_deg, up_ms::real / span_ms AS service
      FROM sample WHERE unit_id IN (SELECT unit_id FROM vehicle_watch WHERE vehicle_id = $1)
        AND vehicle_id = $1 AND at >= $2 AND at < $3 AND latitude IS NOT NULL
        AND ($4::timestamptz IS NULL OR at > $4)
      ORDER BY at LIMIT $5`,
      [params.vehicleId, from, to, after?.[0] ?? null, limit + 1],
    );
    return { body: page(rows, limit, pointOf, ({ at }) => [at.toISOString()]) };
  },
});

const pointOf = (row: TrackRow): TrackPoint => ({
  at: row.at.toISOString(),
  latitude: row.latitude,
  longitude: row.longitude,
  speedMs: row.speed_ms,
  headingDeg: row.heading_deg,
  service: row.service,
});
