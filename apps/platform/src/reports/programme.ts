// The rollout programme as it stood when a month ended.
import { type ReportBody, STAGE_NAMES, type StageCounts } from '@rmh/contract/api';
import type { Sql } from '../db/database.ts';
import { programmes } from '../programme/facts.ts';
import { instant } from '../statistics/sums.ts';
import type { Wanted } from './body.ts';

// Regions: four today.
const REGIONS_MOST = 100;

/** `toMs`: when the month ended. Plans are today's: a report says what was planned for then. */
export async function programmeOfMonth(
  sql: Sql,
  { organisationId, month, simulated }: Wanted,
  toMs: number,
): Promise<ReportBody['programme']> {
  const [region] = await sql.query<{ kind: string }>(
    'SELECT kind FROM organisation WHERE id = $1',
    [organisationId],
  );
  const question = { organisationId: region?.kind === 'rhf' ? organisationId : null, simulated };
  const page = { after: 0, limit: REGIONS_MOST, nowMs: toMs - 1 };
  const all = await programmes(sql, { ...question, ...page });
  const blocked = await sql.query<{ id: number; open: number }>(
    `SELECT organisation_id AS id, count(*)::integer AS open FROM programme_row
    WHERE kind = 'blocker' AND since < $1 AND (done_at IS NULL OR done_at >= $1)
    GROUP BY organisation_id`,
    [instant(toMs)],
  );
  return all.map((one) => {
    const plan = one.plan.findLast((planned) => planned.month <= month);
    return {
      region: one.organisation,
      reached: one.reached,
      planned: plan === undefined ? null : countsOf(plan),
      blockersOpen: blocked.find(({ id }) => id === one.organisationId)?.open ?? 0,
    };
  });
}

const countsOf = (of: StageCounts) =>
  Object.fromEntries(STAGE_NAMES.map((name) => [name, of[name]])) as StageCounts;
