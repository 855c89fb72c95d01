// Area outages of carriers that began in a month: counted, not placed.
import type { ReportBody } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { instant, type Selection } from '../statistics/sums.ts';

/** Areas in which a vehicle of the organisation was: who owns the alarm is above all of them. */
export async function areasOf(
  sql: Sql,
  { period, simulated, organisationId }: Selection,
): Promise<ReportBody['areas']> {
  return [
    ...(await sql.query<ReportBody['areas'][number]>(
      `SELECT carrier, count(*)::integer AS outages,
        coalesce(sum(round(minutes)), 0)::integer AS minutes,
        coalesce(max(round(minutes)), 0)::integer AS "longestMinutes",
        max(vehicles)::integer AS "vehiclesMost"
      FROM (
        SELECT carrier, vehicles, extract(epoch FROM cleared_at - since) / 60 AS minutes
        FROM alarm a
        WHERE kind = 'carrier-area' AND simulated = $1 AND carrier IS NOT NULL
          AND since >= $3 AND since < $4
          AND EXISTS (SELECT FROM organisation_tree t WHERE t.ancestor_id = $2
            AND (t.organisation_id = a.organisation_id OR t.organisation_id = ANY (a.seen_by)))
      ) AS areas GROUP BY carrier ORDER BY carrier`,
      [simulated, organisationId, instant(period.fromMs), instant(period.toMs)],
    )),
  ];
}
