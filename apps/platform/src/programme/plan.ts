// What a region means to reach, month by month, and who answers for it.
import { PLAN_WRITE, PROGRAMME, PROGRAMME_QUERY, pageOf } from '@rmh/contract/api';
import { z } from 'zod';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { programmeOf, programmes } from './facts.ts';

export const NUMBER = z.coerce.number().int().positive();

const list = route({
  id: 'programme.list',
  method: 'GET',
  path: '/programme',
  summary: "Each region's plan, and what has come of it month by month",
  access: 'programme.read',
  query: PROGRAMME_QUERY,
  reply: pageOf(PROGRAMME),
  async answer({ sql, query, nowMs }) {
    const { limit, simulated, cursor } = query;
    const question = { organisationId: null, simulated, after: idCursor(cursor), nowMs };
    const rows = await programmes(sql, { ...question, limit: limit + 1 });
    return {
      body: page(
        rows,
        limit,
        (row) => row,
        (row) => row.organisationId,
      ),
    };
  },
});

const write = route({
  id: 'programme.plan',
  method: 'PUT',
  path: '/programme/:organisationId/plan',
  summary: 'A region\'s whole plan; If-Match "0" where it has none yet',
  access: 'programme.write',
  params: z.strictObject({ organisationId: NUMBER }),
  body: PLAN_WRITE,
  reply: PROGRAMME,
  conditional: true,
  async answer(ask) {
    const { sql, params, body, ifMatch, nowMs, services } = ask;
    const { organisationId } = params;
    const before = await programmeOf(sql, organisationId, nowMs);
    if (before === null) throw problem('not-found');
    if (before.version !== ifMatch) throw problem('changed-meanwhile');
    const written = await sql.query(
      `INSERT INTO programme_plan AS old (organisation_id, coordinator) VALUES ($1, $2)
       ON CONFLICT (organisation_id) DO UPDATE SET coordinator = excluded.coordinator,
         version = old.version + 1 WHERE old.version = $3 RETURNING version`,
      [organisationId, body.coordinator, ifMatch],
    );
    if (written.length === 0) throw problem('changed-meanwhile');
    await sql.query('DELETE FROM programme_month WHERE organisation_id = $1', [organisationId]);
    await services.db.insert(
      sql,
      'programme_month',
      MONTH_COLUMNS,
      body.months.map((one) => [
        organisationId,
        one.month,
        one.ordered,
        one.delivered,
        one.installed,
        one.accepted,
        one.inOperation,
      ]),
    );
    await audit(sql, {
      ask,
      action: 'programme.plan',
      organisationId,
      object: { kind: 'programme', id: organisationId },
      before: { coordinator: before.coordinator, months: before.plan },
      after: body,
    });
    const programme = await programmeOf(sql, organisationId, nowMs);
    if (programme === null) throw problem('our-fault');
    return { body: programme, version: programme.version };
  },
});

const MONTH_COLUMNS = [
  'organisation_id',
  'month',
  'ordered',
  'delivered',
  'installed',
  'accepted',
  'in_operation',
];

export const planRoutes: readonly Route[] = [list, write];
