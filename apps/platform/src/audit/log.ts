// The audit log, the newest first. National entries belong to the national organisation.
import { AUDIT_ENTRY, AUDIT_QUERY, pageOf } from '@rmh/contract/api';
import { idCursor, page } from '../http/paging.ts';
import { route } from '../http/route.ts';
import { LOOKS } from './looks.ts';

interface AuditRow {
  readonly sequence: number;
  readonly at: Date;
  readonly organisation_id: number | null;
  readonly actor: string;
  readonly name: string | null;
  readonly action: string;
  readonly object_kind: string;
  readonly object_id: string | null;
  readonly call_sign: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly reason: string | null;
  readonly request_id: string | null;
}

export const listAudit = route({
  id: 'audit.list',
  method: 'GET',
  path: '/audit',
  summary: 'Who changed what, and who looked at a track; the newest first',
  access: 'audit.read',
  query: AUDIT_QUERY,
  reply: pageOf(AUDIT_ENTRY),
  async answer({ sql, query }) {
    const rows = await sql.query<AuditRow>(
      // First the rows of the page, then their names: joined first, a year would be joined whole.
      `SELECT a.sequence, a.at, a.organisation_id, a.actor, u.name, a.action, a.object_kind,
         a.object_id, v.call_sign, a.before, a.after, a.reason, a.request_id
       FROM (SELECT * FROM audit a WHERE a.sequence < $1
         AND ($2::text IS NULL OR a.actor = ANY (ARRAY(SELECT $2
           UNION ALL SELECT 'user:' || id FROM app_user WHERE name ILIKE '%' || $2 || '%')))
         AND ($3::text IS NULL OR a.action LIKE $3 || '%')
         AND ($6::text IS NULL OR a.object_kind = 'vehicle' AND a.object_id IN (
           SELECT id::text FROM vehicle WHERE call_sign ILIKE '%' || $6 || '%'))
         AND (NOT $7 OR a.action = ANY ($8))
         AND a.at >= $4::timestamptz AND a.at < $5::timestamptz
       ORDER BY a.sequence DESC LIMIT $9) AS a
       LEFT JOIN app_user u ON a.actor = 'user:' || u.id
       LEFT JOIN vehicle v ON a.object_kind = 'vehicle' AND a.object_id = v.id::text
       ORDER BY a.sequence DESC`,
      [
        idCursor(query.cursor, Number.MAX_SAFE_INTEGER),
        query.actor ? escaped(query.actor) : null,
        query.action ? escaped(query.action) : null,
        query.from ?? '-infinity',
        query.to ?? 'infinity',
        query.vehicle ? escaped(query.vehicle) : null,
        query.looks === true,
        LOOKS,
        query.limit + 1,
      ],
    );
    return { body: page(rows, query.limit, entryOf, (row) => row.sequence) };
  },
});

const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

function entryOf(row: AuditRow) {
  return {
    id: row.sequence,
    at: row.at.toISOString(),
    actor: row.name === null ? row.actor : `${row.name} (${row.actor})`,
    action: row.action,
    organisationId: row.organisation_id,
    subject: row.object_id === null ? row.object_kind : `${row.object_kind}:${row.object_id}`,
    subjectName: row.call_sign,
    reason: row.reason,
    before: row.before ?? null,
    after: row.after ?? null,
    requestId: row.request_id ?? '',
  };
}
