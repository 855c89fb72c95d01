// Milestones, and what stands in the way: each with somebody who sees to it, and a day.
import {
  PROGRAMME_ROW,
  PROGRAMME_ROW_QUERY,
  PROGRAMME_ROW_WRITE,
  type ProgrammeRow,
  type ProgrammeRowWrite,
  pageOf,
} from '@rmh/contract/api';
import { z } from 'zod';
import { keyCursor, page } from '../http/paging.ts';
import { problem } from '../http/problem.ts';
import { type Ask, type Route, route } from '../http/route.ts';
import { audit } from '../identity/audit.ts';
import { NUMBER } from './plan.ts';

interface Row {
  readonly id: number;
  readonly organisation_id: number;
  readonly kind: ProgrammeRow['kind'];
  readonly text: string;
  readonly owner: string;
  readonly due: string;
  readonly note: string;
  readonly since: Date;
  readonly done_at: Date | null;
  readonly version: number;
}

const COLUMNS = 'id, organisation_id, kind, text, owner, due, note, since, done_at, version';

const list = route({
  id: 'programme-rows.list',
  method: 'GET',
  path: '/programme-rows',
  summary: 'Milestones and blockers, what is due first',
  access: 'programme.read',
  query: PROGRAMME_ROW_QUERY,
  reply: pageOf(PROGRAMME_ROW),
  async answer({ sql, query }) {
    const after = keyCursor(query.cursor, z.tuple([z.iso.date(), z.int()]));
    const rows = await sql.query<Row>(
      `SELECT ${COLUMNS} FROM programme_row
       WHERE ($1::integer IS NULL OR organisation_id = $1) AND ($2::text IS NULL OR kind = $2)
         AND (NOT $3 OR done_at IS NULL) AND ($4::date IS NULL OR (due, id) > ($4, $5))
       ORDER BY due, id LIMIT $6`,
      [
        query.organisationId ?? null,
        query.kind ?? null,
        query.open,
        after?.[0] ?? null,
        after?.[1] ?? 0,
        query.limit + 1,
      ],
    );
    return { body: page(rows, query.limit, rowOf, (row) => [row.due, row.id]) };
  },
});

const create = route({
  id: 'programme-rows.create',
  method: 'POST',
  path: '/programme/:organisationId/rows',
  summary: 'A milestone, or something that stands in the way, of one region',
  access: 'programme.write',
  params: z.strictObject({ organisationId: NUMBER }),
  body: PROGRAMME_ROW_WRITE,
  reply: PROGRAMME_ROW,
  idempotent: true,
  async answer(ask) {
    const { sql, params, body, nowMs } = ask;
    const [region] = await sql.query<{ kind: string }>(
      'SELECT kind FROM organisation WHERE id = $1',
      [params.organisationId],
    );
    if (region === undefined) throw problem('not-found');
    if (region.kind !== 'rhf') throw problem('conflict', 'the programme is of regions');
    const [row] = await sql.query<Row>(
      `INSERT INTO programme_row (organisation_id, kind, text, owner, due, note, since, done_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $8 THEN $7::timestamptz END)
       RETURNING ${COLUMNS}`,
      [params.organisationId, ...written(body), new Date(nowMs), body.done],
    );
    if (row === undefined) throw problem('our-fault');
    await note(ask, 'programme.row-create', row, null);
    return { status: 201, body: rowOf(row), version: row.version };
  },
});

const change = route({
  id: 'programme-rows.change',
  method: 'PUT',
  path: '/programme-rows/:rowId',
  summary: 'Changes one of them, or says that it is reached or out of the way',
  access: 'programme.write',
  params: z.strictObject({ rowId: NUMBER }),
  body: PROGRAMME_ROW_WRITE,
  reply: PROGRAMME_ROW,
  conditional: true,
  async answer(ask) {
    const { sql, params, body, ifMatch, nowMs } = ask;
    const [before] = await sql.query<Row>(
      `SELECT ${COLUMNS} FROM programme_row WHERE id = $1 FOR UPDATE`,
      [params.rowId],
    );
    if (before === undefined) throw problem('not-found');
    if (before.version !== ifMatch) throw problem('changed-meanwhile');
    const [row] = await sql.query<Row>(
      `UPDATE programme_row SET kind = $2, text = $3, owner = $4, due = $5, note = $6,
         done_at = CASE WHEN $8 THEN coalesce(done_at, $7) END, version = version + 1
       WHERE id = $1 RETURNING ${COLUMNS}`,
      [before.id, ...written(body), new Date(nowMs), body.done],
    );
    if (row === undefined) throw problem('our-fault');
    await note(ask, 'programme.row-change', row, before);
    return { body: rowOf(row), version: row.version };
  },
});

const written = ({ kind, text, owner, due, note: more }: ProgrammeRowWrite) => [
  kind,
  text,
  owner,
  due,
  more,
];

function rowOf(row: Row): ProgrammeRow {
  const { id, kind, text, owner, due, note: more, version } = row;
  return {
    id,
    organisationId: row.organisation_id,
    kind,
    text,
    owner,
    due,
    note: more,
    since: row.since.toISOString(),
    doneAt: row.done_at?.toISOString() ?? null,
    version,
  };
}

async function note(ask: Ask, action: string, row: Row, before: Row | null): Promise<void> {
  await audit(ask.sql, {
    ask,
    action,
    organisationId: row.organisation_id,
    object: { kind: 'programme-row', id: row.id },
    before: before === null ? null : rowOf(before),
    after: rowOf(row),
  });
}

export const rowRoutes: readonly Route[] = [list, create, change];
