// How organisations stand, by which requirements they fall, and how that was before.
import {
  COMPLIANCE_PAGE,
  COMPLIANCE_QUERY,
  COMPLIANCE_TREND,
  COMPLIANCE_TREND_QUERY,
  type Compliance,
  pageOf,
  REQUIREMENT_COMPLIANCE,
  RESULT,
  RESULT_HISTORY_QUERY,
  RESULT_QUERY,
  type ResultState,
} from '@rmh/contract/api';
import { idCursor, page, writeCursor } from '../http/paging.ts';
import { type Route, route } from '../http/route.ts';
import { highest } from '../organisations/highest.ts';
import { dayOf, dayStart } from '../statistics/period.ts';
import { IN_FORCE, requirementOf, VERSION_COLUMNS, type VersionRow } from './register.ts';
import { currentResults, pastResults, resultOf, WHOSE } from './results.ts';

interface ComplianceRow {
  readonly id: number;
  readonly parent_id: number | null;
  readonly kind: Compliance['kind'];
  readonly name: string;
  readonly vehicles: readonly number[];
  readonly checks: readonly number[];
  readonly own: readonly number[];
}

const organisations = route({
  id: 'compliance.organisations',
  method: 'GET',
  path: '/compliance',
  summary: 'How an organisation and those right below it meet the requirements',
  access: 'requirement.read',
  query: COMPLIANCE_QUERY,
  reply: COMPLIANCE_PAGE,
  async answer({ sql, query }) {
    // Without a wish: the highest that the asker sees, and those right below them.
    const rows = await sql.query<ComplianceRow>(
      `WITH top AS (SELECT id FROM organisation o WHERE $1::integer = id OR ($1 IS NULL
         AND NOT EXISTS (SELECT FROM organisation p WHERE p.id = o.parent_id)))
       SELECT o.id, o.parent_id, o.kind, o.name,
         ARRAY[count(*) FILTER (WHERE is_vehicle AND failed + unknown = 0),
           count(*) FILTER (WHERE is_vehicle AND failed > 0),
           count(*) FILTER (WHERE is_vehicle AND failed = 0 AND unknown > 0)
         ]::integer[] AS vehicles,
         ARRAY[sum(met) FILTER (WHERE is_vehicle), sum(failed) FILTER (WHERE is_vehicle),
           sum(unknown) FILTER (WHERE is_vehicle)]::integer[] AS checks,
         ARRAY[sum(met) FILTER (WHERE NOT is_vehicle), sum(failed) FILTER (WHERE NOT is_vehicle),
           sum(unknown) FILTER (WHERE NOT is_vehicle)]::integer[] AS own
       FROM organisation o LEFT JOIN organisation_tree t ON t.ancestor_id = o.id
       LEFT JOIN (SELECT *, vehicle_id IS NOT NULL AS is_vehicle FROM requirement_subject
         WHERE vehicle_id IS NULL OR simulated = $2) AS s ON s.organisation_id = t.organisation_id
       WHERE (o.id IN (SELECT id FROM top) OR o.parent_id IN (SELECT id FROM top)) AND o.id > $3
       GROUP BY o.id, o.parent_id, o.kind, o.name ORDER BY o.id LIMIT $4`,
      [query.organisationId ?? null, query.simulated, idCursor(query.cursor), query.limit + 1],
    );
    const [run] = await sql.query<{ at: Date | null }>('SELECT requirement_ran_at() AS at');
    return {
      body: {
        evaluatedAt: run?.at?.toISOString() ?? null,
        ...page(rows, query.limit, complianceOf, ({ id }) => id),
      },
    };
  },
});

function complianceOf(row: ComplianceRow): Compliance {
  return {
    organisationId: row.id,
    parentId: row.parent_id,
    kind: row.kind,
    name: row.name,
    vehicles: countsOf(row.vehicles),
    checks: countsOf(row.checks),
    ownChecks: countsOf(row.own),
  };
}

/** In the order met, failed, unknown; null where there was nothing to add up. */
function countsOf([met, failed, unknown]: readonly (number | null)[]) {
  return { met: met ?? 0, failed: failed ?? 0, unknown: unknown ?? 0 };
}

type CountedRow = VersionRow & {
  readonly in_force: number;
  readonly met: number;
  readonly failed: number;
  readonly unknown: number;
};

const byRequirement = route({
  id: 'compliance.requirements',
  method: 'GET',
  path: '/compliance/requirements',
  summary: 'Each requirement that binds, the one that fails most first',
  access: 'requirement.read',
  query: COMPLIANCE_QUERY,
  reply: pageOf(REQUIREMENT_COMPLIANCE),
  readsLong: true,
  async answer({ sql, query, nowMs }) {
    const counted = await sql.query<{ id: number; state: ResultState; n: number }>(
      `SELECT x.requirement_id AS id, x.state, count(*)::integer AS n FROM requirement_result x
       WHERE ${WHOSE} AND x.to_at IS NULL GROUP BY x.requirement_id, x.state`,
      [query.organisationId ?? null, query.simulated],
    );
    const rows = await sql.query<CountedRow>(
      `SELECT ${VERSION_COLUMNS}, v.version AS in_force FROM ${IN_FORCE} AS v
       JOIN requirement r ON r.id = v.requirement_id ORDER BY r.id`,
      [dayOf(nowMs)],
    );
    const all = rows.map((row) => {
      const results = { met: 0, failed: 0, unknown: 0 };
      for (const { id, state, n } of counted) if (id === row.requirement_id) results[state] += n;
      return { requirement: requirementOf(row), results };
    });
    const worstFirst = all.toSorted(
      ({ results: a }, { results: b }) => b.failed - a.failed || b.unknown - a.unknown,
    );
    // Made anew for each page, as the order follows from the counts; some thirty are one page.
    const from = idCursor(query.cursor);
    const to = from + query.limit;
    const next = worstFirst.length > to ? writeCursor(to) : null;
    return { body: { items: worstFirst.slice(from, to), next } };
  },
});

const items = route({
  id: 'compliance.items',
  method: 'GET',
  path: '/compliance/items',
  summary: 'What is met and what is not now, one by one, with the figure beside what is asked',
  access: 'requirement.read',
  query: RESULT_QUERY,
  reply: pageOf(RESULT),
  async answer({ sql, query }) {
    const rows = await currentResults(sql, query, idCursor(query.cursor), query.limit);
    return { body: page(rows, query.limit, resultOf, ({ id }) => id) };
  },
});

const history = route({
  id: 'compliance.history',
  method: 'GET',
  path: '/compliance/history',
  summary: 'What was met and what was not, from when to when; the newest first',
  access: 'requirement.read',
  query: RESULT_HISTORY_QUERY,
  reply: pageOf(RESULT),
  async answer({ sql, query }) {
    const before = idCursor(query.cursor, Number.MAX_SAFE_INTEGER);
    const rows = await pastResults(sql, query, before, query.limit);
    return { body: page(rows, query.limit, resultOf, ({ id }) => id) };
  },
});

const trend = route({
  id: 'compliance.trend',
  method: 'GET',
  path: '/compliance/trend',
  summary: 'How many checks stood how, at the end of each day',
  access: 'requirement.read',
  query: COMPLIANCE_TREND_QUERY,
  reply: COMPLIANCE_TREND,
  async answer({ sql, query, nowMs }) {
    const starts = [dayStart(nowMs)];
    while (starts.length < query.days) starts.unshift(dayStart((starts[0] ?? 0) - 43_200_000));
    const days = starts.map(dayOf);
    // What was there when the first day ended, and what each later one changed of it.
    const changes = await sql.query<{ day: string; state: ResultState; n: number }>(
      `SELECT greatest(day, $3::date) AS day, state, sum(n)::integer AS n FROM requirement_change
       WHERE organisation_id IN ${highest('$1')} AND (NOT of_vehicle OR simulated = $2)
       GROUP BY 1, 2`,
      [query.organisationId ?? null, query.simulated, days[0]],
    );
    const byDay = Map.groupBy(changes, ({ day }) => day);
    const counts = { met: 0, failed: 0, unknown: 0 };
    const points = days.map((day) => {
      for (const { state, n } of byDay.get(day) ?? []) counts[state] += n;
      return { day, ...counts };
    });
    return { body: { days: points } };
  },
});

export const complianceRoutes: readonly Route[] = [
  organisations,
  byRequirement,
  items,
  history,
  trend,
];
