// Reports: listed, read as data, as a document in either language, as a PDF; and made on demand.
import {
  DOCUMENT,
  pageOf,
  REPORT,
  REPORT_DOCUMENT_QUERY,
  REPORT_ENTRY,
  REPORT_WRITE,
  REPORTS_QUERY,
  type Report,
  type ReportBody,
  type ReportChange,
  type ReportEntry,
} from '@rmh/contract/api';
import { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { SYSTEM } from '../db/database.ts';
import { renderPdf } from '../document/index.ts';
import { idCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { admit } from '../identity/verbs.ts';
import { monthSpan } from './body.ts';
import { documentOf } from './document.ts';
import { makeReport } from './make.ts';

const PARAMS = z.strictObject({ reportId: z.coerce.number().int().positive() });

interface EntryRow {
  readonly id: number;
  readonly organisation_id: number;
  readonly organisation: string;
  readonly month: string;
  readonly simulated: boolean;
  readonly version: number;
  readonly made_at: Date;
  readonly made_by: string | null;
  readonly availability: number | null;
  readonly changed: number;
}

// The name stands in the report itself: who reads the nation's may not see the nation.
const ENTRY = `r.id, r.organisation_id, r.body::json #>> '{organisation,name}' AS organisation,
  r.month, r.simulated, r.version, r.made_at, r.made_by,
  (r.body::json #>> '{whole,availability}')::float8 AS availability,
  jsonb_array_length(r.changes) AS changed`;

const list = route({
  id: 'reports.list',
  method: 'GET',
  path: '/reports',
  summary: 'Monthly reports, the newest first',
  access: 'report.read',
  query: REPORTS_QUERY,
  reply: pageOf(REPORT_ENTRY),
  async answer({ sql, query }) {
    const before = idCursor(query.cursor);
    const rows = await sql.query<EntryRow>(
      `SELECT ${ENTRY} FROM report r
      WHERE r.simulated = $1 AND ($2::integer IS NULL OR r.organisation_id = $2)
        AND ($3 = 0 OR r.id < $3)
        AND (NOT $4 OR NOT EXISTS (SELECT FROM report later
          WHERE later.organisation_id = r.organisation_id AND later.month = r.month
            AND later.simulated = r.simulated AND later.version > r.version))
      ORDER BY r.id DESC LIMIT $5`,
      [query.simulated, query.organisationId ?? null, before, query.newest, query.limit + 1],
    );
    return { body: page(rows, query.limit, entryOf, (row) => row.id) };
  },
});

const get = route({
  id: 'reports.get',
  method: 'GET',
  path: '/reports/:reportId',
  summary: 'One report as data, and what changed since the version before',
  access: 'report.read',
  params: PARAMS,
  reply: REPORT,
  async answer({ sql, params }) {
    return { body: await reportOf(sql, params.reportId) };
  },
});

const asDocument = route({
  id: 'reports.document',
  method: 'GET',
  path: '/reports/:reportId/document',
  summary: 'One report in words, part by part',
  access: 'report.read',
  params: PARAMS,
  query: REPORT_DOCUMENT_QUERY,
  reply: DOCUMENT,
  async answer({ sql, params, query }) {
    return { body: documentOf(await reportOf(sql, params.reportId), query.language) };
  },
});

const asPdf = route({
  id: 'reports.pdf',
  method: 'GET',
  path: '/reports/:reportId/pdf',
  summary: 'One report as an accessible PDF (PDF/UA)',
  access: 'report.read',
  params: PARAMS,
  query: REPORT_DOCUMENT_QUERY,
  reply: null,
  // Some 0.2 s of computing each.
  perMinute: 20,
  async answer({ sql, params, query }) {
    const report = await reportOf(sql, params.reportId);
    const bytes = await renderPdf(documentOf(report, query.language));
    const name = `rmh-${report.month.slice(0, 7)}-${report.organisationId}-${report.version}.pdf`;
    return {
      headers: {
        'content-type': 'application/pdf',
        'content-disposition': `attachment; filename="${name}"`,
      },
      raw: async (stream) => void (await stream.write(bytes)),
    };
  },
});

const make = route({
  id: 'reports.make',
  method: 'POST',
  path: '/reports',
  summary: 'The report of a month that is over; the kept one where nothing has changed',
  access: 'report.write',
  body: REPORT_WRITE,
  reply: REPORT,
  noTransaction: true,
  // Up to a second of the database each.
  perMinute: 10,
  async answer(ask) {
    const { asker, body, nowMs, services } = ask;
    const { db } = services;
    const admission = admit(asker, 'report.write');
    if (admission.kind === 'refused') throw problem(admission.problem);
    const madeBy = await db.transaction(admission.scope, async (sql) => {
      const [organisation] = await sql.query<{ kind: string }>(
        'SELECT kind FROM organisation WHERE id = $1',
        [body.organisationId],
      );
      if (organisation === undefined) throw problem('not-found');
      if (!['national', 'rhf'].includes(organisation.kind)) {
        throw problem('conflict', 'reports are of regions and of the nation');
      }
      if (monthSpan(body.month).toMs > nowMs) throw problem('conflict', 'the month is not over');
      return asker.kind === 'user' ? asker.name : 'API';
    });
    const made = await makeReport(db, body, nowMs, madeBy);
    const report = await db.transaction(SYSTEM, async (sql) => {
      if (made.isNew) {
        await audit(sql, {
          ask,
          action: 'report.make',
          organisationId: body.organisationId,
          object: { kind: 'report', id: made.reportId },
          after: { month: body.month, simulated: body.simulated },
        });
      }
      return await reportOf(sql, made.reportId);
    });
    return { status: made.isNew ? 201 : 200, body: report };
  },
});

async function reportOf(sql: Sql, reportId: number): Promise<Report> {
  const [row] = await sql.query<EntryRow & { body: string; changes: ReportChange[] }>(
    `SELECT ${ENTRY}, r.body, r.changes FROM report r WHERE r.id = $1`,
    [reportId],
  );
  if (row === undefined) throw problem('not-found');
  const body = JSON.parse(row.body) as ReportBody;
  return { ...entryOf(row), body, changes: row.changes };
}

function entryOf(row: EntryRow): ReportEntry {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    organisation: row.organisation,
    month: row.month,
    simulated: row.simulated,
    version: row.version,
    madeAt: row.made_at.toISOString(),
    madeBy: row.made_by,
    availability: row.availability,
    changed: row.changed,
  };
}

export const reportRoutes: readonly Route[] = [list, get, asDocument, asPdf, make];
