// The facts of organisations, each with all that lies below it, and of the nation.
import type { FactFigures } from '@rmh/contract/api';
import { ATTESTED_FACT_NAMES } from '@rmh/contract/api';
import type { Sql } from '../../db/database.ts';
import { dayOf } from '../../statistics/period.ts';
import { instant } from '../../statistics/sums.ts';
import { DAY_MS, type FiguresById, partOf, SPAN_MS } from './sources.ts';

const DORMANT_MS = 90 * DAY_MS;
const ACKNOWLEDGED_WITHIN_MIN = 30;
const HEARD_WITHIN_MS = 300_000;
// 5,000 × some 50 µs for a hash are a quarter of a second. `rmh audit verify` follows it whole.
const AUDIT_ENTRIES = 5_000;

/** Counts that are 0 where there is nothing to count. */
export async function people(sql: Sql, nowMs: number): Promise<FiguresById> {
  const rows = await sql.query<{
    id: number;
    operators: number;
    dormant: number;
    recipients: number;
    token_days: number;
  }>(
    `SELECT o.id,
       (SELECT count(DISTINCT g.user_id)::integer FROM user_grant g
         JOIN app_user u ON u.id = g.user_id AND u.active
         JOIN organisation_tree up ON up.ancestor_id = g.organisation_id
         WHERE up.organisation_id = o.id AND g.role = 'ict-operator') AS operators,
       (SELECT count(*)::integer FROM app_user u WHERE u.organisation_id = ANY (below.ids)
         AND u.active AND u.last_seen_at < $2) AS dormant,
       (SELECT count(*)::integer FROM webhook w WHERE w.organisation_id = ANY (below.ids)
         AND w.enabled) AS recipients,
       (SELECT coalesce(max(extract(epoch FROM s.expires_at - s.created_at)) / 86400, 0)::float8
         FROM service_token s WHERE s.organisation_id = ANY (below.ids)
         AND s.revoked_at IS NULL AND s.expires_at > $1) AS token_days
     FROM organisation o CROSS JOIN LATERAL (SELECT array_agg(organisation_id) AS ids
       FROM organisation_tree WHERE ancestor_id = o.id) AS below
     WHERE o.kind <> 'station'`,
    [instant(nowMs), instant(nowMs - DORMANT_MS)],
  );
  return new Map(
    rows.map(({ id, operators, dormant, recipients, token_days: tokenDays }) => [
      id,
      {
        ictOperators: operators,
        dormantUsers: dormant,
        recipients,
        tokenLifetimeDays: tokenDays,
      },
    ]),
  );
}

/** An alarm that is still open and young may yet be acknowledged in time: it does not count. */
export async function handledAlarms(sql: Sql, nowMs: number): Promise<FiguresById> {
  const rows = await sql.query<{ id: number; raised: number; in_time: number }>(
    `SELECT t.ancestor_id AS id, count(*)::integer AS raised,
       (count(*) FILTER (WHERE least(a.acknowledged_at, a.cleared_at)
         <= a.raised_at + interval '${ACKNOWLEDGED_WITHIN_MIN} minutes'))::integer AS in_time
     FROM alarm a JOIN organisation_tree t ON t.organisation_id = a.organisation_id
     WHERE a.severity IN ('critical', 'major') AND NOT a.simulated
       AND a.raised_at >= $1 AND a.raised_at < $2
       AND (a.acknowledged_at IS NOT NULL OR a.cleared_at IS NOT NULL
         OR a.raised_at < $2::timestamptz - interval '${ACKNOWLEDGED_WITHIN_MIN} minutes')
     GROUP BY t.ancestor_id`,
    [instant(nowMs - SPAN_MS), instant(nowMs)],
  );
  return new Map(
    rows.map(({ id, raised, in_time: inTime }) => [
      id,
      { acknowledgedInTime: partOf(inTime, raised) },
    ]),
  );
}

export async function looks(sql: Sql, nowMs: number): Promise<FiguresById> {
  const rows = await sql.query<{ id: number; looks: number }>(
    `SELECT o.id, count(a.sequence)::integer AS looks FROM organisation o
     JOIN organisation_tree t ON t.ancestor_id = o.id
     LEFT JOIN audit a ON a.organisation_id = t.organisation_id AND a.action = 'track.read'
       AND a.at >= $1 AND coalesce(btrim(a.reason), '') = ''
     WHERE o.kind <> 'station' GROUP BY o.id`,
    [instant(nowMs - SPAN_MS)],
  );
  return new Map(rows.map(({ id, looks }) => [id, { looksWithoutReason: looks }]));
}

/** Days since what people answered for was done, the last time. */
export async function attested(sql: Sql, nowMs: number): Promise<FiguresById> {
  const rows = await sql.query<{ id: number; fact: string; done_on: string }>(
    `SELECT organisation_id AS id, fact, max(done_on) AS done_on FROM attestation
     GROUP BY organisation_id, fact`,
  );
  const todayMs = Date.parse(dayOf(nowMs));
  const figures = new Map<number, FactFigures>();
  for (const { id, fact, done_on: doneOn } of rows) {
    const name = ATTESTED_FACT_NAMES.find((one) => one === fact);
    if (name === undefined) continue;
    const days = Math.max(0, Math.round((todayMs - Date.parse(doneOn)) / DAY_MS));
    figures.set(id, { ...figures.get(id), [name]: days });
  }
  return figures;
}

export async function nation(sql: Sql, nowMs: number): Promise<FiguresById> {
  const [row] = await sql.query<{
    id: number;
    position_days: number;
    rotate_hours: number;
    heard: number;
    sites: number;
  }>(
    `SELECT o.id, (SELECT position_days FROM retention) AS position_days,
       (SELECT rotate_keys_hours FROM network_settings) AS rotate_hours,
       (SELECT count(*)::integer FROM gateway WHERE state = 'enrolled' AND heard_at >= $1) AS heard,
       (SELECT count(DISTINCT site)::integer FROM gateway WHERE state = 'enrolled') AS sites
     FROM organisation o WHERE o.kind = 'national'`,
    [instant(nowMs - HEARD_WITHIN_MS)],
  );
  if (row === undefined) return new Map();
  return new Map([
    [
      row.id,
      {
        positionKeepDays: row.position_days,
        keyRotationHours: row.rotate_hours,
        gatewaysHeard: row.heard,
        gatewaySites: row.sites,
        auditWhole: await auditWhole(sql),
      },
    ],
  ]);
}

/**
 * 1 where the newest entries are as they were written, none is missing between them, and the last
 * signed head is still among them.
 */
async function auditWhole(sql: Sql): Promise<number | null> {
  const [row] = await sql.query<{ entries: number; broken: number; gone: boolean }>(
    `SELECT EXISTS (SELECT FROM (SELECT * FROM audit_head ORDER BY sequence DESC LIMIT 1) h
         LEFT JOIN audit a ON a.sequence = h.sequence WHERE a.hash IS DISTINCT FROM h.hash) AS gone,
       count(*)::integer AS entries, (count(*) FILTER (WHERE hash <> computed
       OR previous_hash <> before OR sequence <> earlier + 1))::integer AS broken
     FROM (SELECT a.sequence, a.hash, audit_hash(a) AS computed, a.previous_hash,
         lag(a.hash) OVER w AS before, lag(a.sequence) OVER w AS earlier
       FROM audit a
       WHERE a.sequence > (SELECT coalesce(max(sequence), 0) - ${AUDIT_ENTRIES} FROM audit)
       WINDOW w AS (ORDER BY a.sequence)) AS entry`,
  );
  if (row === undefined || (row.entries === 0 && !row.gone)) return null;
  return row.broken === 0 && !row.gone ? 1 : 0;
}
