// The operators' cases of a month, carrier by carrier.
import type { ReportBody } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { instant, type Selection } from '../statistics/sums.ts';

/** Cases that were open at some time in the month, in which a vehicle of the organisation was. */
export async function casesOf(
  sql: Sql,
  { period, simulated, organisationId }: Selection,
): Promise<ReportBody['cases']> {
  return [
    ...(await sql.query<ReportBody['cases'][number]>(
      `SELECT o.key AS carrier,
        count(*) FILTER (WHERE c.opened_at >= $3)::integer AS opened,
        count(*) FILTER (WHERE c.ended_at < $4)::integer AS closed,
        count(*) FILTER (WHERE c.ended_at IS NULL OR c.ended_at >= $4)::integer AS "openAtEnd"
      FROM carrier_case c JOIN carrier o ON o.id = c.carrier_id
      WHERE c.simulated = $1 AND c.opened_at < $4 AND (c.ended_at IS NULL OR c.ended_at >= $3)
        AND EXISTS (SELECT FROM organisation_tree t WHERE t.ancestor_id = $2
          AND (t.organisation_id = c.organisation_id OR t.organisation_id = ANY (c.seen_by)))
      GROUP BY o.key ORDER BY o.key`,
      [simulated, organisationId, instant(period.fromMs), instant(period.toMs)],
    )),
  ];
}
