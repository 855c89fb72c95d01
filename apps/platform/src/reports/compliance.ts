// How all subjects of an organisation stood when a month ended, requirement by requirement.
import type { ReportBody } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { instant, type Selection } from '../statistics/sums.ts';

/** Results are intervals: what held at an instant stays readable, whatever came after it. */
export async function requirementsOf(
  sql: Sql,
  { period, simulated, organisationId }: Selection,
): Promise<ReportBody['requirements']> {
  const state = (name: string) => `count(*) FILTER (WHERE x.state = '${name}')::integer AS ${name}`;
  return [
    ...(await sql.query<ReportBody['requirements'][number]>(
      `SELECT r.code, v.content #>> '{nb,title}' AS nb, v.content #>> '{en,title}' AS en,
        x.met, x.failed, x.unknown
      FROM (
        SELECT requirement_id, max(version) AS version,
          ${['met', 'failed', 'unknown'].map(state).join(', ')}
        FROM requirement_result x
        WHERE from_at < $3 AND (to_at IS NULL OR to_at >= $3)
          AND (vehicle_id IS NULL OR simulated = $1)
          AND organisation_id IN (SELECT organisation_id FROM organisation_tree
            WHERE ancestor_id = $2)
        GROUP BY requirement_id
      ) AS x
      JOIN requirement r ON r.id = x.requirement_id
      JOIN requirement_version v ON v.requirement_id = x.requirement_id AND v.version = x.version
      ORDER BY r.code`,
      [simulated, organisationId, instant(period.toMs)],
    )),
  ];
}
