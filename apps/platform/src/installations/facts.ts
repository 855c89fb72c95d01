// What the telemetry says of one drive. Places are read here and stay here: what goes on to the
// judgement and into the database are counts and dBm.
import { present } from '@rmh/base';
import type { Sql } from '../db/database.ts';
import type { DriveFacts, LinkFacts, LinkOutage } from './judge.ts';

// As long as positions are kept at most: the fleet of the last month.
const FLEET_DAYS = 30;

export interface Drive {
  readonly vehicleId: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Heard {
  readonly facts: DriveFacts;
  /** End of the last sample; null: none. */
  readonly throughMs: number | null;
}

export async function readDrive(sql: Sql, drive: Drive): Promise<Heard> {
  const { vehicleId } = drive;
  const [whole] = await sql.query<{ known: number; cells: number; through: Date | null }>(
    `SELECT coalesce(sum(up_ms + down_ms), 0)::bigint AS known,
       count(DISTINCT cell)::integer AS cells,
       max(at + span_ms * interval '1 ms') AS through
     FROM sample WHERE ${SAMPLES}`,
    span(drive),
  );
  const { known, cells, through } = present(whole, 'sums without a group are one row');
  const expected = await sql.query<{ key: string }>(
    `SELECT DISTINCT c.key FROM subscription s JOIN carrier c ON c.id = s.carrier_id
     WHERE s.vehicle_id = $1 ORDER BY 1`,
    [vehicleId],
  );
  const facts: DriveFacts = {
    knownMs: known,
    cells,
    expected: expected.map(({ key }) => key),
    links: await linksOf(sql, drive),
    outages: await outagesOf(sql, drive),
  };
  return { facts, throughMs: through?.getTime() ?? null };
}

// A sample counts where it began.
const SAMPLES = `vehicle_id = $1 AND at >= $2 AND at < $3
  AND unit_id IN (SELECT unit_id FROM vehicle_watch WHERE vehicle_id = $1)`;
const span = ({ vehicleId, fromMs, toMs }: Drive) => [vehicleId, new Date(fromMs), new Date(toMs)];

interface CellRow {
  readonly link: string;
  readonly cell: number | null;
  readonly up_ms: number;
  readonly own_dbm: number | null;
  readonly fleet_dbm: number | null;
}

async function linksOf(sql: Sql, drive: Drive): Promise<LinkFacts[]> {
  const rows = await sql.query<CellRow>(
    `WITH own AS (
       SELECT p.link, s.cell, sum(p.up_ms)::bigint AS up_ms, avg(p.rsrp_dbm) AS own_dbm
       FROM (SELECT unit_id, at, cell FROM sample WHERE ${SAMPLES}) AS s
       JOIN sample_path p ON p.unit_id = s.unit_id AND p.at = s.at
       WHERE p.at >= $2 AND p.at < $3
       GROUP BY p.link, s.cell
     )
     SELECT own.link, own.up_ms, own.own_dbm, fleet.median_dbm AS fleet_dbm
     FROM own LEFT JOIN rmh_fleet_rsrp(
       ARRAY(SELECT DISTINCT cell FROM own WHERE cell IS NOT NULL),
       (($3::timestamptz - $4 * interval '1 day') AT TIME ZONE 'UTC')::date, $1,
       (SELECT simulated FROM vehicle WHERE id = $1)
     ) AS fleet ON fleet.cell = own.cell AND fleet.link = own.link`,
    [...span(drive), FLEET_DAYS],
  );
  return [...Map.groupBy(rows, ({ link }) => link)].map(([link, ofLink]) => ({
    link,
    upMs: ofLink.reduce((sum, row) => sum + row.up_ms, 0),
    cells: ofLink.flatMap(({ own_dbm: ownDbm, fleet_dbm: fleetDbm }) =>
      ownDbm === null || fleetDbm === null ? [] : [{ ownDbm, fleetDbm }],
    ),
  }));
}

async function outagesOf(sql: Sql, drive: Drive): Promise<LinkOutage[]> {
  const rows = await sql.query<{ moved_after_ms: number | null; held: boolean }>(
    `SELECT o.moved_after_ms, NOT EXISTS (
         SELECT FROM outage s WHERE s.vehicle_id = $1 AND s.link IS NULL
           AND s.from_at < coalesce(o.to_at, $3) AND coalesce(s.to_at, $3) > o.from_at
       ) AS held
     FROM outage o
     WHERE o.vehicle_id = $1 AND o.link IS NOT NULL AND o.from_at >= $2 AND o.from_at < $3
     ORDER BY o.from_at, o.id`,
    span(drive),
  );
  return rows.map((row) => ({ movedAfterMs: row.moved_after_ms, serviceHeld: row.held }));
}
