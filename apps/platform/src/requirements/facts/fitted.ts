// What is built into vehicles, and how it stands: subscriptions, unit, software, keys, alarms.
import type { Sql } from '../../db/database.ts';
import { instant } from '../../statistics/sums.ts';
import { Releases } from './releases.ts';
import { DAY_MS, type FiguresById } from './sources.ts';

export async function subscriptions(sql: Sql): Promise<FiguresById> {
  const rows = await sql.query<{ id: number; fitted: number; priority: number }>(
    `SELECT v.id, count(DISTINCT s.carrier_id)::integer AS fitted,
       (count(*) FILTER (WHERE s.priority))::integer AS priority
     FROM vehicle v LEFT JOIN subscription s ON s.vehicle_id = v.id
     WHERE v.stage = 'in-operation' GROUP BY v.id`,
  );
  return new Map(
    rows.map(({ id, fitted, priority }) => [
      id,
      { carriersFitted: fitted, prioritySubscriptions: priority },
    ]),
  );
}

interface UnitRow {
  readonly id: number;
  readonly simulated: boolean;
  readonly unit_id: number | null;
  readonly enrolled_at: Date | null;
  readonly heard_at: Date | null;
  readonly waiting: number | null;
  readonly software: string | null;
  readonly disk_share: number | null;
}

export async function units(sql: Sql, nowMs: number): Promise<FiguresById> {
  const rows = await sql.query<UnitRow>(
    `SELECT v.id, v.simulated, u.id AS unit_id, u.enrolled_at, l.heard_at,
       (l.body ->> 'waiting')::float8 AS waiting,
       coalesce(l.body ->> 'softwareVersion', u.software_version) AS software,
       (l.health ->> 'diskShare')::float8 AS disk_share
     FROM vehicle v LEFT JOIN unit u ON u.vehicle_id = v.id AND u.state = 'enrolled'
     LEFT JOIN unit_latest l ON l.unit_id = u.id WHERE v.stage = 'in-operation'`,
  );
  const releases = await Releases.noted(sql, rows, nowMs);
  const daysSince = (at: Date | null) => (at === null ? null : (nowMs - +at) / DAY_MS);
  return new Map(
    rows.map((row) => [
      row.id,
      {
        unitEnrolled: row.unit_id === null ? 0 : 1,
        identityAgeDays: daysSince(row.enrolled_at),
        silentDays: daysSince(row.heard_at),
        samplesWaiting: row.waiting,
        storageShare: row.disk_share,
        softwareBehindDays: releases.behindDays(row, nowMs),
      },
    ]),
  );
}

/** Only of units that have a tunnel: others have nothing to share a key for. */
export async function keys(sql: Sql, nowMs: number): Promise<FiguresById> {
  const rows = await sql.query<{ id: number; gateways: number; made_at: Date | null }>(
    `SELECT u.vehicle_id AS id, count(g.id)::integer AS gateways,
       min(k.made_at) FILTER (WHERE g.id IS NOT NULL) AS made_at
     FROM unit u LEFT JOIN preshared_key k ON k.unit_id = u.id
     LEFT JOIN gateway g ON g.id = k.gateway_id AND g.state = 'enrolled'
     WHERE u.state = 'enrolled' AND u.vehicle_id IS NOT NULL AND u.tunnel_key IS NOT NULL
     GROUP BY u.vehicle_id`,
  );
  return new Map(
    rows.map(({ id, gateways, made_at: madeAt }) => [
      id,
      {
        gatewaysKeyed: gateways,
        keyAgeHours: madeAt === null ? null : (nowMs - +madeAt) / 3_600_000,
      },
    ]),
  );
}

/** What the newest acceptance drive of each vehicle showed. */
export async function drives(sql: Sql): Promise<FiguresById> {
  const rows = await sql.query<{ id: number; moved_ms: number | null }>(
    `SELECT DISTINCT ON (i.vehicle_id) i.vehicle_id AS id, (SELECT (f ->> 'measured')::float8
         FROM jsonb_array_elements(d.figures) AS f WHERE f ->> 'check' = 'failover' LIMIT 1)
         AS moved_ms
     FROM acceptance_drive d JOIN installation i ON i.id = d.installation_id
     ORDER BY i.vehicle_id, d.id DESC`,
  );
  return new Map(rows.map(({ id, moved_ms: moved }) => [id, { driveSwitchoverMs: moved }]));
}

export async function alarms(sql: Sql, nowMs: number): Promise<FiguresById> {
  // Where the engine has not run, no alarm says nothing.
  const rows = await sql.query<{ id: number; raised_at: Date | null }>(
    `SELECT v.id, min(a.raised_at) AS raised_at
     FROM vehicle v LEFT JOIN alarm a ON a.vehicle_id = v.id AND a.cleared_at IS NULL
       AND a.acknowledged_at IS NULL AND a.severity IN ('critical', 'major') AND a.raised_at <= $1
     WHERE v.stage = 'in-operation' AND EXISTS (SELECT FROM alarm_engine) GROUP BY v.id`,
    [instant(nowMs)],
  );
  return new Map(
    rows.map(({ id, raised_at: raisedAt }) => [
      id,
      { graveAlarmHours: raisedAt === null ? 0 : (nowMs - +raisedAt) / 3_600_000 },
    ]),
  );
}
